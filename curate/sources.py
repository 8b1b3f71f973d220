"""Sources and when to ask them again: decisions only, the asking is done elsewhere."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from curate import ids, rhythms
from curate.errors import DuidingError, FetchError, ParseError, RetryLaterError
from curate.redaction import redacted

Kind = Literal["feed", "linkedin", "link", "import"]

AHEAD_OF_TIME = timedelta(minutes=10)
"""What is nearly due is asked now, or an hourly flow would find it a minute too early every time."""
SPREAD = 0.1
"""Part of an interval over which feeds are spread, so that those of one poll do not all come due together again."""


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, a person's LinkedIn export, hand-added links, or an import."""

    id: str
    url: str
    kind: Kind
    title: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    person_id: str | None = None
    state: Literal["active", "disabled"] = "active"


@dataclass(frozen=True, slots=True)
class Poll:
    """What the last poll of a feed taught us. Validators are kept verbatim, quotes and all."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    """Of the last body that could be read, as the validators are."""
    moved_to: str | None = None
    """Where the last answer came from, when permanent redirects led there."""
    failures: int = 0
    """Failures in a row."""
    error_kind: str | None = None
    error: str | None = None
    since: datetime | None = None
    """The first of the failures in a row (aware UTC)."""
    interval_s: int | None = None
    """How often the feed is worth asking; None while that is not known."""


@dataclass(frozen=True, slots=True)
class Next:
    """The state to keep after a poll, when to ask again, where from now on, and whether to stop asking."""

    poll: Poll
    due_at: datetime
    move_to: str | None = None
    disable: bool = False


def feed(url: str, title: str = "", tags: tuple[str, ...] = ()) -> Source:
    """Return a feed source; its identity is the address under which it was added."""
    return Source(ids.of("source", url), url, "feed", title, tags=tags)


def of_person(kind: Literal["linkedin", "link"], person_id: str, name: str) -> Source:
    """Return the source that stands for what one person brings."""
    url = f"{kind}:{person_id}"
    return Source(ids.of("source", url), url, kind, name, person_id=person_id)


def imported(name: str) -> Source:
    """Return the source that stands for the articles of one outlet in an import."""
    url = f"import:{name}"
    return Source(ids.of("source", url), url, "import", name)


def after_success(before: Poll, after: Poll, now: datetime) -> Next:
    """Ask a healthy feed again after its interval, a little spread; a move seen twice in a row is believed.

    Once is not enough: a permanent redirect may be a slip, or the sign-in page of a hotel.
    """
    interval_s = after.interval_s or rhythms.SHORTEST_S
    share = int(ids.of("spread", after.body_hash or "", now.isoformat())[:8], 16) / 16**8
    low, high = rhythms.within(interval_s * (1 - SPREAD)), rhythms.within(interval_s * (1 + SPREAD))
    moved_again = after.moved_to is not None and after.moved_to == before.moved_to
    return Next(
        replace(after, moved_to=None) if moved_again else after,
        now + timedelta(seconds=low + share * (high - low)),
        move_to=after.moved_to if moved_again else None,
    )


def after_failure(before: Poll, error: DuidingError, now: datetime) -> Next:
    """Wait twice as long after each failure in a row, or as long as the server asked; 410 ends the asking."""
    kind = error.kind if isinstance(error, FetchError | ParseError) else "unreadable"
    failures = before.failures + 1
    poll = replace(before, failures=failures, error_kind=kind, error=redacted(str(error)), since=before.since or now)
    asked_s = error.retry_after_s if isinstance(error, RetryLaterError) else None
    wait_s = max(asked_s, rhythms.SHORTEST_S) if asked_s is not None else _doubled_s(failures)
    return Next(poll, now + timedelta(seconds=wait_s), disable=kind == "gone")


def _doubled_s(failures: int) -> float:
    doubled_s = rhythms.within(rhythms.SHORTEST_S * 2 ** min(failures - 1, 5))
    # Failing feeds are asked at their time and not before: a server's wish must be kept to the second. So the rest is
    # taken off here.
    return (timedelta(seconds=doubled_s) - AHEAD_OF_TIME).total_seconds()
