"""What somebody is typing, and the question they put off."""

from storage import drafts, echoes
from storage.database import Session
from tests.storage.builders import ANNA, BEN, NOW, WEEK, later

TYPED = {"so_what": "Half een zin 'met' \"alles\"\n\n👩‍🌾 </textarea>", "verdict": ""}


def test_a_draft_comes_back_as_it_was_typed_for_its_author_only(db: Session) -> None:
    drafts.keep(db, "c", ANNA.id, TYPED, NOW)
    found = drafts.of_cluster(db, "c", ANNA.id)
    assert found
    assert (found.form, found.saved_at) == (TYPED, NOW)
    assert drafts.of_cluster(db, "c", BEN.id) is None
    assert drafts.of_person(db, ANNA.id) == {"c"}


def test_a_newer_draft_takes_the_place_of_the_one_before(db: Session) -> None:
    for minute in range(3):
        drafts.keep(db, "c", ANNA.id, {"so_what": str(minute)}, later(minutes=minute))
    found = drafts.of_cluster(db, "c", ANNA.id)
    assert found and found.form == {"so_what": "2"}
    assert db.execute("SELECT count(*) FROM drafts") == [(1,)]


def test_a_draft_that_was_dropped_is_gone(db: Session) -> None:
    drafts.keep(db, "c", ANNA.id, TYPED, NOW)
    drafts.drop(db, "c", ANNA.id)
    assert drafts.of_cluster(db, "c", ANNA.id) is None


def test_a_question_is_put_off_for_one_person_and_one_week(db: Session) -> None:
    for _ in range(2):
        echoes.put_off(db, WEEK, ANNA.id, "a", NOW)
    assert echoes.is_put_off(db, WEEK, ANNA.id)
    assert not echoes.is_put_off(db, WEEK, BEN.id)
    assert not echoes.is_put_off(db, "2026-W48", ANNA.id)
