"""Short database sessions, at the size of the demo and with many articles."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.bench.grounds import NOW, OPEN, Grounds, megabytes, opened
from tests.bench.measuring import Line, Run, fresh, line, percentile

if TYPE_CHECKING:
    from storage.database import Session


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure reading nothing much, saving a catalyst's words, and keeping one article, each in its own session."""
    times = grounds.sizes.sessions
    few = [fresh(_read, str(grounds.demo_home), times) for _ in range(runs)]
    copies = [str(grounds.copy_of(grounds.large_home, f"sessions-{number}")) for number in range(runs)]
    many = [fresh(_used, copy, times) for copy in copies]
    size = f"{grounds.sizes.stored:,} articles, database of {megabytes(grounds.large_home):.0f} MB"
    filled = line(
        "articles kept, 2,000 per session", "articles/s", [grounds.filled], "filled", note="with entries and sketches"
    )
    return [
        *_pair("open, read, close", few, "read", f"demo, database of {megabytes(grounds.demo_home):.0f} MB"),
        *_pair("open, read, close", many, "read", size),
        *_pair("open, save one annotation, close", many, "annotation", size),
        *_pair("open, keep one article, close", many, "article", size),
        filled,
    ]


def _pair(what: str, runs: list[Run], name: str, note: str) -> list[Line]:
    middle = line(f"{what}: p50", "ms", runs, f"{name}_p50", child_mb=None, note=note)
    return [middle, line(f"{what}: p95", "ms", runs, f"{name}_p95", child_mb=None, note=note)]


def _read(folder: str, times: int) -> Mapping[str, float]:
    from storage import rounds

    database = opened(folder).database

    def read(_: int) -> None:
        with database.reading() as db:
            rounds.every(db)

    return _percentiles("read", read, times)


def _used(folder: str, times: int) -> Mapping[str, float]:
    annotating, keeping = _annotating(folder), _keeping(folder)
    return {
        **_read(folder, times),
        **_percentiles("annotation", _writing(folder, annotating), times),
        **_percentiles("article", _writing(folder, keeping), times),
    }


def _writing(folder: str, work: "Callable[[Session, int], None]") -> Callable[[int], None]:
    database = opened(folder).database

    def write(number: int) -> None:
        with database.writing() as db:
            work(db, number)

    return write


def _percentiles(name: str, work: Callable[[int], None], times: int) -> Mapping[str, float]:
    took_ms = []
    for number in range(times + 3):
        started_s = time.perf_counter()
        work(number)
        took_ms.append((time.perf_counter() - started_s) * 1000)
    steady = took_ms[3:]  # the first ones load libraries and check the schema
    return {f"{name}_p50": percentile(steady, 0.5), f"{name}_p95": percentile(steady, 0.95)}


def _annotating(folder: str) -> "Callable[[Session, int], None]":
    from curate.annotations import Words
    from storage import annotations, clusters, people
    from storage.annotations import Author

    with opened(folder).database.reading() as db:
        cards, person = clusters.cards_of_round(db, OPEN), people.annotating(db)[0]
    words = Words("keep", "What this means for us is written here, in a sentence or two.", "A title", "working_view")

    def save(db: "Session", number: int) -> None:
        author = Author(cards[number % len(cards)].cluster_id, OPEN, person.id, person.language)
        annotations.save(db, words, author, NOW)

    return save


def _keeping(folder: str) -> "Callable[[Session, int], None]":
    from curate import articles as identities
    from curate.articles import Article
    from storage import articles
    from storage.articles import Stored
    from tests.bench import corpora

    texts = corpora.texts()

    def keep(db: "Session", number: int) -> None:
        text = texts[number % len(texts)]
        url = f"https://example.net/{number}"
        article = Article(identities.article_id(url), url, NOW, NOW, text.language, "page", text.title, "", text.text)
        articles.keep(db, [Stored(article, (url,), None)], NOW, "bench")

    return keep
