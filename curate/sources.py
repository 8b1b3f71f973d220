"""Sources and when to ask them again: decisions only, the asking is done elsewhere."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from curate import ids
from curate.errors import DuidingError, FetchError, ParseError, RetryLaterError

Kind = Literal["feed", "linkedin", "link", "import"]

POLL_S = 3600
"""Seconds between two polls of a healthy feed: servers expect no more than one an hour."""
LONGEST_S = 24 * 3600
"""Seconds that a failing feed waits at most, so that one that recovers is noticed within a day."""


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
    moved_to: str | None = None
    failures: int = 0
    """Failures in a row."""
    error_kind: str | None = None
    error: str | None = None
    since: datetime | None = None
    """The first of the failures in a row (aware UTC)."""


@dataclass(frozen=True, slots=True)
class Next:
    """The state to keep after a poll, when to ask again, and whether to stop asking."""

    poll: Poll
    due_at: datetime
    disable: bool = False


def feed(url: str, title: str = "", tags: tuple[str, ...] = ()) -> Source:
    """Return a feed source; its identity is its address."""
    return Source(ids.of("source", url), url, "feed", title, tags=tags)


def of_person(kind: Literal["linkedin", "link"], person_id: str, name: str) -> Source:
    """Return the source that stands for what one person brings."""
    url = f"{kind}:{person_id}"
    return Source(ids.of("source", url), url, kind, name, person_id=person_id)


def imported(name: str) -> Source:
    """Return the source that stands for the articles of one outlet in an import."""
    url = f"import:{name}"
    return Source(ids.of("source", url), url, "import", name)


def after_success(poll: Poll, now: datetime) -> Next:
    """Ask a healthy feed again in an hour, less a little: an hourly flow must find it due."""
    # Spread by what was read, so that feeds of one poll do not all come due in the same second.
    share = int(ids.of("spread", poll.body_hash or "", now.isoformat())[:8], 16) / 16**8
    return Next(poll, now + timedelta(seconds=POLL_S * (0.85 + 0.1 * share)))


def after_failure(before: Poll, error: DuidingError, now: datetime) -> Next:
    """Wait twice as long after each failure in a row, or as long as the server asked; 410 ends the asking."""
    kind = error.kind if isinstance(error, FetchError | ParseError) else "unreadable"
    failures = before.failures + 1
    poll = replace(before, failures=failures, error_kind=kind, error=str(error), since=before.since or now)
    asked = error.retry_after_s if isinstance(error, RetryLaterError) else None
    wait_s = asked if asked is not None else min(POLL_S * 2 ** min(failures - 1, 5), LONGEST_S)
    return Next(poll, now + timedelta(seconds=max(wait_s, POLL_S * 0.9)), disable=kind == "gone")
