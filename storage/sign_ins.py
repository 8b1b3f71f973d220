"""Links to sign in with and the sessions that follow; tokens are kept as hashes only."""

from datetime import datetime

from curate.people import Person
from storage.database import Session


def offer(db: Session, token_hash: str, person_id: str, now: datetime, expires_at: datetime) -> None:
    """Keep a link that signs this person in, once, until it expires."""
    db.rows("sign_ins.offer", token_hash=token_hash, person_id=person_id, now=now, expires_at=expires_at)


def find(db: Session, token_hash: str, now: datetime) -> Person | None:
    """Return whom an unused, unexpired link would sign in; changes nothing."""
    row = db.one("sign_ins.find", token_hash=token_hash, now=now)
    return Person(*row) if row else None


def use(db: Session, token_hash: str, now: datetime) -> Person | None:
    """Return whom the link signs in and mark it used; None when it was used before or has expired."""
    person = find(db, token_hash, now)
    if person:
        db.rows("sign_ins.mark_used", token_hash=token_hash, now=now)
    return person


def start_session(db: Session, token_hash: str, person_id: str, now: datetime, expires_at: datetime) -> None:
    """Keep a session of the web pages."""
    db.rows("sign_ins.start_session", token_hash=token_hash, person_id=person_id, now=now, expires_at=expires_at)


def person_of_session(db: Session, token_hash: str, now: datetime) -> Person | None:
    """Return whose running session this is."""
    row = db.one("sign_ins.person_of_session", token_hash=token_hash, now=now)
    return Person(*row) if row else None


def end_session(db: Session, token_hash: str, now: datetime) -> None:
    """End a session; ending it twice is no error."""
    db.rows("sign_ins.end_session", token_hash=token_hash, now=now)
