"""Lists of feeds as people carry them from one reader to another.

listparser reads them as it would HTML: no entity of a document is ever expanded, no file or address opened, and a
broken list gives what it still names. One made to keep it busy can do so: run :func:`read` where it can be ended.
"""

import re
import xml.etree.ElementTree as ET  # only to write; hostile documents are read by listparser
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import listparser

from curate import texts, urls
from curate.errors import ParseError

LONGEST = 5_000_000
"""Bytes; some tens of thousands of feeds."""
MOST_TAGS = 20
"""Folders and labels of one feed that are kept: more than any reader shows, and a list cannot grow without end."""

_START = re.compile(rb"<opml[\s>]", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.:-]+)")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed somebody reads: its http(s) address, the title it has there, and its folders and labels in order."""

    url: str
    title: str
    tags: tuple[str, ...]


def read(body: bytes) -> tuple[Subscription, ...]:
    """Return the feeds in an OPML document, each address once, in order; what is not http(s) is left out.

    Raises ParseError ("unreadable") when it is no OPML document or names no feed.
    """
    if len(body) > LONGEST:
        raise ParseError("unreadable", "This OPML file is too large; export a list of feeds below 5 MB.")
    document = _ascii(body)
    if not _START.search(document):
        raise ParseError("unreadable", "This is not an OPML file; export your list of feeds as OPML and try again.")
    try:
        found = listparser.parse(document)  # bytes only: a string it would take for an address and fetch
    except Exception as error:  # what breaks inside the parser is the document's fault
        raise ParseError("unreadable", "This OPML file is broken and cannot be read.") from error
    read_once: dict[str, Subscription] = {}
    for feed in found["feeds"]:
        if (one := _subscription(feed)) is not None:
            read_once[one.url] = _merged(read_once[one.url], one) if one.url in read_once else one
    if not read_once:
        raise ParseError("unreadable", "This OPML file names no feed with an http or https address.")
    return tuple(read_once.values())


def _subscription(feed: Mapping[str, Any]) -> Subscription | None:
    address = urls.safe_link(urls.without_feed_scheme(feed["url"]))
    if address is None:
        return None
    title = texts.one_line(feed.get("title") or "")
    # Readers that know no name write the address in its place; the feed itself says a better one.
    named = "" if title in (feed["url"], address) else title
    return Subscription(address, named, _tags(feed.get("categories") or []))


def _merged(first: Subscription, second: Subscription) -> Subscription:
    """One feed that stands in a list twice, in two folders or in two spellings of its address."""
    tags = tuple(dict.fromkeys(first.tags + second.tags))[:MOST_TAGS]
    return Subscription(first.url, first.title or second.title, tags)


def write(subscriptions: Iterable[Subscription], title: str) -> bytes:
    """Return an OPML 2.0 document in which tags are folders, the second inside the first and so on."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = texts.one_line(title)
    folders: dict[tuple[str, ...], ET.Element] = {(): ET.SubElement(root, "body")}
    for subscription in subscriptions:
        named = {"text": texts.one_line(subscription.title) or subscription.url, "type": "rss"}
        folder = _folder(folders, tuple(filter(None, map(texts.one_line, subscription.tags))))
        ET.SubElement(folder, "outline", {**named, "title": named["text"], "xmlUrl": subscription.url})
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _folder(folders: dict[tuple[str, ...], ET.Element], tags: tuple[str, ...]) -> ET.Element:
    if tags not in folders:
        folders[tags] = ET.SubElement(_folder(folders, tags[:-1]), "outline", text=tags[-1], title=tags[-1])
    return folders[tags]


def _tags(categories: list[list[str]]) -> tuple[str, ...]:
    named = (texts.one_line(name, limit=80) for path in categories[:MOST_TAGS] for name in path)
    return tuple(dict.fromkeys(name for name in named if name))[:MOST_TAGS]


def _ascii(body: bytes) -> bytes:
    """Return the document with everything but ASCII as character references, so that no encoding can be mistaken."""
    for encoding in _encodings(body):
        try:
            return body.decode(encoding).encode("ascii", "xmlcharrefreplace")
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1252", "replace").encode("ascii", "xmlcharrefreplace")


def _encodings(body: bytes) -> tuple[str, ...]:
    """The encodings to try: the mark at the start, the zeros of UTF-16 without a mark, UTF-8, the declared one."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if b"\x00" in body[:2]:
        return ("utf-16-be" if body[:1] == b"\x00" else "utf-16-le",)
    declared = _DECLARED.search(body[:200])
    return ("utf-8-sig", declared[1].decode("ascii") if declared else "cp1252")
