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


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may be asked, as readers see them: a person of the network, or a reader who offered it."""

    id: str
    """Stands in the address of the form that passes a question on."""
    name: str
    theme_id: str
    about: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A reader's offer to be asked, which a catalyst accepted."""

    subscriber_id: str
    theme_id: str
    name: str
    about: str
    answer_id: str


def contacts(db: Session) -> tuple[Contact, ...]:
    """Return all who may be asked, people and readers, by name; their addresses are not in it."""
    return tuple(Contact(*row) for row in db.rows("askables.contacts"))


def contact(db: Session, askable_id: str) -> Contact | None:
    """Return one who may be asked, if they still may."""
    row = db.one("askables.contact", askable_id=askable_id)
    return Contact(*row) if row else None


def well_asked(db: Session, least: int) -> frozenset[str]:
    """Return the themes about which so many or more may be asked."""
    return frozenset(one for (one,) in db.rows("askables.well_asked", least=least))


def keep_reader(db: Session, offer: Offer, now: datetime) -> None:
    """Let a reader be asked; the last words about a theme count."""
    askable_id = ids.of("askable", offer.subscriber_id, offer.theme_id)
    db.rows(
        "askables.keep_reader",
        askable_id=askable_id,
        subscriber_id=offer.subscriber_id,
        theme_id=offer.theme_id,
        name=offer.name,
        about=offer.about,
        answer_id=offer.answer_id,
        now=now,
    )


def withdraw_reader(db: Session, subscriber_id: str, theme_id: str) -> None:
    """Let a reader not be asked about this any more; twice is no error."""
    db.rows("askables.withdraw_reader", subscriber_id=subscriber_id, theme_id=theme_id)


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
