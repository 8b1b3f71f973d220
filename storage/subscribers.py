"""Who gets the digest, how often, and what of it first."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate import ids
from curate.people import Language
from curate.readers import Every, State, Wishes
from storage import answers
from storage.database import Session
from storage.values import Row

FIELDS = "email language every themes state consent consent_version consented_at added_at left_at".split()
"""Of the records of ``duiding subscribers export``, in their order."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reader by mail; ``state`` is ``active``, ``suspended`` (their mail does not arrive) or ``unsubscribed``."""

    id: str
    email: str
    language: Language
    state: str
    every: Every = "issue"
    follows: tuple[str, ...] = ()
    """Theme ids, sorted; none: everything in full."""

    @property
    def wishes(self) -> Wishes:
        """What they chose."""
        return Wishes(self.language, self.every, self.follows)


@dataclass(frozen=True, slots=True)
class Consent:
    """That somebody agreed to get mail."""

    source: str
    """Where it comes from, in words."""
    given_at: datetime
    """Aware UTC."""
    version: str = ""
    """Of our words that they agreed to; empty when those were not ours."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A row of a list: a reader with everything that is known about their subscription."""

    subscriber: Subscriber
    consent: str
    consent_version: str
    consented_at: datetime | None
    added_at: datetime
    left_at: datetime | None


def add(db: Session, subscriber: Subscriber, consent: str, now: datetime) -> bool:
    """Keep a subscriber with the source of their consent; return whether the row is new.

    A known address is left as it is, and one that asked to be forgotten is not taken back by an import.
    """
    if by_email(db, subscriber.email):
        return False
    if suppressed(db, [subscriber.email]):
        return False
    enrol(db, [Enrolled(subscriber, consent, "", now, now, None)])
    return True


def enrol(db: Session, rows: Sequence[Enrolled]) -> None:
    """Keep many at once. The caller left out who is suppressed; an address that is known stays as it is."""
    columns = "subscriber_id email language state every follows consent consent_version consented_at added_at left_at"
    db.bulk("subscribers.enrol", columns.split(), [_staged(one) for one in rows])


def come(db: Session, subscriber: Subscriber, consent: Consent) -> bool:
    """Let somebody in by their own confirmed act, also who left, was suspended or forgotten.

    Returns False, and changes nothing, for an address from which a complaint came: that one an operator lifts
    (:func:`restore`).
    """
    if suppressed(db, [subscriber.email]).get(subscriber.email) == "complaint":
        return False
    restore(db, subscriber, consent)
    return True


def restore(db: Session, subscriber: Subscriber, consent: Consent) -> None:
    """Let somebody in whatever stood against it; the operator's word, or through :func:`come` their own."""
    db.rows("subscribers.lift", email_hash=_hash(subscriber.email))
    if before := by_email(db, subscriber.email):
        change(db, before.id, subscriber.wishes, consent.given_at)
        db.rows(
            "subscribers.come_back",
            subscriber_id=before.id,
            consent=consent.source,
            consent_version=consent.version,
            consented_at=consent.given_at,
        )
        # Whose mail did not arrive gets another chance, and what failed before counts no more.
        db.rows("suspensions.note_lifted", subscriber_id=before.id, now=consent.given_at)
        db.rows("deliveries.forgive", subscriber_id=before.id)
    else:
        enrol(db, [Enrolled(subscriber, consent.source, consent.version, consent.given_at, consent.given_at, None)])


def change(db: Session, subscriber_id: str, wishes: Wishes, now: datetime) -> None:
    """Keep what a reader chose; when they last changed how often is kept, so that no issue falls between."""
    db.rows(
        "subscribers.change",
        subscriber_id=subscriber_id,
        language=wishes.language,
        every=wishes.every,
        follows=json.dumps(sorted(wishes.follows)),
        now=now,
    )


