"""What a site asks of programs that visit it: its robots.txt, read once per session.

Missing (4xx): everything is allowed. Failing (5xx, unreachable, 429): nothing for now. Too long: its first 500 KiB
count (RFC 9309).
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protego import Protego

from curate.errors import FetchError, RetryLaterError

MAX_BYTES = 500 * 1024
"""Bytes of a robots.txt that count."""

Ask = Callable[[str], Awaitable[tuple[int, bytes]]]
"""Address of a robots.txt -> its final HTTP status and the beginning of its body; raises :class:`FetchError`."""

_AGENT_LINE = re.compile(r"\s*user[- ]?agent[\s:]\s*:?\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """The wishes of one site for one visitor; ``delay_s`` between requests, 0 when it names none."""

    agent: str
    delay_s: float
    _parsed: Protego

    def allow(self, url: str) -> bool:
        """Return whether this page of the site may be fetched."""
        return bool(self._parsed.can_fetch(url, self.agent))


def parse(body: bytes, agent: str) -> Rules:
    """Read the bytes of a robots.txt for a product token such as ``duiding``; never raises."""
    parsed = Protego.parse(_for_us(body.decode("utf-8-sig", "replace"), agent.lower()))
    return Rules(agent, parsed.crawl_delay(agent) or 0.0, parsed)


def _for_us(text: str, agent: str) -> str:
    """Give all other visitors one name: a group of thousands of names costs the parser names times rules."""
    kept: list[str] = []
    for line in text.splitlines():
        found = _AGENT_LINE.match(line)
        named = f"User-agent: {_named(found[1], agent)}" if found else line
        if not found or not kept or kept[-1] != named:
            kept.append(named)
    return "\n".join(kept)


def _named(name: str, agent: str) -> str:
    bare = name.strip().lower()
    if bare == "*":
        return bare
    bare = bare.replace("*", "")
    return bare if bare and agent.startswith(bare) else "-"


class Robots:
    """The rules of every site visited in this session, each asked for once, however many pages wait for it."""

    def __init__(self, agent: str, ask: Ask) -> None:
        self._agent = agent
        self._ask = ask
        self._known: dict[str, Rules | RetryLaterError] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, site: str) -> Rules:
        """Return the rules of a site (``https://example.org:8443``).

        RetryLaterError when they cannot be read now; FetchError ``blocked`` when the site itself may not be fetched.
        """
        async with self._asking[site]:
            if site not in self._known:
                self._known[site] = await self._read(site)
        known = self._known[site]
        if isinstance(known, RetryLaterError):
            raise RetryLaterError(known.kind, str(known), known.retry_after_s)
        return known

    async def _read(self, site: str) -> Rules | RetryLaterError:
        try:
            status, body = await self._ask(f"{site}/robots.txt")
        except RetryLaterError as error:
            return error
        except FetchError as error:
            if error.kind == "blocked":
                raise
            status, body = 404, b""  # it cannot be had, today or ever: the same as none
        if status >= 500 or status == 429:
            return RetryLaterError(
                "blocked", f"{site}/robots.txt answers {status}, so its pages are left alone; they are tried later."
            )
        return parse(body if status == 200 else b"", self._agent)
