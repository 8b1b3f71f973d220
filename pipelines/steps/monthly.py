"""months that are over | wait until nothing of them is in review | write a letter to each monthly reader, once

The letters stand in the outbox like those of an issue, and are made from the frozen issues when they are sent. The
month and its letters are written in one transaction: killed and repeated, this leaves the same rows.
"""

from datetime import datetime

from curate import months as rules
from curate.issues import Issue
from curate.months import Held, Month
from curate.weeks import Week
from pipelines import posting
from pipelines.home import Home, finish_run, start_run
from pipelines.steps import publishing
from reports.months import Monthly
from storage import issues, months, rounds
from storage.database import Session
from storage.rounds import Round


def due(home: Home) -> tuple[Month, ...]:
    """Return the months whose letters are to be written now: :func:`curate.months.is_due` has the rule."""
    with home.database.reading() as db:
        return _due(db, home)


def fill_due(home: Home) -> int:
    """Write the letters of the months that are due, and return how many there are."""
    return sum(_fill(home, month) for month in due(home))


def of_issue(home: Home, last: Issue) -> Monthly:
    """Return what the letter is made from about the month whose last issue this is."""
    month = Month.of(Week.parse(last.week))
    with home.database.reading() as db:
        found = months.issues_of(db, month)
    return Monthly(month, found, f"{home.settings.public_url}/issues")


def _fill(home: Home, month: Month) -> int:
    run = start_run(home, "month", month=str(month))
    with home.database.writing() as db:
        # Looked at once more: meanwhile a round may have been opened again, or another sweep been here.
        is_due, domain = month in _due(db, home), posting.domain(home)
        written = months.fill(db, month, domain=domain, run=run, key=home.secret) if is_due else 0
    finish_run(home, run, f"{written} letters about {month} wait.")
    return written


def _due(db: Session, home: Home) -> tuple[Month, ...]:
    now, done = home.clock(), months.filled(db)
    published = {one.week for one in issues.published(db)}
    waiting = [month for month in rules.of_weeks(published) if str(month) not in done and _may_be(month, now)]
    if not waiting:
        return ()
    held = [Held(week, is_frozen=True, is_skipped=False) for week in published]
    since = min(waiting).starts_at
    for one in rounds.every(db):
        if one.week not in published and Week.parse(one.week).starts_at >= since:
            held.append(_unpublished(db, home, one))
    return tuple(month for month in waiting if rules.is_due(month, held, now))


def _may_be(month: Month, now: datetime) -> bool:
    """Whether it is worth looking at its rounds."""
    return month.ends_at <= now <= month.ends_at + rules.LATEST


def _unpublished(db: Session, home: Home, one: Round) -> Held:
    is_skipped = one.skipped_at is not None
    is_over = one.closed_at is not None or one.closes_at <= home.clock()
    is_silent = is_over and not is_skipped and not publishing.progress(db, home, one).items
    return Held(one.week, is_frozen=False, is_skipped=is_skipped, is_silent=is_silent)
