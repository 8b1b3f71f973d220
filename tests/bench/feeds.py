"""Feeds polled per second, each from a host of its own, against a plain loop over ``feedparser.parse``."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import neighbours
from tests.bench.grounds import NOW, Grounds
from tests.bench.measuring import Line, Run, beside, fresh, line, watched

if TYPE_CHECKING:
    from pipelines.home import Home
    from storage.sources import Due


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure the first poll, one that is answered with 304, and one in which the same body comes again."""
    first, unchanged, same, plain, asking = [], [], [], [], []
    with neighbours.publishers(grounds.sizes) as addresses:
        for number in range(runs):
            home = str(grounds.folder / f"feeds-{number}")
            fresh(_subscribed, home, addresses)
            first.append(fresh(_polled, home))
            unchanged.append(fresh(_polled, home))
            fresh(_without_validators, home)
            same.append(fresh(_polled, home))
            plain.append(fresh(_parsed, addresses))
            asking.append(fresh(_asked, addresses))
    of = f"{len(addresses)} feeds of {grounds.sizes.entries_per_feed} entries"
    return [
        _beside("first poll, all is new", first, plain, of),
        _beside("second poll, all answer 304", unchanged, asking, "peer: the loop, with etag="),
        _beside("the same bodies, without validators", same, plain, "peer: the loop, which parses again"),
    ]


def _beside(what: str, ours: Sequence[Run], peers: Sequence[Run], note: str) -> Line:
    return line(what, "feeds/s", ours, "feeds", note=note, **beside(peers, ours, "feeds"))


def _subscribed(folder: str, addresses: Sequence[str]) -> Mapping[str, float]:
    from curate import sources
    from pipelines import home as homes
    from storage import sources as stored

    home = homes.make(Path(folder), "Bench", "en", lambda: NOW)
    with home.database.writing() as db:
        stored.add(db, [sources.feed(address) for address in addresses], NOW)
    return {}


def _polled(folder: str) -> Mapping[str, float]:
    from storage import sources

    home = _opened(folder)
    with home.database.reading() as db:
        due = sources.all_feeds(db, NOW)
    with watched() as spent:
        failed = asyncio.run(_ask(home, due))
    if failed:
        raise ValueError(f"{failed} feeds could not be polled")
    return {"feeds": len(due) / spent.wall_s, "feeds_cpu_ms": spent.cpu_s * 1000 / len(due)}


async def _ask(home: "Home", due: "Sequence[Due]") -> int:
    """Poll as an ingest does, without looking at pages; return how many feeds failed."""
    from pipelines.fetching import Fetcher
    from pipelines.home import silent, start_run
    from pipelines.steps.context import Ingest
    from pipelines.steps.ingest import policy_of
    from pipelines.steps.polling import poll
    from pipelines.workers import Workers
    from storage.desk import Desk

    run, desk = start_run(home, "ingest"), Desk(home.database)
    desk.open()
    try:
        with Workers(home.settings.fetch.workers) as workers:
            async with Fetcher(policy_of(home), home.clock) as fetcher:
                polled = await poll(Ingest(home.clock, run.id, desk, fetcher, workers, silent), due)
    finally:
        desk.close()
    return sum(one.outcome == "failed" for one in polled)


def _without_validators(folder: str) -> Mapping[str, float]:
    """Forget every ETag, so that the next answers hold bodies, as of servers that give none."""
    from dataclasses import replace

    from curate.sources import after_success
    from storage import sources

    with _opened(folder).database.writing() as db:
        for due in sources.all_feeds(db, NOW):
            poll = replace(due.poll, etag=None, last_modified=None)
            sources.polled(db, [(due.source, after_success(due.poll, poll, NOW))], NOW, "bench")
    return {}


def _opened(folder: str) -> "Home":
    import os

    from pipelines import home as homes

    os.environ["DUIDING_FETCH_ALLOW"] = f"{neighbours.HOST}/32"
    return homes.opened(Path(folder), lambda: NOW)


def _parsed(addresses: Sequence[str]) -> Mapping[str, float]:
    import feedparser

    with watched() as spent:
        for address in addresses:
            assert feedparser.parse(address).entries
    return {"feeds": len(addresses) / spent.wall_s}


def _asked(addresses: Sequence[str]) -> Mapping[str, float]:
    import feedparser

    with watched() as spent:
        for address in addresses:
            assert feedparser.parse(address, etag=neighbours.etag(address)).status == 304
    return {"feeds": len(addresses) / spent.wall_s}
