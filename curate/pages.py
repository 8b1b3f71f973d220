"""The article on a page: its text, and what the page itself says about it."""

import codecs
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree, html

from curate import moments, texts
from curate.errors import ParseError
from curate.feedforms import language_of

LONGEST = 2_000_000
"""Bytes that are read; trafilatura takes minutes over pages of several megabytes."""

FEW_WORDS = 150
"""Below this the careful reading is compared with the generous one: it sometimes leaves almost nothing."""

_MARKUP = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_READ_AS_WINDOWS = ("ascii", "iso8859-1")
"""What the web means by these two is windows-1252."""

_PUBLISHED = (
    "//meta[@property='article:published_time' or @property='og:published_time' or @itemprop='datePublished']/@content",
    "//meta[@name='date' or @name='dc.date' or @name='DC.date.issued' or @name='publish-date' "
    "or @name='parsely-pub-date']/@content",
    "//time[@itemprop='datePublished' or @pubdate]/@datetime",
)
_PUBLISHED_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DATE_SETTINGS = {"original_date": True, "extensive_search": False, "max_date": "2100-12-31"}


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page gives it; texts plain, lines of ``text`` are paragraphs.

    ``published_at`` is aware UTC and is what the page says, midnight when it gives a day only; ``language`` is the
    page's own claim, ISO 639-1.
    """

    title: str
    author: str
    published_at: datetime | None
    language: str | None
    text: str
    site_name: str


def extract(body: bytes, content_type: str, url: str) -> Page:
    """Return the article in ``body``, served as ``content_type`` from ``url``.

    Hostile pages can keep this busy for long: run it where it can be ended. Raises ParseError ("unreadable") when it
    is neither HTML nor text, or when no text comes out of it.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/plain":
        return _of_text(_decoded(body[:LONGEST], content_type))
    if kind not in _MARKUP and (kind or b"<" not in body[:1024]):
        named = texts.one_line(kind, limit=60) or "an unknown kind of document"
        raise ParseError("unreadable", f"This address gives {named}, from which no article can be read.")
    return _of_markup(_decoded(body[:LONGEST], content_type), url)


def _of_text(text: str) -> Page:
    cleaned = texts.clean(text)
    if not cleaned:
        raise ParseError("unreadable", "This document is empty.")
    return Page("", "", None, None, cleaned, "")


def _of_markup(markup: str, url: str) -> Page:
    found = _article(markup, url)
    text = texts.clean(found.text or "") if found is not None else ""
    if not text:
        raise ParseError("unreadable", "No readable article was found on this page.")
    tree = _tree(markup)
    return Page(
        title=texts.one_line(found.title or ""),
        author=texts.one_line(found.author or "", limit=120),
        published_at=_published_at(markup, tree) or moments.moment_of(found.date or ""),
        language=_language(tree),
        text=text,
        site_name=texts.one_line(found.sitename or "", limit=120),
    )


def _article(markup: str, url: str) -> Any:
    """Return trafilatura's careful reading, or its generous one when the careful one leaves less than half of it."""
    careful = _read(markup, url, favor_precision=True)
    if careful is not None and texts.words_count(careful.text or "") >= FEW_WORDS:
        return careful
    generous = _read(markup, url, favor_precision=False)
    if careful is None or generous is None:
        return careful or generous
    return careful if len(careful.text or "") * 2 >= len(generous.text or "") else generous


def _read(markup: str, url: str, *, favor_precision: bool) -> Any:
    from trafilatura import bare_extraction  # a second to load; many commands read no page

    try:
        return bare_extraction(
            markup,
            url=url,
            fast=False,
            with_metadata=True,
            include_comments=False,
            date_extraction_params=dict(_DATE_SETTINGS),
            favor_precision=favor_precision,
        )
    except Exception as error:  # whatever a broken page makes a parser do, it is the page that cannot be read
        raise ParseError("unreadable", "This page is broken in a way that cannot be read.") from error


def _decoded(body: bytes, content_type: str) -> str:
    """Return the text of ``body``: by its mark, else as UTF-8 when it is that, else as it says, else windows-1252."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    declared = _declared(content_type.encode("latin-1", "replace")) or _declared(body[:4096])
    if declared is not None and declared.startswith(("iso2022", "hz", "utf-16")):  # plain ASCII to the eye
        return body.decode(declared, "replace")
    # A cut at the size limit may fall inside a character: the decoder waits for the rest.
    as_utf8 = codecs.getincrementaldecoder("utf-8")("replace").decode(body)
    if _is_mostly_sound(as_utf8):
        return as_utf8
    return body.decode("cp1252" if declared in (None, "utf-8", *_READ_AS_WINDOWS) else declared, "replace")


def _is_mostly_sound(text: str) -> bool:
    """Say whether more signs beyond ASCII came out right than wrong; one broken byte does not damn a page."""
    wrong = text.count("\ufffd")
    return wrong == 0 or sum(not sign.isascii() for sign in text) > 2 * wrong


def _declared(said: bytes) -> str | None:
    match = _CHARSET.search(said)
    try:
        found = codecs.lookup(match[1].decode("ascii")) if match else None
    except (LookupError, ValueError):
        return None
    # Python knows codecs that are no character sets (rot13, zip).
    return found.name if found and getattr(found, "_is_text_encoding", True) else None


def _tree(markup: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8")
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _language(tree: html.HtmlElement | None) -> str | None:
    return language_of(tree.get("lang") or tree.get("xml:lang")) if tree is not None else None


def _published_at(markup: str, tree: html.HtmlElement | None) -> datetime | None:
    said = [str(value) for path in _PUBLISHED for value in tree.xpath(path)] if tree is not None else []
    said += _PUBLISHED_IN_JSON.findall(markup)
    return next(filter(None, map(moments.moment_of, said[:10])), None)
