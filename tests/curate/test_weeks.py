"""ISO weeks in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import UsageError
from curate.weeks import Week

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 8),  # noqa: DTZ001  # hypothesis wants naive bounds and adds the zone itself
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(moment=MOMENTS)
def test_a_moment_lies_in_its_week_and_in_no_other(moment: datetime) -> None:
    week = Week.of(moment)
    assert week.starts_at <= moment < week.ends_at
    assert week.ends_at - week.starts_at == timedelta(days=7)


@given(moment=MOMENTS)
def test_what_a_week_is_called_can_be_read_back(moment: datetime) -> None:
    week = Week.of(moment)
    assert Week.parse(str(week)) == week
    assert Week.parse(f" {week}\n") == week


@given(moment=MOMENTS)
def test_the_week_before_ends_where_this_one_begins(moment: datetime) -> None:
    week = Week.of(moment)
    assert week.previous.ends_at == week.starts_at
    assert week.previous < week
    assert str(week.previous) < str(week)


def test_a_week_begins_on_monday_midnight_utc() -> None:
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    assert Week.of(monday) == Week(2026, 47)
    assert Week.of(monday - timedelta(microseconds=1)) == Week(2026, 46)
    assert Week(2026, 47).starts_at == monday


def test_an_amsterdam_monday_just_after_midnight_still_belongs_to_the_week_before() -> None:
    amsterdam = timezone(timedelta(hours=1))
    assert Week.of(datetime(2026, 11, 16, 0, 30, tzinfo=amsterdam)) == Week(2026, 46)


def test_the_first_days_of_january_may_belong_to_week_53_of_the_year_before() -> None:
    assert Week.of(datetime(2027, 1, 3, 12, tzinfo=UTC)) == Week.parse("2026-W53")
    assert Week.parse("2026-W53").ends_at == datetime(2027, 1, 4, tzinfo=UTC)
    assert Week.of(datetime(2024, 12, 30, tzinfo=UTC)) == Week(2025, 1)


@pytest.mark.parametrize("text", ["2025-W53", "2026-W00", "2026-W54", "0000-W01"])
def test_a_week_that_the_year_does_not_have_is_refused_with_that_reason(text: str) -> None:
    with pytest.raises(UsageError, match=r"ISO weeks run from W01"):
        Week.parse(text)


@pytest.mark.parametrize(
    "text", ["", "47", "2026-47", "2026W47", "2026-w47", "2026-W7", "26-W47", "2026-W47-1", "next"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="like 2026-W47"):
        Week.parse(text)


@pytest.mark.parametrize("text", ["9999-W52", "0001-W01", "1899-W10", "3000-W01"])
def test_a_week_at_the_end_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="There is no week"):
        Week.parse(text)


@pytest.mark.parametrize("text", ["٢٠٢٦-W47", "２０２６-W47"])
def test_a_week_is_written_in_plain_digits(text: str) -> None:
    with pytest.raises(UsageError, match="like 2026-W47"):
        Week.parse(text)
