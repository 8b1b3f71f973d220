"""What people allowed us to keep."""

import pytest

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


def test_what_was_withdrawn_is_not_given_until_it_is_given_again_and_both_are_told(db: Session) -> None:
    consents.give(db, ANNA.id, "linkedin:shares", "said so by mail", NOW)
    consents.withdraw(db, ANNA.id, "linkedin:", later(days=1))
    assert consents.given(db, ANNA.id) == frozenset()
    assert consents.since(db, ANNA.id, "linkedin:") is None
    consents.give(db, ANNA.id, "linkedin:shares", "yes after all", later(days=2))
    assert consents.given(db, ANNA.id) == {"linkedin:shares"}
    assert consents.since(db, ANNA.id, "linkedin:") == later(days=2)
    rows = db.execute("SELECT given_at, withdrawn_at, evidence FROM consents ORDER BY given_at")
    assert rows == [(NOW, later(days=1), "said so by mail"), (later(days=2), None, "yes after all")]


def test_only_what_begins_so_is_withdrawn_and_what_is_kept_is_kept(db: Session) -> None:
    for kind in ("linkedin:shares", "linkedin:comments", "newsletter"):
        consents.give(db, ANNA.id, kind, "said so", NOW)
    consents.give(db, BEN.id, "linkedin:shares", "said so", NOW)
    consents.withdraw(db, ANNA.id, "linkedin:", later(days=1), but=["linkedin:shares"])
    assert consents.given(db, ANNA.id) == {"linkedin:shares", "newsletter"}
    assert consents.given(db, BEN.id) == {"linkedin:shares"}


def test_consent_to_an_older_text_is_asked_again(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(consents, "TEXT_VERSION", "2020-01")
        consents.give(db, ANNA.id, "linkedin:shares", "said so", NOW)
    assert consents.given(db, ANNA.id) == frozenset()
