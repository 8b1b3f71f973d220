"""ISO weeks, in UTC: the rhythm of rounds and issues."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from curate.errors import UsageError

_FORM = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO week. It begins on Monday 00:00 UTC, so that a week means the same articles in every time zone."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read ``2026-W47``; raises UsageError for anything else and for weeks that the year does not have."""
        match = _FORM.fullmatch(text.strip())
        if not match:
            raise UsageError(f"{text!r} is not a week. Write it as year and ISO week number, like 2026-W47.")
        year, number = int(match[1]), int(match[2])
        # 28 December always lies in a year's last week; the weeks around a year must have dates, too.
        last = date(year, 12, 28).isocalendar().week if 1900 <= year < 3000 else 0
        if not 1 <= number <= last:
            raise UsageError(f"There is no week {number} in {year}. ISO weeks run from W01 to W52 or W53.")
        return cls(year, number)

    @classmethod
    def of(cls, moment: datetime) -> "Week":
        """Return the week in which an aware moment falls, in UTC."""
        year, number, _ = moment.astimezone(UTC).isocalendar()
        return cls(year, number)

    @property
    def starts_at(self) -> datetime:
        """Monday 00:00 UTC."""
        return datetime.combine(date.fromisocalendar(self.year, self.number, 1), time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment that no longer belongs to the week (aware UTC)."""
        return self.starts_at + timedelta(days=7)

    @property
    def previous(self) -> "Week":
        """The week before."""
        return Week.of(self.starts_at - timedelta(days=1))

    @property
    def next(self) -> "Week":
        """The week after."""
        return Week.of(self.ends_at)

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"
