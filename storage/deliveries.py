"""The outbox: one row per issue (or month) and subscriber, claimed and noted in groups."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from curate import ids
from curate.people import Language
from curate.returns import FARED_LOOKED_AT, Fared, Fault
from storage import themes
from storage.database import Session
from storage.runs import Run
from storage.subscribers import Subscriber
from storage.values import Row

Covers = Literal["issue", "month"]
"""What a letter holds: one issue, or all of the month whose last one it names."""
MARK = "delivery"
"""What the marks in Message-IDs and envelope senders are for; :func:`curate.ids.marked`."""


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
    """Attempts made, the one that it is claimed for included."""
    fault: Fault | None = None
    """What the attempt before met."""
    follows: tuple[str, ...] = ()
    """Theme ids that the reader follows, sorted, with those that took them in; none: everything in full."""
    covers: Covers = "issue"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt brought."""

    delivery_id: str
    state: Literal["sent", "waiting", "failed"]
    attempts: int
    """Attempts made, this one included."""
    moment: datetime
    """When it was sent, is due again, or failed; aware UTC."""
    fault: Fault | None = None
    error: str | None = None
    """The sentence that says what went wrong."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whose delivery it is; ``email`` is empty when they were forgotten since."""

    delivery_id: str
    subscriber_id: str
    email: str
    state: str


def message_id(number: int, subscriber_id: str, domain: str, key: bytes = b"", covers: Covers = "issue") -> str:
    """Return the Message-ID: always the same for an issue and a subscriber, so that a second copy is seen as one.

    What stands before the dot is a mark made with ``key``: who knows the address of a reader cannot work it out.
    """
    return f"<{ids.marked(key, MARK, _id(number, subscriber_id, covers))}.{number}@{domain}>"


def fill(db: Session, number: int, to: Sequence[Subscriber], *, domain: str, run: Run, key: bytes = b"") -> None:
    """Write the outbox of an issue, for who gets every issue; rows that exist stay as they are.

    ``key`` is the home's secret.
    """
    readers = [one for one in to if one.every == "issue" and one.state == "active"]
    _fill(db, [_row(number, one, "issue", message_id(number, one.id, domain, key), run) for one in readers])


def fill_month(db: Session, number: int, to: Sequence[Subscriber], *, domain: str, run: Run, key: bytes = b"") -> None:
    """Write the letters about the month whose last issue this is; rows that exist stay as they are."""
    readers = [one for one in to if one.state == "active"]
    _fill(db, [_row(number, one, "month", message_id(number, one.id, domain, key, "month"), run) for one in readers])


def _fill(db: Session, rows: Sequence[Row]) -> None:
    columns = "delivery_id number subscriber_id covers message_id due_at run_id".split()
    db.bulk("deliveries.add", columns, rows)


def _row(number: int, to: Subscriber, covers: Covers, name: str, run: Run) -> Row:
    return _id(number, to.id, covers), number, to.id, covers, name, run.started_at, run.id


def waiting(db: Session, number: int | None, now: datetime) -> int:
    """Return how many deliveries can be sent now, of one issue or of all."""
    return int(db.rows("deliveries.waiting", number=number, now=now)[0][0])


def unsent(db: Session, number: int) -> int:
    """Return how many deliveries of an issue are still to be sent, whenever they are due."""
    return int(db.rows("deliveries.unsent", number=number)[0][0])


def claim(db: Session, number: int | None, most: int, now: datetime) -> tuple[Delivery, ...]:
    """Take the next deliveries to send, of one issue or of all; the caller holds the sending lock."""
    rows = db.rows("deliveries.next", number=number, now=now, most=most)
    if rows:
        db.rows("deliveries.claim", delivery_ids=[row[0] for row in rows], now=now)
    heirs = themes.heirs(db) if any(json.loads(row[-2]) for row in rows) else {}
    return tuple(_delivery(row, heirs) for row in rows)


def still_claimed(db: Session, delivery_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these claimed deliveries are still to be sent: their reader may have left since."""
    return frozenset(row[0] for row in db.rows("deliveries.still_claimed", delivery_ids=list(delivery_ids)))


def overdue(db: Session, now: datetime) -> tuple[int, datetime | None]:
    """Return how many deliveries are due and not sent, and since when the oldest of them is (aware UTC)."""
    count, oldest = db.rows("deliveries.overdue", now=now)[0]
    return int(count), oldest


def not_sent(db: Session, delivery_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these are in the outbox and not known to be sent."""
    return frozenset(row[0] for row in db.rows("deliveries.not_sent", delivery_ids=list(delivery_ids)))


def sent(db: Session) -> dict[str, datetime]:
    """Return the deliveries that a mail server took, with the moment (aware UTC)."""
    return {id_: moment for id_, moment in db.rows("deliveries.sent") if moment}


def release(db: Session) -> None:
    """Put back what was claimed and is not noted; the caller holds the sending lock, and took in all notes."""
    db.rows("deliveries.release")


def note(db: Session, outcomes: Sequence[Outcome]) -> None:
    """Note what became of claimed deliveries; noting the same again changes nothing."""
    columns = "delivery_id state attempts moment fault error".split()
    db.bulk("deliveries.note", columns, [[getattr(one, column) for column in columns] for one in outcomes])


def try_failed_again(db: Session, number: int | None, now: datetime) -> None:
    """Put failed deliveries back in the queue, but not those to readers who left or whose address is gone."""
    db.rows("deliveries.try_failed_again", number=number, now=now)


def counts(db: Session, number: int | None = None) -> dict[str, int]:
    """Return how many deliveries are in each state, of one issue or of all."""
    return dict(db.rows("deliveries.counts", number=number))


def addressee(db: Session, delivery_id: str) -> Addressee | None:
    """Return whose delivery it is; None when there is no such delivery."""
    row = db.one("deliveries.addressee", delivery_id=delivery_id)
    return Addressee(*row) if row else None


def returned(db: Session, delivery_id: str, fault: Fault, error: str) -> None:
    """Note that a message that was sent came back; what was not sent stays as it is."""
    db.rows("deliveries.returned", delivery_id=delivery_id, fault=fault, error=error)


def fared(db: Session, delivery_ids: Sequence[str]) -> Mapping[str, tuple[Fared, ...]]:
    """Return how the last mails to the readers of these deliveries fared, newest first, by subscriber id."""
    found: dict[str, tuple[Fared, ...]] = {}
    for subscriber_id, fault, error in db.rows(
        "deliveries.fared", delivery_ids=list(delivery_ids), most=FARED_LOOKED_AT
    ):
        found[subscriber_id] = (*found.get(subscriber_id, ()), Fared(fault, error))
    return found


def forgive(db: Session, subscriber_id: str) -> None:
    """Let no earlier failure count against a reader any more."""
    db.rows("deliveries.forgive", subscriber_id=subscriber_id)


def export(db: Session, week: str | None, state: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export deliveries``."""
    fields = "issue week subscriber state attempts message_id sent_at error fault".split()
    for row in db.rows("deliveries.export", week=week, state=state):
        yield dict(zip(fields, row, strict=True))


def _delivery(row: Row, heirs: Mapping[str, str]) -> Delivery:
    *plain, follows, covers = row
    return Delivery(*(*plain, themes.with_heirs(json.loads(follows), heirs), covers))


def _id(number: int, subscriber_id: str, covers: Covers) -> str:
    about = ("month",) if covers == "month" else ()
    return ids.of("delivery", *about, str(number), subscriber_id)
