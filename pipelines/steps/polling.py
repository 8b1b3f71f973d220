"""feed | ask with validators | unchanged? | parse in a worker | match with what is known | keep, in one transaction"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from curate import articles, entries, feeds, ids, languages, mojibake, urls
from curate.articles import Entry
from curate.entries import Matches
from curate.errors import DuidingError, FetchError, ParseError
from curate.feedforms import FeedEntry, ParsedFeed
from curate.sources import Poll, Source, after_failure, after_success
from pipelines.fetching import Fetched, Validators
from pipelines.steps.context import Ingest, host_by_host
from storage import entries as stored_entries
from storage import fetches, sources
from storage.database import Session
from storage.fetches import Fetch
from storage.sources import Due


@dataclass(frozen=True, slots=True)
class Polled:
    """What asking one source brought."""

    source: Source
    outcome: Literal["new", "unchanged", "failed"]
    new: int = 0
    changed: int = 0
    error_kind: str = ""
    error: str = ""


async def poll(work: Ingest, due: Sequence[Due]) -> tuple[Polled, ...]:
    """Ask these feeds, many at once; the outcomes come in their order."""
    outcomes: dict[str, Polled] = {}

    async def ask(feed: Due) -> None:
        outcomes[feed.source.id] = await _poll_one(work, feed)
        work.notify("feeds", len(outcomes), len(due))

    await host_by_host(due, lambda feed: feed.source.url, ask)
    return tuple(outcomes[feed.source.id] for feed in due)


async def _poll_one(work: Ingest, due: Due) -> Polled:
    try:
        fetched = await work.fetcher.feed(due.source.url, Validators(due.poll.etag, due.poll.last_modified))
        return await _taken(work, due, fetched)
    except (FetchError, ParseError) as error:
        return await _failed(work, due, error)


async def _taken(work: Ingest, due: Due, fetched: Fetched) -> Polled:
    body_hash = hashlib.sha256(fetched.body).hexdigest() if fetched.status == 200 else due.poll.body_hash
    poll = _poll_after(due, fetched, body_hash)
    if fetched.status == 304 or (body_hash == due.poll.body_hash and not due.poll.failures):
        return await work.desk.write(lambda db: _keep_unchanged(db, work, due, fetched, poll))
    parsed = await work.workers.run(feeds.parse, fetched.body, fetched.content_type, fetched.final_url)
    return await work.desk.write(lambda db: _keep(db, work, due, fetched, poll, parsed))


def _poll_after(due: Due, fetched: Fetched, body_hash: str | None) -> Poll:
    unchanged = fetched.status == 304
    return Poll(
        etag=fetched.validators.etag or (due.poll.etag if unchanged else None),
        last_modified=fetched.validators.last_modified or (due.poll.last_modified if unchanged else None),
        body_hash=body_hash,
        moved_to=fetched.moved_to,
    )


def _keep_unchanged(db: Session, work: Ingest, due: Due, fetched: Fetched, poll: Poll) -> Polled:
    if due.poll.failures and fetched.status == 304:
        # What could not be read before is still there; "not modified" does not make it readable.
        poll = replace(
            poll, failures=due.poll.failures, error_kind=due.poll.error_kind, error=due.poll.error, since=due.poll.since
        )
    now = work.clock()
    fetches.add(db, [_fetch(work, due.source, fetched)])
    sources.polled(db, due.source.id, after_success(poll, now), now)
    if poll.error_kind:
        return Polled(due.source, "failed", error_kind=poll.error_kind, error=poll.error or "")
    return Polled(due.source, "unchanged")


def _keep(db: Session, work: Ingest, due: Due, fetched: Fetched, poll: Poll, parsed: ParsedFeed) -> Polled:
    now, source = work.clock(), due.source
    known = stored_entries.known(db, source.id)
    matches = entries.match(known, parsed, lambda key: articles.entry_id(source.id, key))
    new, changed = _said(source, matches, now)
    stored_entries.add(db, new, work.run_id)
    stored_entries.change(db, changed, now, work.run_id)
    stored_entries.rename(db, matches.renamed)
    fetches.add(db, [_fetch(work, source, fetched)])
    sources.introduce(db, source.id, parsed.title or source.url, parsed.language)
    sources.polled(db, source.id, after_success(poll, now), now)
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
        sources.polled(db, due.source.id, outcome, now)

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
