"""When a source is asked again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import sources
from curate.errors import DuidingError, FetchError, ParseError, RetryLaterError, UsageError
from curate.sources import LONGEST_S, POLL_S, Poll, after_failure, after_success
from tests.curate import builders as b

NOW = b.MONDAY


def wait_s(before: Poll, error: DuidingError) -> float:
    return (after_failure(before, error, NOW).due_at - NOW).total_seconds()


def test_a_healthy_feed_is_due_at_the_next_hourly_run() -> None:
    due_at = after_success(Poll(etag='"x"', body_hash="b"), NOW).due_at
    assert timedelta(seconds=0.85 * POLL_S) <= due_at - NOW <= timedelta(seconds=0.95 * POLL_S)


def test_feeds_that_were_polled_together_do_not_come_due_together() -> None:
    assert len({after_success(Poll(body_hash=str(number)), NOW).due_at for number in range(100)}) > 90


def test_the_same_poll_always_comes_due_at_the_same_moment() -> None:
    assert after_success(Poll(body_hash="b"), NOW) == after_success(Poll(body_hash="b"), NOW)


def test_each_failure_in_a_row_doubles_the_waiting_up_to_a_day() -> None:
    poll, waits = Poll(), []
    for _ in range(8):
        outcome = after_failure(poll, RetryLaterError("timeout", "Too slow."), NOW)
        waits.append((outcome.due_at - NOW).total_seconds())
        poll = outcome.poll
    assert waits[:5] == [POLL_S, 2 * POLL_S, 4 * POLL_S, 8 * POLL_S, 16 * POLL_S]
    assert set(waits[5:]) == {LONGEST_S}
    assert poll.failures == 8


@given(failures=st.integers(0, 10**6))
def test_a_failing_feed_is_tried_at_least_daily_and_at_most_hourly(failures: int) -> None:
    assert POLL_S * 0.9 <= wait_s(Poll(failures=failures), FetchError("http_500", "Trouble.")) <= LONGEST_S


def test_a_server_that_names_a_time_is_asked_then_and_not_before() -> None:
    asked = RetryLaterError("rate_limited", "Too often.", retry_after_s=7200)
    assert wait_s(Poll(failures=9), asked) == 7200


@pytest.mark.parametrize("seconds", [0, 1, -5])
def test_a_server_that_asks_for_haste_does_not_get_more_than_one_poll_an_hour(seconds: float) -> None:
    assert wait_s(Poll(), RetryLaterError("rate_limited", "Too often.", retry_after_s=seconds)) == 0.9 * POLL_S


def test_what_is_gone_is_asked_no_more_and_nothing_else_ends_the_asking() -> None:
    assert after_failure(Poll(), FetchError("gone", "It is gone (410)."), NOW).disable
    for kind in ("blocked", "timeout", "http_404", "not_a_feed", "rate_limited"):
        assert not after_failure(Poll(failures=50), FetchError(kind, "Not now."), NOW).disable


def test_the_first_of_the_failures_in_a_row_is_remembered_with_the_last_reason() -> None:
    first = after_failure(Poll(), FetchError("timeout", "Too slow."), NOW)
    later = NOW + timedelta(hours=3)
    second = after_failure(first.poll, ParseError("not_a_feed", "A web page."), later)
    assert (second.poll.since, second.poll.failures) == (NOW, 2)
    assert (second.poll.error_kind, second.poll.error) == ("not_a_feed", "A web page.")


def test_a_failure_of_our_own_is_said_to_be_unreadable() -> None:
    assert after_failure(Poll(), UsageError("Odd."), NOW).poll.error_kind == "unreadable"


def test_a_failure_does_not_cost_what_spares_the_server_next_time() -> None:
    before = Poll(etag='W/"a"', last_modified="Mon, 16 Nov 2026 09:00:00 GMT", body_hash="b")
    after = after_failure(before, FetchError("timeout", "Too slow."), NOW).poll
    assert (after.etag, after.last_modified, after.body_hash) == (before.etag, before.last_modified, before.body_hash)


def test_a_source_is_its_address_and_each_kind_has_its_own() -> None:
    made = [
        sources.feed("https://a.example/feed", "A"),
        sources.feed("https://b.example/feed", "A"),
        sources.of_person("linkedin", "p1", "Ann"),
        sources.of_person("link", "p1", "Ann"),
        sources.imported("A"),
    ]
    assert len({one.id for one in made}) == len(made)
    assert sources.feed("https://a.example/feed", "Other title", ("tag",)).id == made[0].id


def test_a_failure_forgets_nothing_that_was_learnt_before() -> None:
    learnt = Poll(etag='"a"', last_modified="Mon", body_hash="b", moved_to="https://moved.example/")
    after = after_failure(learnt, FetchError("http_404", "Not there."), NOW).poll
    assert (after.etag, after.last_modified, after.body_hash, after.moved_to) == (
        '"a"',
        "Mon",
        "b",
        "https://moved.example/",
    )
