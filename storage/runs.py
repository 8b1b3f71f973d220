"""Runs: who made a derived row, with what, and when. Every derived row carries the id of its run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curate import ids
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Run:
    """One piece of work: its kind, its parameters, and the code and model that did it."""

    id: str
    kind: str
    started_at: datetime
    code_version: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    model_revision: str | None = None
    flow_run_id: str | None = None


def new_id(kind: str, started_at: datetime, nonce: str) -> str:
    """Return an id for a run; the nonce tells apart two that start in the same microsecond."""
    return ids.of("run", kind, started_at.isoformat(), nonce)


def start(db: Session, run: Run) -> None:
    """Keep a run at its start; one that never finishes shows that something was killed."""
    db.rows(
        "runs.start",
        run_id=run.id,
        kind=run.kind,
        now=run.started_at,
        code_version=run.code_version,
        model=run.model,
        model_revision=run.model_revision,
        parameters=json.dumps(run.parameters, sort_keys=True, default=str),
        flow_run_id=run.flow_run_id,
    )


def finish(db: Session, run_id: str, outcome: str, now: datetime) -> None:
    """Note that a run is done, with one sentence on what came of it."""
    db.rows("runs.finish", run_id=run_id, outcome=outcome, now=now)


def note(db: Session, run_id: str, **parameters: Any) -> None:
    """Add to the parameters of a run what was only known when it was at work."""
    db.rows("runs.note", run_id=run_id, parameters=json.dumps(parameters, sort_keys=True, default=str))


def unfinished(db: Session, kinds: Sequence[str], but: str) -> tuple[str, ...]:
    """Return the runs of these kinds, apart from one, that began and did not end: killed, or still at work."""
    return tuple(row[0] for row in db.rows("runs.unfinished", kinds=list(kinds), but=but))


def last_of_each_kind(db: Session) -> list[tuple[str, datetime, datetime | None, str | None]]:
    """Return (kind, started, finished, outcome) of the newest run of each kind."""
    return [(row[0], row[1], row[2], row[3]) for row in db.rows("runs.last_of_each_kind")]
