"""Fetches: every answer we got, so that a sentence leads back to the bytes it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.database import Session


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request and its answer; ``status`` is None when there was none."""

    id: str
    run_id: str
    source_id: str | None
    url: str
    final_url: str | None
    fetched_at: datetime
    status: int | None
    bytes: int
    error_kind: str | None = None


def add(db: Session, fetches: Sequence[Fetch]) -> None:
    """Keep fetches."""
    columns = "fetch_id run_id source_id url final_url fetched_at status bytes error_kind".split()
    rows = [
        (
            one.id,
            one.run_id,
            one.source_id,
            one.url,
            one.final_url,
            one.fetched_at,
            one.status,
            one.bytes,
            one.error_kind,
        )
        for one in fetches
    ]
    db.bulk("fetches.add", columns, rows)
