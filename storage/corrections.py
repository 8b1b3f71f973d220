"""Corrections: what people said against the machine, in acts of several pairs; rows are only added, and undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from curate import corrections, ids
from curate.clusters import Ties
from curate.corrections import Act
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Said:
    """An act with who made it, when and why, and who undid it when; names are those of people."""

    act: Act
    name: str
    why: str
    made_at: datetime
    undone_at: datetime | None
    undone_by: str | None


def add(db: Session, act: Act, person_id: str, why: str, now: datetime) -> None:
    """Keep an act; the same one written again adds nothing."""
    columns = "correction_id act_id kind article_id other_id person_id why made_at".split()
    rows = [
        (ids.of("correction", act.id, *pair), act.id, act.kind, *pair, person_id, why, now)
        for pair in sorted(act.pairs)
    ]
    db.bulk("corrections.add", columns, rows)


def undo(db: Session, act_id: str, person_id: str, now: datetime) -> None:
    """Let an act hold no more; what was undone before keeps who undid it."""
    db.rows("corrections.undo", act_id=act_id, person_id=person_id, now=now)


def in_force(db: Session, article_ids: Sequence[str]) -> Ties:
    """Return what holds between these articles (copies folded), without contradictions."""
    rows = db.rows("corrections.in_force", article_ids=sorted(article_ids))
    acts = [
        Act(act_id, kind, frozenset((one, other) for *_, one, other in pairs))
        for (act_id, kind), pairs in groupby(rows, key=lambda row: (row[0], row[1]))
    ]
    return corrections.in_force(acts)


def every(db: Session) -> tuple[Said, ...]:
    """Return all acts, the latest first."""
    return tuple(_said([*rows]) for _, rows in groupby(db.rows("corrections.every"), key=lambda row: row[0]))


def _said(rows: Sequence[Row]) -> Said:
    act_id, kind, _, _, name, why, made_at, undone_at, undone_by = rows[0]
    return Said(
        Act(act_id, kind, frozenset((row[2], row[3]) for row in rows)), name, why, made_at, undone_at, undone_by
    )
