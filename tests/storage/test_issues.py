"""The frozen digests."""

import hashlib

import pytest

from curate.errors import ClosedError
from storage import articles, issues
from storage.database import Database, Session
from storage.issues import Published
from tests.storage import builders
from tests.storage.builders import NOW, WEEK, later, speak


def test_an_issue_comes_back_as_it_was_frozen(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first, so_what='Zo\'n "zin" met 👩‍🌾 en\nnog een regel, lang genoeg om iets te zeggen.')
    made = builders.issue(db)
    issues.freeze(db, made, later(days=3))
    assert issues.by_number(db, 1) == made
    assert made.items[0].voices[0].so_what.startswith("Zo'n")
    assert issues.of_week(db, WEEK) == Published(1, WEEK, later(days=3))
    assert issues.by_number(db, 2) is None
    assert issues.content_of(db, 2) is None
    assert issues.of_week(db, "2026-W46") is None


def test_the_bytes_are_those_of_the_hash_and_never_change(db: Session) -> None:
    first, _ = builders.week(db)
    said = speak(db, first)
    issues.freeze(db, builders.issue(db), NOW)
    frozen = issues.content_of(db, 1)
    assert frozen
    assert db.execute("SELECT content_hash FROM issues") == [(hashlib.sha256(frozen.encode()).hexdigest(),)]
    speak(db, first, at=later(hours=1), title="Een andere titel")
    articles.keep(db, [builders.kept("b", title="Andere titel")], NOW, "run")
    db.execute("UPDATE people SET name = 'Iemand anders'")
    assert issues.content_of(db, 1) == frozen
    assert said.words.title in frozen


def test_a_week_has_one_issue_and_the_first_stays(store: Database) -> None:
    with store.writing() as db:
        first, _ = builders.week(db)
        speak(db, first)
        issues.freeze(db, builders.issue(db), NOW)
        frozen = issues.content_of(db, 1)
    with pytest.raises(ClosedError, match=f"issue of {WEEK} is frozen already"), store.writing() as db:
        issues.freeze(db, builders.issue(db, 2, network="Ander"), later(days=1))
    with store.reading() as db:
        assert issues.published(db) == (Published(1, WEEK, NOW),)
        assert issues.content_of(db, 1) == frozen
        assert issues.content_of(db, 2) is None


def test_numbers_go_up_by_one_and_the_newest_stands_first(db: Session) -> None:
    builders.week(db)
    assert issues.next_number(db) == 1
    for number, week in enumerate(("2026-W45", "2026-W46", "2026-W47"), start=1):
        assert issues.next_number(db) == number
        issues.freeze(db, builders.issue(db, number, week=week), later(days=number))
    assert [(one.number, one.week) for one in issues.published(db)] == [(3, WEEK), (2, "2026-W46"), (1, "2026-W45")]


def test_a_number_is_used_once(store: Database) -> None:
    with store.writing() as db:
        builders.week(db)
        issues.freeze(db, builders.issue(db, 1, week="2026-W45"), NOW)
    with pytest.raises(Exception, match="Duplicate key"), store.writing() as db:
        issues.freeze(db, builders.issue(db, 1, week="2026-W46"), NOW)
    with store.reading() as db:
        assert [one.week for one in issues.published(db)] == ["2026-W45"]
        assert db.execute("SELECT count(*) FROM issue_contents") == [(1,)]
