"""What people allowed us to keep, per kind, with the version of the text they agreed to."""

from collections.abc import Collection
from datetime import datetime

from curate import ids
from storage.database import Session

TEXT_VERSION = "2026-11"
"""Version of the consent text in docs/privacy.md and on the page; a changed text asks again."""


def give(db: Session, person_id: str, kind: str, evidence: str, now: datetime) -> None:
    """Record that a person allowed this kind (``linkedin:shares`` …); ``evidence`` says how we know."""
    db.rows(
        "consents.give",
        consent_id=ids.of("consent", person_id, kind, TEXT_VERSION, now.isoformat()),
        person_id=person_id,
        kind=kind,
        text_version=TEXT_VERSION,
        evidence=evidence,
        now=now,
    )


def given(db: Session, person_id: str) -> frozenset[str]:
    """Return the kinds that this person allows now, in the words of this version."""
    return frozenset(kind for (kind,) in db.rows("consents.given", person_id=person_id, text_version=TEXT_VERSION))


def since(db: Session, person_id: str, prefix: str) -> datetime | None:
    """Return when the oldest of these kinds that holds now was given."""
    row = db.one("consents.since", person_id=person_id, text_version=TEXT_VERSION, prefix=prefix)
    return row[0] if row else None


def withdraw(db: Session, person_id: str, prefix: str, now: datetime, but: Collection[str] = ()) -> None:
    """Note that a person no longer allows the kinds that begin so, apart from those in ``but``; the rows stay."""
    db.rows("consents.withdraw", person_id=person_id, prefix=prefix, but=sorted(but), now=now)
