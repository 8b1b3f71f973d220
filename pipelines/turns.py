"""Whose turn it is: one request at a time per host, with a pause after each, and a limit on all hosts together."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class _Place:
    __slots__ = ("ended_s", "lock")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.ended_s = float("-inf")


class Turns:
    """Turns at hosts, for one event loop.

    The pause runs from the end of one request to the start of the next, so that a host sees at least this much between
    any two, whatever the network does to their timing.
    """

    def __init__(self, at_once: int) -> None:
        self._places: defaultdict[str, _Place] = defaultdict(_Place)
        self._all = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def at(self, host: str, gap_s: float) -> AsyncIterator[None]:
        """Wait for a turn at this host, at least ``gap_s`` after the end of the last one, and hold it."""
        place = self._places[host]
        async with place.lock:
            await asyncio.sleep(max(0.0, place.ended_s + gap_s - time.monotonic()))
            async with self._all:
                try:
                    yield
                finally:
                    place.ended_s = time.monotonic()
