"""Three weeks of real articles over real HTTP, from an empty home to the mails: the numbers of a correct client.

The data is not ours to publish, so it lies beside the project where it is shared; without it these tests are skipped.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from pipelines import cli, home
from pipelines.demo import visiting

REALWEEK = Path(__file__).parents[2].parent / "shared" / "realweek"
WEEKS = ("2026-W44", "2026-W45", "2026-W46")
MONDAYS = {"2026-W44": "2026-11-02", "2026-W45": "2026-11-09", "2026-W46": "2026-11-16"}

pytestmark = [
    pytest.mark.realweek,
    pytest.mark.real_files,
    pytest.mark.skipif(not REALWEEK.exists(), reason="the shared three weeks of real articles are not here"),
    pytest.mark.timeout(600),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Played:
    """A home in which all three weeks were polled twice; what each command said, and what the servers saw."""

    folder: Path
    port: int
    log: Path
    said: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    began_s: list[float] = field(default_factory=list)
    """When each ingest began, seconds since 1970."""
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("realweek")
    one = Played(folder / "home", free_port(), folder / "requests.jsonl")
    server = subprocess.Popen(
        [sys.executable, REALWEEK / "serve.py", "--port", str(one.port), "--log", one.log], stdout=subprocess.PIPE
    )
    patched = pytest.MonkeyPatch()
    try:
        assert server.stdout is not None
        server.stdout.readline()
        patched.setenv("DUIDING_HOME", str(one.folder))
        patched.setenv("DUIDING_FETCH_ALLOW", f"127.0.1.0/24:{one.port}")
        play(one, patched)
        yield one
    finally:
        patched.undo()
        server.terminate()
        server.wait()


def play(one: Played, patched: pytest.MonkeyPatch) -> None:
    opml = subprocess.check_output(
        [sys.executable, REALWEEK / "serve.py", "--port", str(one.port), "--print-opml", "weekly"]
    )
    list_ = one.folder.parent / "weekly.opml"
    list_.write_bytes(opml)
    run("init", str(one.folder), "--name", "Real weeks", "--language", "en")
    run("sources", "import", str(list_))
    for week in WEEKS:
        with urlopen(f"http://127.0.0.1:{one.port}/_ctl/week?w={week}"):
            pass
        patched.setenv("DUIDING_NOW", f"{MONDAYS[week]}T05:00:00Z")
        one.said[week] = []
        for ingest in (["ingest"], ["ingest", "--all"]):
            one.began_s.append(time.time())
            one.said[week].append(run(*ingest))
        one.counts[week] = {
            "articles": len(exported(one, "articles")),
            "with copies": len(exported(one, "articles", "--copies")),
            "entries": len(exported(one, "entries")),
        }


def run(*words: str) -> dict[str, Any]:
    """Run one command as its own process would, and return its JSON object."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words, "--json"],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def exported(one: Played, kind: str, *options: str) -> list[dict[str, Any]]:
    file = one.folder.parent / "export.jsonl"
    assert cli.run(["--home", str(one.folder), "export", kind, "--out", str(file), *options]) == 0
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def expected() -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads((REALWEEK / "expected.json").read_text(encoding="utf-8"))
    return numbers


@pytest.mark.parametrize("week", WEEKS)
def test_each_poll_finds_every_new_entry_once(played: Played, week: str) -> None:
    first, second = played.said[week]
    assert first["new"] == expected()["weeks"][week]["new_entries"]
    assert first["changed"] == expected()["weeks"][week]["changed_entries"]
    assert first["failed"] == []
    assert (second["new"], second["changed"], second["unchanged"]) == (0, 0, 18)


@pytest.mark.parametrize("week", WEEKS)
def test_no_article_is_lost_and_none_is_doubled(played: Played, week: str) -> None:
    numbers = expected()["weeks"][week]
    assert played.said[week][0]["articles"] == numbers["new_unique_articles"]
    assert played.counts[week]["articles"] == numbers["stored_articles_after_weekly_polls"]
    assert played.counts[week]["with copies"] == numbers["stored_urls_after_weekly_polls"]
    assert len(exported(played, "articles", "--week", week)) == numbers["new_unique_articles"]


def test_every_entry_leads_to_an_article(played: Played) -> None:
    entries = exported(played, "entries")
    articles = {one["article"] for one in exported(played, "articles", "--copies")}
    assert len(entries) == expected()["totals"]["own"] + 15 + 3 + 4
    assert {one["article"] for one in entries} == articles


def test_the_reprints_are_copies_of_what_they_reprint(played: Played) -> None:
    copies = [one for one in exported(played, "articles", "--copies") if one["copy_of"]]
    assert len(copies) == expected()["totals"]["reprints"]
    by_id = {one["article"]: one for one in exported(played, "articles")}
    for copy in copies:
        # Both bear the same date, so nothing tells which came first; the pair is what counts.
        pair = {copy["url"], by_id[copy["copy_of"]]["url"]}
        assert len({url.rpartition("/")[2] for url in pair}) == 1
        assert sum("127.0.1.14:" in url for url in pair) == 1


