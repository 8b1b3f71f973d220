"""Who asked for the digest and did not confirm yet: single use, kept as hashes, gone when used or over."""

import json
from dataclasses import dataclass
from datetime import datetime

from curate.people import Language
from curate.readers import OWN_PAGE, Every, Wishes
from storage import subscribers
from storage.database import Session
from storage.subscribers import Consent, Subscriber


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody asked for; moments are aware UTC."""

    token_hash: str
    email: str
    wishes: Wishes
    consent_version: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody who confirmed; ``is_in`` is False when an earlier complaint keeps them out."""

    subscriber: Subscriber
    is_in: bool


def ask(db: Session, asked: Subscription) -> None:
    """Keep what somebody asked for, whoever they are: the same work for every address, so that time tells nothing."""
    db.rows("subscriptions.drop_old", now=asked.created_at)
    db.rows(
        "subscriptions.ask",
        token_hash=asked.token_hash,
        email=asked.email,
        language=asked.wishes.language,
        every=asked.wishes.every,
        follows=json.dumps(sorted(asked.wishes.follows)),
        consent_version=asked.consent_version,
        now=asked.created_at,
        expires_at=asked.expires_at,
    )


def find(db: Session, token_hash: str, now: datetime) -> Subscription | None:
    """Return what a link that works was asked for; changes nothing."""
    row = db.one("subscriptions.find", token_hash=token_hash, now=now)
    return _read(*row) if row else None


def confirm(db: Session, token_hash: str, now: datetime) -> Confirmed | None:
    """Let the holder of a link in, and use it up; None when it works no more."""
    asked = find(db, token_hash, now)
    if asked is None:
        return None
    db.rows("subscriptions.forget", email=asked.email)
    reader = subscribers.wishing(asked.email, asked.wishes)
    return Confirmed(reader, subscribers.come(db, reader, Consent(OWN_PAGE, now, asked.consent_version)))


def _read(
    token_hash: str, email: str, language: Language, every: Every, follows: str, version: str, *at: datetime
) -> Subscription:
    return Subscription(token_hash, email, Wishes(language, every, tuple(json.loads(follows))), version, *at)
