"""The article on a page: its text, and what the page itself says about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml.html import HtmlElement

from curate import blocks, decoding, facts, texts
from curate.errors import ParseError

LONGEST = 2_000_000
"""Bytes that are read; trafilatura takes minutes over pages of several megabytes."""

FEWEST_WORDS = 60
"""Below this the quick reading is not believed: it sometimes leaves almost nothing."""
FEW_WORDS = 150
"""Below this the careful reading is compared with the generous one, for the same reason."""

_NO_ARTICLE = "No readable article was found on this page."
_MARKUP = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
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
    """The page is parsed once, for what it says about itself and for its text."""
    from trafilatura import load_html  # a second to load; many commands read no page

    tree = load_html(markup)
    if tree is None:
        raise ParseError("unreadable", _NO_ARTICLE)
    said = facts.stated(tree, url)  # before what stands in the footer of an article is gone
    blocks.set_right(tree)
    text = texts.clean(_article(tree, url))
    if not text:
        raise ParseError("unreadable", _NO_ARTICLE)
    text = _without_headline(text, said.title)
    return Page(said.title, said.author, said.published_at, said.language, text, said.site_name)


def _article(tree: HtmlElement, url: str) -> str:
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


def _read(tree: HtmlElement, url: str, *, favor_precision: bool, fast: bool) -> str:
    from trafilatura import bare_extraction

    # Given a tree, it works on a copy of its own.
    found: Any = bare_extraction(tree, url=url, fast=fast, favor_precision=favor_precision, include_comments=False)
    return (found.text or "") if found is not None else ""


def _without_headline(text: str, title: str) -> str:
    """Return the text without the line that repeats the title, or begins it; a text of nothing else stays."""
    lines, headline = text.split("\n"), texts.words(title)
    for place, line in enumerate(lines[:_HEAD_LINES]):
        said = texts.words(line)
        if said == headline or (len(said) > 3 and said == headline[: len(said)]):
            return "\n".join(lines[:place] + lines[place + 1 :]).strip() or text
    return text
