"""How long a reader waits for their answer to be kept, with many articles in the database."""

import time
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.bench.grounds import Grounds, megabytes, opened
from tests.bench.measuring import Line, Run, fresh, line, percentile
from tests.bench.startup import web


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure the page and the sending of answers, each by another reader, one after the other."""
    times = grounds.sizes.answers
    home = grounds.copy_of(grounds.large_home, "answering")
    note = f"{grounds.sizes.stored:,} articles, database of {megabytes(home):.0f} MB, {times} readers"
    done: list[Run] = [fresh(_answered, str(home), times, number) for number in range(runs)]
    return [
        line("GET /answer/TOKEN, half of them within", "ms", done, "get_p50", own_mb=None, note=note),
        line("GET /answer/TOKEN, 95 of 100 within", "ms", done, "get_p95", own_mb=None, note=note),
        line("POST /answer/TOKEN, half of them within", "ms", done, "post_p50", own_mb=None, note=note),
        line("POST /answer/TOKEN, 95 of 100 within", "ms", done, "post_p95", own_mb=None, note=note),
    ]


def _answered(home: str, times: int, run: int) -> Mapping[str, float]:
    paths = _links(home, times, run)
    took: dict[str, list[float]] = {"GET": [], "POST": []}
    with web(Path(home)) as (address, _):
        connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        _ms(connection, "GET", paths[0])  # templates are compiled when first used
        for path in paths:
            for method in ("GET", "POST"):
                took[method].append(_ms(connection, method, path))
    return {
        f"{method.lower()}_p{share:.0f}": percentile(took[method], share / 100) for method in took for share in (50, 95)
    }


def _ms(connection: HTTPConnection, method: str, path: str) -> float:
    sent = {
        "kind": "source",
        "url": "https://krant.example/een-bron",
        "text": "Hier staat wat ontbreekt, in gewone woorden.",
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    started_s = time.perf_counter()
    connection.request(method, path, urlencode(sent) if method == "POST" else None, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != (303 if method == "POST" else 200):
        raise ValueError(f"{method} {path} answered {answer.status}")
    return (time.perf_counter() - started_s) * 1000


def _links(home: str, times: int, run: int) -> list[str]:
    """The links in the mails of so many readers; the demo's last issue is the one they answer."""
    from curate import answers
    from reports import tokens
    from reports.tokens import Answering
    from storage import issues, subscribers

    there = opened(home)
    with there.database.writing() as db:
        issue = next(
            found
            for one in issues.published(db)
            if (found := issues.by_number(db, one.number)) and answers.matters(found)
        )
        about = answers.matters(issue)[0].about
        readers = [subscribers.subscriber(f"r{run}-{number}@example.org", "nl") for number in range(times)]
        for one in readers:
            subscribers.add(db, one, "bench", there.clock())
    frozen_at = datetime.fromisoformat(issue.frozen_at)
    made = [tokens.answer_token(there.secret, Answering(one.id, issue.number, frozen_at)) for one in readers]
    query = urlencode({"about": about, "kind": "source"})
    return [f"/answer/{token}?{query}" for token in made]
