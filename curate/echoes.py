"""Echoes: an earlier annotation that comes back to its author with a question: does this still hold?

One a week at most, the one with the best reason first: an experiment that was to be looked at, a thought that was not
finished, a question that nobody came back to, and then what is a quarter, half a year or a year old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from curate import annotations
from curate.annotations import Annotation
from curate.weeks import Week

Reason = Literal["experiment", "half_baked", "question", "anniversary"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""The best reason first."""

_REST = timedelta(weeks=4)
"""What was written or looked at again within this time is left alone."""
_ANNIVERSARIES = (12, 26, 52)
"""Weeks after which anything comes back once."""


@dataclass(frozen=True, slots=True)
class Echo:
    """An annotation that comes back, and why now."""

    annotation: Annotation
    reason: Reason


def echo(said: Sequence[Annotation], now: datetime) -> Echo | None:
    """Return what comes back to the author of all these versions, if anything does.

    Nothing comes back in a week in which they looked at an earlier annotation again.
    """
    week, today = Week.of(now), now.date()
    if any(one.words.outcome and Week.of(one.written_at) == week for one in said):
        return None
    ripe = [Echo(one, reason) for one in annotations.latest(said) if (reason := _reason(one, today))]
    return min(
        ripe, key=lambda one: (REASONS.index(one.reason), one.annotation.written_at, one.annotation.id), default=None
    )


def _reason(one: Annotation, today: date) -> Reason | None:
    words, age = one.words, today - one.written_at.date()
    if not words.so_what or age < timedelta(days=1):
        return None
    if words.review_on and words.review_on <= today and one.written_at.date() < words.review_on:
        return "experiment"
    if age < _REST:
        return None
    if words.ripeness == "half_baked":
        return "half_baked"
    if words.question and not words.outcome:
        return "question"
    return "anniversary" if age.days // 7 in _ANNIVERSARIES else None
