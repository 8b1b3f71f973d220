"""A hundred catalysts at once in the pages of a large home, while another process brings articles as an ingest does."""

import asyncio
import random
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.bench.grounds import NOW, OPEN, Grounds, megabytes, opened
from tests.bench.measuring import Line, fresh, line, percentile
from tests.bench.startup import web

_BETWEEN_FEEDS_S = 0.3
"""An ingest waits for servers and pages between what it keeps."""
_SILENT_S = 4.0
_SO_WHAT = "What this means for us, said by one of a hundred who all press the button now: number {n} of {who}."


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure pages and saves with a pause between requests as short as nobody's, and without any."""
    sizes = grounds.sizes
    found = []
    for pause_s, times in ((sizes.pause_s, runs), (0.0, 1)):
        copies = [str(grounds.copy_of(grounds.large_home, f"catalysts-{pause_s}-{number}")) for number in range(times)]
        measured = [fresh(_pressed, copy, sizes.catalysts, sizes.saves, pause_s) for copy in copies]
        note = f"{sizes.stored:,} articles, database of {megabytes(grounds.large_home):.0f} MB, articles kept beside it"
        rhythm = f"{sizes.catalysts} catalysts, " + (f"a request each {pause_s:g} s" if pause_s else "without a pause")
        for what, name in (("board", "board"), ("cluster", "cluster"), ("save", "save"), ("draft", "draft")):
            found.append(line(f"{rhythm}: {what}, p50", "ms", measured, f"{name}_p50", own_mb=None, note=note))
            found.append(line(f"{rhythm}: {what}, p95", "ms", measured, f"{name}_p95", own_mb=None, note="wanted: 500"))
        found.append(line(f"{rhythm}: all requests", "requests/s", measured, "rate", own_mb=None))
        found.append(line(f"{rhythm}: annotations lost", "", measured, "lost", own_mb=None, note="wanted: 0"))
        found.append(line(f"{rhythm}: articles kept meanwhile", "", measured, "imported", own_mb=None))
    return found


@dataclass
class _Took:
    """Milliseconds of each kind of request, and how many annotations were answered as saved."""

    ms: dict[str, list[float]] = field(default_factory=lambda: {"board": [], "cluster": [], "save": [], "draft": []})
    saved: int = 0


def _pressed(home: str, catalysts: int, saves: int, pause_s: float) -> Mapping[str, float]:
    cookies = _signed_in(home, catalysts)
    before, articles = _count(home, "annotations"), _count(home, "articles")
    with web(Path(home)) as (address, _):
        ingesting = subprocess.Popen(
            [sys.executable, "-c", f"from tests.bench import catalysts; catalysts.bring({home!r})"]
        )
        started_s = time.perf_counter()
        took = asyncio.run(_all(address, cookies, saves, pause_s))
        lasted_s = time.perf_counter() - started_s
        ingesting.terminate()
        ingesting.wait()
    kept = _count(home, "annotations") - before
    numbers = {f"{name}_p50": percentile(ms, 0.5) for name, ms in took.ms.items()}
    numbers |= {f"{name}_p95": percentile(ms, 0.95) for name, ms in took.ms.items()}
    return numbers | {
        "rate": sum(map(len, took.ms.values())) / lasted_s,
        "lost": took.saved - kept,
        "imported": _count(home, "articles") - articles,
    }


def _signed_in(home: str, catalysts: int) -> list[str]:
    from curate import people
    from reports import tokens
    from storage import people as stored
    from storage import sign_ins

    there, made = opened(home), []
    with there.database.writing() as db:
        for number in range(catalysts):
            one = people.person(f"catalyst{number}@example.org", f"Catalyst {number}", "catalyst", "en")
            stored.add(db, one, NOW)
            token = tokens.new()
            sign_ins.start_session(db, tokens.hashed(token), one.id, NOW, NOW + timedelta(days=1))
            made.append(f"session={token}")
    return made


def _count(home: str, table: str) -> int:
    with opened(home).database.reading() as db:
        return int(db.execute(f"SELECT count(*) FROM {table}")[0][0])


