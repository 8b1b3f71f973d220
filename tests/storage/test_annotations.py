"""What catalysts said: versions that are only ever added."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from curate.errors import ClosedError, DuidingError, NotFoundError
from storage import annotations, arrangements, people, rounds
from storage.annotations import Author
from storage.database import Database, Session
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, NOW, WEEK, asking, clustering, group, later, merge, speak, words

FIELDS = {
    *"week cluster theme catalyst version verdict so_what title ripeness relation to language written_at".split(),
    *"id question experiment moves checked distance key_articles missing missing_url review_on".split(),
    *"links_to style outcome outcome_why byline".split(),
}


def test_what_was_said_comes_back_word_for_word(db: Session) -> None:
    first, second = builders.week(db)
    anna = speak(db, first)
    full = words(
        verdict="not_now",
        so_what="Regel één.\n\nRegel twee: 'aangehaald' \"dubbel\" 👩‍🌾 \\ %",
        title="Titel",
        ripeness="well_tested",
        byline="anonymous",
        relation="contrasts",
        relation_to=anna.id,
        relation_why="omdat",
        question="Wie?",
        experiment="Probeer",
    )
    ben = annotations.save(db, full, Author(first, WEEK, BEN.id, "en"), later(minutes=1))
    assert annotations.of_cluster(db, first) == (anna, ben)
    assert ben.words == full
    assert (ben.catalyst, ben.language, ben.written_at, ben.version) == (BEN.name, "en", later(minutes=1), 1)
    assert annotations.of_cluster(db, second) == ()


def test_a_change_is_a_next_version_and_the_earlier_ones_stay_as_they_are(db: Session) -> None:
    first, second = builders.week(db)
    versions = [speak(db, first, at=later(minutes=minute), title=f"Titel {minute}") for minute in range(3)]
    other = speak(db, second, at=later(minutes=9))
    ben = speak(db, first, BEN.id, at=later(minutes=10))
    assert [one.version for one in (*versions, other, ben)] == [1, 2, 3, 1, 1]
    assert len({one.id for one in (*versions, other, ben)}) == 5
    assert annotations.of_cluster(db, first) == (*versions, ben)
    assert annotations.of_week(db, WEEK) == (*versions, other, ben)
    assert annotations.of_week(db, "2026-W46") == ()


def test_versions_written_in_the_same_moment_keep_their_order(db: Session) -> None:
    first, _ = builders.week(db)
    versions = [speak(db, first, title=f"Titel {number}") for number in range(12)]
    assert annotations.of_cluster(db, first) == tuple(versions)
    assert annotations.of_week(db, WEEK) == tuple(versions)


def test_a_closed_round_takes_nothing_and_nothing_is_written(store: Database) -> None:
    with store.writing() as db:
        first, _ = builders.week(db)
        said = speak(db, first)
        rounds.close(db, WEEK, "operator", later(hours=1))
    with pytest.raises(ClosedError, match=f"round of {WEEK} is closed; nothing was changed"), store.writing() as db:
        speak(db, first, title="Te laat")
    with store.reading() as db:
        assert annotations.of_week(db, WEEK) == (said,)
        assert db.execute("SELECT count(*) FROM annotation_words") == [(1,)]


@pytest.mark.parametrize(
    "changed",
    [
        {"cluster_id": "unknown"},
        {"person_id": "unknown"},
        {"week": "2026-W46"},
    ],
)
def test_words_about_nothing_or_by_nobody_are_refused(db: Session, changed: dict[str, str]) -> None:
    first, _ = builders.week(db)
    author = {"cluster_id": first, "week": WEEK, "person_id": ANNA.id, "language": "nl"} | changed
    with pytest.raises(NotFoundError):
        annotations.save(db, words(), Author(**author), NOW)
    assert annotations.of_week(db, WEEK) == ()


def test_words_about_a_cluster_that_the_round_no_longer_asks_about_are_refused(db: Session) -> None:
    """They would stand under a cluster that nobody sees, and hold the round there."""
    before, _ = builders.week(db)
    (after,) = builders.propose(db, clustering(group("a", "b", "c"), run_id="second"))
    rounds.open_with(db, asking("second"), "run")
    with pytest.raises(NotFoundError, match="Open the board of the week again"):
        speak(db, before)
    assert speak(db, after).cluster_id == after


def test_someone_who_was_removed_does_not_speak_any_more(db: Session) -> None:
    first, _ = builders.week(db)
    people.remove(db, ANNA.id, NOW)
    with pytest.raises(NotFoundError):
        speak(db, first)


def test_many_who_save_at_once_each_have_their_own_versions(store: Database) -> None:
    with store.writing() as db:
        first, _ = builders.week(db)

    def save(number: int) -> int:
        with Database(store.path).writing() as db:
            return speak(db, first, (ANNA, BEN)[number % 2].id, at=later(seconds=number)).version

    with ThreadPoolExecutor(4) as pool:
        versions = sorted(pool.map(save, range(8)))
    assert versions == sorted([*range(1, 5)] * 2)


def test_the_export_has_the_fields_of_the_design_for_one_week_or_all(db: Session) -> None:
    first, _ = builders.week(db)
    anna = speak(db, first)
    speak(db, first, BEN.id, at=later(minutes=1), relation="adds", relation_to=anna.id)
    records = list(annotations.export(db, WEEK))
    assert all(set(record) == FIELDS for record in records)
    assert [(one["catalyst"], one["relation"], one["to"]) for one in records] == [
        (ANNA.name, None, None),
        (BEN.name, "adds", anna.id),
    ]
    assert {one["theme"] for one in records} == {f"theme of {first}"}
    assert records == list(annotations.export(db, None))
    assert list(annotations.export(db, "2026-W46")) == []


def test_a_failure_halfway_through_saving_leaves_no_half_annotation(store: Database) -> None:
    class PowerCutError(DuidingError):
        """The test pulls the plug."""

    with store.writing() as db:
        first, _ = builders.week(db)
    with pytest.raises(PowerCutError), store.writing() as db:
        speak(db, first)
        raise PowerCutError
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM annotations") == db.execute("SELECT count(*) FROM annotation_words")
        assert annotations.of_week(db, WEEK) == ()


def test_everything_that_is_folded_in_the_form_comes_back_too(db: Session) -> None:
    first, _ = builders.week(db)
    full = {
        "experiment": "Bel drie huurders.",
        "review_on": date(2026, 12, 14),
        "moves": ("validate", "connect"),
        "checked": "cross_checked",
        "distance": "about_first_hand",
        "key_articles": ("a", "b"),
        "missing": "De huurders zelf, 'zonder' \"dossier\".",
        "missing_url": "https://huurders.example/brief",
        "ask_who": (BEN.id,),
        "ask_else": "De griffier van Delft",
        "links_to": ("theme",),
        "style": "mashup",
    }
    said = speak(db, first, **full)
    assert annotations.of_cluster(db, first) == (said,)
    (record,) = annotations.export(db, WEEK)
    assert (record["moves"], record["links_to"]) == (["validate", "connect"], ["theme"])
    assert "ask_else" not in record  # for the operator's eyes only
    assert "ask_who" not in record


def test_words_follow_a_cluster_that_was_merged_and_come_back_when_that_is_undone(db: Session) -> None:
    first, second = builders.week(db)
    anna, ben = speak(db, first), speak(db, second, BEN.id)
    merged = merge(db, first, second)
    (mine, other) = annotations.of_cluster(db, second)
    assert (mine.id, mine.cluster_id, mine.written_on) == (anna.id, second, first)
    assert other == ben
    assert {one.cluster_id for one in annotations.of_week(db, WEEK)} == {second}
    arrangements.undo(db, merged, ANNA.id, NOW)
    assert annotations.of_cluster(db, second) == (ben,)
    assert annotations.of_week(db, WEEK) == (anna, ben)


def test_an_earlier_week_is_heard_through_its_theme(db: Session) -> None:
    first, second = builders.week(db)
    speak(db, first, so_what="")
    last = speak(db, first, BEN.id, at=later(minutes=3))
    theme = f"theme of {first}"
    assert annotations.before(db, [theme, f"theme of {second}"], "2026-W48") == {theme: last}
    assert annotations.before(db, [theme], WEEK) == {}


def test_who_looks_at_their_words_again_adds_a_version_although_the_round_is_closed(db: Session) -> None:
    first, _ = builders.week(db)
    before = speak(db, first)
    rounds.close(db, WEEK, ANNA.id, NOW)
    now = later(days=40)
    again = annotations.reconsider(db, before, words(outcome="sharpened", outcome_why="Het geldt ook kort."), "nl", now)
    assert (again.version, again.week, again.words.outcome) == (2, WEEK, "sharpened")
    assert annotations.of_person(db, ANNA.id) == (before, again)
