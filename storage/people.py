"""The people of the network."""

from dataclasses import dataclass
from datetime import datetime

from curate.people import ANNOTATING, Person, Role
from storage import askables, interests, welcomes
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as the list of people shows them. Nothing in it says how much they do: it is not for judging."""

    person: Person
    since: datetime
    paused_until: str | None
    """The last ISO week in which they are asked nothing."""


def add(db: Session, person: Person, now: datetime) -> None:
    """Keep a person; one who is known already, or comes back, gets the new name, role and language."""
    db.rows(
        "people.add",
        person_id=person.id,
        email=person.email,
        name=person.name,
        role=person.role,
        language=person.language,
        byline=person.byline,
        now=now,
    )
    db.rows("people.readdress", person_id=person.id, email=person.email)


def by_email(db: Session, email: str) -> Person | None:
    """Return the active person with this (normal) address."""
    return _person(db.one("people.by_email", email=email))


def by_id(db: Session, person_id: str) -> Person | None:
    """Return the active person with this id."""
    return _person(db.one("people.by_id", person_id=person_id))


def every(db: Session) -> tuple[Person, ...]:
    """Return all active people in the order in which they came."""
    return tuple(Person(*row) for row in db.rows("people.every"))


def listed(db: Session) -> tuple[Listed, ...]:
    """Return all active people with since when and how long they pause, in the order in which they came."""
    return tuple(Listed(Person(*row[:6]), *row[6:]) for row in db.rows("people.listed"))


def annotating(db: Session) -> tuple[Person, ...]:
    """Return the active catalysts and editors."""
    return tuple(person for person in every(db) if person.role in ANNOTATING)


def is_last_operator(db: Session, person_id: str) -> bool:
    """Whether nobody would run the network if this person did not."""
    return [one.id for one in every(db) if one.role == "operator"] == [person_id]


def has_left(db: Session, person_id: str) -> bool:
    """Whether this person was here and left."""
    return db.one("people.has_left", person_id=person_id) is not None


def change(db: Session, person: Person) -> None:
    """Keep what a person may change of themselves: name, language and byline."""
    db.rows("people.change", person_id=person.id, name=person.name, language=person.language, byline=person.byline)


def set_role(db: Session, person_id: str, role: Role, now: datetime) -> None:
    """Give a person another role; links by which they invited others work no more."""
    db.rows("people.set_role", person_id=person_id, role=role)
    welcomes.withdraw_of(db, person_id, now)


def pause(db: Session, person_id: str, until_week: str | None) -> None:
    """Ask a person nothing up to and including this ISO week; None: ask them again."""
    db.rows("people.pause", person_id=person_id, until=until_week)


def paused(db: Session, week: str) -> frozenset[str]:
    """Return the ids of the people who are asked nothing in the round of a week."""
    tables = ("people",)
    return db.remembered(
        ("paused", week), tables, lambda: frozenset(one for (one,) in db.rows("people.paused", week=week))
    )


def paused_until(db: Session, person_id: str) -> str | None:
    """Return the last week in which a person is asked nothing; it may be over."""
    row = db.one("people.paused_until", person_id=person_id)
    return row[0] if row else None


def remove(db: Session, person_id: str, now: datetime) -> None:
    """End a person's access, and all that waits for them or for others in their name.

    Open sessions, unused links (to sign in, and to invite), drafts, what they follow and may be asked, and what they
    are still asked go. What they wrote stays under their name.
    """
    db.rows("people.remove", person_id=person_id, now=now)
    db.rows("people.end_sessions", person_id=person_id, now=now)
    db.rows("people.drop_sign_ins", person_id=person_id, now=now)
    db.rows("people.drop_drafts", person_id=person_id)
    db.rows("people.release", person_id=person_id, now=now)
    interests.forget(db, person_id)
    askables.forget(db, person_id)
    welcomes.withdraw_of(db, person_id, now)


def take_name_off(db: Session, person_id: str) -> None:
    """Take the name of somebody who left off what they wrote and brought, and forget their address.

    Their words stay, as those of a voice without name. Frozen issues stay as they are.
    """
    for each in ("people.unname_entries", "people.unname_articles", "people.untitle_sources", "people.take_name_off"):
        db.rows(each, person_id=person_id)


def _person(row: Row | None) -> Person | None:
    return Person(*row) if row else None
