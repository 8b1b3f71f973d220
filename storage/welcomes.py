"""Links by which somebody joins the network: single use, kept as hashes only."""

from dataclasses import dataclass
from datetime import datetime

from curate import ids
from curate.people import Language, Role
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Welcome:
    """An invitation to join; moments are aware UTC."""

    token_hash: str
    email: str
    role: Role
    language: Language
    invited_by: str
    """Person id."""
    inviter: str
    """Their name; empty when it is not known."""
    created_at: datetime
    expires_at: datetime

    @property
    def id(self) -> str:
        """What it is called on a page: the link cannot be made from it, nor from its hash."""
        return ids.of("welcome", self.token_hash)


def offer(db: Session, welcome: Welcome) -> None:
    """Keep a link by which somebody joins; an earlier one to the same address works no more."""
    db.rows("welcomes.withdraw_earlier", email=welcome.email, now=welcome.created_at)
    db.rows(
        "welcomes.offer",
        token_hash=welcome.token_hash,
        email=welcome.email,
        role=welcome.role,
        language=welcome.language,
        invited_by=welcome.invited_by,
        now=welcome.created_at,
        expires_at=welcome.expires_at,
    )


def find(db: Session, token_hash: str, now: datetime) -> Welcome | None:
    """Return the invitation behind a link that works; changes nothing."""
    row = db.one("welcomes.find", token_hash=token_hash, now=now)
    return Welcome(*row) if row else None


def use(db: Session, token_hash: str, now: datetime) -> Welcome | None:
    """Return the invitation and mark it used; None when its link works no more."""
    found = find(db, token_hash, now)
    if found:
        db.rows("welcomes.mark_used", token_hash=token_hash, now=now)
    return found


def unused(db: Session, now: datetime) -> tuple[Welcome, ...]:
    """Return the invitations that wait for somebody, the oldest first."""
    return tuple(Welcome(*row) for row in db.rows("welcomes.unused", now=now))


def withdraw(db: Session, welcome_id: str, now: datetime) -> None:
    """Let the link of an invitation work no more; one that is used, gone or unknown stays as it is."""
    for one in unused(db, now):
        if one.id == welcome_id:
            db.rows("welcomes.withdraw", token_hash=one.token_hash, now=now)


def withdraw_of(db: Session, person_id: str, now: datetime) -> None:
    """Let all links that a person sent work no more."""
    db.rows("welcomes.withdraw_of", person_id=person_id, now=now)