def test_languages_and_full_texts_are_right(played: Played) -> None:
    known = {path.stem: path.read_text(encoding="utf-8") for path in (REALWEEK / "truth").iterdir()}
    articles = exported(played, "articles")
    index = {one["id"]: one for one in json.loads((REALWEEK / "pages" / "index.json").read_text(encoding="utf-8"))}
    wrong = [one["url"] for one in articles if one["language"] != index[one["url"].rpartition("/")[2]]["language"]]
    assert wrong == []
    short = [
        one["url"]
        for one in articles
        if len(one["text"].split()) < 0.5 * len(known[one["url"].rpartition("/")[2]].split())
    ]
    assert len(short) <= 3


def test_the_servers_were_asked_politely(played: Played) -> None:
    requests = played.requests()
    assert not [one for one in requests if one["forbidden_by_robots"]]
    slow = [one["time"] for one in requests if one["publisher"] == 4]
    within = [  # on a fast machine a person's second command begins before the second is over
        after - before
        for before, after in pairwise(slow)
        if not any(before < began_s <= after for began_s in played.began_s)
    ]
    assert min(within) >= 1.0
    assert all("+http" in one["user_agent"] for one in requests if one["publisher"])
    for publisher in range(1, 19):
        paths = [one["path"] for one in requests if one["publisher"] == publisher]
        pages = [place for place, path in enumerate(paths) if path.startswith(("/a/", "/r/"))]
        if pages:
            assert "/robots.txt" in paths[: pages[0]]


def test_an_unchanged_feed_answers_that_it_is(played: Played) -> None:
    answered = Counter(one["week"] for one in played.requests() if one["status"] == 304)
    assert answered == dict.fromkeys(WEEKS, 17)


def test_the_weeks_go_from_clusters_to_mails(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    run("people", "add", "ann@example.org", "--name", "Ann", "--role", "editor", "--language", "en")
    run("subscribers", "add", "reader@example.org", "--language", "en")
    for week in WEEKS:
        monkeypatch.setenv("DUIDING_NOW", f"{MONDAYS[week]}T06:00:00Z")
        opened = run("week", "run", "--week", week)
        assert opened["clusters"] >= 5
        assert opened["invited"] == 1
        annotate(played, week, f"What happened in {week} asks us to look again at how we share what we know.")
        issue = run("publish", "--week", week)
        assert (issue["items"], issue["sent"]) == (1, 1)
        assert run("publish", "--week", week)["sent"] == 0
    outbox = played.folder / "outbox"
    assert len(list(outbox.glob("reader@example.org.*.eml"))) == len(WEEKS)
    assert len(list(outbox.glob("ann@example.org.*.eml"))) == len(WEEKS)
    digests = exported(played, "digest")
    assert [one["number"] for one in digests] == [1, 2, 3]
    assert all(one["items"][0]["voices"][0]["byline"] == "Ann" for one in digests)
    assert [one["articles"] for one in digests] == [61, 60, 60]


def annotate(played: Played, week: str, so_what: str) -> None:
    """Open the page as a catalyst does, and say what the first cluster means."""
    here = home.opened(played.folder)
    with visiting.served(here) as address:
        link = run("link", "ann@example.org")["link"].replace(here.settings.public_url, address)
        with closing(visiting.signed_in(link)) as visitor:
            board = visitor.get(f"{address}/rounds/{week}")
            first = exported(played, "clusters", "--week", week)[0]["cluster"]
            assert f"/clusters/{first}" in board.text
            page = visitor.get(f"{address}/clusters/{first}")
            visiting.submit(visitor, page, {"verdict": "keep", "so_what": so_what})


def test_stories_told_by_several_outlets_stay_together(played: Played) -> None:
    """A check, not a score: groups within one week that a person put together are mostly found."""
    stories = json.loads((REALWEEK / "stories.json").read_text(encoding="utf-8"))
    place = {}
    for week in WEEKS:
        for one in exported(played, "clusters", "--week", week):
            place[one["url"].rpartition("/")[2]] = (week, one["cluster"])
    groups = [[place[member] for member in ids_of(story) if member in place] for story in stories]
    within = [
        group for week in WEEKS for group in ([one for one in g if one[0] == week] for g in groups) if len(group) > 1
    ]
    whole = [group for group in within if len(set(group)) == 1 and group[0][1]]
    assert len(whole) >= 0.6 * len(within)


def ids_of(story: dict[str, Any]) -> list[str]:
    return [str(one["id"]) for one in story["articles"]]
