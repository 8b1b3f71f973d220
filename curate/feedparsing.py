"""feedparser's two parsers, driven by hand and mended where they trust a document too much.

Its own ``parse`` takes bytes for the name of a file, too, and opens it. Its parsers look for addresses in the name of
an author in quadratic time (its issue 562), read attributes in quadratic time, give up a whole feed for one element,
resolve guids as if they were links, read some dates as other days, and take the caption of a picture for the text of an
entry.
"""

import calendar
import functools
import io
import xml.sax
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.handler import feature_external_ges, feature_namespaces
from xml.sax.saxutils import unescape
from xml.sax.xmlreader import AttributesNSImpl, InputSource

from feedparser import mixin
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.datetimes import _parse_date
from feedparser.exceptions import UndeclaredNamespace
from feedparser.sanitizer import replace_doctype

Said = dict[str, Any]

# It resolves the base of every element anew, which takes a quarter of all its time; the answer is always the same.
mixin.make_safe_absolute_uri = functools.lru_cache(maxsize=256)(mixin.make_safe_absolute_uri)

_LONGEST_ENTITY = 64
"""Characters that a document's own entity may stand for: a sign or a name, not a bomb."""
LONGEST_NAME = 500
"""Characters of an author that are read."""
MOST_ATTRIBUTES = 200
"""An element with more of them is read without any."""
DEEPEST = 200
"""Elements inside each other within an entry; the words of those below are read as if they stood above."""

_TRIPS = (AttributeError, LookupError, TypeError, ValueError, OverflowError)


class _Mended:
    """What both parsers do differently here; the methods bear feedparser's names."""

    resolve_relative_uris = sanitize_html = False  # all text becomes plain later; these are its slowest parts
    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}

    _nested = 0

    def unknown_starttag(self, tag: str, attributes: Any) -> None:
        # In a broken document many elements are never closed, so each entry starts to count anew.
        self._nested = 0 if tag.rpartition(":")[2] in ("item", "entry") else self._nested + 1
        if self._nested <= DEEPEST:
            # One element that it trips over is left out, not the whole feed.
            with suppress(*_TRIPS):
                super().unknown_starttag(tag, attributes)  # type: ignore[misc]

    def unknown_endtag(self, tag: str) -> None:
        if self._nested <= DEEPEST:
            try:
                super().unknown_endtag(tag)  # type: ignore[misc]
            except _TRIPS:
                super().unknown_endtag(" ")  # type: ignore[misc]  # closes what is open around it, and does no more
        self._nested -= 1

    def handle_charref(self, number: str) -> None:
        with suppress(*_TRIPS):
            super().handle_charref(number)  # type: ignore[misc]

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()  # type: ignore[attr-defined]
        details = context.get(f"{key}s") or [{}]
        if details[-1]:
            super()._sync_author_detail(key)  # type: ignore[misc]
        elif context.get(key):
            details[-1]["name"] = context[key][:LONGEST_NAME]

    def _start_guid(self, attributes: dict[str, str]) -> None:
        self.guidislink = str(attributes.get("ispermalink", "true")).strip().lower() == "true"
        self.push("id", 1)  # type: ignore[attr-defined]

    def _end_guid(self) -> None:
        self.pop("id")  # type: ignore[attr-defined]
        self._save("guidislink", self.guidislink)  # type: ignore[attr-defined]

    _start_id, _end_id = _start_guid, _end_guid

    def _end_published(self) -> None:
        self.pop("published")  # type: ignore[attr-defined]

    def _end_updated(self) -> None:
        self.pop("updated")  # type: ignore[attr-defined]

    def _end_created(self) -> None:
        self.pop("created")  # type: ignore[attr-defined]

    # Dates stay as they are written; see ``curate.moments``.
    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated

    def _start_media_description(self, attributes: dict[str, str]) -> None:
        self.push_content("media_description", attributes, "text/plain", 1)  # type: ignore[attr-defined]

    def _end_media_description(self) -> None:
        self.pop_content("media_description")  # type: ignore[attr-defined]


class _Strict(_Mended, StrictFeedParser):  # type: ignore[misc]
    def startElementNS(self, name: Any, qname: Any, attributes: AttributesNSImpl) -> None:  # noqa: N802 - theirs
        few = attributes if len(attributes) <= MOST_ATTRIBUTES else AttributesNSImpl({}, {})
        super().startElementNS(name, qname, few)


class _Loose(_Mended, LooseFeedParser):  # type: ignore[misc]
    def decode_entities(self, element: str, words: str) -> str:
        # A guid or address is the same whether the rest of the document is proper XML or not.
        decoded: str = super().decode_entities(element, words)
        return decoded if self.contentparams else unescape(decoded, {"&quot;": '"', "&apos;": "'"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """What feedparser found, in its own forms; ``version`` is its name for the dialect, empty when unknown."""

    version: str
    feed: Said
    entries: list[Said]
    is_last_open: bool  # the document ended within its last entry


def parsed(document: bytes, url: str) -> Parsed:
    """Read a document in UTF-8, strictly if it is proper XML and else as well as can be. May raise anything."""
    version, data, entities = replace_doctype(document)
    parser = _strictly(data, url) or _loosely(data, url, entities)
    return Parsed(version or parser.version, parser.feeddata, parser.entries, bool(parser.inentry))


def moment_of(written: str) -> datetime | None:
    """Return the moment of a date in the form of some Greek, Hungarian and Korean programs, which feedparser knows."""
    try:
        return datetime.fromtimestamp(calendar.timegm(_parse_date(written)), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _strictly(data: bytes, url: str) -> Any:
    """Return the parser after it has read the document, or None when that is no proper XML."""
    parser = _Strict(url, None, "utf-8")
    reader = xml.sax.make_parser()  # noqa: S317 - external entities are off, and expat bounds the internal ones
    reader.setFeature(feature_namespaces, 1)
    reader.setFeature(feature_external_ges, 0)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = InputSource()
    source.setByteStream(io.BytesIO(data))
    source.setEncoding("utf-8")
    try:
        reader.parse(source)
    except (xml.sax.SAXException, UndeclaredNamespace, *_TRIPS):
        return None
    return parser


def _loosely(data: bytes, url: str, entities: dict[str, str]) -> Any:
    short = {name: text for name, text in entities.items() if len(text) <= _LONGEST_ENTITY}
    parser = _Loose(url, None, "utf-8", short)
    parser.feed(data.decode("utf-8", "replace"))
    return parser
