"""Not this week: how long somebody wants to be asked nothing."""

from datetime import datetime

from curate.weeks import Week

FOR_NOW = "9999-W52"
"""A pause that lasts until it is ended: later than any week."""
LENGTHS = (1, 2, 4)
"""Weeks that are offered."""


def first_week(now: datetime, newest: str | None, is_open: bool) -> Week:
    """Return the first week that a pause from now on is about: that of the open round, else of the one to come.

    ``newest`` is the week of the newest round. A round asks about the week that has ended.
    """
    coming = Week.of(now).previous
    if newest is None:
        return coming
    last = Week.parse(newest)
    return last if is_open else max(last.next, coming)


def until(first: Week, weeks: int) -> str:
    """Return the last week of a pause of so many weeks, at least one."""
    last = first
    for _ in range(weeks - 1):
        last = last.next
    return str(last)
