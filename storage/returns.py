"""What came back from mail that was sent, each report once, without the mail it came in."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate.returns import Kind
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Returned:
    """One report and what is proven about it."""

    id: str
    kind: Kind
    delivery_id: str | None
    subscriber_id: str | None
    status: str
    said: str


def id_of(raw: bytes) -> str:
    """Return the id of a report: 32 hexadecimal characters that stand for its bytes."""
    return hashlib.sha256(raw).hexdigest()[:32]


def known(db: Session, return_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these reports are kept already."""
    return frozenset(row[0] for row in db.rows("returns.known", return_ids=list(return_ids)))


def add(db: Session, one: Returned, now: datetime) -> None:
    """Keep a report; the same again changes nothing."""
    db.rows(
        "returns.add",
        return_id=one.id,
        kind=one.kind,
        delivery_id=one.delivery_id,
        subscriber_id=one.subscriber_id,
        status=one.status,
        said=one.said,
        now=now,
    )


def counts(db: Session) -> dict[str, int]:
    """Return how many reports of each kind came."""
    return dict(db.rows("returns.counts"))


def newest(db: Session, most: int) -> Iterator[dict[str, Any]]:
    """Yield the newest reports as records, for a person."""
    for row in db.rows("returns.newest", most=most):
        yield dict(zip("taken_at kind subscriber issue status said".split(), row, strict=True))
