"""Months of issues, and when one can be told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import months
from curate.months import Held, Month
from curate.weeks import Week

NOVEMBER = Month(2026, 11)
"""Its weeks are 45 to 48: the Thursday of week 48 is 26 November, that of week 49 is in December."""
ALL = [Held(f"2026-W{n}", is_frozen=True, is_skipped=False) for n in (45, 46, 47, 48)]
OVER = NOVEMBER.ends_at + timedelta(days=6)


def held(week: str, **changes: bool) -> Held:
    return Held(week, **{"is_frozen": False, "is_skipped": False, **changes})


def but(one: Held) -> list[Held]:
    return [one if each.week == one.week else each for each in ALL]


@pytest.mark.parametrize(
    ("week", "month"), [("2026-W45", "2026-11"), ("2026-W48", "2026-11"), ("2026-W49", "2026-12"),
     ("2026-W01", "2026-01"), ("2026-W53", "2026-12"), ("2025-W01", "2025-01")],
)  # fmt: skip
def test_a_week_belongs_to_the_month_of_its_thursday(week: str, month: str) -> None:
    assert str(Month.of(Week.parse(week))) == month


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_every_week_is_in_one_month_which_has_four_or_five(day: date) -> None:
    month = Month(day.year, day.month)
    assert len(month.weeks) in {4, 5}
    assert all(Month.of(week) == month for week in month.weeks)
    assert Month.of(month.weeks[0].previous) != month != Month.of(month.weeks[-1].next)


def test_a_month_is_told_when_it_is_over_and_all_its_issues_are_there() -> None:
    assert not months.is_due(NOVEMBER, ALL, NOVEMBER.ends_at - timedelta(seconds=1))
    assert months.is_due(NOVEMBER, ALL, NOVEMBER.ends_at)
    assert months.is_due(NOVEMBER, ALL, NOVEMBER.ends_at + months.LATEST)
    assert not months.is_due(NOVEMBER, ALL, NOVEMBER.ends_at + months.LATEST + timedelta(seconds=1))


def test_what_is_open_or_in_review_holds_it_up_and_what_is_skipped_or_silent_does_not() -> None:
    assert not months.is_due(NOVEMBER, but(held("2026-W47")), OVER + timedelta(days=20))
    assert months.is_due(NOVEMBER, but(held("2026-W47", is_skipped=True)), OVER)
    assert months.is_due(NOVEMBER, but(held("2026-W47", is_silent=True)), OVER)


def test_a_week_whose_round_is_still_to_open_is_waited_for_but_not_for_ever() -> None:
    without = [one for one in ALL if one.week != "2026-W48"]
    assert not months.is_due(NOVEMBER, without, OVER)
    assert months.is_due(NOVEMBER, without, NOVEMBER.ends_at + months.STILL_COMING)
    assert not months.is_due(NOVEMBER, [*without, held("2026-W48")], NOVEMBER.ends_at + months.STILL_COMING)


def test_a_month_without_an_issue_has_no_letter() -> None:
    assert not months.is_due(NOVEMBER, [held(one.week, is_skipped=True) for one in ALL], OVER)
    assert not months.is_due(NOVEMBER, [], OVER + timedelta(days=30))


def test_weeks_give_their_months_in_order() -> None:
    assert months.of_weeks(["2026-W49", "2026-W47", "2026-W48"]) == (NOVEMBER, Month(2026, 12))
