"""One week's asking."""

from dataclasses import replace

import pytest

from curate.errors import ClosedError, NotFoundError
from storage import annotations, arrangements, issues, people, rounds
from storage.database import Session
from storage.rounds import Marks
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, MIA, NOW, WEEK, asking, later, speak


def test_a_round_is_open_until_it_is_closed_and_closing_twice_keeps_the_first(db: Session) -> None:
    assert rounds.of_week(db, WEEK) is None
    rounds.open_with(db, asking("first"), "run")
    found = rounds.of_week(db, WEEK)
    assert found == asking("first")
    assert found
    assert found.is_open
    rounds.close(db, WEEK, BEN.id, later(days=2))
    rounds.close(db, WEEK, "deadline", later(days=4))
    closed = rounds.of_week(db, WEEK)
    assert closed == asking("first", closed_at=later(days=2), closed_by=BEN.id)
    assert closed
    assert not closed.is_open


def test_rounds_are_listed_newest_first(db: Session) -> None:
    for week in ("2026-W47", "2026-W53", "2027-W01", "2026-W09"):
        rounds.open_with(db, asking("run", week=week), "run")
    assert [one.week for one in rounds.every(db)] == ["2027-W01", "2026-W53", "2026-W47", "2026-W09"]


def test_an_open_round_moves_to_a_new_clustering_only_while_nobody_has_spoken(db: Session) -> None:
    first, _ = builders.week(db)
    rounds.open_with(db, asking("second", opened_at=later(hours=1), closes_at=later(days=9)), "run")
    moved = rounds.of_week(db, WEEK)
    assert moved == asking("second"), "its moments stay: they were told to people"
    rounds.open_with(db, asking(), "run")
    builders.speak(db, first)
    rounds.open_with(db, asking("third"), "run")
    stayed = rounds.of_week(db, WEEK)
    assert stayed
    assert stayed.cluster_run_id == asking().cluster_run_id


def test_words_in_another_week_do_not_hold_a_round(db: Session) -> None:
    first, _ = builders.week(db)
    builders.speak(db, first)
    rounds.open_with(db, asking("one", week="2026-W48"), "run")
    rounds.open_with(db, asking("two", week="2026-W48"), "run")
    moved = rounds.of_week(db, "2026-W48")
    assert moved
    assert moved.cluster_run_id == "two"


def test_a_closed_round_is_not_opened_again_and_does_not_move(db: Session) -> None:
    rounds.open_with(db, asking("first"), "run")
    rounds.close(db, WEEK, "operator", later(days=1))
    rounds.open_with(db, asking("second"), "run")
    assert rounds.of_week(db, WEEK) == asking("first", closed_at=later(days=1), closed_by="operator")


def test_each_is_invited_once_and_reminded_once_until_they_speak(db: Session) -> None:
    first, _ = builders.week(db)
    for _ in range(2):
        for one in (BEN, ANNA):
            rounds.invite(db, WEEK, one.id, "run")
    assert rounds.uninvited(db, WEEK) == (ANNA, BEN)
    assert rounds.to_remind(db, WEEK) == (), "who has no mail yet is not reminded of it"
    for one in (ANNA, BEN):
        rounds.mark_invited(db, WEEK, one.id, NOW)
    rounds.invite(db, WEEK, ANNA.id, "another run")
    assert rounds.uninvited(db, WEEK) == ()
    assert rounds.to_remind(db, WEEK) == (ANNA, BEN)
    builders.speak(db, first)
    assert rounds.to_remind(db, WEEK) == (BEN,)
    rounds.mark_reminded(db, WEEK, BEN.id, later(days=1))
    assert rounds.to_remind(db, WEEK) == ()


def test_weeks_are_asked_apart_and_who_left_is_not_asked(db: Session) -> None:
    for one in (ANNA, MIA):
        people.add(db, one, NOW)
        rounds.invite(db, WEEK, one.id, "run")
    rounds.invite(db, "2026-W48", MIA.id, "run")
    people.remove(db, ANNA.id, NOW)
    assert rounds.uninvited(db, WEEK) == (MIA,)
    rounds.mark_invited(db, WEEK, MIA.id, NOW)
    assert rounds.uninvited(db, "2026-W48") == (MIA,)
    assert rounds.to_remind(db, "2026-W48") == ()


def test_who_pauses_is_neither_invited_nor_reminded_until_the_pause_is_over(db: Session) -> None:
    builders.week(db)
    for one in (ANNA, BEN):
        rounds.invite(db, WEEK, one.id, "run")
        rounds.invite(db, "2026-W48", one.id, "run")
    people.pause(db, ANNA.id, WEEK)
    assert rounds.uninvited(db, WEEK) == (BEN,)
    assert rounds.uninvited(db, "2026-W48") == (ANNA, BEN)
    people.pause(db, ANNA.id, None)
    assert rounds.uninvited(db, WEEK) == (ANNA, BEN)
    rounds.mark_invited(db, WEEK, ANNA.id, NOW)
    assert rounds.to_remind(db, WEEK) == (ANNA,)
    people.pause(db, ANNA.id, "2026-W51")
    assert rounds.to_remind(db, WEEK) == ()


