"""How far an issue is, and when it goes out."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from curate.stages import Policy, Progress, is_due, stage
from tests.curate.builders import at

NOW = at(0)
HOUR = timedelta(hours=1)
WITH_EDITOR = Policy(has_editor=True, thin_below=2, review=24 * HOUR)
WITHOUT = replace(WITH_EDITOR, has_editor=False)


def progress(**changes: Any) -> Progress:
    """An open round with three items, half an hour before its deadline."""
    return replace(Progress(NOW + HOUR / 2, None, None, None, 3, False), **changes)


def closed(since: datetime = NOW, **changes: Any) -> Progress:
    return progress(closed_at=since, **changes)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (progress(), "open"),
        (progress(items=0), "open"),
        (progress(closes_at=NOW), "review"),
        (closed(), "review"),
        (closed(items=2), "review"),
        (closed(items=1), "thin"),
        (progress(closes_at=NOW, items=0), "thin"),
        (closed(approved_at=NOW), "review"),
        (closed(is_frozen=True, waiting=2), "frozen"),
        (closed(is_frozen=True), "sent"),
        (closed(skipped_at=NOW), "skipped"),
        (progress(skipped_at=NOW), "skipped"),
    ],
)
def test_a_week_is_as_far_as_its_rows_say(one: Progress, expected: str) -> None:
    assert stage(one, thin_below=2, now=NOW) == expected


def test_an_editors_word_is_enough_thin_or_not() -> None:
    assert is_due(closed(approved_at=NOW), WITH_EDITOR, NOW)
    assert is_due(closed(approved_at=NOW, items=1), WITH_EDITOR, NOW)


def test_without_an_editors_word_a_full_issue_waits_for_the_hours_of_review() -> None:
    early = closed(NOW - 24 * HOUR + timedelta(seconds=1))
    assert not is_due(early, WITH_EDITOR, NOW)
    assert is_due(closed(NOW - 24 * HOUR), WITH_EDITOR, NOW)
    assert is_due(progress(closes_at=NOW - 24 * HOUR), WITH_EDITOR, NOW)


def test_a_thin_issue_never_goes_out_by_itself() -> None:
    assert not is_due(closed(NOW - 999 * HOUR, items=1), WITH_EDITOR, NOW)


def test_where_nobody_is_an_editor_the_deadline_decides_thin_or_not() -> None:
    assert not is_due(progress(), WITHOUT, NOW)
    assert is_due(progress(closes_at=NOW, items=1), WITHOUT, NOW)
    assert is_due(closed(items=1), WITHOUT, NOW)


@pytest.mark.parametrize("policy", [WITH_EDITOR, WITHOUT])
@pytest.mark.parametrize("never", [{"items": 0}, {"skipped_at": NOW}, {"is_frozen": True}])
def test_never_without_a_voice_never_for_a_skipped_week_never_twice(policy: Policy, never: dict[str, Any]) -> None:
    assert not is_due(closed(NOW - 999 * HOUR, approved_at=NOW, **never), policy, NOW)
