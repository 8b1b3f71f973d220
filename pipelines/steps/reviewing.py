"""deadline | close the round | tell the editors | their turn: skip, open again; or publishing.py has the rest

Every step asks the rows what is done already: a sweep that is killed and run again tells nobody twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

from curate import stages
from curate.people import Person
from curate.stages import Stage
from curate.weeks import Week
from pipelines import posting
from pipelines.home import Home
from pipelines.posting import Posting
from pipelines.steps import publishing
from reports import mails
from reports.mails import Reviewing
from storage import issues, rounds
from storage.database import Session
from storage.rounds import Round

_TOLD_WITHIN = timedelta(days=7)
_LOOKED_AT = 8
"""Weeks back from now of which it is told how far they are."""


def stage(home: Home, week: Week) -> Stage:
    """Return how far the issue of a week is; raises NotFoundError without a round."""
    with home.database.reading() as db:
        return _stage(db, home, publishing.round_of(db, week))


def under_way(home: Home) -> dict[str, Stage]:
    """Return how far the weeks are that are not done, newest first: all but those sent or skipped."""
    with home.database.reading() as db:
        found = {one.week: _stage(db, home, one) for one in rounds.every(db)[:_LOOKED_AT]}
    return {week: far for week, far in found.items() if far not in ("sent", "skipped")}


def skip(home: Home, week: Week, why: str, by: str = "operator") -> None:
    """Close a round without an issue.

    Raises NotFoundError without a round, and ClosedError when its issue is frozen or about to be.
    """
    with home.database.writing() as db:
        rounds.skip(db, str(week), by, home.clock(), why)


def reopen(home: Home, week: Week, by: str = "operator") -> datetime:
    """Open a closed or skipped round again and return until when; raises as :func:`skip` does."""
    now = home.clock()
    with home.database.writing() as db:
        closes_at = stages.reopened_until(publishing.round_of(db, week).closes_at, now)
        rounds.reopen(db, str(week), by, now, closes_at)
        return closes_at


def close_overdue(home: Home) -> tuple[str, ...]:
    """Close the rounds whose deadline has passed, and return their weeks."""
    now = home.clock()
    with home.database.writing() as db:
        overdue = tuple(one.week for one in rounds.every(db) if one.is_open and one.closes_at <= now)
        for week in overdue:
            rounds.close(db, week, "deadline", now)
    return overdue


def tell_editors(home: Home) -> int:
    """Mail each editor, once a round, that an issue is ready for review; return how many mails.

    Raises MailError for letters that could not be handed over, after all others were.
    """
    with home.database.reading() as db:
        waiting = [
            (one, len(publishing.built(db, home, Week.parse(one.week)).items), people)
            for one, people in _to_tell(db, home.clock())
        ]
    return posting.each(home, [each for one, items, people in waiting for each in _letters(home, one, items, people)])


def anyone_to_tell(home: Home) -> bool:
    """Whether an issue waits for an editor who was not told yet."""
    with home.database.reading() as db:
        return any(_to_tell(db, home.clock()))


def _to_tell(db: Session, now: datetime) -> Iterator[tuple[Round, tuple[Person, ...]]]:
    for one in rounds.every(db):
        if _is_in_review(db, one, now) and (people := rounds.to_tell(db, one.week)):
            yield one, people


def _letters(home: Home, round_: Round, items: int, people: tuple[Person, ...]) -> Iterator[Posting]:
    network, week = home.settings.name, Week.parse(round_.week)
    for person in people:

        def letter(to: Person = person) -> EmailMessage:
            link = posting.sign_in_link(home, to, f"/rounds/{week}/issue")
            reviewing = Reviewing(
                network, to.name, week, items, goes_out_at(home, round_, items), home.settings.zone, link
            )
            return mails.review_mail(reviewing, posting.envelope(home, to, "review", str(week)))

        def noted(db: Session, to: Person = person) -> None:
            rounds.mark_told(db, str(week), to.id, home.clock())

        yield Posting(person, letter, noted)


def goes_out_at(home: Home, round_: Round, items: int) -> datetime | None:
    """When an issue goes out that no editor touches; None for a thin one, which waits."""
    wanted, closed_at = home.settings.rounds, round_.closed_at
    if closed_at is None or items < wanted.thin_below:
        return None
    return closed_at + timedelta(hours=wanted.review_hours)


def _is_in_review(db: Session, one: Round, now: datetime) -> bool:
    """Whether it waits for an editor, and not since long ago: nobody is mailed about what lies behind us."""
    return (
        one.closed_at is not None
        and one.closed_at > now - _TOLD_WITHIN
        and not (one.approved_at or one.skipped_at)
        and issues.of_week(db, one.week) is None
    )


def _stage(db: Session, home: Home, one: Round) -> Stage:
    return stages.stage(publishing.progress(db, home, one), home.settings.rounds.thin_below, home.clock())
