"""How often a feed is worth asking: what it says of itself, and how often it had news."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from curate.feedforms import ParsedFeed

SHORTEST_S = 3600
"""Seconds between two polls of a healthy feed at the least: servers expect no more than one an hour."""
LONGEST_S = 24 * 3600
"""Seconds at the most, so that a feed that wakes up, or one that recovers, is noticed within a day."""

_NEWEST = 12
"""Entries that tell the rhythm: what a feed did longer ago says little about tomorrow."""
_SILENCE_COUNTS = 4
"""A feed that has been silent for so many times its rhythm has found a slower one."""
_STRETCH = 1.05


def interval_s(feed: ParsedFeed, now: datetime, wish_s: float = 0) -> int:
    """Return after how many seconds a feed is worth asking again, an hour to a day.

    Half the usual time between two of its entries, so that news waits for as long as it usually takes at most; an hour
    when its entries do not tell. A longer wish of the feed itself (``<ttl>``, ``sy:updatePeriod``) or of its server
    (``wish_s``, from Cache-Control) goes before it.
    """
    moments = [one.published_at for one in feed.entries if one.published_at and one.published_at <= now]
    return within(max(_between_s(moments, now) / 2, feed.wish_s, wish_s))


def after_silence(before_s: int | None) -> int:
    """Return the interval after a poll without news: a twentieth longer, so that a feed that fell silent rests."""
    return within((before_s or SHORTEST_S) * _STRETCH)


def within(seconds: float) -> int:
    """Return these seconds, an hour at least and a day at most."""
    return int(min(max(seconds, SHORTEST_S), LONGEST_S))


def _between_s(moments: Sequence[datetime], now: datetime) -> float:
    newest = sorted(moments, reverse=True)[:_NEWEST]
    if len(newest) < 2:
        return 0.0
    usual = median((later - earlier) / timedelta(seconds=1) for later, earlier in pairwise(newest))
    return max(usual, (now - newest[0]) / timedelta(seconds=_SILENCE_COUNTS))
