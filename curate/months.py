"""Months of issues: an issue belongs to the month in which the Thursday of its week lies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from curate.weeks import Week

STILL_COMING = timedelta(days=7)
"""A week's round opens after the week: without a round after this time, none is coming any more."""
LATEST = timedelta(days=45)
"""A month whose last week ended longer ago than this gets no letter any more."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, week: Week) -> "Month":
        """Return the month of a week."""
        thursday = week.starts_at.date() + timedelta(days=3)
        return cls(thursday.year, thursday.month)

    @property
    def first_on(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def starts_at(self) -> datetime:
        """The first moment of its first week (aware UTC)."""
        return self.weeks[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """The first moment after its last week (aware UTC)."""
        return self.weeks[-1].ends_at

    @property
    def weeks(self) -> tuple[Week, ...]:
        """Its four or five weeks."""
        day = datetime(self.year, self.number, 1, tzinfo=UTC)
        near = (Week.of(day + timedelta(days=7 * n)) for n in range(6))
        return tuple(week for week in near if Month.of(week) == self)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a week's round."""

    week: str
    is_frozen: bool
    is_skipped: bool
    is_silent: bool = False
    """Whether it is over and nobody gave meaning: nothing of it waits for anybody."""

    @property
    def is_settled(self) -> bool:
        """Whether no issue comes of it any more, or it is there."""
        return self.is_frozen or self.is_skipped or self.is_silent


def is_due(month: Month, held: Sequence[Held], now: datetime) -> bool:
    """Whether a month can be told: it is over, not long ago, has an issue, and nothing of it is still on its way."""
    of_week = {one.week: one for one in held}
    if not month.ends_at <= now <= month.ends_at + LATEST:
        return False
    if not any(of_week[str(week)].is_frozen for week in month.weeks if str(week) in of_week):
        return False
    return all(_is_settled(week, of_week.get(str(week)), now) for week in month.weeks)


def _is_settled(week: Week, held: Held | None, now: datetime) -> bool:
    return held.is_settled if held else week.ends_at + STILL_COMING <= now


def of_weeks(weeks: Iterable[str]) -> tuple[Month, ...]:
    """Return the months of some weeks, the earliest first."""
    return tuple(sorted({Month.of(Week.parse(week)) for week in weeks}))
