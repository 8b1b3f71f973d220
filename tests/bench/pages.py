"""Pages read per second by two workers, against single-process loops over the same pages.

Where a loop reads with the same options its texts have to be the very same, or nothing is measured.
"""

import asyncio
import statistics
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bench import corpora
from tests.bench.corpora import Served
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, Run, beside, fresh, line, watched

Reading = Callable[[bytes, str], str]
"""Of a page and its address, the text."""

HTML = "text/html; charset=utf-8"
WORKERS = 2


def ours(body: bytes, url: str) -> str:
    """Read as the pipeline does: text, headline, author, date."""
    from curate.pages import extract

    return extract(body, HTML, url).text


def by_library(body: bytes, url: str) -> str:
    """Read by trafilatura alone, with the options of our quick reading and with what the page says about itself."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        body, url=url, fast=True, favor_precision=True, include_comments=False, with_metadata=True
    )
    return (found.text or "") if found is not None else ""


def by_default(body: bytes, url: str) -> str:
    """Read by trafilatura alone, with its defaults: the text and no more."""
    from trafilatura import extract

    return extract(body, url=url) or ""


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure each on the same pages, in turn."""
    most = grounds.sizes.pages
    with_workers: dict[Reading, list[Run]] = {ours: [], by_library: []}
    alone: dict[Reading, list[Run]] = {ours: [], by_library: [], by_default: []}
    for _ in range(runs):
        for reading, done in with_workers.items():
            done.append(fresh(_with_workers, reading, most))
        for reading, done in alone.items():
            done.append(fresh(_alone, reading, most))
    for reading, done in with_workers.items():
        texts = {run.numbers["texts"] for run in (*done, *alone[reading])}
        if len(texts) != 1:
            raise AssertionError(f"The texts of {reading.__name__} differ between workers and loop.")
    pairs = ((ours, ours), (by_library, by_library), (ours, by_default))
    return [_line(reading, with_workers[reading], peer, alone[peer]) for reading, peer in pairs]


def _line(reading: Reading, measured: Sequence[Run], peer: Reading, peers: Sequence[Run]) -> Line:
    cpu_ms = statistics.median(run.numbers["pages_cpu_ms"] for run in peers)
    peak_mb = max(run.own_mb + WORKERS * run.child_mb for run in measured)
    same = "the very same texts; " if reading is peer else ""
    note = (
        f"{measured[0].numbers['count']:.0f} pages, {corpora.origin()}; {same}{cpu_ms:.0f} ms of processor a page in "
        f"the loop; at most {peak_mb:.0f} MB with both workers"
    )
    what = f"Workers({WORKERS}) {reading.__name__} / loop {peer.__name__}"
    return line(what, "pages/s", measured, "pages", note=note, **beside(peers, measured, "pages"))


def _with_workers(reading: Reading, most: int) -> Mapping[str, float]:
    from pipelines.workers import Workers

    pages = corpora.pages()[:most]
    with Workers(WORKERS) as workers:

        async def all_of(some: Sequence[Served]) -> list[str]:
            return await asyncio.gather(*(workers.run(reading, one.body, one.url) for one in some))

        asyncio.run(all_of(pages[:WORKERS]))  # all are warm
        with watched() as spent:
            texts = asyncio.run(all_of(pages))
    return {"pages": len(pages) / spent.wall_s, "count": len(pages), "texts": _sum(texts)}


def _alone(reading: Reading, most: int) -> Mapping[str, float]:
    pages = corpora.pages()[:most]
    for one in pages[:WORKERS]:
        reading(one.body, one.url)
    with watched() as spent:
        texts = [reading(one.body, one.url) for one in pages]
    each_ms = 1000 * spent.cpu_s / len(pages)
    return {"pages": len(pages) / spent.wall_s, "pages_cpu_ms": each_ms, "texts": _sum(texts)}


def _sum(texts: Sequence[str]) -> int:
    return zlib.crc32("\0".join(texts).encode())
