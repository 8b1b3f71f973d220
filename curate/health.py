"""How sources fare: asked and answering, failing, gone silent, or not asked any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from curate.sources import Kind

State = Literal["active", "failing", "silent", "disabled"]
Reason = Literal[
    "blocked", "timeout", "too_large", "not_a_feed", "gone", "rate_limited", "unreachable", "unreadable",
    "refused", "missing", "trouble", "odd",
]  # fmt: skip
"""Why a source fails, as far as people do something else about it; each has words in words/web.*.toml."""

NEW_FOR = timedelta(days=28)
"""How long a source counts as new."""
QUIETEST = timedelta(days=14)
"""A daily feed may rest for a holiday: below this no feed is called silent."""
NO_RHYTHM = timedelta(days=90)
"""What is called silence in a feed of which too few days are known to tell its rhythm."""
FEWEST_DAYS = 4
"""Days with news from which a rhythm can be told."""
TIMES_ITS_RHYTHM = 4

_BY_STATUS: dict[str, Reason] = {"401": "refused", "402": "refused", "403": "refused", "407": "refused",
                                 "451": "refused", "404": "missing", "408": "trouble", "425": "trouble"}  # fmt: skip
_NAMED: dict[str, Reason] = {
    "blocked": "blocked", "timeout": "timeout", "too_large": "too_large", "not_a_feed": "not_a_feed", "gone": "gone",
    "rate_limited": "rate_limited", "unreachable": "unreachable", "unreadable": "unreadable",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """A source as we have come to know it. Moments are aware UTC.

    ``news_on`` are the latest days on which it had something new, the newest first; ``newest_at`` is the moment of its
    newest entry, ``since`` that of the first failure in a row.
    """

    id: str
    url: str
    kind: Kind
    title: str
    language: str | None
    tags: tuple[str, ...]
    is_disabled: bool
    added_at: datetime
    polled_at: datetime | None
    due_at: datetime | None
    error_kind: str | None
    error: str | None
    since: datetime | None
    entries: int
    articles: int
    newest_at: datetime | None
    news_on: tuple[date, ...]

    @property
    def name(self) -> str:
        """What people call it: its title, or its address while it has none."""
        return self.title or self.url


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a source and since when; ``reason`` is None unless it failed when it was asked last."""

    state: State
    since: datetime | None
    reason: Reason | None = None


def of(heard: Heard, now: datetime) -> Health:
    """Say how a source fares: disabled before failing, failing before silent; one never asked is active."""
    reason = reason_of(heard.error_kind) if heard.error_kind else None
    if heard.is_disabled:
        return Health("disabled", heard.since, reason)
    if reason:
        return Health("failing", heard.since, reason)
    if heard.kind == "feed" and heard.polled_at and now - _last_heard(heard) > patience(heard.news_on):
        return Health("silent", _last_heard(heard))
    return Health("active", None)


def patience(news_on: Sequence[date]) -> timedelta:
    """Return how long nothing new is no silence: four times a feed's own rhythm, and two weeks at least.

    The rhythm is the median of the pauses between days with news, so that one long pause or one busy week changes
    nothing. Of a feed with fewer than four such days we do not know it, and wait a season.
    """
    if len(news_on) < FEWEST_DAYS:
        return NO_RHYTHM
    pauses = [(later - earlier).days for later, earlier in pairwise(news_on)]
    return max(QUIETEST, timedelta(days=TIMES_ITS_RHYTHM * median(pauses)))


def is_new(heard: Heard, now: datetime) -> bool:
    """Say whether a source was added in the last four weeks."""
    return now - heard.added_at < NEW_FOR


def reason_of(error_kind: str) -> Reason:
    """Return what people should make of an error kind (``timeout``, ``http_404``, …)."""
    if error_kind in _NAMED:
        return _NAMED[error_kind]
    status = error_kind.removeprefix("http_")
    return "trouble" if status[:1] == "5" else _BY_STATUS.get(status, "odd")


FEWEST_FOR_A_PATTERN = 3
"""With fewer failures it is theirs."""


def is_our_network(asked: Sequence[bool], failing: int, active: int) -> bool:
    """Whether so many sources fail that it must be this machine's network, and a person must look.

    ``asked`` says of each source that was asked and had answered the time before whether it failed now; ``failing`` of
    the ``active`` ones failed when they were asked last. More than half of either is a pattern: the first tells when it
    begins, the second while it lasts. Sources that have failed for long are no pattern, however few others are due.
    """
    return _is_most(sum(asked), len(asked)) or _is_most(failing, active)


def _is_most(failed: int, among: int) -> bool:
    return failed >= FEWEST_FOR_A_PATTERN and failed * 2 > among


def _last_heard(heard: Heard) -> datetime:
    """A feed that never brought anything was heard last when it was added."""
    return heard.newest_at or heard.added_at
