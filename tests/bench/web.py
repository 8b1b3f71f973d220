"""How long the pages take, at the size of the demo and with many articles: one visitor, one request after another."""

import os
import re
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from tests.bench.grounds import BOARD, OPEN, Grounds, megabytes, opened
from tests.bench.measuring import Line, Run, fresh, line
from tests.bench.startup import web


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure pages of catalysts and of readers in both homes."""
    few = [fresh(_visited, str(grounds.demo_home), grounds.sizes.requests, BOARD) for _ in range(runs)]
    many = [fresh(_visited, str(grounds.large_home), grounds.sizes.requests, OPEN) for _ in range(runs)]
    of_demo = f"demo, database of {megabytes(grounds.demo_home):.0f} MB"
    of_many = f"{grounds.sizes.stored:,} articles, database of {megabytes(grounds.large_home):.0f} MB"
    return _lines(few, of_demo) + _lines(many, of_many)


def _lines(runs: list[Run], note: str) -> list[Line]:
    return [
        line("duiding web, until GET /healthz answers", "s", runs, "start", own_mb=None, note=note),
        line("GET /rounds/WEEK, cards not in memory", "ms", runs, "first_board", own_mb=None, note=note),
        *(line(f"GET {what}", "ms", runs, what, own_mb=None, note=note) for what in _PAGES),
    ]


_PAGES = (
    "/healthz",
    "/metrics",
    "/rounds/WEEK",
    "/rounds/WEEK/issue",
    "/clusters/ID",
    "/issues",
    "/issues?q=WORD",
    "/issues/NUMBER",
    "/issues/NUMBER/provenance",
    "/preferences/TOKEN",
)
"""What is asked for; the words in capitals stand for what the home has."""


def _visited(home: str, times: int, week: str) -> Mapping[str, float]:
    with web(Path(home)) as (address, start_s):
        visitor = _Visitor(address, _cookie(home, address))
        visitor.ms("/issues")  # templates are compiled when first used
        first_ms = visitor.ms(f"/rounds/{week}")
        named = {"WEEK": week, "ID": _cluster(home, week), "NUMBER": "1", "WORD": "leren", "TOKEN": _preferences(home)}
        took = {page: visitor.median_ms(_filled(page, named), times) for page in _PAGES}
        return {"start": start_s, "first_board": first_ms, **took}


def _filled(page: str, named: Mapping[str, str]) -> str:
    return re.sub(r"[A-Z]+", lambda found: named[found[0]], page)


class _Visitor:
    """Somebody signed in, over one connection."""

    def __init__(self, address: str, cookie: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._cookie = cookie

    def ms(self, path: str) -> float:
        """Return the milliseconds until a page was read to its end."""
        started_s = time.perf_counter()
        self._connection.request("GET", path, headers={"Cookie": self._cookie})
        answer = self._connection.getresponse()
        answer.read()
        if answer.status not in (200, 303):  # the desk of a week that is out leads to its issue
            raise ValueError(f"{path} answered {answer.status}")
        return (time.perf_counter() - started_s) * 1000

    def median_ms(self, path: str, times: int) -> float:
        """Return the median over this many requests."""
        return median(self.ms(path) for _ in range(times))


def _cookie(home: str, address: str) -> str:
    from pipelines import posting
    from pipelines.demo import visiting
    from storage import people

    os.environ["DUIDING_PUBLIC_URL"] = address
    there = opened(home)
    with there.database.reading() as db:
        editor = next(person for person in people.every(db) if person.role == "editor")
    # Not by way of a board: its cards would be in memory before the first one is measured.
    with closing(visiting.signed_in(posting.sign_in_link(there, editor, "/issues"))) as visitor:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies.jar)


def _cluster(home: str, week: str) -> str:
    from storage import clusters

    with opened(home).database.reading() as db:
        return clusters.cards_of_round(db, week)[0].cluster_id


def _preferences(home: str) -> str:
    from reports import tokens
    from storage import subscribers

    there = opened(home)
    with there.database.reading() as db:
        reader = next(one for one in subscribers.every(db) if one.state == "active")
    return tokens.preferences_token(there.secret, reader.id, there.clock().date())
