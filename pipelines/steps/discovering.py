"""an address | ask it | is it a feed? | else look on the page | ask what it names, then the usual places | tell

Nothing is stored. What cannot be seen today may be there tomorrow: an address that gives no answer is passed on as it
is, unchecked. What was seen and leads to no feed is refused.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from curate import discovery, feeds, texts, urls
from curate.discovery import Candidate
from curate.errors import FetchError, ParseError, RetryLaterError
from curate.feedforms import ParsedFeed
from pipelines.fetching import Fetched, Fetcher
from pipelines.home import Home
from pipelines.steps.ingest import policy_of
from pipelines.workers import Workers

MOST_ASKED = 9
"""Requests for candidates after the first one: a person waits, and the site did not ask for this."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed to add; ``reason`` says why it could not be looked at, and is empty when it is a feed that was read."""

    url: str
    title: str = ""
    language: str | None = None
    entries: int = 0
    reason: str = ""
    others: tuple[str, ...] = ()
    """Further feeds that the page names; they were not asked."""

    @property
    def checked(self) -> bool:
        """Whether the feed was read just now."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Search:
    fetcher: Fetcher
    workers: Workers


def discover(home: Home, url: str) -> Discovered:
    """Return the feed at an address, or the one that the page there leads to.

    Raises ParseError ("not_a_feed") when something else is there that leads to no feed, and RetryLaterError when the
    search could not be ended.
    """
    return asyncio.run(_discovered(home, url))


async def _discovered(home: Home, url: str) -> Discovered:
    with Workers(1) as workers:
        async with Fetcher(policy_of(home), home.clock) as fetcher:
            return await _searched(_Search(fetcher, workers), url)


async def _searched(search: _Search, url: str) -> Discovered:
    try:
        fetched = await search.fetcher.feed(url)
    except FetchError as error:
        return Discovered(url, reason=str(error))
    if not fetched.body.strip():
        return Discovered(url, reason=f"{url} gives an empty answer.")
    try:
        return _read(url, fetched, await _parsed(search, fetched))
    except ParseError as error:
        if error.kind != "not_a_feed":
            return Discovered(url, reason=str(error))
    return await _led_to(search, url, fetched)


async def _parsed(search: _Search, fetched: Fetched) -> ParsedFeed:
    """Return the feed; raises ParseError ("not_a_feed") also for XML without entries that is of no kind we know."""
    parsed = await search.workers.run(feeds.parse, fetched.body, fetched.content_type, fetched.final_url)
    if parsed.kind == "xml" and not parsed.entries:
        raise ParseError("not_a_feed", f"{fetched.final_url} gives XML that is no feed.")
    return parsed


def _read(url: str, fetched: Fetched, parsed: ParsedFeed, others: tuple[str, ...] = ()) -> Discovered:
    moved = urls.safe_link(fetched.moved_to) if fetched.moved_to else None
    title = texts.one_line(parsed.title)
    return Discovered(moved or url, title, parsed.language, len(parsed.entries), others=others)


async def _led_to(search: _Search, url: str, page: Fetched) -> Discovered:
    """Return the first candidate that is a feed; a server that cannot answer now is not asked a third time."""
    named = await _named(search, page)
    guessed = [Candidate(each, "", declared=False) for each in discovery.usual(page.final_url)]
    waiting: Discovered | None = None
    for one in [*named, *guessed][:MOST_ASKED]:
        others = tuple(each.url for each in named if each != one and each.declared)[:MOST_ASKED]
        try:
            fetched = await search.fetcher.feed(one.url)
            return _read(one.url, fetched, await _parsed(search, fetched), others)
        except ParseError:
            continue
        except FetchError as error:
            if not error.again:
                continue
            if waiting:
                return waiting
            if not one.declared:
                raise RetryLaterError(error.kind, f"The search for a feed at {url} stopped. {error}") from error
            waiting = Discovered(one.url, one.title, reason=str(error), others=others)
    if waiting:
        return waiting
    raise ParseError("not_a_feed", _no_feed(url, page, named))


async def _named(search: _Search, page: Fetched) -> tuple[Candidate, ...]:
    """Return what the page names; one that cannot be read names nothing."""
    try:
        found = await search.workers.run(discovery.candidates, page.body, page.content_type, page.final_url)
    except ParseError:
        return ()
    return tuple(one for one in found if one.url != page.final_url)


def _no_feed(url: str, page: Fetched, named: Sequence[Candidate]) -> str:
    if b"<opml" in page.body[:4096].lower():
        return f"{url} is a list of feeds (OPML). Save it as a file and give it to `duiding sources import`."
    seen = "what its page names is none" if named else "its page names none"
    return (
        f"No feed was found at {url}: {seen}, and there is none in the usual places. Give the address of the feed "
        "itself, or add this one unasked with --as-is."
    )
