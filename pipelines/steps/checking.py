"""every feed | ask once | parse | tell; nothing is stored"""

import asyncio
from dataclasses import dataclass

from curate import feeds
from curate.errors import FetchError, ParseError
from pipelines.fetching import Fetcher
from pipelines.home import Home, Notify
from pipelines.steps.ingest import policy_of
from pipelines.workers import Workers
from storage import sources


@dataclass(frozen=True, slots=True)
class Checked:
    """What one feed answers now; ``error`` is empty when it is well."""

    url: str
    entries: int
    error: str = ""


async def check(home: Home, notify: Notify) -> tuple[Checked, ...]:
    """Ask all active feeds and return their answers, in the order in which they were added."""
    with home.database.reading() as db:
        urls = [one.url for one in sources.every(db) if one.kind == "feed" and one.state == "active"]
    with Workers(home.settings.fetch.workers) as workers:
        async with Fetcher(policy_of(home), home.clock) as fetcher:
            asked = [asyncio.ensure_future(_one(fetcher, workers, url)) for url in urls]
            for done, one in enumerate(asyncio.as_completed(asked), start=1):
                await one
                notify("feeds", done, len(urls))
    return tuple(one.result() for one in asked)


async def _one(fetcher: Fetcher, workers: Workers, url: str) -> Checked:
    try:
        fetched = await fetcher.feed(url)
        parsed = await workers.run(feeds.parse, fetched.body, fetched.content_type, fetched.final_url)
    except (FetchError, ParseError) as error:
        return Checked(url, 0, str(error))
    return Checked(url, len(parsed.entries))
