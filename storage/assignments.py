"""Assignments: which clusters a round asks of whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from curate import ids
from curate.assignments import Assignment, Catalyst
from storage import interests
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """A cluster that is asked of somebody: why, and who passed it on with which words, if anybody did."""

    cluster_id: str
    reason: str
    handed_by: str
    why: str


def add(db: Session, week: str, assigned: Sequence[Assignment], now: datetime) -> None:
    """Keep what is asked of whom; what was asked before stays as it is."""
    columns = "assignment_id week person_id cluster_id place reason assigned_at".split()
    rows = [
        (_id(week, one.person_id, one.cluster_id), week, one.person_id, one.cluster_id, one.place, one.reason, now)
        for one in assigned
    ]
    db.bulk("assignments.add", columns, rows)


def drop_others(db: Session, week: str, run_id: str) -> None:
    """Forget what was asked about the clusters of another clustering than this one."""
    db.rows("assignments.drop_others", week=week, run_id=run_id)


def of_person(db: Session, week: str, person_id: str) -> tuple[Asked, ...] | None:
    """Return what is asked of somebody in a week, in order; None when nothing ever was.

    Nothing may be left of it: they passed it on, or pause.
    """
    tables = ("assignments", "people")
    return db.remembered(("asked", week), tables, lambda: _of_week(db, week)).get(person_id)


def _of_week(db: Session, week: str) -> dict[str, tuple[Asked, ...]]:
    found: dict[str, tuple[Asked, ...]] = {}
    for person_id, is_asked, *asked in db.rows("assignments.of_week", week=week):
        found[person_id] = (*found.get(person_id, ()), *([Asked(*asked)] if is_asked else []))
    return found


def loads(db: Session, week: str) -> dict[str, int]:
    """Return how many people are asked about each cluster of a week."""
    return dict(db.rows("assignments.loads", week=week))


def unasked(db: Session, week: str, since: str, run_id: str) -> tuple[Catalyst, ...]:
    """Return who gives meaning and is asked nothing yet in a week, with what is known of their interests.

    What they spoke on counts from the week ``since`` on; who pauses is left out.
    """
    follows = interests.of_everyone(db)
    spoke_on = _by_person(db.rows("assignments.spoke_on", week=week, since=since))
    brought = _by_person(db.rows("assignments.brought", run_id=run_id))
    return tuple(
        Catalyst(one, language, follows.get(one, frozenset()), spoke_on[one], brought[one])
        for one, language in db.rows("assignments.unasked", week=week)
    )


def release(db: Session, week: str, person_id: str, cluster_id: str, now: datetime) -> None:
    """Ask this of this person no more."""
    db.rows("assignments.release", week=week, person_id=person_id, cluster_id=cluster_id, now=now)


def hand_over(db: Session, week: str, asked: Asked, to_id: str, person_id: str, now: datetime) -> None:
    """Pass what was asked of one person on to another, with the words of ``asked``."""
    release(db, week, person_id, asked.cluster_id, now)
    db.rows(
        "assignments.hand_over",
        assignment_id=_id(week, to_id, asked.cluster_id),
        week=week,
        to_id=to_id,
        cluster_id=asked.cluster_id,
        person_id=person_id,
        why=asked.why,
        now=now,
    )


def _by_person(rows: Sequence[tuple[str, ...]]) -> defaultdict[str, frozenset[str]]:
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for person_id, one in rows:
        found[person_id] |= {one}
    return found


def _id(week: str, person_id: str, cluster_id: str) -> str:
    return ids.of("assignment", week, person_id, cluster_id)
