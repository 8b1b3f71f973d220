"""due feeds | ask | match with what is known | keep | look at pages | choose words | keep | fold copies

Every arrow ends in the database: a run that is killed anywhere goes on where it was. Entries wait for their page as
rows, so nothing is lost between the two halves, and all ids come from what a thing is, so nothing is doubled.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from curate import copies
from pipelines.addresses import parse_allowances
from pipelines.exclusive import alone
from pipelines.fetching import Fetcher, FetchPolicy
from pipelines.home import Home, Notify, code_version, finish_run, silent, start_run
from pipelines.steps.context import Ingest
from pipelines.steps.polling import Polled, poll
from pipelines.steps.reading import read_pages
from pipelines.workers import Workers
from storage import articles, rests, runs, sources
from storage.desk import Desk
from storage.sources import Due

FOLD_WINDOW = timedelta(days=28)
"""Copies are looked for among articles published this long before and after: syndication is quick."""
WRITING = ("ingest", "import", "linkedin")
"""Kinds of run that write articles."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one poll of the sources brought."""

    polled: tuple[Polled, ...]
    pages: int
    articles: int
    """New articles, copies left out."""
    copies: int
    """New copies among them."""
    busy: bool = False
    """Whether another ingest was at work, so that this one did nothing."""

    @property
    def failed(self) -> tuple[Polled, ...]:
        """The sources that could not be read this time."""
        return tuple(one for one in self.polled if one.outcome == "failed")

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        if self.busy:
            return "Another ingest is under way in this home; this one left it alone."
        counts = Counter(one.outcome for one in self.polled)
        new, changed = sum(one.new for one in self.polled), sum(one.changed for one in self.polled)
        return (
            f"{len(self.polled)} sources asked: {counts['new']} with news, {counts['unchanged']} unchanged, "
            f"{counts['failed']} failed. {new} new entries, {changed} changed; "
            f"{self.articles} new articles and {self.copies} new copies."
        )


def ingest_due(home: Home, notify: Notify = silent) -> Ingested:
    """Ask the feeds whose time has come, and look at the pages that wait."""
    with home.database.reading() as db:
        due, at_rest = sources.due(db, home.clock()), rests.every(db, home.clock())
    return ingest(home, due, notify, at_rest)


def ingest_all(home: Home, notify: Notify = silent) -> Ingested:
    """Ask all active feeds, due or not, and look at the pages that wait: a person wants to know now."""
    with home.database.reading() as db:
        due = sources.all_feeds(db, home.clock())
    return ingest(home, due, notify)


def ingest(
    home: Home, due: Sequence[Due], notify: Notify = silent, at_rest: Mapping[str, datetime] | None = None
) -> Ingested:
    """Ask these feeds and look at all pages that wait. One bad source never stops the others.

    One ingest at a time in a home: two would ask the same hosts twice as often as is polite. ``at_rest`` are the hosts
    whose pages are left alone since an earlier run, and until when.
    """
    with alone(home, "ingest") as ours:
        return _ingest(home, due, notify, at_rest or {}) if ours else Ingested((), 0, 0, 0, busy=True)


def _ingest(home: Home, due: Sequence[Due], notify: Notify, at_rest: Mapping[str, datetime]) -> Ingested:
    run = start_run(home, "ingest", feeds=len(due))
    before = _totals(home)
    polled, pages = asyncio.run(_asked(home, run.id, due, notify, at_rest))
    fold_copies(home, run.id)
    after = _totals(home)
    new_copies = after[1] - before[1]
    outcome = Ingested(polled, pages, after[0] - before[0] - new_copies, new_copies)
    finish_run(home, run, outcome.sentence)
    return outcome


async def _asked(
    home: Home, run_id: str, due: Sequence[Due], notify: Notify, at_rest: Mapping[str, datetime]
) -> tuple[tuple[Polled, ...], int]:
    desk = Desk(home.database)
    desk.open()
    try:
        with Workers(home.settings.fetch.workers) as workers:
            async with Fetcher(policy_of(home), home.clock, rests=at_rest) as fetcher:
                work = Ingest(home.clock, run_id, desk, fetcher, workers, notify)
                return await poll(work, due), await read_pages(work)
    finally:
        desk.close()


def policy_of(home: Home) -> FetchPolicy:
    """Return how we fetch, by the settings."""
    fetch = home.settings.fetch
    contact = fetch.contact or home.settings.public_url
    return FetchPolicy(
        user_agent=f"duiding/{code_version()} (+{contact})",
        total_s=fetch.total_s,
        host_gap_s=fetch.host_gap_s,
        concurrency=fetch.concurrency,
        allowances=parse_allowances(home.settings.fetch_allow),
        robots=fetch.robots,
    )


def fold_copies(home: Home, run_id: str) -> None:
    """Find near-identical articles around those that a run wrote, and note which copy which.

    Runs that were killed before they came to this are made up for, and marked as ended.
    """
    with home.database.writing() as db:
        killed = runs.unfinished(db, WRITING, run_id)
        if span := articles.span_of_runs(db, [run_id, *killed]):
            near = articles.sketches(db, span[0] - FOLD_WINDOW, span[1] + FOLD_WINDOW)
            articles.fold(db, copies.folded(near))
        for killed_id in killed:
            runs.finish(db, killed_id, "Stopped before its end; a later run went on from there.", home.clock())


def _totals(home: Home) -> tuple[int, int]:
    with home.database.reading() as db:
        return articles.totals(db)
