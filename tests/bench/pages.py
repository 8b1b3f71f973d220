"""Pages extracted per second by two workers, against a plain loop over ``trafilatura.extract`` in one process."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tests.bench import corpora
from tests.bench.corpora import Served
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, beside, fresh, line, watched

if TYPE_CHECKING:
    from pipelines.workers import Workers


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure both on the same pages, in turn."""
    ours, plain = [], []
    for _ in range(runs):
        ours.append(fresh(_extracted, grounds.sizes.pages))
        plain.append(fresh(_extracted_plainly, grounds.sizes.pages))
    pages = int(ours[0].numbers["count"])
    note = f"{pages} pages, {corpora.origin()}; guarded, with date, author and a second reading of short ones"
    return [
        line(
            "Workers(2) with curate.pages.extract", "pages/s", ours, "pages", note=note, **beside(plain, ours, "pages")
        )
    ]


def _extracted(most: int) -> Mapping[str, float]:
    from pipelines.workers import Workers

    pages = corpora.pages()[:most]
    with Workers(2) as workers:
        asyncio.run(_through(workers, pages[:2]))  # both are warm
        with watched() as spent:
            asyncio.run(_through(workers, pages))
    return {"pages": len(pages) / spent.wall_s, "count": len(pages)}


async def _through(workers: "Workers", pages: Sequence[Served]) -> None:
    from curate.pages import extract

    await asyncio.gather(*(workers.run(extract, one.body, "text/html; charset=utf-8", one.url) for one in pages))


def _extracted_plainly(most: int) -> Mapping[str, float]:
    from trafilatura import extract

    pages = corpora.pages()[:most]
    extract(pages[0].body)
    with watched() as spent:
        for one in pages:
            extract(one.body, url=one.url)
    return {"pages": len(pages) / spent.wall_s}
