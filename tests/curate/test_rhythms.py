"""How often a feed is worth asking."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import feeds, rhythms
from curate.feedforms import FeedEntry, ParsedFeed
from curate.rhythms import LONGEST_S, SHORTEST_S
from tests.curate import builders as b

NOW = b.MONDAY
HOUR_S = 3600


def entry(published_at: datetime | None) -> FeedEntry:
    return FeedEntry(None, None, "T", "", published_at, None, None, "", is_truncated=False)


def feed(*hours_ago: float | None, wish_s: float = 0) -> ParsedFeed:
    moments = [None if ago is None else NOW - timedelta(hours=ago) for ago in hours_ago]
    return ParsedFeed("rss", "T", None, None, tuple(map(entry, moments)), wish_s)


def every_hours(hours: float, count: int = 10, silent: float = 0) -> ParsedFeed:
    return feed(*(silent + hours * number for number in range(count)))


@pytest.mark.parametrize(
    ("parsed", "hours"),
    [
        (feed(), 1),
        (feed(3), 1),
        (feed(None, None, None), 1),
        (every_hours(0.1), 1),
        (every_hours(6), 3),
        (every_hours(24), 12),
        (every_hours(24 * 7), 24),
        (every_hours(6, silent=4), 3),
        (every_hours(6, silent=14 * 24), 24),
        (feed(-30, -20, -10, 1, 13, 25), 6),
        (feed(0, 5, 5, 5, 5, 9), 1),
        (feed(*(12 * number for number in range(12)), *range(2000, 2500)), 6),
    ],
    ids=[
        "no entries",
        "one entry",
        "no dates",
        "many a hour",
        "every six hours",
        "daily",
        "weekly",
        "a pause within the rhythm",
        "fell silent",
        "dates ahead do not count",
        "posted in one go",
        "long ago it was faster",
    ],
)
def test_a_feed_is_asked_twice_as_often_as_it_has_news_between_an_hour_and_a_day(
    parsed: ParsedFeed, hours: float
) -> None:
    assert rhythms.interval_s(parsed, NOW) == hours * HOUR_S


def test_a_longer_wish_of_the_feed_or_its_server_goes_before_its_rhythm() -> None:
    assert rhythms.interval_s(every_hours(1), NOW, wish_s=4 * HOUR_S) == 4 * HOUR_S
    assert rhythms.interval_s(feed(1, 2, 3, wish_s=3 * HOUR_S), NOW, wish_s=60) == 3 * HOUR_S
    assert rhythms.interval_s(every_hours(24), NOW, wish_s=60) == 12 * HOUR_S
    assert rhythms.interval_s(feed(), NOW, wish_s=1e9) == LONGEST_S


@given(st.lists(st.one_of(st.none(), st.floats(-1e5, 1e5))), st.floats(0, 1e12), st.floats(0, 1e12))
def test_whatever_a_feed_says_it_is_asked_between_hourly_and_daily(
    hours_ago: list[float | None], feed_wish_s: float, server_wish_s: float
) -> None:
    assert SHORTEST_S <= rhythms.interval_s(feed(*hours_ago, wish_s=feed_wish_s), NOW, server_wish_s) <= LONGEST_S


def test_a_feed_that_falls_silent_is_asked_a_little_less_often_each_time_until_once_a_day() -> None:
    seen = [rhythms.after_silence(None)]
    while seen[-1] < LONGEST_S:
        seen.append(rhythms.after_silence(seen[-1]))
    assert seen[0] == 1.05 * HOUR_S
    assert all(1 < later / earlier < 1.06 for earlier, later in pairwise(seen))
    assert sum(seen) > 7 * 24 * HOUR_S, "a week of silence is not yet the end"
    assert rhythms.after_silence(LONGEST_S) == LONGEST_S


def rss(channel: str) -> ParsedFeed:
    document = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>T</title>'
        f"{channel}</channel></rss>"
    )
    return feeds.parse(document.encode(), "application/rss+xml", "https://a.example/feed")


@pytest.mark.parametrize(
    ("channel", "wish_s"),
    [
        ("", 0),
        ("<ttl>120</ttl>", 7200),
        ("<ttl> 60 </ttl><sy:updatePeriod>daily</sy:updatePeriod>", 86400),
        ("<sy:updatePeriod>\n hourly\t</sy:updatePeriod><sy:updateFrequency>\n1\t</sy:updateFrequency>", 3600),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>7</sy:updateFrequency>", 86400),
        ("<sy:updatePeriod>often</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 0),
        ("<ttl>-5</ttl>", 0),
        ("<ttl>soon</ttl>", 0),
        ("<ttl>9999999999999999</ttl>", 0),
    ],
)
def test_a_feed_says_how_often_it_wants_to_be_asked(channel: str, wish_s: float) -> None:
    assert rss(channel).wish_s == wish_s
