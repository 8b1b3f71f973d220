"""The article on a page: its text, and what the page itself says about it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import html

from curate import blocks, decoding, moments, texts
from curate.errors import ParseError
from curate.feedforms import language_of

LONGEST = 2_000_000
"""Bytes that are read; trafilatura takes minutes over pages of several megabytes."""

FEWEST_WORDS = 60
"""Below this the quick reading is not believed: it sometimes leaves almost nothing."""
FEW_WORDS = 150
"""Below this the careful reading is compared with the generous one, for the same reason."""

_MARKUP = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_PUBLISHED = (
    "//meta[@property='article:published_time' or @property='og:published_time' or @itemprop='datePublished']/@content",
    "//meta[@name='date' or @name='dc.date' or @name='DC.date.issued' or @name='publish-date' "
    "or @name='parsely-pub-date']/@content",
    "//time[@itemprop='datePublished' or @pubdate]/@datetime",
)
_PUBLISHED_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DATE_SETTINGS = {"original_date": True, "extensive_search": False, "max_date": "2100-12-31"}
_BETWEEN = r"\s*[|\-–—:·»«]+\s*"
"""What stands between a headline and the name of its site."""
_HEAD_LINES = 3
"""The headline stands in one of the first lines of a text, or not at all."""


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page gives it; texts plain, lines of ``text`` are paragraphs, without the headline.

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
        return _of_text(decoding.decoded(body[:LONGEST], content_type))
    if kind not in _MARKUP and (kind or b"<" not in body[:1024]):
        named = texts.one_line(kind, limit=60) or "an unknown kind of document"
        raise ParseError("unreadable", f"This address gives {named}, from which no article can be read.")
    markup = decoding.decoded(body[:LONGEST], content_type)
    try:
        return _of_markup(markup, url)
    except ParseError:
        raise
    except Exception as error:  # whatever a broken page makes a parser do, it is the page that cannot be read
        raise ParseError("unreadable", "This page is broken in a way that cannot be read.") from error


def _of_text(text: str) -> Page:
    cleaned = texts.clean(text)
    if not cleaned:
        raise ParseError("unreadable", "This document is empty.")
    return Page("", "", None, None, cleaned, "")


def _of_markup(markup: str, url: str) -> Page:
    """The page is parsed once; what it says about itself is read before the tree is changed for its text."""
    from trafilatura import extract_metadata, load_html  # a second to load; many commands read no page

    tree = load_html(markup)
    if tree is None:
        raise ParseError("unreadable", "No readable article was found on this page.")
    found = extract_metadata(tree, url, dict(_DATE_SETTINGS))
    title, language, published_at = _title(found, tree), _language(tree), _published_at(markup, tree)
    blocks.set_right(tree)
    text = texts.clean(_article(tree, url))
    if not text:
        raise ParseError("unreadable", "No readable article was found on this page.")
    return Page(
        title=title,
        author=texts.one_line(found.author or "", limit=120),
        published_at=published_at or moments.moment_of(found.date or ""),
        language=language,
        text=_without_headline(text, title),
        site_name=texts.one_line(found.sitename or "", limit=120),
    )


def _article(tree: html.HtmlElement, url: str) -> str:
    """Return the text by the quick reading when that finds an article, else by slower ones.

    Those compare what they find with other extractors, which takes twice the time and, on most pages, changes
    nothing or adds other articles.
    """
    quick = _read(tree, url, favor_precision=True, fast=True)
    if texts.words_count(quick) >= FEWEST_WORDS:
        return quick
    careful = _read(tree, url, favor_precision=True, fast=False)
    if texts.words_count(careful) >= FEW_WORDS:
        return careful
    generous = _read(tree, url, favor_precision=False, fast=False)
    return careful if len(careful) * 2 >= len(generous) else generous


def _read(tree: html.HtmlElement, url: str, *, favor_precision: bool, fast: bool) -> str:
    from trafilatura import bare_extraction

    # Given a tree, it works on a copy of its own.
    found: Any = bare_extraction(tree, url=url, fast=fast, favor_precision=favor_precision, include_comments=False)
    return (found.text or "") if found is not None else ""


def _title(found: Any, tree: html.HtmlElement) -> str:
    """Return the headline, without the name of the site.

    A heading that has no word in common with the page's own title is the site's, as in a logo, unless that title is.
    """
    title, site = texts.one_line(found.title or ""), texts.one_line(found.sitename or "")
    of_page = texts.one_line(tree.findtext(".//title") or "")
    if of_page not in ("", site) and not {*texts.words(title)} & {*texts.words(of_page)}:
        title = of_page
    name = re.escape(site)
    return re.sub(rf"^{name}{_BETWEEN}|{_BETWEEN}{name}$", "", title) or title if site else title


def _without_headline(text: str, title: str) -> str:
    """Return the text without the line that repeats the title, or begins it; a text of nothing else stays."""
    lines, headline = text.split("\n"), texts.words(title)
    for place, line in enumerate(lines[:_HEAD_LINES]):
        said = texts.words(line)
        if said == headline or (len(said) > 3 and said == headline[: len(said)]):
            return "\n".join(lines[:place] + lines[place + 1 :]).strip() or text
    return text


def _language(tree: html.HtmlElement) -> str | None:
    return language_of(tree.get("lang") or tree.get("xml:lang"))


def _published_at(markup: str, tree: html.HtmlElement) -> datetime | None:
    said = [str(value) for path in _PUBLISHED for value in tree.xpath(path)]
    said += _PUBLISHED_IN_JSON.findall(markup)
    return next(filter(None, map(moments.moment_of, said[:10])), None)
