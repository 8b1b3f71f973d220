"""Ingests killed with SIGKILL at random moments, several in a row, end with the rows of one never disturbed."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate import sources
from pipelines import home as homes
from pipelines.home import Home
from pipelines.steps import ingest
from storage import sources as stored_sources
from tests.pipelines.at_home import Post, around, one, page, prose, rows, rss, write
from tests.pipelines.faulty_sites import Reply, Site, answer

FEEDS, POSTS = 5, 4


@pytest.fixture
def outlets() -> Iterator[list[Site]]:
    """Servers that take a moment for each answer, so that there is time to be killed in."""
    sites = [Site(f"127.0.1.{number}") for number in range(11, 11 + FEEDS)]
    yield sites
    for site in sites:
        site.__exit__()


def slowly(reply: bytes) -> Reply:
    def send(connection: Any) -> None:
        time.sleep(random.uniform(0, 0.03))  # noqa: S311 - any order of arrival will do
        connection.sendall(reply)

    return send


def posts(feed: int) -> list[Post]:
    """Four articles; those of the first three feeds have the same words, so that they are copies of each other."""
    return [
        Post(f"/{feed}-{number}", f"Titel {feed}-{number}", prose(f"{feed // 3}-{number}", 100), guid=f"{feed}{number}")
        for number in range(POSTS)
    ]


def published(outlets: list[Site], week: int) -> list[str]:
    """Serve the first or the second week, with entries edited, added and dropped; return the addresses of all feeds."""
    for feed, site in enumerate(outlets):
        said = posts(feed)
        if week == 2:
            first, second, *rest = said
            said = [
                Post(f"/{feed}-nieuw", f"Nieuw {feed}", prose(f"nieuw {feed}", 90)),
                replace(first, title="Anders"),
                *rest,
            ]
            site.replies |= {second.path: answer(status="404 Not Found")}
        said = [replace(post, guid=_guid(feed, post, week)) for post in said]
        pages = {post.path: slowly(page(post.title, prose(f"{post.path[3:]} {feed // 3}", 150))) for post in said}
        body = rss(said, site.url, f"Krant {feed}")
        feed_reply = slowly(answer(body, Content_Type="application/rss+xml"))
        site.replies = {
            "/robots.txt": answer(status="404 Not Found"),
            **pages,
            "/feed": feed_reply,
            "/kapot": answer(PAGE),
        }
    return [f"{site.url}/feed" for site in outlets] + [f"{outlets[0].url}/kapot", f"{outlets[1].url}/weg"]


PAGE = b"<html>geen feed</html>"


def _guid(feed: int, post: Post, week: int) -> str | None:
    return {0: post.guid, 1: f"{post.path} week {week}", 2: "een voor alle"}.get(feed, post.guid)


def disturbed(home: Home, outlets: list[Site], kills: int) -> int:
    """Start ingests and kill each at a random moment after its first request; return how many were at work then."""
    environment = around(home)
    command = [sys.executable, "-m", "pipelines.cli", "ingest", "--all"]
    killed = 0
    for _ in range(kills):
        program = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen, until_s = _asked(outlets), time.monotonic() + 60
        while _asked(outlets) == seen and program.poll() is None and time.monotonic() < until_s:
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.8))  # noqa: S311 - any moment will do
        killed += program.poll() is None
        program.send_signal(signal.SIGKILL)
        program.wait()
    return killed


def _asked(outlets: list[Site]) -> int:
    return sum(len(site.requests) for site in outlets)


def contents(home: Home) -> dict[str, Any]:
    """All that must not depend on how often the program was killed, and what must be empty in any case."""
    return {
        "articles": rows(home, "SELECT article_id, url, copy_of FROM articles ORDER BY ALL"),
        "words": rows(home, "SELECT DISTINCT article_id, title, text FROM article_texts ORDER BY ALL"),
        "entries": rows(home, "SELECT entry_id, guid, url, article_id, page_state FROM entries ORDER BY ALL"),
        "versions": rows(home, "SELECT entry_id, title, count(*) FROM entry_texts GROUP BY ALL ORDER BY ALL"),
        "surfacings": rows(home, "SELECT article_id, source_id, count(*) FROM surfacings GROUP BY ALL ORDER BY ALL"),
        "sources": rows(
            home, "SELECT url, state, error_kind FROM sources LEFT JOIN polls USING (source_id) ORDER BY ALL"
        ),
    }


def test_many_kills_in_a_row_over_two_weeks_lose_and_double_nothing(
    tmp_path: Path, home: Home, outlets: list[Site], warm: None
) -> None:
    urls = published(outlets, 1)
    write(home, lambda db: stored_sources.add(db, [sources.feed(url) for url in urls], home.clock()))
    twin = homes.opened(Path(shutil.copytree(home.path, tmp_path / "undisturbed")), home.clock)
    killed = 0
    for week, kills in ((1, 3), (2, 2)):
        published(outlets, week)
        killed += disturbed(home, outlets, kills)
        for each in (home, twin):
            ingest.ingest_all(each)
        assert contents(home) == contents(twin)
    assert killed > 0, "every ingest was done before it could be killed"
    assert one(home, "SELECT count(*) FROM articles") == FEEDS * (POSTS + 1)
    assert one(home, "SELECT count(*) FROM entries") == FEEDS * (POSTS + 1)
    assert one(home, "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL") > 0
    kinds = dict(rows(home, "SELECT url, error_kind FROM sources JOIN polls USING (source_id)"))
    assert [kinds[url] for url in urls] == [None] * FEEDS + ["not_a_feed", "http_404"]
