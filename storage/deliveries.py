"""The outbox: one row per issue and subscriber, claimed before it is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate import ids
from curate.people import Language
from storage.database import Session
from storage.runs import Run
from storage.subscribers import Subscriber


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


def message_id(number: int, subscriber_id: str, domain: str) -> str:
    """Return the Message-ID: always the same for an issue and a subscriber, so that a second copy is seen as one."""
    return f"<{_id(number, subscriber_id)}.{number}@{domain}>"


def fill(db: Session, number: int, to: Sequence[Subscriber], *, domain: str, run: Run) -> None:
    """Write the outbox of an issue; rows that exist stay as they are."""
    rows = [
        (
            _id(number, one.id),
            number,
            one.id,
            message_id(number, one.id, domain),
            run.started_at,
            run.id,
        )
        for one in to
        if one.state == "active"
    ]
    db.bulk("deliveries.add", "delivery_id number subscriber_id message_id due_at run_id".split(), rows)


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
    return tuple(Delivery(*row) for row in rows)


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


def _id(number: int, subscriber_id: str) -> str:
    return ids.of("delivery", str(number), subscriber_id)
