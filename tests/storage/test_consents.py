"""What people allowed us to keep."""

from storage import consents
from storage.database import Session
from tests.storage.builders import ANNA, BEN, NOW, later


def test_what_was_allowed_is_given_per_person_and_kind(db: Session) -> None:
    assert consents.given(db, ANNA.id) == frozenset()
    consents.give(db, ANNA.id, "linkedin:shares", "said so by mail", NOW)
    consents.give(db, ANNA.id, "linkedin:comments", "said so by mail", NOW)
    consents.give(db, BEN.id, "linkedin:articles", "ticked the box", NOW)
    assert consents.given(db, ANNA.id) == {"linkedin:shares", "linkedin:comments"}
    assert consents.given(db, BEN.id) == {"linkedin:articles"}


def test_given_twice_is_given_once_and_the_first_moment_and_evidence_stay(db: Session) -> None:
    consents.give(db, ANNA.id, "linkedin:shares", "said so by mail", NOW)
    consents.give(db, ANNA.id, "linkedin:shares", "again", later(days=1))
    rows = db.execute("SELECT text_version, given_at, withdrawn_at, evidence FROM consents")
    assert rows == [(consents.TEXT_VERSION, NOW, None, "said so by mail")]


def test_what_was_withdrawn_is_not_given_until_it_is_given_again(db: Session) -> None:
    consents.give(db, ANNA.id, "linkedin:shares", "said so by mail", NOW)
    db.execute("UPDATE consents SET withdrawn_at = $now", {"now": later(days=1)})
    assert consents.given(db, ANNA.id) == frozenset()
    consents.give(db, ANNA.id, "linkedin:shares", "yes after all", later(days=2))
    assert consents.given(db, ANNA.id) == {"linkedin:shares"}
