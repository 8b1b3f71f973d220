"""Sources and what polling them has taught us."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from curate.sources import AHEAD_OF_TIME, Next, Poll, Source
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Due:
    """A feed to ask, with the state of its last poll."""

    source: Source
    poll: Poll


def add(db: Session, sources: Sequence[Source], now: datetime) -> int:
    """Keep sources and return how many were new; known ones keep their history.

    A feed that moved is known by the address it was added under and by the one it has now.
    """
    known = every(db)
    id_of = {source.url: source.id for source in known}
    before = {source.id for source in known}
    unique = {source.id: source for source in (replace(one, id=id_of.get(one.url, one.id)) for one in sources)}
    rows = [
        (one.id, one.url, one.kind, one.title, one.language, json.dumps(one.tags), one.person_id, now)
        for one in unique.values()
    ]
    db.bulk("sources.add", "source_id url kind title language tags person_id added_at".split(), rows)
    return len(set(unique) - before)


def every(db: Session) -> tuple[Source, ...]:
    """Return all sources in the order in which they were added."""
    return tuple(_source(row) for row in db.rows("sources.every"))


def by_url(db: Session, url: str) -> Source | None:
    """Return the source with this address."""
    row = db.one("sources.by_url", url=url)
    return _source(row) if row else None


def due(db: Session, now: datetime) -> tuple[Due, ...]:
    """Return the feeds whose time has come, or comes within ``AHEAD_OF_TIME``; failing ones at their time only."""
    return _due(db.rows("sources.due", now=now, soon=now + AHEAD_OF_TIME, everything=False))


def all_feeds(db: Session, now: datetime) -> tuple[Due, ...]:
    """Return all active feeds, due or not."""
    return _due(db.rows("sources.due", now=now, soon=now, everything=True))


def polled(db: Session, outcomes: Sequence[tuple[Source, Next]], now: datetime, run_id: str) -> None:
    """Keep what polls taught us, each source once: its state, its new address, whether it is asked no more."""
    columns = "source_id polled_at due_at etag last_modified body_hash moved_to failures error_kind error since"
    rows = [
        (
            source.id,
            now,
            outcome.due_at,
            outcome.poll.etag,
            outcome.poll.last_modified,
            outcome.poll.body_hash,
            outcome.poll.moved_to,
            outcome.poll.failures,
            outcome.poll.error_kind,
            outcome.poll.error,
            outcome.poll.since,
            outcome.poll.interval_s,
        )
        for source, outcome in outcomes
    ]
    db.bulk("sources.polled", [*columns.split(), "interval_s"], rows)
    for source, outcome in outcomes:
        if outcome.move_to:
            _move(db, source, outcome.move_to, now, run_id)
        if outcome.disable:
            set_state(db, source.id, "disabled")


def _move(db: Session, source: Source, to_url: str, now: datetime, run_id: str) -> None:
    """Ask a feed at its new address from now on; where that one is followed already, the old one is asked no more."""
    taken = by_url(db, to_url)
    if taken and taken.id != source.id:
        set_state(db, source.id, "disabled")
        db.rows(
            "sources.explain", source_id=source.id, error=f"It moved to {to_url}, which is a source already.", now=now
        )
        return
    db.rows("sources.move", source_id=source.id, to_url=to_url)
    db.rows("sources.note_move", source_id=source.id, from_url=source.url, to_url=to_url, now=now, run_id=run_id)


def introduce(db: Session, source_id: str, title: str, language: str | None) -> None:
    """Take over the name and language that a feed gives itself; a name given by a person stays."""
    db.rows("sources.introduce", source_id=source_id, title=title, language=language)


def set_state(db: Session, source_id: str, state: str) -> None:
    """Set a source ``active`` or ``disabled``."""
    db.rows("sources.set_state", source_id=source_id, state=state)


def export(db: Session) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export sources``; a source that fails says so in ``state``."""
    fields = "url kind title state error_kind error since polled_at due_at language tags entries articles".split()
    for row in db.rows("sources.export"):
        record = dict(zip(fields, row, strict=True))
        failing = record["state"] == "active" and record["error_kind"]
        yield record | {"tags": json.loads(record["tags"]), "state": "failing" if failing else record["state"]}


def _due(rows: Sequence[Row]) -> tuple[Due, ...]:
    return tuple(Due(_source(row[:8]), Poll(*row[8:])) for row in rows)


def _source(row: Row) -> Source:
    source_id, url, kind, title, language, tags, person_id, state = row
    return Source(source_id, url, kind, title, language, tuple(json.loads(tags)), person_id, state)
