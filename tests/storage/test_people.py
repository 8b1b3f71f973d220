"""The people of the network."""

from dataclasses import replace

from curate import pauses
from curate.links import Link
from curate.people import Person
from storage import annotations, askables, interests, links, people, sign_ins, welcomes
from storage.database import Session
from storage.people import Listed
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


def test_what_a_person_changes_of_themselves_is_kept(db: Session) -> None:
    people.add(db, ANNA, NOW)
    changed = replace(ANNA, name="Anna", language="en", byline="role")
    people.change(db, changed)
    assert people.by_id(db, ANNA.id) == changed
    people.add(db, ANNA, NOW)
    assert people.by_id(db, ANNA.id) == replace(ANNA, byline="role"), "an operator does not choose it for them"


def test_a_pause_lasts_up_to_and_including_its_week(db: Session) -> None:
    for one in (ANNA, BEN):
        people.add(db, one, NOW)
    people.pause(db, ANNA.id, "2027-W01")
    for week, who in {"2026-W53": {ANNA.id}, "2027-W01": {ANNA.id}, "2027-W02": set()}.items():
        assert people.paused(db, week) == who
    assert people.paused_until(db, ANNA.id) == "2027-W01"
    assert [one.paused_until for one in people.listed(db)] == ["2027-W01", None]
    people.pause(db, ANNA.id, pauses.FOR_NOW)
    assert people.paused(db, "2999-W52") == {ANNA.id}
    people.pause(db, ANNA.id, None)
    assert people.paused(db, "2026-W53") == frozenset()


def test_people_are_listed_with_since_when(db: Session) -> None:
    people.add(db, BEN, later(days=1))
    people.add(db, ANNA, NOW)
    assert people.listed(db) == (Listed(ANNA, NOW, None), Listed(BEN, later(days=1), None))


def test_the_last_operator_is_known(db: Session) -> None:
    for one in (ANNA, BEN, MIA):
        people.add(db, one, NOW)
    assert not people.is_last_operator(db, ANNA.id)
    people.set_role(db, ANNA.id, "operator", NOW)
    assert people.is_last_operator(db, ANNA.id)
    people.set_role(db, BEN.id, "operator", NOW)
    assert not people.is_last_operator(db, ANNA.id)
    people.remove(db, BEN.id, NOW)
    assert people.is_last_operator(db, ANNA.id)


def test_leaving_ends_all_that_waits_in_a_persons_name(db: Session) -> None:
    builders.week(db)
    interests.keep(db, ANNA.id, ["t"], NOW)
    askables.keep(db, ANNA.id, "", "huren", NOW)
    welcomes.offer(db, builders.welcome(invited_by=ANNA.id))
    people.pause(db, ANNA.id, "2026-W50")
    moment = {"now": NOW}
    for who in (ANNA.id, BEN.id):
        db.execute("INSERT INTO drafts VALUES ('c', $who, '{}', $now)", {"who": who, **moment})
        db.execute(
            "INSERT INTO assignments (assignment_id, week, person_id, cluster_id, place, reason, assigned_at)"
            " VALUES ($who, '2026-W47', $who, 'c', 1, 'load', $now)",
            {"who": who, **moment},
        )
    people.remove(db, ANNA.id, later(days=1))
    people.remove(db, ANNA.id, later(days=2))
    assert interests.of(db, ANNA.id) == frozenset()
    assert askables.every(db) == ()
    assert welcomes.unused(db, later(days=1)) == ()
    assert people.paused(db, "2026-W47") == frozenset()
    assert db.execute("SELECT person_id FROM drafts") == [(BEN.id,)]
    assert db.execute("SELECT person_id FROM assignments WHERE released_at IS NULL") == [(BEN.id,)]
    assert db.execute("SELECT left_at FROM people WHERE person_id = $id", {"id": ANNA.id}) == [(later(days=1),)]


def test_who_takes_their_name_off_is_a_voice_without_name_everywhere(db: Session) -> None:
    first, _ = builders.week(db)
    builders.speak(db, first, byline="role")
    keep_link(db, ANNA)
    people.remove(db, ANNA.id, NOW)
    people.take_name_off(db, ANNA.id)
    (said,) = annotations.of_cluster(db, first)
    assert (said.catalyst, said.words.byline, said.words.so_what) == ("", "anonymous", builders.SO_WHAT)
    assert annotations.of_week(db, builders.WEEK) == (said,)
    assert [one["catalyst"] for one in annotations.export(db, None)] == [""]
    tables = [name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()")]
    kept = {table: str(db.execute(f"SELECT * FROM {table}")) for table in tables}
    assert [table for table, rows in kept.items() if ANNA.name in rows or ANNA.email in rows] == []


def test_who_comes_back_has_their_name_and_address_again(db: Session) -> None:
    first, _ = builders.week(db)
    builders.speak(db, first)
    people.remove(db, ANNA.id, NOW)
    people.take_name_off(db, ANNA.id)
    assert people.by_email(db, ANNA.email) is None
    assert people.has_left(db, ANNA.id)
    people.add(db, ANNA, later(days=9))
    assert not people.has_left(db, ANNA.id)
    assert people.by_email(db, ANNA.email) == ANNA
    assert annotations.of_cluster(db, first)[0].catalyst == ANNA.name
    assert db.execute("SELECT left_at FROM people WHERE person_id = $id", {"id": ANNA.id}) == [(None,)]


def test_a_name_is_only_taken_off_who_left(db: Session) -> None:
    people.add(db, ANNA, NOW)
    people.take_name_off(db, ANNA.id)
    assert people.by_id(db, ANNA.id) == ANNA


def keep_link(db: Session, who: Person) -> None:
    links.keep(db, who, Link("https://krant.example/lang", "Dit raakt ons."), links.run_of(NOW, "1"))
