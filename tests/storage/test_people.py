"""The people of the network."""

from dataclasses import replace

from storage import annotations, people, sign_ins
from storage.database import Session
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, MIA, NOW, later


def test_people_are_found_by_address_and_id_and_listed_in_the_order_in_which_they_came(db: Session) -> None:
    people.add(db, MIA, NOW)
    people.add(db, ANNA, later(days=1))
    people.add(db, BEN, later(days=1))
    assert people.by_email(db, "anna@example.org") == people.by_id(db, ANNA.id) == ANNA
    assert people.every(db) == (MIA, ANNA, BEN)
    assert people.by_email(db, "nobody@example.org") is None
    assert people.by_id(db, "nobody") is None


def test_only_catalysts_and_editors_annotate(db: Session) -> None:
    for one in (MIA, ANNA, BEN):
        people.add(db, one, NOW)
    assert people.annotating(db) == (ANNA, BEN)


def test_someone_added_again_has_the_new_name_role_and_language_and_one_row(db: Session) -> None:
    people.add(db, MIA, NOW)
    changed = replace(MIA, name="Mia de Boer", role="catalyst", language="en")
    people.add(db, changed, later(days=1))
    people.add(db, ANNA, later(hours=1))
    assert people.every(db) == (changed, ANNA)


def test_removing_ends_sessions_and_unused_links_and_keeps_the_words(db: Session) -> None:
    first, _ = builders.week(db)
    said = builders.speak(db, first)
    sign_ins.offer(db, "link", ANNA.id, NOW, later(days=7))
    sign_ins.start_session(db, "session", ANNA.id, NOW, later(days=30))
    sign_ins.start_session(db, "of Ben", BEN.id, NOW, later(days=30))
    people.remove(db, ANNA.id, later(hours=1))
    assert people.by_email(db, ANNA.email) is None
    assert people.by_id(db, ANNA.id) is None
    assert ANNA not in people.every(db)
    assert sign_ins.use(db, "link", later(hours=2)) is None
    assert sign_ins.person_of_session(db, "session", later(hours=2)) is None
    assert sign_ins.person_of_session(db, "of Ben", later(hours=2)) == BEN
    assert annotations.of_cluster(db, first) == (said,)
    assert said.catalyst == ANNA.name


def test_someone_who_comes_back_does_not_find_old_sessions_and_links_open(db: Session) -> None:
    people.add(db, ANNA, NOW)
    sign_ins.offer(db, "link", ANNA.id, NOW, later(days=7))
    sign_ins.start_session(db, "session", ANNA.id, NOW, later(days=30))
    people.remove(db, ANNA.id, later(hours=1))
    people.remove(db, ANNA.id, later(hours=2))
    people.add(db, ANNA, later(hours=3))
    assert people.by_id(db, ANNA.id) == ANNA
    assert sign_ins.find(db, "link", later(hours=4)) is None
    assert sign_ins.person_of_session(db, "session", later(hours=4)) is None