# --- the editor's turn -----------------------------------------------------------------------------------------------


def told(db: Session) -> list[tuple[str, str, str]]:
    return [(one.kind, one.by, one.why) for one in rounds.acts(db, WEEK)]


def test_approving_closes_the_round_and_keeps_the_first_word(db: Session) -> None:
    builders.week(db)
    rounds.approve(db, WEEK, BEN.id, later(hours=1))
    rounds.approve(db, WEEK, "operator", later(hours=2))
    found = rounds.of_week(db, WEEK)
    assert found
    assert (found.closed_by, found.approved_by, found.approved_at) == (BEN.id, BEN.id, later(hours=1))
    assert told(db) == [("closed", BEN.id, ""), ("approved", BEN.id, "")]
    assert [one.name for one in rounds.acts(db, WEEK)] == [BEN.name, BEN.name]
    with pytest.raises(ClosedError):
        rounds.skip(db, WEEK, BEN.id, NOW, "toch niet")


def test_skipping_says_why_and_keeps_what_was_said(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    rounds.skip(db, WEEK, BEN.id, later(hours=1), "vakantie")
    rounds.skip(db, WEEK, "operator", later(hours=2), "iets anders")
    found = rounds.of_week(db, WEEK)
    assert found
    assert (found.is_open, found.skipped_by, found.skipped_why) == (False, BEN.id, "vakantie")
    assert len(annotations.of_week(db, WEEK)) == 1
    assert told(db) == [("closed", BEN.id, ""), ("skipped", BEN.id, "vakantie")]
    with pytest.raises(ClosedError, match="skipped"):
        rounds.approve(db, WEEK, BEN.id, NOW)


def test_a_round_that_was_closed_too_early_opens_again_and_the_log_remembers(db: Session) -> None:
    builders.week(db)
    rounds.reopen(db, WEEK, BEN.id, NOW, later(days=9))
    assert told(db) == [], "what is open stays as it is"
    rounds.approve(db, WEEK, BEN.id, NOW)
    rounds.reopen(db, WEEK, BEN.id, NOW, later(days=5))
    assert rounds.of_week(db, WEEK) == asking(closes_at=later(days=5))
    rounds.skip(db, WEEK, BEN.id, NOW, "leeg")
    rounds.reopen(db, WEEK, BEN.id, NOW, later(days=6))
    assert rounds.of_week(db, WEEK) == asking(closes_at=later(days=6))
    assert [kind for kind, _, _ in told(db)] == ["closed", "approved", "reopened", "closed", "skipped", "reopened"]


def test_what_is_frozen_is_neither_opened_again_nor_skipped(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    rounds.close(db, WEEK, BEN.id, NOW)
    issues.freeze(db, builders.issue(db), NOW)
    with pytest.raises(ClosedError):
        rounds.reopen(db, WEEK, BEN.id, NOW, later(days=5))
    with pytest.raises(ClosedError):
        rounds.skip(db, WEEK, BEN.id, NOW, "te laat")


def test_a_week_without_a_round_has_no_turn(db: Session) -> None:
    for act in (
        lambda: rounds.approve(db, WEEK, BEN.id, NOW),
        lambda: rounds.skip(db, WEEK, BEN.id, NOW, ""),
        lambda: rounds.reopen(db, WEEK, BEN.id, NOW, NOW),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_each_editor_is_told_once_a_round(db: Session) -> None:
    assert not rounds.has_editor(db)
    builders.week(db)
    assert rounds.has_editor(db)
    assert rounds.to_tell(db, WEEK) == (BEN,)
    rounds.mark_told(db, WEEK, BEN.id, NOW)
    rounds.mark_told(db, WEEK, BEN.id, NOW)
    assert rounds.to_tell(db, WEEK) == ()
    assert rounds.to_tell(db, "2026-W48") == (BEN,)


def test_the_marks_of_a_week_change_with_everything_that_a_board_shows(db: Session) -> None:
    first, second = builders.week(db)
    seen: list[Marks] = []

    def changed() -> bool:
        found = rounds.watched(db, WEEK)
        assert found
        seen.append(found[1])
        return seen[-1] != seen[-2]

    with pytest.raises(IndexError):
        changed()

    assert not changed()
    said = speak(db, first)
    assert changed()
    assert annotations.of_week_after(db, WEEK, seen[-2].last, {}) == (said,)
    assert annotations.of_week_after(db, WEEK, seen[-1].last, {}) == ()
    speak(db, first, at=later(minutes=1))
    assert changed()
    done = builders.merge(db, first, second)
    assert changed()
    arrangements.undo(db, done, ANNA.id, NOW)
    assert changed()
    people.add(db, replace(ANNA, name="Anna Pietersen"), NOW)
    assert changed()
    assert not changed()
