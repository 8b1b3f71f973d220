"""every feed, host by host | ask once | parse | tell; nothing is stored"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from curate import feeds
from curate.errors import FetchError, ParseError
from curate.feedforms import ParsedFeed
from pipelines.fetching import Fetched, Fetcher
from pipelines.home import Home, Notify
from pipelines.steps.context import host_by_host
from pipelines.steps.ingest import policy_of
from pipelines.workers import Workers
from storage import sources

_AHEAD = timedelta(days=1)
"""A date further in the future is an error of the feed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What one feed answers now; ``error`` is empty when it is well.

    ``validators`` names what makes an unchanged answer short: ``etag``, ``last-modified``. ``moved_to`` is where it has
    moved for good.
    """

    url: str
    entries: int = 0
    newest_at: datetime | None = None
    validators: tuple[str, ...] = ()
    moved_to: str | None = None
    error_kind: str = ""
    error: str = ""


async def check(home: Home, notify: Notify) -> tuple[Checked, ...]:
    """Ask all active feeds and return their answers, in the order in which they were added."""
    with home.database.reading() as db:
        urls = [one.url for one in sources.every(db) if one.kind == "feed" and one.state == "active"]
    return await _checked(home, urls, notify)


async def _checked(home: Home, urls: Sequence[str], notify: Notify) -> tuple[Checked, ...]:
    answers: dict[str, Checked] = {}
    with Workers(home.settings.fetch.workers) as workers:
        async with Fetcher(policy_of(home), home.clock) as fetcher:

            async def ask(url: str) -> None:
                answers[url] = await _one(fetcher, workers, url, home.clock())
                notify("feeds", len(answers), len(urls))

            await host_by_host(urls, str, ask)
    return tuple(answers[url] for url in urls)


async def _one(fetcher: Fetcher, workers: Workers, url: str, now: datetime) -> Checked:
    try:
        fetched = await fetcher.feed(url)
        parsed = await workers.run(feeds.parse, fetched.body, fetched.content_type, fetched.final_url)
    except (FetchError, ParseError) as error:
        return Checked(url, error_kind=error.kind, error=str(error))
    return _answered(url, fetched, parsed, now)


def _answered(url: str, fetched: Fetched, parsed: ParsedFeed, now: datetime) -> Checked:
    dated = [one.published_at for one in parsed.entries if one.published_at and one.published_at <= now + _AHEAD]
    given = {"etag": fetched.validators.etag, "last-modified": fetched.validators.last_modified}
    validators = tuple(name for name, value in given.items() if value)
    return Checked(url, len(parsed.entries), max(dated, default=None), validators, fetched.moved_to)