def bring(home: str) -> None:
    """Keep twenty articles of one feed in a transaction, and again, until somebody ends this process."""
    from curate import articles as identities
    from curate.articles import Article
    from storage import articles
    from storage.articles import Stored
    from tests.bench import corpora

    database, texts = opened(home).database, corpora.perturbed(1_000_000)
    while batch := [text for text, _ in islice(texts, 20)]:
        kept = []
        for text in batch:
            url = f"https://beside.example/{text.id}"
            article = Article(
                identities.article_id(url), url, NOW, NOW, text.language, "page", text.title, "", text.text
            )
            kept.append(Stored(article, (url,), None))
        # As an ingest, whose desk leaves the log beside the file.
        with database.held(write=True, keep_log=True) as held, held.writing() as db:
            articles.keep(db, kept, NOW, "bench")
        time.sleep(_BETWEEN_FEEDS_S)


async def _all(address: str, cookies: list[str], saves: int, pause_s: float) -> _Took:
    took = _Took()
    clients = [_Client(address, cookie, took, pause_s, seed) for seed, cookie in enumerate(cookies)]
    await asyncio.gather(*(one.work(saves) for one in clients))
    return took


class _Client:
    """One catalyst with one connection: looks at the board, opens a cluster, leaves a draft, saves, and again."""

    def __init__(self, address: str, cookie: str, took: _Took, pause_s: float, seed: int) -> None:
        self._place = urlsplit(address)
        self._cookie, self._took, self._pause_s = cookie, took, pause_s
        self._random = random.Random(seed)  # noqa: S311  # no secret

    async def work(self, saves: int) -> None:
        """Save so many annotations."""
        await self._connect()
        await asyncio.sleep(self._random.uniform(0, self._pause_s))
        paths: list[str] = []
        for number in range(saves):
            if not paths:
                _, page = await self._ask("board", "GET", f"/rounds/{OPEN}")
                paths = list(dict.fromkeys(re.findall(r"/clusters/\w+(?=\")", page)))
                self._random.shuffle(paths)
            await self._speak(paths.pop(), number)
        self._writer.close()

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._place.hostname, self._place.port)
        self._heard_s = time.perf_counter()

    async def _speak(self, path: str, number: int) -> None:
        _, page = await self._ask("cluster", "GET", path)
        token, seen = (
            re.search(r'name="csrf" value="(\w+)"', page),
            re.search(r'name="seen_version" value="(\d+)"', page),
        )
        if not token or not seen:
            raise ValueError(f"{path} shows no form")
        words = {"verdict": "keep", "ripeness": "half_baked", "language": "en", "title": "A title"}
        so_what = _SO_WHAT.format(n=number, who=self._cookie[-6:])
        form = {**words, "csrf": token[1], "seen_version": seen[1], "so_what": so_what}
        if number % 5 == 0:
            await self._ask("draft", "POST", f"{path}/draft", form)
        status, _ = await self._ask("save", "POST", path, form)
        if status != 303:
            raise ValueError(f"{path} answered {status} to words")
        self._took.saved += 1

    async def _ask(self, what: str, method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        body = urlencode(form).encode() if form else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._place.netloc}\r\nCookie: {self._cookie}\r\n"
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        # The server hangs up on who is silent for five seconds, and may do so in the moment in which we write.
        if self._reader.at_eof() or time.perf_counter() - self._heard_s > _SILENT_S:
            await self._connect()
        started_s = time.perf_counter()
        self._writer.write(head.encode() + body)
        status, answer = await self._answer()
        self._took.ms[what].append((time.perf_counter() - started_s) * 1000)
        if status >= 400:
            raise ValueError(f"{method} {path} answered {status}")
        if self._pause_s:
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * self._pause_s)
        return status, answer

    async def _answer(self) -> tuple[int, str]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", head)
        body = await self._reader.readexactly(int(length[1])) if length else b""
        self._heard_s = time.perf_counter()
        return int(head.split()[1]), body.decode()
