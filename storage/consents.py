"""What people allowed us to keep, per kind, with the version of the text they agreed to."""

from datetime import datetime

from curate import ids
from storage.database import Session

TEXT_VERSION = "2026-11"
"""Version of the consent text in docs/privacy.md; a changed text asks again."""


def give(db: Session, person_id: str, kind: str, evidence: str, now: datetime) -> None:
    """Record that a person allowed this kind (``linkedin:shares`` …); ``evidence`` says how we know."""
    db.rows(
        "consents.give",
        consent_id=ids.of("consent", person_id, kind, TEXT_VERSION),
        person_id=person_id,
        kind=kind,
        text_version=TEXT_VERSION,
        evidence=evidence,
        now=now,
    )


def given(db: Session, person_id: str) -> frozenset[str]:
    """Return the kinds that this person allows now."""
    return frozenset(kind for (kind,) in db.rows("consents.given", person_id=person_id))
