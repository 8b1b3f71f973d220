"""When a source is asked again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import sources
from curate.errors import DuidingError, FetchError, ParseError, RetryLaterError, UsageError
from curate.rhythms import LONGEST_S, SHORTEST_S
from curate.sources import AHEAD_OF_TIME, Poll, after_failure, after_success
from tests.curate import builders as b

NOW = b.MONDAY


def wait_s(before: Poll, error: DuidingError) -> float:
    return (after_failure(before, error, NOW).due_at - NOW).total_seconds()


def due_in_s(poll: Poll) -> float:
    return (after_success(Poll(), poll, NOW).due_at - NOW).total_seconds()


def test_a_feed_of_unknown_rhythm_is_due_at_the_next_hourly_run() -> None:
    assert SHORTEST_S <= due_in_s(Poll(body_hash="b")) <= SHORTEST_S + AHEAD_OF_TIME.total_seconds()


@given(interval_s=st.integers(SHORTEST_S, LONGEST_S), body_hash=st.text(max_size=3))
def test_a_healthy_feed_is_due_after_its_interval_give_or_take_a_tenth(interval_s: int, body_hash: str) -> None:
    waited_s = due_in_s(Poll(body_hash=body_hash, interval_s=interval_s))
    assert SHORTEST_S <= waited_s <= LONGEST_S
    assert 0.9 * interval_s - 1 <= waited_s <= 1.1 * interval_s + 1


def test_feeds_that_were_polled_together_do_not_come_due_together() -> None:
    for interval_s in (SHORTEST_S, 7200, LONGEST_S):
        assert len({due_in_s(Poll(body_hash=str(number), interval_s=interval_s)) for number in range(100)}) > 90


def test_the_same_poll_always_comes_due_at_the_same_moment() -> None:
    assert after_success(Poll(), Poll(body_hash="b"), NOW) == after_success(Poll(), Poll(body_hash="b"), NOW)


def test_a_move_is_believed_when_it_was_seen_twice_in_a_row() -> None:
    there, elsewhere = Poll(moved_to="https://new.example/feed"), Poll(moved_to="https://other.example/feed")
    first = after_success(Poll(), there, NOW)
    assert (first.move_to, first.poll.moved_to) == (None, there.moved_to)
    second = after_success(first.poll, there, NOW)
    assert (second.move_to, second.poll.moved_to) == (there.moved_to, None)
    assert after_success(first.poll, elsewhere, NOW).move_to is None
    assert after_success(first.poll, Poll(), NOW) == after_success(Poll(), Poll(), NOW)


def test_each_failure_in_a_row_doubles_the_waiting_up_to_a_day() -> None:
    poll, waits = Poll(), []
    for _ in range(8):
        outcome = after_failure(poll, RetryLaterError("timeout", "Too slow."), NOW)
        waits.append((outcome.due_at + AHEAD_OF_TIME - NOW).total_seconds())
        poll = outcome.poll
    assert waits[:5] == [SHORTEST_S * times for times in (1, 2, 4, 8, 16)]
    assert set(waits[5:]) == {LONGEST_S}
    assert poll.failures == 8


@given(failures=st.integers(0, 10**6))
def test_a_failing_feed_is_tried_at_every_hourly_run_at_most_and_daily_at_least(failures: int) -> None:
    waited_s = wait_s(Poll(failures=failures), FetchError("http_500", "Trouble."))
    assert SHORTEST_S <= waited_s + AHEAD_OF_TIME.total_seconds() <= LONGEST_S


def test_a_server_that_names_a_time_is_asked_then_and_not_before() -> None:
    asked = RetryLaterError("rate_limited", "Too often.", retry_after_s=7200)
    assert wait_s(Poll(failures=9), asked) == 7200


@pytest.mark.parametrize("seconds", [0, 1, -5])
def test_a_server_that_asks_for_haste_does_not_get_more_than_one_poll_an_hour(seconds: float) -> None:
    assert wait_s(Poll(), RetryLaterError("rate_limited", "Too often.", retry_after_s=seconds)) == SHORTEST_S


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
