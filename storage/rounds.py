"""Rounds: one ISO week's asking, and who was asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from curate import ids
from curate.errors import ClosedError, NotFoundError
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
    approved_at: datetime | None = None
    """When somebody said that the issue may be frozen."""
    approved_by: str | None = None
    skipped_at: datetime | None = None
    """When somebody decided that this week has no issue."""
    skipped_by: str | None = None
    skipped_why: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether catalysts may still speak."""
        return self.closed_at is None


_UNCOMMITTED = 10**16


@dataclass(frozen=True, slots=True)
class Marks:
    """What changes when people speak in a week, arrange its clusters, or take or drop a name."""

    annotations: int
    last: int
    """Place of the last annotation in its table, which only grows; -1 for none."""
    arranged: int
    undone: int
    names: int

    @property
    def is_settled(self) -> bool:
        """Whether all annotations are committed; DuckDB numbers the others from 3.6e16 on, until they are."""
        return self.last < _UNCOMMITTED

    @property
    def of_clusters(self) -> tuple[int, int]:
        """What changes when clusters do."""
        return (self.arranged, self.undone)


ActKind = Literal["closed", "approved", "skipped", "reopened"]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did to a round."""

    kind: ActKind
    by: str
    """An editor's person id, ``operator`` or ``deadline``."""
    name: str
    """Of the editor; empty when it was none."""
    why: str
    done_at: datetime


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


def watched(db: Session, week: str) -> tuple[Round, Marks] | None:
    """Return the week's round, if it was opened, with what tells whether anything changed in it."""
    tables = ("rounds", "annotations", "arrangements", "people")
    row = db.remembered(("watched", week), tables, lambda: db.one("rounds.watched", week=week))
    return (Round(*row[:-5]), Marks(*row[-5:])) if row else None


def every(db: Session) -> tuple[Round, ...]:
    """Return all rounds, newest first."""
    return tuple(Round(*row) for row in db.rows("rounds.every"))


def close(db: Session, week: str, by: str, now: datetime) -> None:
    """Close a round; closing it twice keeps the first moment and closer."""
    found = of_week(db, week)
    if found and found.is_open:
        db.rows("rounds.close", week=week, by=by, now=now)
        _note(db, week, "closed", by, now)


def approve(db: Session, week: str, by: str, now: datetime) -> None:
    """Close a round if need be, and say that its issue may be frozen; the first word counts.

    Raises NotFoundError without a round, and ClosedError for a week that is skipped.
    """
    found = _there(db, week)
    if found.skipped_at:
        raise ClosedError(f"{week} is skipped: it has no issue. Open its round again first.")
    close(db, week, by, now)
    if found.approved_at is None:
        db.rows("rounds.approve", week=week, by=by, now=now)
        _note(db, week, "approved", by, now)


def skip(db: Session, week: str, by: str, now: datetime, why: str) -> None:
    """Close a round without an issue, and say why; what people said in it is kept. Skipping twice keeps the first.

    Raises NotFoundError without a round, and ClosedError when the issue is frozen or about to be.
    """
    found = _there(db, week)
    if found.approved_at or db.one("issues.of_week", week=week):
        raise ClosedError(f"The issue of {week} is on its way to its readers; the week cannot be skipped any more.")
    close(db, week, by, now)
    if found.skipped_at is None:
        db.rows("rounds.skip", week=week, by=by, now=now, why=why)
        _note(db, week, "skipped", by, now, why)


def reopen(db: Session, week: str, by: str, now: datetime, closes_at: datetime) -> None:
    """Open a closed or skipped round again until ``closes_at``; one that is open stays as it is.

    Raises NotFoundError without a round, and ClosedError when its issue is frozen.
    """
    found = _there(db, week)
    if db.one("issues.of_week", week=week):
        raise ClosedError(f"The issue of {week} is frozen; its round stays closed.")
    if not found.is_open:
        db.rows("rounds.reopen", week=week, closes_at=closes_at)
        _note(db, week, "reopened", by, now)


def acts(db: Session, week: str) -> tuple[Act, ...]:
    """Return what was done to a round, oldest first."""
    return tuple(Act(*row) for row in db.rows("rounds.acts", week=week))


def has_editor(db: Session) -> bool:
    """Whether anybody has the last word here."""
    return bool(db.rows("rounds.editors")[0][0])


def to_tell(db: Session, week: str) -> tuple[Person, ...]:
    """Return the editors who were not told yet that the issue of this week is ready for review."""
    return tuple(Person(*row) for row in db.rows("rounds.to_tell", week=week))


def mark_told(db: Session, week: str, person_id: str, now: datetime) -> None:
    """Note that an editor was told."""
    db.rows("rounds.mark_told", review_id=ids.of("review", week, person_id), week=week, person_id=person_id, now=now)


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


def _there(db: Session, week: str) -> Round:
    found = of_week(db, week)
    if found is None:
        raise NotFoundError(f"There is no round for {week}. Open it with `duiding week run --week {week}`.")
    return found


def _note(db: Session, week: str, kind: ActKind, by: str, now: datetime, why: str = "") -> None:
    number = int(db.rows("rounds.next_act", week=week)[0][0])
    act_id = ids.of("round act", week, str(number))
    db.rows("rounds.add_act", act_id=act_id, week=week, number=number, kind=kind, by=by, why=why, now=now)
