"""What a feed says, in one form for all dialects."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urljoin

from curate import texts, urls

Kind = Literal["rss", "atom", "rdf", "json", "xml"]
"""The family of the dialect; "xml" is a document in XML that is no feed we know, and therefore has no entries."""

TEASER_WORDS = 120
"""A summary below this, with no full text beside it, is taken for a teaser."""

_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\)|\(\.\.\.\)|"
    r"\b(?:lees (?:verder|meer|het hele artikel)|verder lezen|read (?:more|on|the full (?:story|article|post))|"
    r"continue reading|weiterlesen|mehr lesen|lire la suite)\b[^.!?\n]{0,80})[\s»>→.…]*$",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[a-z]{2}(?=$|[-_])")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry as its feed gives it. Texts are plain and unescaped: escape them wherever they are shown.

    ``url`` is absolute http(s), not made canonical. ``published_at`` and ``updated_at`` are aware UTC;
    ``published_at`` is the only date when there is just one. ``language`` is ISO 639-1, the feed's when the entry has
    none. ``text`` is the longest of content and summary.
    """

    guid: str | None
    url: str | None
    title: str
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    language: str | None
    text: str
    is_truncated: bool


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed with its entries in the order of the document; ``language`` is ISO 639-1.

    ``wish_s`` is how many seconds it says it wants to be left alone between two polls; 0 when it does not say. One that
    is not whole was cut off on its way: what came is good, but it must be asked for again in full.
    """

    kind: Kind
    title: str
    language: str | None
    site_url: str | None
    entries: tuple[FeedEntry, ...]
    wish_s: float = 0
    is_whole: bool = True


def absolute(address: object, base: str) -> str | None:
    """Return ``address``, resolved against ``base``, when it is an http(s) address with a host; else None."""
    if not isinstance(address, str) or not address.strip():
        return None
    try:
        joined = urljoin(base, address.strip())
    except ValueError:
        return None
    return joined if urls.host_of(joined) else None


def language_of(tag: object) -> str | None:
    """Return the ISO 639-1 code a language tag such as ``nl-NL`` starts with, or None."""
    match = _LANGUAGE.match(tag.strip().lower()) if isinstance(tag, str) else None
    return match[0] if match else None


def is_cut_off(text: str) -> bool:
    """Say whether a text ends as a teaser does: with an ellipsis, or with an invitation to read on."""
    return bool(_CUT_OFF.search(text[-160:]))


def is_teaser(text: str) -> bool:
    """Say whether a summary, standing alone, is too short to be the article or is cut off."""
    return is_cut_off(text) or texts.words_count(text) < TEASER_WORDS
