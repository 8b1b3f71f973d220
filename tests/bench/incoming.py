"""The whole way in over HTTP: feeds, pages, texts, copies, all kept; against a plain loop that keeps nothing."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench import corpora, neighbours
from tests.bench.corpora import REALWEEK
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, beside, fresh, line, watched

_WEEK = "2026-W46"
"""The last of the three: one poll finds what their feeds still hold."""


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure one ingest of everything, one in which nothing is new, and the plain loop."""
    first, again, plain = [], [], []
    with _served() as addresses:
        for number in range(runs):
            home = str(grounds.folder / f"incoming-{number}")
            first.append(fresh(_ingested, home, addresses))
            again.append(fresh(_ingested, home, addresses))
            plain.append(fresh(_looped, addresses))
    found = int(first[0].numbers["articles"])
    note = f"{len(addresses)} feeds, {found} articles with their pages, {corpora.origin()}; robots.txt obeyed"
    return [
        line("first ingest, everything kept", "articles/s", first, "pages", note=note, **beside(plain, first, "pages")),
        line("second ingest, nothing new", "s", again, "wall_s", note="no peer: the loop begins anew"),
    ]


def _ingested(folder: str, addresses: Sequence[str]) -> Mapping[str, float]:
    import os

    from curate import sources
    from pipelines import home as homes
    from pipelines.steps import ingest
    from storage import sources as stored
    from tests.bench.grounds import NOW

    # A second between two requests to one host would be all that is measured.
    os.environ |= {"DUIDING_FETCH_ALLOW": "127.0.0.0/8", "DUIDING_FETCH__HOST_GAP_S": "0"}
    home = homes.make(Path(folder), "Bench", "en", lambda: NOW)
    with home.database.writing() as db:
        stored.add(db, [sources.feed(address) for address in addresses], NOW)
    with watched() as spent:
        done = ingest.ingest_all(home)
    if done.failed:
        raise ValueError(f"{len(done.failed)} feeds could not be read: {done.failed[0].error}")
    found = max(done.articles + done.copies, 1)
    rate = {"pages": found / spent.wall_s, "pages_cpu_ms": spent.cpu_s * 1000 / found}
    return {**rate, "articles": done.articles, "wall_s": spent.wall_s}


def _looped(addresses: Sequence[str]) -> Mapping[str, float]:
    from urllib.error import URLError
    from urllib.request import urlopen

    import feedparser
    from trafilatura import extract

    links: set[str] = set()
    with watched() as spent:
        for address in addresses:
            links |= {entry.link for entry in feedparser.parse(address).entries if "link" in entry}
        for link in links:
            try:
                with urlopen(link, timeout=30) as answer:
                    extract(answer.read(), url=link)
            except (URLError, OSError):
                continue
    return {"pages": len(links) / spent.wall_s, "pages_cpu_ms": spent.cpu_s * 1000 / len(links)}


@contextmanager
def _served() -> Iterator[list[str]]:
    if not REALWEEK.exists():
        from pipelines.demo.world import served

        with served("2026-W47") as world:
            yield _addresses(world.opml())
        return
    command = [sys.executable, str(REALWEEK / "serve.py"), "--port", str(neighbours.free_port()), "--week", _WEEK]
    opml = subprocess.check_output([*command, "--print-opml", "weekly"])
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        yield _addresses(opml)
    finally:
        server.terminate()
        server.wait()


def _addresses(opml: bytes) -> list[str]:
    from curate import opml as lists

    return [one.url for one in lists.read(opml)]
