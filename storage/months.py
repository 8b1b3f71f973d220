"""Letters about a month: for whom, and that they are written once."""

from curate.issues import Issue
from curate.months import Month
from storage import deliveries, issues, subscribers
from storage.database import Session
from storage.runs import Run
from storage.subscribers import Subscriber


def filled(db: Session) -> frozenset[str]:
    """Return the months whose letters stand in the outbox, like ``2026-11``."""
    return frozenset(row[0] for row in db.rows("months.filled"))


def numbers(db: Session, month: Month) -> tuple[int, ...]:
    """Return the numbers of the frozen issues of a month, in the order of their weeks."""
    return tuple(row[0] for row in db.rows("months.numbers", weeks=_weeks(month)))


def to_tell(db: Session, month: Month) -> tuple[Subscriber, ...]:
    """Return who gets a letter about a month."""
    return tuple(subscribers.read(row) for row in db.rows("months.to_tell", weeks=_weeks(month)))


def fill(db: Session, month: Month, *, domain: str, run: Run, key: bytes = b"") -> int:
    """Write the letters of a month into the outbox, once and for good, and return how many there are.

    A month that is done stays as it is. The caller knows that it has an issue.
    """
    if str(month) in filled(db):
        return 0
    number = max(numbers(db, month))
    to = to_tell(db, month)
    db.rows("months.add", month=str(month), number=number, now=run.started_at, run_id=run.id)
    deliveries.fill_month(db, number, to, domain=domain, run=run, key=key)
    return len(to)


def issues_of(db: Session, month: Month) -> tuple[Issue, ...]:
    """Return the frozen issues of a month, in the order of their weeks."""
    found = (issues.by_number(db, number) for number in numbers(db, month))
    return tuple(one for one in found if one)


def _weeks(month: Month) -> list[str]:
    return [str(week) for week in month.weeks]
