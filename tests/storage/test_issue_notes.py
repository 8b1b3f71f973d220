"""Notes beside frozen issues."""

from storage import issue_notes, issues, people
from storage.database import Session
from storage.issue_notes import OPERATOR, Note
from tests.storage import builders
from tests.storage.builders import BEN, NOW, WEEK, later, speak


def frozen(db: Session) -> str:
    first, _ = builders.week(db)
    speak(db, first)
    issues.freeze(db, builders.issue(db), NOW)
    return issues.content_of(db, 1) or ""


def test_a_note_stands_beside_the_issue_and_changes_no_byte_of_it(db: Session) -> None:
    before = frozen(db)
    note = issue_notes.add(db, 1, "Het was 2024.", "nl", by=BEN.id, now=later(days=1))
    assert note == Note(1, WEEK, 1, "Het was 2024.", "nl", later(days=1), BEN.name)
    second = issue_notes.add(db, 1, "No, 2025 was right.", "en", by=OPERATOR, now=later(days=2))
    assert issue_notes.of_issue(db, 1) == (note, second)
    assert (second.place, second.name) == (2, "")
    assert issues.content_of(db, 1) == before
    assert issue_notes.of_issue(db, 2) == ()
    assert issue_notes.every(db) == (note, second)


def test_notes_since_a_moment_about_issues_before_a_week(db: Session) -> None:
    frozen(db)
    issue_notes.add(db, 1, "Het was 2024.", "nl", by=BEN.id, now=later(days=1))
    assert [one.text for one in issue_notes.since(db, NOW, before="2026-W48")] == ["Het was 2024."]
    assert issue_notes.since(db, later(days=1), before="2026-W48") == ()
    assert issue_notes.since(db, NOW, before=WEEK) == ()


def test_who_took_their_name_off_is_not_named_under_a_note(db: Session) -> None:
    frozen(db)
    issue_notes.add(db, 1, "Het was 2024.", "nl", by=BEN.id, now=later(days=1))
    people.remove(db, BEN.id, later(days=2))
    people.take_name_off(db, BEN.id)
    assert issue_notes.of_issue(db, 1)[0].name == ""
