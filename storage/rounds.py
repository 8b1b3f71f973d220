"""Rounds: one ISO week's asking, and who was asked."""

from dataclasses import dataclass
from datetime import datetime

from curate import ids
from curate.people import Person
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Round:
    """One week's asking. Waiting for people is this row, never a waiting program."""

    week: str
    cluster_run_id: str
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    """An editor's person id, ``operator`` or ``deadline``."""

    @property
    def is_open(self) -> bool:
        """Whether catalysts may still speak."""
        return self.closed_at is None


def open_with(db: Session, round_: Round, run_id: str) -> None:
    """Open a week's round on a clustering. One that is open moves to it only while nobody has spoken in it."""
    db.rows(
        "rounds.open",
        week=round_.week,
        cluster_run_id=round_.cluster_run_id,
        now=round_.opened_at,
        closes_at=round_.closes_at,
        run_id=run_id,
    )
    db.rows("rounds.move_to_clustering", week=round_.week, cluster_run_id=round_.cluster_run_id)


def of_week(db: Session, week: str) -> Round | None:
    """Return the week's round, if it was opened."""
    row = db.one("rounds.of_week", week=week)
    return Round(*row) if row else None


def every(db: Session) -> tuple[Round, ...]:
    """Return all rounds, newest first."""
    return tuple(Round(*row) for row in db.rows("rounds.every"))


def close(db: Session, week: str, by: str, now: datetime) -> None:
    """Close a round; closing it twice keeps the first moment and closer."""
    db.rows("rounds.close", week=week, by=by, now=now)


def invite(db: Session, week: str, person_id: str, run_id: str) -> None:
    """Note that this person is to be asked; asking twice leaves one row."""
    db.rows("rounds.invite", invitation_id=_invitation(week, person_id), week=week, person_id=person_id, run_id=run_id)


def uninvited(db: Session, week: str) -> tuple[Person, ...]:
    """Return who is to be asked and has no mail yet."""
    return tuple(Person(*row) for row in db.rows("rounds.uninvited", week=week))


def mark_invited(db: Session, week: str, person_id: str, now: datetime) -> None:
    """Note that the invitation was handed over."""
    db.rows("rounds.mark_invited", invitation_id=_invitation(week, person_id), now=now)


def to_remind(db: Session, week: str) -> tuple[Person, ...]:
    """Return who was asked, has not spoken and got no reminder yet."""
    return tuple(Person(*row) for row in db.rows("rounds.to_remind", week=week))


def mark_reminded(db: Session, week: str, person_id: str, now: datetime) -> None:
    """Note that the reminder was handed over."""
    db.rows("rounds.mark_reminded", invitation_id=_invitation(week, person_id), now=now)


def _invitation(week: str, person_id: str) -> str:
    return ids.of("invitation", week, person_id)
