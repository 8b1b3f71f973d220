"""RSS, RDF, Atom and JSON Feed, from bytes to plain values.

Only bytes are handed to feedparser: a string it would take for a file name or an address and open. Its cleaning of
HTML and of embedded addresses is off, since all text becomes plain here; that also leaves out its slowest parts.
"""

import calendar
import re
from datetime import UTC, datetime
from typing import Any

import feedparser

from curate import jsonfeeds, moments, texts
from curate.errors import ParseError
from curate.feedforms import FeedEntry, Kind, ParsedFeed, absolute, is_cut_off, is_teaser, language_of

__all__ = ["FeedEntry", "Kind", "ParsedFeed", "parse"]

_UTF8_BOM = b"\xef\xbb\xbf"
_START = re.compile(rb"<\?xml[\s?]|<(?:rss|feed|rdf:rdf|channel)[\s>]", re.IGNORECASE)
_PROPER_START = re.compile(rb"<[?!]|<html", re.IGNORECASE)
_JUNK_BYTES = 4096
"""How far into a document a feed may start: warnings of the server's own programs come before it."""
_CONTROLS = bytes(byte for byte in range(32) if byte not in (9, 10, 13))
_PAGE = re.compile(
    rb"\s*+(?>(?>(?:<\?xml[^>]*\?>|<!--.*?-->))\s*+)*+<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_ADDRESS = re.compile(r"<?[^\s@<>()]+@[^\s@<>()]+>?")
_BARE_AMPERSAND = re.compile(
    rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{0,30});)", re.DOTALL
)

_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}

_NO_FEED = "This address gives {} instead of a feed; look for the address of the feed itself."


def parse(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """Return the feed in ``body``, served as ``content_type`` from ``url``.

    Text is not repaired here (see ``curate.mojibake``). Hostile documents can keep this busy for long: run it where
    it can be ended. Raises ParseError ("not_a_feed") for pages, empty bodies and whatever else is no feed; a feed
    without entries is a feed, and so is, without entries, XML of a kind we do not know.
    """
    if not body.strip(b" \t\r\n\x00" + _UTF8_BOM):
        raise ParseError("not_a_feed", _NO_FEED.format("an empty answer"))
    if _is_json(body):
        return jsonfeeds.parse(body, url)
    document = _from_its_start(body)
    if _PAGE.match(document[:_JUNK_BYTES]):
        raise ParseError("not_a_feed", _NO_FEED.format("a web page"))
    return _feed(_parsed(document, content_type, url), document, url)


def _is_json(body: bytes) -> bool:
    return body.removeprefix(_UTF8_BOM).lstrip()[:1] in (b"{", b"[")


def _from_its_start(body: bytes) -> bytes:
    """Return the document without what comes before it, and with two common faults against XML mended.

    Those are control characters and single ampersands; feedparser makes ``R&D;`` of ``R&D``.
    """
    if b"\x00" in body[:64]:  # UTF-16 or UTF-32: feedparser finds out which
        return body
    bare = body.removeprefix(_UTF8_BOM).lstrip()
    start = _START.search(bare[:_JUNK_BYTES])
    if start is not None and not _PROPER_START.match(bare):
        bare = bare[start.start() :]
    # The mark stays: it says that the document is UTF-8.
    mark = _UTF8_BOM if body.startswith(_UTF8_BOM) else b""
    return mark + _BARE_AMPERSAND.sub(lambda found: found[1] or b"&amp;", bare.translate(None, _CONTROLS))


def _parsed(document: bytes, content_type: str, url: str) -> dict[str, Any]:
    headers = {"content-type": content_type, "content-location": url}
    try:
        found: dict[str, Any] = feedparser.parse(
            document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser promises never to raise, and does so on some broken documents
        raise ParseError("not_a_feed", "This feed is broken in a way that cannot be read.") from error
    return found


def _feed(found: dict[str, Any], document: bytes, url: str) -> ParsedFeed:
    version, entries, about = found.get("version") or "", found.get("entries") or [], found.get("feed") or {}
    if not version and not entries and not document.removeprefix(_UTF8_BOM).startswith(b"<?xml"):
        raise ParseError("not_a_feed", _NO_FEED.format("something else"))
    language = language_of(about.get("language"))
    return ParsedFeed(
        kind=_kind(version, is_feed=bool(version or entries)),
        title=_line(about, "title"),
        language=language,
        site_url=absolute(about.get("link"), url),
        entries=tuple(_entry(each, language, url) for each in entries),
        wish_s=_wish_s(about),
    )


def _wish_s(about: dict[str, Any]) -> float:
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


def _entry(said: dict[str, Any], feed_language: str | None, url: str) -> FeedEntry:
    contents = [each for each in said.get("content") or [] if isinstance(each, dict)]
    summary = _detail(said, "summary")
    text = max((_plain(each) for each in [*contents, summary]), key=len)
    published_at = _moment(said, "published") or _moment(said, "created")
    updated_at = _moment(said, "updated")
    own_language = [each.get("language") for each in [*contents, summary, _detail(said, "title")]]
    return FeedEntry(
        guid=texts.one_line(str(said.get("id") or ""), limit=2000) or None,
        url=_link(said, url),
        title=_line(said, "title"),
        author=_author(said),
        published_at=published_at or updated_at,
        updated_at=updated_at,
        language=next(filter(None, map(language_of, [said.get("language"), *own_language])), feed_language),
        text=text,
        is_truncated=is_cut_off(text) if contents else is_teaser(text),
    )


def _detail(said: dict[str, Any], name: str) -> dict[str, Any]:
    detail = said.get(f"{name}_detail")
    return detail if isinstance(detail, dict) else {"value": said.get(name) or ""}


def _plain(detail: dict[str, Any]) -> str:
    value = str(detail.get("value") or "")
    return texts.plain_of(value) if "html" in str(detail.get("type")) else texts.clean(value)


def _line(said: dict[str, Any], name: str) -> str:
    return texts.one_line(_plain(_detail(said, name)))


def _link(said: dict[str, Any], url: str) -> str | None:
    """Return the entry's own address: its link, else the first alternate one that is http(s)."""
    listed = [each for each in said.get("links") or [] if isinstance(each, dict)]
    alternates = [each.get("href") for each in listed if each.get("rel", "alternate") == "alternate"]
    return next(filter(None, (absolute(address, url) for address in [said.get("link"), *alternates])), None)


def _author(said: dict[str, Any]) -> str:
    """Return the author's name; an e-mail address alone is nobody's name and nobody's business."""
    written = str(said.get("author") or "")[:500]
    if "@" in written:
        # feedparser finds names beside addresses too, but knows only top-level domains of up to four letters.
        name = _ADDRESS.sub(" ", written)
    else:
        detail = said.get("author_detail")
        name = (detail.get("name") if isinstance(detail, dict) else None) or written
    return texts.one_line(texts.plain_of(name), limit=120).strip("\"'()<>,; ")


def _moment(said: dict[str, Any], name: str) -> datetime | None:
    # dict.get, because feedparser answers with another date of the entry when the asked one is missing.
    written = dict.get(said, name)
    read = dict.get(said, f"{name}_parsed")
    if isinstance(written, str) and (read is None or moments.is_misread_by_feedparser(written)):
        return moments.moment_of(written)
    if read is None:
        return None
    try:
        return moments.possible(datetime.fromtimestamp(calendar.timegm(read), UTC))
    except (ValueError, OverflowError, OSError, TypeError):
        return None
