"""When a source fails, when it is silent, and since when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import health
from curate.errors import FetchKind
from curate.health import Heard, Reason

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def heard(every_days: int = 1, last: datetime = NOW, days: int = 10, **changes: object) -> Heard:
    """A feed with news on ``days`` days, ``every_days`` apart, the last time at ``last``."""
    sample = Heard(
        id="s",
        url="https://a.example/feed",
        kind="feed",
        title="De Krant",
        language="nl",
        tags=(),
        is_disabled=False,
        added_at=NOW - timedelta(days=400),
        polled_at=NOW,
        due_at=NOW,
        error_kind=None,
        error=None,
        since=None,
        entries=days,
        articles=days,
        newest_at=last if days else None,
        news_on=tuple(last.date() - timedelta(days=every_days * n) for n in range(days)),
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def state(one: Heard) -> str:
    return health.of(one, NOW).state


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(("every_days", "patience_days"), [(1, 14), (3, 14), (7, 28), (30, 120)])
def test_a_feed_is_silent_after_four_times_its_own_rhythm_and_never_within_two_weeks(
    every_days: int, patience_days: int
) -> None:
    assert state(heard(every_days, ago(patience_days))) == "active"
    late = heard(every_days, ago(patience_days + 0.1))
    assert health.of(late, NOW) == health.Health("silent", late.newest_at)


def test_one_long_pause_does_not_make_a_feed_patient() -> None:
    days = [date(2026, 11, 1) - timedelta(days=n) for n in range(6)]
    assert health.patience([*days, date(2025, 1, 1)]) == health.QUIETEST


def test_a_feed_of_which_little_is_known_is_given_a_season() -> None:
    assert state(heard(1, ago(89), days=3)) == "active"
    assert state(heard(1, ago(91), days=3)) == "silent"


def test_a_feed_that_never_brought_anything_is_silent_since_it_was_added() -> None:
    assert health.of(heard(days=0, added_at=ago(91)), NOW) == health.Health("silent", ago(91))
    assert state(heard(days=0, added_at=ago(89))) == "active"


def test_a_feed_that_was_never_asked_is_not_silent() -> None:
    assert state(heard(days=0, added_at=ago(400), polled_at=None)) == "active"


@pytest.mark.parametrize("kind", ["link", "linkedin", "import"])
def test_people_and_imports_owe_nobody_any_news(kind: str) -> None:
    assert state(heard(last=ago(300), kind=kind)) == "active"


def test_failing_goes_before_silent_and_disabled_before_both() -> None:
    failing = heard(last=ago(300), error_kind="timeout", error="Slow.", since=ago(3))
    assert health.of(failing, NOW) == health.Health("failing", ago(3), "timeout")
    gone = replace(failing, is_disabled=True, error_kind="gone")
    assert health.of(gone, NOW) == health.Health("disabled", ago(3), "gone")


def test_every_kind_of_failure_is_something_people_can_do_something_about() -> None:
    assert [health.reason_of(kind) for kind in get_args(FetchKind)] == list(get_args(FetchKind))
    kinds = ["http_403", "http_404", "http_500", "http_503", "http_418", "http_304", "whatever", "", "http_"]
    reasons = ["refused", "missing", "trouble", "trouble", "odd", "odd", "odd", "odd", "odd"]
    assert [health.reason_of(kind) for kind in kinds] == reasons


@given(st.text(max_size=12))
def test_no_error_kind_is_without_words(kind: str) -> None:
    assert health.reason_of(kind) in get_args(Reason)


@given(st.lists(st.dates(), max_size=30, unique=True))
def test_patience_is_never_shorter_than_two_weeks(days: list[date]) -> None:
    assert health.patience(sorted(days, reverse=True)) >= health.QUIETEST


def test_a_source_is_new_for_four_weeks() -> None:
    assert health.is_new(heard(added_at=ago(27.9)), NOW)
    assert not health.is_new(heard(added_at=ago(28)), NOW)


def test_a_sudden_failure_of_most_is_our_network() -> None:
    assert health.is_our_network([True] * 6 + [False] * 4, failing=6, active=100)
    assert not health.is_our_network([True] * 5 + [False] * 5, failing=5, active=100)


def test_while_most_of_all_fail_it_stays_our_network() -> None:
    assert health.is_our_network([], failing=60, active=100)


def test_sources_that_failed_for_long_are_no_pattern_however_few_others_are_due() -> None:
    assert not health.is_our_network([False], failing=20, active=100)


def test_two_failures_are_theirs() -> None:
    assert not health.is_our_network([True, True], failing=2, active=2)