def subscriber(email: str, language: Language) -> Subscriber:
    """Return a new subscriber; ``email`` is in normal form."""
    return Subscriber(ids.of("subscriber", email), email, language, "active")


def wishing(email: str, wishes: Wishes, state: State = "active") -> Subscriber:
    """Return a subscriber who chose something; ``email`` is in normal form."""
    return Subscriber(
        ids.of("subscriber", email), email, wishes.language, state, wishes.every, tuple(sorted(wishes.follows))
    )


def states(db: Session, emails: Sequence[str]) -> dict[str, str]:
    """Return the state of each of these (normal) addresses that has a row."""
    return dict(db.rows("subscribers.states", emails=list(emails)))


def suppressed(db: Session, emails: Sequence[str]) -> dict[str, str]:
    """Return why nothing may be sent to these addresses, for those of which that is so: forgotten, complaint, …."""
    hashes = {_hash(email): email for email in emails}
    return {hashes[found]: why for found, why in db.rows("subscribers.suppressed", hashes=list(hashes))}


def by_id(db: Session, subscriber_id: str) -> Subscriber | None:
    """Return a subscriber, also one who left."""
    return _subscriber(db.one("subscribers.by_id", subscriber_id=subscriber_id))


def by_email(db: Session, email: str) -> Subscriber | None:
    """Return the subscriber with this (normal) address, also one who left."""
    return _subscriber(db.one("subscribers.by_email", email=email))


def every(db: Session) -> tuple[Subscriber, ...]:
    """Return all subscribers in the order in which they came."""
    return tuple(read(row) for row in db.rows("subscribers.every"))


def unsubscribe(db: Session, subscriber_id: str, now: datetime) -> None:
    """End a subscription; what waits for them is withdrawn. Doing it twice is no error."""
    db.rows("subscribers.unsubscribe", subscriber_id=subscriber_id, now=now)
    db.rows("subscribers.withdraw_deliveries", subscriber_id=subscriber_id)


def forget(db: Session, email: str, now: datetime) -> bool:
    """Erase a subscriber and keep only a hash that stops later imports; return whether there was one.

    Deliveries go on counting, and tell nothing of who they went to.
    """
    found = by_email(db, email)
    db.rows("subscribers.suppress", email_hash=_hash(email), reason="forgotten", now=now)
    db.rows("subscriptions.forget", email=email)
    if found:
        db.rows("subscribers.withdraw_deliveries", subscriber_id=found.id)
        answers.forget(db, found.id)
        for rows in ("returns.forget", "suspensions.forget", "subscribers.forget_deliveries"):
            db.rows(rows, subscriber_id=found.id)
        db.rows("subscribers.forget", subscriber_id=found.id)
    return found is not None


def complain(db: Session, one: Subscriber, now: datetime) -> None:
    """End the subscription of who called our mail spam, so that no import brings them back."""
    unsubscribe(db, one.id, now)
    db.rows("subscribers.suppress", email_hash=_hash(one.email), reason="complaint", now=now)


def export(db: Session) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding subscribers export``; ``themes`` is a list of theme ids."""
    for row in db.rows("subscribers.export"):
        record = dict(zip(FIELDS, row, strict=True))
        yield {**record, "themes": json.loads(record["themes"])}


def _hash(email: str) -> str:
    return ids.of("suppressed", email)


def _staged(one: Enrolled) -> tuple[Any, ...]:
    who = one.subscriber
    return (
        who.id,
        who.email,
        who.language,
        who.state,
        who.every,
        json.dumps(sorted(who.follows)),
        one.consent,
        one.consent_version,
        one.consented_at,
        one.added_at,
        one.left_at,
    )


def _subscriber(row: Row | None) -> Subscriber | None:
    return read(row) if row else None


def read(row: Row) -> Subscriber:
    """Return the subscriber in a row: id, email, language, state, every, follows."""
    *plain, follows = row
    return Subscriber(*(*plain, tuple(json.loads(follows))))
