"""Rests: hosts that asked to be left alone when a page of theirs was asked for, until when; across restarts."""

from collections.abc import Mapping
from datetime import datetime

from storage.database import Session


def every(db: Session, now: datetime) -> dict[str, datetime]:
    """Return the hosts that rest at this moment, with the moment at which they may be asked again."""
    return dict(db.rows("rests.every", now=now))


def note(db: Session, rests: Mapping[str, datetime], now: datetime) -> None:
    """Keep until when hosts rest; the later moment counts."""
    db.bulk("rests.note", ("host", "until_at", "noted_at"), [(host, until, now) for host, until in rests.items()])
