"""Questions that readers pass on to people who may be asked: kept until they are mailed, then only that one was."""

from dataclasses import dataclass
from datetime import datetime

from curate.people import Language
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Relay:
    """A question on its way to somebody whose address its writer does not see."""

    id: str
    number: int
    """Of the issue that says they may be asked."""
    name: str
    """Of who asks."""
    email: str
    """Of who asks: the answer goes there."""
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who may be asked, and where a question goes. Never show the address."""

    name: str
    about: str
    email: str
    language: Language
    person_id: str
    """Empty for a reader."""
    subscriber_id: str
    """Empty for a person of the network."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that was not mailed yet."""

    relay: Relay
    to: Asked | None
    """None when they may not be asked any more."""


def keep(db: Session, relay: Relay, askable_id: str, now: datetime) -> bool:
    """Keep a question to somebody; False when it was kept before."""
    if db.rows("relays.known", relay_id=relay.id):
        return False
    db.rows("relays.add", relay_id=relay.id, number=relay.number, askable_id=askable_id, now=now)
    db.rows(
        "relays.add_words",
        relay_id=relay.id,
        name=relay.name,
        email=relay.email,
        text=relay.text,
        language=relay.language,
    )
    return True


def lately(db: Session, askable_id: str, since: datetime) -> int:
    """Return how many questions somebody was asked since a moment."""
    return int(db.rows("relays.lately", askable_id=askable_id, since=since)[0][0])


def waiting(db: Session) -> tuple[Waiting, ...]:
    """Return the questions that are still to be mailed, oldest first."""
    return tuple(Waiting(Relay(*row[:6]), Asked(*row[6:]) if row[8] else None) for row in db.rows("relays.waiting"))


def sent(db: Session, relay_id: str, now: datetime) -> None:
    """Note that a question was mailed; its words and its writer's address go."""
    db.rows("relays.sent", relay_id=relay_id, now=now)
    db.rows("relays.forget_words", relay_id=relay_id)


def dropped(db: Session, relay_id: str, now: datetime) -> None:
    """Note that a question cannot be passed on any more; its words and its writer's address go."""
    db.rows("relays.dropped", relay_id=relay_id, now=now)
    db.rows("relays.forget_words", relay_id=relay_id)
