"""Rows of members' exports: what they were, which are gone, which their owner left out."""

from curate.sources import of_person
from storage import activities, entries, sources
from storage.database import Session
from tests.storage.builders import ANNA, BEN, NOW, entry, later

MINE = of_person("linkedin", ANNA.id, ANNA.name)


def given(db: Session, **kinds: str) -> dict[str, str]:
    """Entries of Anna's source, by their key, each of a kind; returns their ids."""
    sources.add(db, [MINE], NOW)
    said = {key: entry(key, MINE, via="share", person_id=ANNA.id) for key in kinds}
    entries.add(db, list(said.values()), "run")
    activities.note(db, {said[key].id: kind for key, kind in kinds.items()})
    return {key: one.id for key, one in said.items()}


def test_rows_are_counted_by_kind_and_the_marked_ones_are_not(db: Session) -> None:
    ids = given(db, a="share", b="share", c="comment")
    activities.mark(db, [ids["b"]], NOW)
    assert activities.counts(db, MINE.id) == {"share": 1, "comment": 1}
    assert set(activities.of_kind(db, MINE.id, "share")) == {ids["a"], ids["b"]}
    assert set(activities.of_source(db, MINE.id)) == set(ids.values())


def test_missing_are_rows_of_that_kind_that_are_not_there_and_not_marked_yet(db: Session) -> None:
    ids = given(db, a="share", b="share", c="comment")
    assert activities.missing(db, MINE.id, "share", [ids["a"]]) == (ids["b"],)
    activities.mark(db, [ids["b"]], NOW)
    assert activities.missing(db, MINE.id, "share", [ids["a"]]) == ()


def test_a_marked_row_waits_for_no_page_until_it_is_back(db: Session) -> None:
    ids = given(db, a="share")
    activities.mark(db, list(ids.values()), NOW)
    assert entries.waiting(db, later(days=1), 10) == ()
    assert activities.bring_back(db, [ids["a"], "unknown"], NOW) == {ids["a"]}
    assert entries.waiting(db, later(days=1), 10) == ("https://krant.example/a",)
    assert activities.bring_back(db, [ids["a"]], NOW) == frozenset()


def test_what_was_left_out_is_remembered_per_person_and_only_as_a_hash(db: Session) -> None:
    hashes = {activities.row_hash(ANNA.id, key) for key in ("share:1", "share:2")}
    activities.deselect(db, ANNA.id, hashes, NOW)
    activities.deselect(db, ANNA.id, hashes, later(days=1))
    assert activities.deselected(db, ANNA.id) == hashes
    assert activities.deselected(db, BEN.id) == frozenset()
    assert activities.row_hash(BEN.id, "share:1") not in hashes
    assert "share" not in str(db.execute("SELECT * FROM deselections"))
    activities.select_again(db, ANNA.id, [activities.row_hash(ANNA.id, "share:1")])
    assert activities.deselected(db, ANNA.id) == {activities.row_hash(ANNA.id, "share:2")}
    activities.forget_deselected(db, ANNA.id)
    assert activities.deselected(db, ANNA.id) == frozenset()
