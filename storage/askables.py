"""Who may be asked, about what: said by themselves, and taken back whenever they like."""

from dataclasses import dataclass
from datetime import datetime

from curate import ids
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Askable:
    """One thing that one person may be asked about."""

    person_id: str
    name: str
    theme_id: str
    """Empty: about anything, not about one theme."""
    about: str
    """What for, in their own words."""
    since: datetime

    @property
    def id(self) -> str:
        """What an issue calls it by, which tells nothing of the person."""
        return _id(self.person_id, self.theme_id)


def every(db: Session) -> tuple[Askable, ...]:
    """Return all who may be asked, by name; only active people who are named."""
    return tuple(Askable(*row) for row in db.rows("askables.every"))


def of(db: Session, person_id: str) -> tuple[Askable, ...]:
    """Return what one person may be asked about."""
    return tuple(one for one in every(db) if one.person_id == person_id)


def keep(db: Session, person_id: str, theme_id: str, about: str, now: datetime) -> None:
    """Note that a person may be asked about a theme (empty: anything), in their words; the last words count."""
    askable_id = _id(person_id, theme_id)
    db.rows("askables.keep", askable_id=askable_id, person_id=person_id, theme_id=theme_id, about=about, now=now)


def withdraw(db: Session, person_id: str, theme_id: str) -> None:
    """Note that a person is not to be asked about this any more; twice is no error."""
    db.rows("askables.withdraw", person_id=person_id, theme_id=theme_id)


def forget(db: Session, person_id: str) -> None:
    """Note that a person is not to be asked about anything."""
    db.rows("askables.forget", person_id=person_id)


def _id(person_id: str, theme_id: str) -> str:
    return ids.of("askable", person_id, theme_id)
