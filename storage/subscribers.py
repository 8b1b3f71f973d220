"""Who gets the digest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate import ids
from curate.people import Language
from storage.database import Row, Session


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reader by mail; ``state`` is ``active``, ``suspended`` (their mail does not arrive) or ``unsubscribed``."""

    id: str
    email: str
    language: Language
    state: str


def add(db: Session, subscriber: Subscriber, consent: str, now: datetime) -> bool:
    """Keep a subscriber with the source of their consent; return whether the row is new.

    A known address is left as it is, and one that asked to be forgotten is not taken back by an import.
    """
    if by_email(db, subscriber.email):
        return False
    db.rows(
        "subscribers.add",
        subscriber_id=subscriber.id,
        email=subscriber.email,
        email_hash=_hash(subscriber.email),
        language=subscriber.language,
        consent=consent,
        now=now,
    )
    return by_email(db, subscriber.email) is not None


def subscriber(email: str, language: Language) -> Subscriber:
    """Return a new subscriber; ``email`` is in normal form."""
    return Subscriber(ids.of("subscriber", email), email, language, "active")


def by_id(db: Session, subscriber_id: str) -> Subscriber | None:
    """Return a subscriber, also one who left."""
    return _subscriber(db.one("subscribers.by_id", subscriber_id=subscriber_id))


def by_email(db: Session, email: str) -> Subscriber | None:
    """Return the subscriber with this (normal) address, also one who left."""
    return _subscriber(db.one("subscribers.by_email", email=email))


def every(db: Session) -> tuple[Subscriber, ...]:
    """Return all subscribers in the order in which they came."""
    return tuple(Subscriber(*row) for row in db.rows("subscribers.every"))


def unsubscribe(db: Session, subscriber_id: str, now: datetime) -> None:
    """End a subscription; what waits for them is withdrawn. Doing it twice is no error."""
    db.rows("subscribers.unsubscribe", subscriber_id=subscriber_id, now=now)
    db.rows("subscribers.withdraw_deliveries", subscriber_id=subscriber_id)


def forget(db: Session, email: str, now: datetime) -> bool:
    """Erase a subscriber and keep only a hash that stops later imports; return whether there was one."""
    found = by_email(db, email)
    db.rows("subscribers.suppress", email_hash=_hash(email), reason="forgotten", now=now)
    if found:
        db.rows("subscribers.withdraw_deliveries", subscriber_id=found.id)
        for words in ("subscribers.forget_errors", "returns.forget_words", "suspensions.forget_words"):
            db.rows(words, subscriber_id=found.id)
        db.rows("subscribers.forget", subscriber_id=found.id)
    return found is not None


def complain(db: Session, one: Subscriber, now: datetime) -> None:
    """End the subscription of who called our mail spam, so that no import brings them back."""
    unsubscribe(db, one.id, now)
    db.rows("subscribers.suppress", email_hash=_hash(one.email), reason="complaint", now=now)


def export(db: Session) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding subscribers export``."""
    for row in db.rows("subscribers.export"):
        yield dict(zip("email language state consent added_at left_at".split(), row, strict=True))


def _hash(email: str) -> str:
    return ids.of("suppressed", email)


def _subscriber(row: Row | None) -> Subscriber | None:
    return Subscriber(*row) if row else None
