"""feed | ask with validators | unchanged? | parse in a worker | match with what is known | keep, in one transaction"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from curate import articles, entries, feeds, ids, languages, mojibake, rhythms, urls
from curate.articles import Entry
from curate.entries import Matches
from curate.errors import DuidingError, FetchError, ParseError
from curate.feedforms import FeedEntry, ParsedFeed
from curate.sources import Next, Poll, Source, after_failure, after_success
from pipelines.fetching import Fetched, Validators
from pipelines.steps.context import Ingest, host_by_host
from storage import entries as stored_entries
from storage import fetches, sources
from storage.database import Session
from storage.fetches import Fetch
from storage.sources import Due

_KEPT_AT_ONCE = 100
"""Polls without news that are kept in one transaction."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What asking one source brought."""

    source: Source
    outcome: Literal["new", "unchanged", "failed"]
    new: int = 0
    changed: int = 0
    error_kind: str = ""
    error: str = ""
    was_failing: bool = False
    """Whether it had failed the time before."""


async def poll(work: Ingest, due: Sequence[Due]) -> tuple[Polled, ...]:
    """Ask these feeds, many at once; the outcomes come in their order."""
    outcomes: dict[str, Polled] = {}
    quiet = _Quiet(work)

    async def ask(feed: Due) -> None:
        polled = await _poll_one(work, feed, quiet)
        outcomes[feed.source.id] = replace(polled, was_failing=feed.poll.failures > 0)
        work.notify("feeds", len(outcomes), len(due))

    await host_by_host(due, lambda feed: feed.source.url, ask)
    await quiet.keep()
    return tuple(outcomes[feed.source.id] for feed in due)


class _Quiet:
    """Polls without news, kept many at a time: one by one that costs more than the asking.

    Those that a crash takes are nothing lost: their feeds are asked once more.
    """

    def __init__(self, work: Ingest) -> None:
        self._work = work
        self._waiting: list[tuple[Source, Next]] = []

    async def add(self, source: Source, outcome: Next) -> None:
        self._waiting.append((source, outcome))
        if len(self._waiting) >= _KEPT_AT_ONCE:
            await self.keep()

    async def keep(self) -> None:
        work, (outcomes, self._waiting) = self._work, (self._waiting, [])
        if outcomes:
            await work.desk.write(lambda db: sources.polled(db, outcomes, work.clock(), work.run_id))


async def _poll_one(work: Ingest, due: Due, quiet: _Quiet) -> Polled:
    try:
        fetched = await work.fetcher.feed(due.source.url, Validators(due.poll.etag, due.poll.last_modified))
        body_hash = hashlib.sha256(fetched.body).hexdigest() if fetched.status == 200 else due.poll.body_hash
        if body_hash == due.poll.body_hash:
            await quiet.add(due.source, _unchanged(due, fetched, work.clock()))
            return Polled(due.source, "unchanged")
        parsed = await work.workers.run(feeds.parse, fetched.body, fetched.content_type, fetched.final_url)
        return await work.desk.write(lambda db: _keep(db, work, due, fetched, parsed, body_hash))
    except (FetchError, ParseError) as error:
        return await _failed(work, due, error)


def _unchanged(due: Due, fetched: Fetched, now: datetime) -> Next:
    """What is known of a feed is always of a version that could be read: the same again means that all is well."""
    kept = due.poll if fetched.status == 304 else Poll()
    poll = Poll(
        etag=fetched.validators.etag or kept.etag,
        last_modified=fetched.validators.last_modified or kept.last_modified,
        body_hash=due.poll.body_hash,
        moved_to=fetched.moved_to,
        interval_s=rhythms.after_silence(due.poll.interval_s),
    )
    return after_success(due.poll, poll, now)


def _changed(due: Due, fetched: Fetched, parsed: ParsedFeed, body_hash: str | None, now: datetime) -> Next:
    interval_s = rhythms.interval_s(parsed, now, fetched.max_age_s)
    # What was cut off on its way is asked for in full next time, whatever its validators say.
    known = Poll(fetched.validators.etag, fetched.validators.last_modified, body_hash) if parsed.is_whole else Poll()
    return after_success(due.poll, replace(known, moved_to=fetched.moved_to, interval_s=interval_s), now)


def _keep(db: Session, work: Ingest, due: Due, fetched: Fetched, parsed: ParsedFeed, body_hash: str | None) -> Polled:
    now, source = work.clock(), due.source
    known = stored_entries.known(db, source.id)
    matches = entries.match(known, parsed, lambda key: articles.entry_id(source.id, key))
    new, changed = _said(source, matches, now)
    stored_entries.add(db, new, work.run_id)
    stored_entries.change(db, changed, now, work.run_id)
    stored_entries.rename(db, matches.renamed)
    fetches.add(db, [_fetch(work, source, fetched)])
    sources.introduce(db, source.id, parsed.title or source.url, parsed.language)
    sources.polled(db, [(source, _changed(due, fetched, parsed, body_hash, now))], now, work.run_id)
    return Polled(source, "new" if new or changed else "unchanged", len(new), len(changed))


def _said(source: Source, matches: Matches, now: datetime) -> tuple[list[Entry], list[Entry]]:
    new = [_entry(source, articles.entry_id(source.id, key), said, now) for key, said in matches.new]
    changed = [_entry(source, entry_id, said, now) for entry_id, said in matches.changed]
    return new, changed


def _entry(source: Source, entry_id: str, said: FeedEntry, now: datetime) -> Entry:
    canonical = urls.canonical(said.url) if said.url else None
    language = said.language or source.language or languages.detect(f"{said.title}\n{said.text[:2000]}")
    title, text = mojibake.repair(said.title, language), mojibake.repair(said.text, language)
    return Entry(
        id=entry_id,
        source_id=source.id,
        via="feed",
        guid=said.guid,
        url=said.url,
        canonical_url=canonical if canonical and not urls.is_never_fetched(canonical) else None,
        published_at=said.published_at,
        first_seen_at=now,
        title=title.text,
        author=said.author,
        language=said.language,
        text=text.text,
        truncated=said.is_truncated,
        content_hash=entries.content_hash(said),
        raw_title=said.title if title.changes else None,
        raw_text=said.text if text.changes else None,
        repairs=(*title.changes, *text.changes),
    )


async def _failed(work: Ingest, due: Due, error: DuidingError) -> Polled:
    kind = error.kind if isinstance(error, FetchError | ParseError) else "unreadable"
    now = work.clock()
    outcome = after_failure(due.poll, error, now)
    fetch = Fetch(
        ids.of("fetch", work.run_id, due.source.url),
        work.run_id,
        due.source.id,
        due.source.url,
        None,
        now,
        None,
        0,
        kind,
    )

    def keep(db: Session) -> None:
        fetches.add(db, [fetch])
        sources.polled(db, [(due.source, outcome)], now, work.run_id)

    await work.desk.write(keep)
    return Polled(due.source, "failed", error_kind=kind, error=str(error))


def _fetch(work: Ingest, source: Source, fetched: Fetched) -> Fetch:
    return Fetch(
        id=ids.of("fetch", work.run_id, source.url),
        run_id=work.run_id,
        source_id=source.id,
        url=fetched.url,
        final_url=fetched.final_url,
        fetched_at=fetched.at,
        status=fetched.status,
        bytes=len(fetched.body),
    )
