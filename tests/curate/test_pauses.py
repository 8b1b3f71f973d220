"""Not this week."""

from datetime import UTC, datetime

import pytest

from curate import pauses
from curate.weeks import Week

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""In 2026-W48: the round that opens today asks about W47."""


@pytest.mark.parametrize(
    ("newest", "is_open", "first"),
    [
        (None, False, "2026-W47"),
        ("2026-W47", True, "2026-W47"),
        ("2026-W47", False, "2026-W48"),
        ("2026-W46", False, "2026-W47"),
        ("2026-W46", True, "2026-W46"),
        ("2026-W30", False, "2026-W47"),
    ],
)
def test_a_pause_begins_with_the_round_that_is_open_or_comes_next(
    newest: str | None, is_open: bool, first: str
) -> None:
    assert pauses.first_week(MONDAY, newest, is_open) == Week.parse(first)


def test_a_pause_counts_its_weeks_over_the_end_of_a_year() -> None:
    first = Week.parse("2026-W52")
    assert [pauses.until(first, weeks) for weeks in (1, 2, 4)] == ["2026-W52", "2026-W53", "2027-W02"]


def test_a_pause_for_now_is_later_than_any_week() -> None:
    assert str(Week.parse("2999-W52")) < pauses.FOR_NOW
