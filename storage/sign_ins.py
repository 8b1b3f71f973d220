"""Links to sign in with and the sessions that follow; tokens are kept as hashes only."""

from dataclasses import dataclass
from datetime import datetime

from curate import ids
from curate.people import Person
from storage.database import Session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser in which somebody is signed in; moments are aware UTC."""

    token_hash: str
    started_at: datetime
    until: datetime

    @property
    def id(self) -> str:
        """What it is called on a page: neither the token nor its hash can be made from it."""
        return ids.of("session", self.token_hash)


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
    expires_at, person = db.remembered("sessions", ("sessions", "people"), lambda: _running(db, now)).get(
        token_hash, (now, None)
    )
    return person if expires_at > now else None


def _running(db: Session, now: datetime) -> dict[str, tuple[datetime, Person]]:
    rows = db.rows("sign_ins.running", now=now)
    return {token_hash: (expires_at, Person(*person)) for token_hash, expires_at, *person in rows}


def end_session(db: Session, token_hash: str, now: datetime) -> None:
    """End a session; ending it twice is no error."""
    db.rows("sign_ins.end_session", token_hash=token_hash, now=now)


def sessions(db: Session, person_id: str, now: datetime) -> tuple[SignedIn, ...]:
    """Return where a person is signed in, the latest first."""
    return tuple(SignedIn(*row) for row in db.rows("sign_ins.sessions", person_id=person_id, now=now))


def end_session_of(db: Session, person_id: str, session_id: str, now: datetime) -> None:
    """End one of a person's own sessions by its :attr:`SignedIn.id`; that of another, or an unknown one, goes on."""
    for one in sessions(db, person_id, now):
        if one.id == session_id:
            end_session(db, one.token_hash, now)


def end_other_sessions(db: Session, person_id: str, token_hash: str, now: datetime) -> None:
    """End all sessions of a person but this one."""
    for one in sessions(db, person_id, now):
        if one.token_hash != token_hash:
            end_session(db, one.token_hash, now)
