"""The owner's activity as values, and the rules that hold for every kind of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from curate import mojibake, texts, urls

Kind = Literal["share", "article", "comment", "saved", "repost", "reaction", "vote"]
"""What a row is."""

REASONS = {
    "fragment": "cannot be read: it does not fit the columns of this file",
    "group": "in a LinkedIn group, which is not public",
    "audience": "not public: shared with {audience}",
    "no_audience": "not known to be public: the export does not say who could see it",
    "draft": "a draft: never published",
    "undated": "no date: a draft cannot be told from a published article",
    "too_large": "too large for an article",
    "not_ticked": "not opened: you did not tick this kind of file",
    "deselected": "left out by its owner",
}
"""Why a row is left out → the sentence for it; pages translate the word."""

_EXCERPT = 300
_PLAINLY = "https://www.linkedin.com/"
"""How nearly every row begins; looking closer at each would take most of the time of a large export."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of the owner's own activity."""

    key: str  # stable within one person: reading the same row again, from any export, gives the same key
    kind: Kind
    urn: str | None  # of the own post for a share; of the other's post for all else
    at: datetime | None  # aware UTC; when the owner did this, None when the export does not say
    urls: tuple[str, ...]  # external http(s) addresses, the shared one first; none of LinkedIn's own
    title: str  # of an article; of a reaction its type, of a vote the option chosen; else empty
    text: str  # the owner's own words, plain text
    visibility: str | None  # of a share, in capitals, "" when the export does not say; None for all else
    link: str | None = None  # the address of this on LinkedIn, to show; never fetched


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row, or a whole file, that was recognised and not taken."""

    member: str  # the file's name in the archive
    kind: Kind
    key: str | None  # of the row; None for a file that was not opened and for a row that cannot be read
    why: str  # a word of REASONS
    audience: str = ""  # of a share that is left out because of it
    at: datetime | None = None  # aware UTC
    words: str = field(
        default="", repr=False
    )  # how the row begins, for its owner alone: nothing of it is kept or printed

    @property
    def reason(self) -> str:
        """Why, in plain words."""
        return REASONS[self.why].format(audience=texts.one_line(self.audience, 40))


@dataclass(frozen=True, slots=True)
class Reading:
    """What one opened file gave."""

    kind: Kind
    activities: tuple[Activity, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What the owner allowed: file kinds and more, and the audiences of shares (in capitals)."""

    allow: frozenset[str]
    visibilities: frozenset[str]


def left_out(member: str, activity: Activity, why: str) -> LeftOut:
    """Return what is said of a row that could be read and is not taken."""
    said = texts.one_line(activity.title or activity.text, _EXCERPT)
    return LeftOut(member, activity.kind, activity.key, why, activity.visibility or "", activity.at, said)


def repair_language(written: Iterable[str]) -> str | None:
    """Return the language to repair these texts of one file in: Dutch when they show damage together, else unknown.

    An export damages all its texts or none, while one short post alone often holds too little to be sure.
    """
    return "nl" if mojibake.repair("\n".join(written)).changes else None


def words(written: str, language: str | None) -> str:
    """Return the owner's words as meant: damaged letters repaired, control characters gone."""
    return texts.clean(mojibake.repair(written, language).text)


def external(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the http(s) addresses outside LinkedIn, each article once, as written and in this order."""
    found: dict[str, str] = {}
    for address in (each.strip() for each in addresses):
        if address.startswith(_PLAINLY):
            continue
        identity = urls.identity(address)
        if identity and not urls.is_never_fetched(address):
            found.setdefault(identity, address)
    return tuple(found.values())


def on_linkedin(address: str | None) -> str | None:
    """Return the address, safe to show, if it is a page of LinkedIn's own, else None."""
    there = urls.safe_link(address or "")
    return there if there and (there.startswith(_PLAINLY) or urls.is_never_fetched(there)) else None
