"""The outbox: one row per issue (or month) and subscriber, claimed before it is sent."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from curate import ids
from curate.people import Language
from storage import themes
from storage.database import Row, Session
from storage.runs import Run
from storage.subscribers import Subscriber

Covers = Literal["issue", "month"]
"""What a letter holds: one issue, or all of the month whose last one it names."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One issue on its way to one subscriber."""

    id: str
    number: int
    subscriber_id: str
    email: str
    language: Language
    message_id: str
    attempts: int
    """Attempts made, this one included once it is claimed."""
    follows: tuple[str, ...] = ()
    """Theme ids that the reader follows, sorted, with those that took them in; none: everything in full."""
    covers: Covers = "issue"


def message_id(number: int, subscriber_id: str, domain: str, covers: Covers = "issue") -> str:
    """Return the Message-ID: always the same for an issue and a subscriber, so that a second copy is seen as one."""
    return f"<{_id(number, subscriber_id, covers)}.{number}@{domain}>"


def fill(db: Session, number: int, to: Sequence[Subscriber], *, domain: str, run: Run) -> None:
    """Write the outbox of an issue, for who gets every issue; rows that exist stay as they are."""
    _fill(db, [_row(number, one, "issue", domain, run) for one in to if one.every == "issue" and one.state == "active"])


def fill_month(db: Session, number: int, to: Sequence[Subscriber], *, domain: str, run: Run) -> None:
    """Write the letters about the month whose last issue this is; rows that exist stay as they are."""
    _fill(db, [_row(number, one, "month", domain, run) for one in to if one.state == "active"])


def _fill(db: Session, rows: Sequence[Row]) -> None:
    columns = "delivery_id number subscriber_id covers message_id due_at run_id".split()
    db.bulk("deliveries.add", columns, rows)


def _row(number: int, to: Subscriber, covers: Covers, domain: str, run: Run) -> Row:
    delivery_id, name = _id(number, to.id, covers), message_id(number, to.id, domain, covers)
    return delivery_id, number, to.id, covers, name, run.started_at, run.id


def waiting(db: Session, number: int | None, now: datetime) -> int:
    """Return how many deliveries can be sent now, of one issue or of all."""
    return int(db.rows("deliveries.waiting", number=number, now=now)[0][0])


def unsent(db: Session, number: int) -> int:
    """Return how many deliveries of an issue are still to be sent, whenever they are due."""
    return int(db.rows("deliveries.unsent", number=number)[0][0])


def claim(db: Session, number: int | None, most: int, now: datetime) -> tuple[Delivery, ...]:
    """Take the next deliveries to send, of one issue or of all; the caller holds the sending lock."""
    rows = db.rows("deliveries.next", number=number, now=now, most=most)
    db.rows("deliveries.claim", delivery_ids=[row[0] for row in rows], now=now)
    heirs = themes.heirs(db) if any(json.loads(row[-2]) for row in rows) else {}
    return tuple(_delivery(row, heirs) for row in rows)


def sent(db: Session, delivery_id: str, now: datetime) -> None:
    """Note that the server took the message."""
    db.rows("deliveries.sent", delivery_id=delivery_id, now=now)


def put_off(db: Session, delivery_id: str, due_at: datetime, error: str) -> None:
    """Note a failure that may pass, and when to try again."""
    db.rows("deliveries.put_off", delivery_id=delivery_id, due_at=due_at, error=error)


def failed(db: Session, delivery_id: str, error: str) -> None:
    """Note a failure that stays until somebody says ``duiding send --only failed``."""
    db.rows("deliveries.failed", delivery_id=delivery_id, error=error)


def try_failed_again(db: Session, number: int | None, now: datetime) -> None:
    """Put failed deliveries back in the queue."""
    db.rows("deliveries.try_failed_again", number=number, now=now)


def counts(db: Session, number: int | None = None) -> dict[str, int]:
    """Return how many deliveries are in each state, of one issue or of all."""
    return dict(db.rows("deliveries.counts", number=number))


def export(db: Session, week: str | None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export deliveries``."""
    fields = "issue week subscriber state attempts message_id sent_at error".split()
    for row in db.rows("deliveries.export", week=week):
        yield dict(zip(fields, row, strict=True))


def _delivery(row: Row, heirs: Mapping[str, str]) -> Delivery:
    *plain, follows, covers = row
    return Delivery(*(*plain, themes.with_heirs(json.loads(follows), heirs), covers))


def _id(number: int, subscriber_id: str, covers: Covers) -> str:
    about = ("month",) if covers == "month" else ()
    return ids.of("delivery", *about, str(number), subscriber_id)
