"""RSS, RDF, Atom and JSON Feed, from bytes to plain values."""

import re
from collections.abc import Iterator
from datetime import datetime

from curate import documents, feedparsing, jsonfeeds, moments, texts
from curate.documents import Document
from curate.errors import ParseError
from curate.feedforms import FeedEntry, Kind, ParsedFeed, absolute, is_cut_off, is_teaser, language_of
from curate.feedparsing import Parsed, Said

__all__ = ["FeedEntry", "Kind", "ParsedFeed", "parse"]

_PAGE_BYTES = 4096
_PAGE = re.compile(rb"\s*+(?>(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"<?[^\s@<>()]+@[^\s@<>()]+>?")
_ORIGINALS = ("feedburner_origlink", "pheedo_origlink")
"""Elements in which a service that counts clicks keeps the address it replaced."""

_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}

_NO_FEED = "This address gives {} instead of a feed; look for the address of the feed itself."


def parse(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Return the feed in ``body``, served as ``content_type`` from ``url``.

    Text is not repaired here (see ``curate.mojibake``). Hostile documents can keep this busy for long: run it where
    it can be ended. Raises ParseError ("not_a_feed") for pages, empty bodies and whatever else is no feed; a feed
    without entries is a feed, and so is, without entries, XML of a kind we do not know.
    """
    if documents.is_empty(body):
        raise ParseError("not_a_feed", _NO_FEED.format("an empty answer"))
    readable = documents.in_utf8(body, content_type)
    if readable.lstrip()[:1] in (b"{", b"["):
        return jsonfeeds.parse(readable, url)
    document = documents.whole(readable)
    if _PAGE.match(document.body[:_PAGE_BYTES]):
        raise ParseError("not_a_feed", _NO_FEED.format("a web page"))
    return _feed(document, url)


def _feed(document: Document, url: str) -> ParsedFeed:
    found = _parsed(document, url)
    version, about, entries = found.version, found.feed, found.entries
    if not version and not entries and not document.is_declared:
        raise ParseError("not_a_feed", _NO_FEED.format("something else"))
    if found.is_last_open and not document.has_end and len(entries) > 1:
        # Half an entry would be kept under another identity than the whole one that comes next time.
        entries = entries[:-1]
    language = language_of(about.get("language"))
    # Only in Atom is the feed's author the author of entries that name none.
    author = _author(about) if version.startswith("atom") else ""
    return ParsedFeed(
        kind=_kind(version, is_feed=bool(version or entries)),
        title=_line(about, "title"),
        language=language,
        site_url=absolute(about.get("link"), url),
        entries=tuple(_entry(each, language, author, url) for each in entries),
        wish_s=_wish_s(about),
        is_whole=document.has_end or not (version or entries),
    )


def _parsed(document: Document, url: str) -> Parsed:
    try:
        return feedparsing.parsed(document.body, url)
    except Exception as error:  # feedparser's parsers promise never to raise, and do so on some broken documents
        raise ParseError("not_a_feed", "This feed is broken in a way that cannot be read.") from error


def _wish_s(about: Said) -> float:
    """Return the longer of RSS's ``<ttl>`` (minutes) and what the syndication module says (a period, so often)."""
    ttl, period = _number(about.get("ttl")), _PERIODS_S.get(str(about.get("sy_updateperiod")).strip().lower(), 0)
    return max(ttl * 60, period / max(_number(about.get("sy_updatefrequency")), 1))


def _number(written: object) -> float:
    """Return what a feed wrote where a number belongs; 0 for anything else."""
    text = str(written or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _kind(version: str, *, is_feed: bool) -> Kind:
    if version.startswith("atom"):
        return "atom"
    if version in ("rss090", "rss10"):
        return "rdf"
    return "rss" if is_feed else "xml"


def _entry(said: Said, feed_language: str | None, feed_author: str, url: str) -> FeedEntry:
    contents = [each for each in said.get("content") or [] if isinstance(each, dict)]
    # Without a detail of its own, the summary is a copy of the content that feedparser made.
    summary = _detail(said, "summary") if said.get("summary_detail") or not contents else {}
    text = max((_plain(each) for each in [*contents, summary]), key=len) or _plain(_detail(said, "media_description"))
    published_at = _moment(said, "published") or _moment(said, "created")
    updated_at = _moment(said, "updated")
    own_language = [each.get("language") for each in [*contents, summary, _detail(said, "title")]]
    return FeedEntry(
        guid=texts.one_line(str(said.get("id") or ""), limit=2000) or None,
        url=_link(said, url),
        title=_line(said, "title") or _line(said, "itunes_title"),
        author=_author(said) or feed_author,
        published_at=published_at or updated_at,
        updated_at=updated_at,
        language=next(filter(None, map(language_of, [said.get("language"), *own_language])), feed_language),
        text=text,
        is_truncated=is_cut_off(text) if contents else is_teaser(text),
    )


def _detail(said: Said, name: str) -> Said:
    detail = said.get(f"{name}_detail")
    return detail if isinstance(detail, dict) else {"value": said.get(name) or ""}


def _plain(detail: Said) -> str:
    value, kind = str(detail.get("value") or ""), str(detail.get("type") or "text/plain")
    if "html" in kind:
        return texts.plain_of(value)
    return texts.clean(value) if kind.startswith("text/") or kind == "plain" else ""


def _line(said: Said, name: str) -> str:
    return texts.one_line(_plain(_detail(said, name)))


def _link(said: Said, url: str) -> str | None:
    """Return the entry's own address: the first that is http(s) of all that may give it."""
    return next(filter(None, (absolute(address, url) for address in _addresses(said))), None)


def _addresses(said: Said) -> Iterator[object]:
    """Yield what may be the address of an entry's page, the best first; an enclosure is no page."""
    yield from (said.get(name) for name in _ORIGINALS)
    yield said.get("link")
    for link in said.get("links") or []:
        # Relations can be written as addresses of the register they stand in.
        if isinstance(link, dict) and str(link.get("rel", "alternate")).rpartition("/")[2] == "alternate":
            yield link.get("href")
    guid = str(said.get("id") or "").strip()
    if said.get("guidislink") and guid.lower().startswith(("http://", "https://")):
        yield guid
    for content in said.get("content") or []:
        if isinstance(content, dict) and "html" in str(content.get("type")):
            yield content.get("src")


def _author(said: Said) -> str:
    """Return the author's name; an e-mail address alone is nobody's name and nobody's business."""
    listed = [each.get("name") for each in said.get("authors") or [] if isinstance(each, dict)]
    names = [_name(str(each)) for each in listed if each] or [_name(str(said.get("author") or ""))]
    return texts.one_line(", ".join(dict.fromkeys(filter(None, names))), limit=120)


def _name(written: str) -> str:
    bare = _ADDRESS.sub(" ", written[: feedparsing.LONGEST_NAME])
    return texts.one_line(texts.plain_of(bare)).strip("\"'()<>,; ")


def _moment(said: Said, name: str) -> datetime | None:
    # dict.get, because feedparser answers with another date of the entry when the asked one is missing.
    written = dict.get(said, name)
    if not isinstance(written, str):
        return None
    found = moments.moment_of(written)
    return found if found or written.isascii() else moments.possible(feedparsing.moment_of(written))
