"""What the two halves of an ingest work with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from pipelines.fetching import Fetcher
from pipelines.home import Clock, Notify
from pipelines.workers import Workers
from storage.desk import Desk

T = TypeVar("T")

HOSTS_AT_ONCE = 32
"""Answers held in memory at once: each may be as large as a fetch may be."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """One ingest at work; everything it derives carries ``run_id``."""

    clock: Clock
    run_id: str
    desk: Desk
    fetcher: Fetcher
    workers: Workers
    notify: Notify


async def host_by_host(things: Sequence[T], url_of: Callable[[T], str], visit: Callable[[T], Awaitable[None]]) -> None:
    """Visit things, those of one host one after the other, at most ``HOSTS_AT_ONCE`` hosts at a time.

    A host takes one request at a time anyway; so an answer is read before the next one is asked for, memory
    stays bounded, and a slow host keeps nobody waiting but itself.
    """
    hosts: dict[str, list[T]] = {}
    for thing in things:
        hosts.setdefault(urlsplit(url_of(thing)).netloc.lower(), []).append(thing)
    places = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def one_host(theirs: Sequence[T]) -> None:
        async with places:
            for thing in theirs:
                await visit(thing)

    # Not a TaskGroup: it would wrap our error, which says in one sentence what is wrong, in a group of one.
    tasks = [asyncio.ensure_future(one_host(theirs)) for theirs in hosts.values()]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
