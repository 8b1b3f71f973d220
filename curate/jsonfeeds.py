"""JSON Feed 1 and 1.1, read leniently: a member of the wrong type is as good as absent."""

import json
import math
from typing import Any

from curate import moments, texts
from curate.errors import ParseError
from curate.feedforms import FeedEntry, ParsedFeed, absolute, is_cut_off, is_teaser, language_of

Members = dict[str, Any]


def _integer(digits: str) -> int | None:
    """Return the number, or None when it is longer than any id: Python refuses to read those of 4,300 digits."""
    return int(digits) if len(digits) <= 100 else None


_READER = json.JSONDecoder(parse_int=_integer, strict=False)  # not strict: line ends in texts are common


def parse(body: bytes, url: str) -> ParsedFeed:
    """Return the feed in ``body``, which is in UTF-8; ``url`` is where it came from, for relative addresses.

    Raises ParseError ("not_a_feed") when it is not JSON or not a JSON Feed.
    """
    document = _document(body)
    version = document.get("version")
    is_declared = isinstance(version, str) and "jsonfeed.org/version" in version
    listed = document.get("items")
    if not is_declared and not isinstance(listed, list):
        raise ParseError("not_a_feed", "This address gives JSON, but not a JSON Feed.")
    language = language_of(document.get("language"))
    members = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return ParsedFeed(
        kind="json",
        title=texts.one_line(_text(document, "title")),
        language=language,
        site_url=absolute(document.get("home_page_url"), url),
        entries=tuple(_entry(each, document, url) for each in members),
    )


def _document(body: bytes) -> Members:
    try:
        # What follows the document, as notes of caches do, is no part of it.
        document, _ = _READER.raw_decode(body.decode("utf-8", "replace").strip())
    except (ValueError, RecursionError):
        raise ParseError(
            "not_a_feed", "This address gives something that looks like JSON but cannot be read."
        ) from None
    if not isinstance(document, dict):
        raise ParseError("not_a_feed", "This address gives JSON, but not a JSON Feed.")
    return document


def _entry(members: Members, document: Members, url: str) -> FeedEntry:
    text = _fullest(members)
    published_at = moments.moment_of(_text(members, "date_published"))
    updated_at = moments.moment_of(_text(members, "date_modified"))
    has_content = any(_text(members, name) for name in ("content_html", "content_text"))
    return FeedEntry(
        guid=_guid(members.get("id")),
        url=absolute(members.get("url"), url) or absolute(members.get("external_url"), url),
        title=texts.one_line(_text(members, "title")),
        author=_author(members) or _author(document),
        published_at=published_at or updated_at,
        updated_at=updated_at,
        language=language_of(members.get("language")) or language_of(document.get("language")),
        text=text,
        is_truncated=(is_cut_off(text) if has_content else is_teaser(text)),
    )


def _text(members: Members, name: str) -> str:
    member = members.get(name)
    return member if isinstance(member, str) else ""


def _guid(member: object) -> str | None:
    """Return the id as text: numbers are not allowed but common, and 12 and 12.0 are the same number."""
    if isinstance(member, bool) or not isinstance(member, str | int | float):
        return None
    if isinstance(member, float):
        if not math.isfinite(member):
            return None
        return str(int(member)) if member.is_integer() else str(member)
    return texts.one_line(str(member), limit=2000) or None


def _fullest(members: Members) -> str:
    plain = [texts.clean(_text(members, name)) for name in ("content_text", "summary")]
    return max(texts.plain_of(_text(members, "content_html")), *plain, key=len)


def _author(members: Members) -> str:
    """Return the first author with a name; version 1 has one author, 1.1 a list of them."""
    listed = members.get("authors")
    candidates = [*(listed if isinstance(listed, list) else []), members.get("author")]
    names = (_text(author, "name") for author in candidates if isinstance(author, dict))
    return next((texts.one_line(name, limit=120) for name in names if name.strip()), "")
