"""Homes to measure in, made once when first needed: the demo's, and the demo's with many articles more."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.measuring import Run, fresh, watched
from tests.bench.sizes import Sizes

if TYPE_CHECKING:
    from curate.clusters import Text
    from pipelines.home import Home
    from storage.runs import Run as StoredRun

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
"""When the demo's story is over."""
BOARD = "2026-W47"
OPEN = "2026-W48"
"""The week whose round is open on invented clusters: words can be saved in it."""
_BATCH = 2_000
_WEEKS = 50


class Grounds:
    """Homes below one folder, of these sizes."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.folder = folder
        self.sizes = sizes

    @cached_property
    def demo(self) -> Run:
        """The demo was played into ``demo_home``; how long that took."""
        return fresh(_play_demo, str(self.folder / "demo"))

    @cached_property
    def filled(self) -> Run:
        """The demo's home with many articles and an open round stands at ``large_home``; how long filling took."""
        shutil.copytree(self.demo_home, self.folder / "large")
        return fresh(_fill, str(self.folder / "large"), self.sizes.stored)

    @property
    def demo_home(self) -> Path:
        """The home of the demo."""
        assert self.demo
        return self.folder / "demo"

    @property
    def large_home(self) -> Path:
        """The home with many articles."""
        assert self.filled
        return self.folder / "large"

    def copy_of(self, home: Path, name: str) -> Path:
        """Return a copy of a home that a measurement may change; an earlier one of this name is gone."""
        copy = self.folder / name
        shutil.rmtree(copy, ignore_errors=True)
        return Path(shutil.copytree(home, copy))


def opened(home: str) -> "Home":
    """Return the home in this folder at the moment when the story is over."""
    from pipelines import home as homes

    return homes.opened(Path(home), lambda: NOW)


def megabytes(home: Path) -> float:
    """Return the size of a home's database (MB)."""
    return (home / "duiding.duckdb").stat().st_size / 1_000_000


def _play_demo(folder: str) -> Mapping[str, float]:
    from pipelines.demo import cycle

    with watched() as spent:
        cycle.run(Path(folder), lambda _: None, lambda *_: None)
    return {"demo_s": spent.wall_s}


def _fill(folder: str, count: int) -> Mapping[str, float]:
    from pipelines.home import start_run
    from tests.bench import corpora

    home = opened(folder)
    run = start_run(home, "import", articles=count)
    articles = (text for text, _ in corpora.perturbed(count))
    took_s = 0.0
    while batch := list(islice(articles, _BATCH)):
        with watched() as spent:
            _keep(home, batch, run)
        took_s += spent.wall_s
    _open_round(home, run)
    return {"filled": count / took_s}


def _keep(home: "Home", batch: "list[Text]", run: "StoredRun") -> None:
    """Keep articles as an import does, spread evenly over the weeks before the demo's."""
    from curate import articles, sources, texts
    from curate.articles import Article, Entry
    from storage import articles as stored
    from storage import entries
    from storage import sources as stored_sources
    from storage.articles import Stored
    from storage.entries import Attachment

    kept, brought = [], []
    for text in batch:
        source = sources.imported(text.source)
        url, published_at = f"https://example.org/{text.id}", NOW - timedelta(weeks=3 + int(text.id) % _WEEKS)
        article_id = articles.article_id(url)
        article = Article(
            article_id, url, published_at, NOW, text.language, "import", text.title, "", text.text, external_id=text.id
        )
        entry = Entry(
            id=articles.entry_id(source.id, url),
            source_id=source.id,
            via="import",
            guid=text.id,
            url=url,
            canonical_url=url,
            published_at=published_at,
            first_seen_at=NOW,
            title=text.title,
            author="",
            language=text.language,
            text="",
            truncated=True,
            content_hash=texts.content_hash(text.text),
        )
        kept.append(Stored(article, (url,), None))
        brought.append((source, article_id, entry))
    with home.database.writing() as db:
        stored_sources.add(db, [source for source, _, _ in brought], NOW)
        entries.add(db, [entry for _, _, entry in brought], run.id)
        stored.keep(db, kept, NOW, run.id)
        stored.surface(db, [(article_id, entry) for _, article_id, entry in brought], run.id)
        entries.attach(db, [Attachment(entry.id, article_id) for _, article_id, entry in brought])


def _open_round(home: "Home", run: "StoredRun") -> None:
    """Open a round on twenty clusters of six of the new articles."""
    from curate import articles
    from curate.clusters import Group, Member
    from storage import clusters, rounds
    from storage.clusters import Clustering
    from storage.rounds import Round

    ids = [articles.article_id(f"https://example.org/{number:08d}") for number in range(120)]
    groups = tuple(
        Group(tuple(Member(one, rank, 0.5) for rank, one in enumerate(ids[at : at + 6])), ("word",), f"Cluster {at}")
        for at in range(0, len(ids), 6)
    )
    places = tuple((0.05 + 0.045 * number, 0.5) for number in range(len(groups)))
    with home.database.writing() as db:
        clusters.add(db, Clustering(run.id, OPEN, groups, places, ()))
        rounds.open_with(db, Round(OPEN, run.id, NOW, NOW + timedelta(days=4), None, None), run.id)
