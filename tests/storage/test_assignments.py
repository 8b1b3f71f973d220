"""Whom a round asks about what."""

from curate.assignments import Assignment
from storage import arrangements, assignments, people
from storage.assignments import Asked
from storage.database import Session
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, MIA, NOW, WEEK, asking, later, speak

RUN = asking().cluster_run_id


def ask(db: Session, *assigned: Assignment) -> None:
    assignments.add(db, WEEK, assigned, NOW)


def test_what_is_asked_comes_in_the_order_of_the_board(db: Session) -> None:
    first, second = builders.week(db)
    ask(db, Assignment(ANNA.id, first, 2, "outside"), Assignment(ANNA.id, second, 1, "interest"))
    assert assignments.of_person(db, WEEK, ANNA.id) == (
        Asked(second, "interest", "", ""),
        Asked(first, "outside", "", ""),
    )
    assert assignments.of_person(db, WEEK, BEN.id) is None
    assert assignments.loads(db, WEEK) == {first: 1, second: 1}


def test_asking_again_leaves_what_was_asked_as_it_is(db: Session) -> None:
    first, _ = builders.week(db)
    ask(db, Assignment(ANNA.id, first, 1, "interest"))
    ask(db, Assignment(ANNA.id, first, 4, "load"))
    assert assignments.of_person(db, WEEK, ANNA.id) == (Asked(first, "interest", "", ""),)


def test_only_who_gives_meaning_is_to_be_asked_with_what_is_known_of_them(db: Session) -> None:
    first, second = builders.week(db)
    themes = {one: f"theme of {one}" for one in (first, second)}
    db.execute(
        "INSERT INTO interests VALUES ('i', $person, $theme, $now)",
        {"person": ANNA.id, "theme": themes[first], "now": NOW},
    )
    speak(db, second, BEN.id)
    db.execute("UPDATE surfacings SET person_id = $who WHERE article_id = 'copy of a'", {"who": BEN.id})
    found = {one.person_id: one for one in assignments.unasked(db, "2026-W48", WEEK, RUN)}
    assert set(found) == {ANNA.id, BEN.id}, MIA
    assert (found[ANNA.id].follows, found[ANNA.id].spoke_on, found[ANNA.id].brought) == ({themes[first]}, set(), set())
    assert (found[BEN.id].follows, found[BEN.id].spoke_on, found[BEN.id].brought) == (set(), {themes[second]}, {first})


def test_who_is_asked_already_or_pauses_or_left_is_not_asked_anew(db: Session) -> None:
    first, _ = builders.week(db)
    ask(db, Assignment(ANNA.id, first, 1, "load"))
    assert [one.person_id for one in assignments.unasked(db, WEEK, WEEK, RUN)] == [BEN.id]
    db.execute("UPDATE people SET paused_until = $week WHERE person_id = $id", {"week": WEEK, "id": BEN.id})
    assert assignments.unasked(db, WEEK, WEEK, RUN) == ()
    assert {one.person_id for one in assignments.unasked(db, "2026-W48", WEEK, RUN)} == {ANNA.id, BEN.id}
    people.remove(db, BEN.id, NOW)
    assert [one.person_id for one in assignments.unasked(db, "2026-W48", WEEK, RUN)] == [ANNA.id]


def test_what_was_asked_about_another_clustering_is_void(db: Session) -> None:
    first, _ = builders.week(db)
    split = builders.arrange(db, "split", first, ["a"]).other_id
    ask(db, *(Assignment(ANNA.id, one, 1, "load") for one in (first, split, "of another run")))
    assignments.drop_others(db, WEEK, RUN)
    assert set(assignments.loads(db, WEEK)) == {first, split}
    assert arrangements.of_week(db, WEEK)


def test_what_is_passed_on_is_asked_of_the_other_with_the_words_that_came_with_it(db: Session) -> None:
    first, second = builders.week(db)
    ask(db, Assignment(ANNA.id, first, 1, "load"), Assignment(BEN.id, second, 1, "load"))
    passed = Asked(first, "load", "", "Jij weet hier meer van.")
    assignments.hand_over(db, WEEK, passed, BEN.id, ANNA.id, NOW)
    assert assignments.of_person(db, WEEK, ANNA.id) == ()
    assert (assignments.of_person(db, WEEK, BEN.id) or ())[0] == Asked(first, "handed_over", ANNA.name, passed.why)
    assignments.hand_over(db, WEEK, Asked(first, "handed_over", "", "Toch niet."), ANNA.id, BEN.id, later(hours=1))
    assert assignments.of_person(db, WEEK, ANNA.id) == (Asked(first, "handed_over", BEN.name, "Toch niet."),)
