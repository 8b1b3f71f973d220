"""The people of the network."""

from datetime import datetime

from curate.people import ANNOTATING, Person
from storage.database import Row, Session


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


def annotating(db: Session) -> tuple[Person, ...]:
    """Return the active catalysts and editors."""
    return tuple(person for person in every(db) if person.role in ANNOTATING)


def remove(db: Session, person_id: str, now: datetime) -> None:
    """End a person's access: open sessions and unused links with it. What they wrote stays under their name."""
    db.rows("people.remove", person_id=person_id)
    db.rows("people.end_sessions", person_id=person_id, now=now)
    db.rows("people.drop_sign_ins", person_id=person_id, now=now)


def _person(row: Row | None) -> Person | None:
    return Person(*row) if row else None
