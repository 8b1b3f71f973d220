"""What flows put on Prefect's pages: the table of sources, the week on one page, and the way to our own pages."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import cast

from prefect.artifacts import Artifact, create_link_artifact, create_markdown_artifact, create_table_artifact

from pipelines.home import Home
from pipelines.steps import reviewing, standing
from pipelines.steps.ingest import Ingested
from pipelines.steps.polling import Polled
from reports import overviews
from reports.overviews import Told

SOURCES = "ingest-sources"


def sources(done: Ingested) -> None:
    """Show what asking the sources brought, those that fail first."""
    rows = overviews.source_rows([told(one) for one in done.polled])
    create_table_artifact(key=SOURCES, table=rows, description=done.sentence)


def told(one: Polled) -> Told:
    """Return what asking one source brought, as it is told."""
    outcome = "changed" if one.outcome == "new" and not one.new else one.outcome
    return Told(one.source.title or one.source.url, outcome, one.new, one.changed, one.error_kind, one.error)


@contextmanager
def kept_up(home: Home, *weeks: str) -> Iterator[None]:
    """Show these weeks and all that are under way as they stand when the block ends, however it ends."""
    before = {*weeks, *reviewing.under_way(home)}
    try:
        yield
    except BaseException:
        # What went wrong first is what a person must read.
        with suppress(Exception):
            _weeks(home, before)
        raise
    _weeks(home, before)


def _weeks(home: Home, before: Iterable[str]) -> None:
    for one in sorted({*before, *reviewing.under_way(home)}):
        week(home, one)


def week(home: Home, of: str) -> None:
    """Show a week on one page, under one key; one that stands as it was shown last is left alone."""
    found = standing.of_week(home, of)
    if found is None:
        return
    key = f"week-{of.lower()}"
    markdown = overviews.week_markdown(found, home.settings.zone, standing.links(home, of, found.overview.issue))
    shown = cast(Artifact | None, Artifact.get(key))
    if shown is None or shown.data != markdown:
        create_markdown_artifact(key=key, markdown=markdown, description=f"How {of} stands")


def ways(links: Sequence[tuple[str, str, str]]) -> None:
    """Show the way to pages of ours: (key, address, words)."""
    for key, link, text in links:
        create_link_artifact(key=key, link=link, link_text=text, description=text)
