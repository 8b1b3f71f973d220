"""Sources and what polling them has taught us."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate.sources import Next, Poll, Source
from storage.database import Row, Session


@dataclass(frozen=True, slots=True)
class Due:
    """A feed to ask, with the state of its last poll."""

    source: Source
    poll: Poll


def add(db: Session, sources: Sequence[Source], now: datetime) -> int:
    """Keep sources and return how many were new; known ones keep their history."""
    before = {source.id for source in every(db)}
    unique = {source.id: source for source in sources}
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
    """Return the feeds whose time has come."""
    return _due(db.rows("sources.due", now=now, everything=False))


def all_feeds(db: Session, now: datetime) -> tuple[Due, ...]:
    """Return all active feeds, due or not."""
    return _due(db.rows("sources.due", now=now, everything=True))


def polled(db: Session, source_id: str, outcome: Next, now: datetime) -> None:
    """Keep what a poll taught us, and stop asking when it said so."""
    poll = outcome.poll
    db.rows(
        "sources.polled",
        source_id=source_id,
        polled_at=now,
        due_at=outcome.due_at,
        etag=poll.etag,
        last_modified=poll.last_modified,
        body_hash=poll.body_hash,
        moved_to=poll.moved_to,
        failures=poll.failures,
        error_kind=poll.error_kind,
        error=poll.error,
        since=poll.since,
    )
    if outcome.disable:
        set_state(db, source_id, "disabled")


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
