"""Gauges: how the whole stands in numbers, for programs that watch us. Nothing here is about one person."""

from collections.abc import Mapping
from datetime import datetime

from storage.database import Session

Gauges = Mapping[str, Mapping[str, float]]
"""A value by name and label; the label is empty where there is one value only."""


def every(db: Session, now: datetime) -> Gauges:
    """Return all gauges; sql/gauges.sql says what each counts."""
    found: dict[str, dict[str, float]] = {}
    for name, label, value in db.rows("gauges.every", now=now):
        found.setdefault(name, {})[label] = value
    return found


def schema(db: Session) -> int:
    """Return the version of the schema: the cheapest question that shows that the database can be read."""
    return int(db.rows("gauges.schema")[0][0])
