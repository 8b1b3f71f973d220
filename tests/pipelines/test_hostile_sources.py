"""The whole catalogue, played three times through the command line: one home, one bad or odd source per case.

All sources are asked in the same polls, beside two healthy ones, each at an address of its own; so what one does to
another would show.
"""

import io
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pipelines import cli
from pipelines.fetching import FetchPolicy
from pipelines.steps import ingest
from pipelines.workers import Workers
from tests.pipelines import catalogue
from tests.pipelines.at_home import NOW, Post, Story, home_at, page, prose, rss
from tests.pipelines.catalogue import CASES, Fault, Oddity
from tests.pipelines.faulty_sites import TLS, Reply, Site, answer

POLLS = 3
HEALTHY = ("huur", "zorg", "leren")
FAULTS = {name: case for name, case in CASES.items() if isinstance(case, Fault)}
ODDITIES = {name: case for name, case in CASES.items() if isinstance(case, Oddity)}


@dataclass(frozen=True)
class Played:
    """What three polls left behind. ``codes`` and ``polls`` are what the command said, poll by poll."""

    base: dict[str, str]
    codes: list[int]
    polls: list[dict[str, Any]]
    sources: dict[str, dict[str, Any]]
    listed: dict[str, dict[str, Any]]
    entries: list[dict[str, Any]]
    articles: list[dict[str, Any]]
    requests: dict[str, list[str]]
    took_s: float

    def url(self, name: str) -> str:
        return f"{self.base[name]}/{name}"

    def entries_of(self, name: str) -> list[dict[str, Any]]:
        return [each for each in self.entries if each["source_url"] == self.url(name)]

    def failed_in(self, poll: int) -> set[str]:
        return {each["url"] for each in self.polls[poll]["failed"]}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("catalogue")
    home_at(folder / "home", Story(), "")
    settings = folder / "home" / "duiding.toml"
    settings.write_text(settings.read_text().replace("total_s = 5", "total_s = 2, concurrency = 24"))
    with Site("0.0.0.0") as site, pytest.MonkeyPatch.context() as patch:  # noqa: S104 - all of 127.0.1.0/24
        base = {
            name: f"http://127.0.1.{at}:{site.port}" for at, name in enumerate(["gezond", "beter", *CASES], start=2)
        }
        site.replies = _replies(base)
        outlines = "".join(f'<outline type="rss" xmlUrl="{url}/{name}"/>' for name, url in base.items())
        (folder / "all.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
        with Workers(2, timeout_s=catalogue.PARSING_S) as workers:
            patch.setattr(ingest, "Workers", lambda _count: nullcontext(workers))
            patch.setattr(ingest, "FetchPolicy", partial(FetchPolicy, max_bytes=catalogue.MOST_BYTES))
            patch.setattr(httpx2, "create_ssl_context", lambda **_: TLS)
            patch.setenv("DUIDING_HOME", str(folder / "home"))
            yield _played(folder, site, base, patch)


def run(*arguments: object) -> tuple[int, Any]:
    """Run a command; return its exit code and the object it printed."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()):
        code = cli.run([*map(str, arguments), "--json"])
    return code, json.loads(out.getvalue())


def _replies(base: dict[str, str]) -> dict[str, Reply]:
    replies: dict[str, Reply] = {"/ok": answer(catalogue.GOOD, Content_Type="application/rss+xml")}
    for name in ("gezond", "beter"):
        posts = [Post(f"/{name}-{about}", f"Over {about}", prose(name + about)) for about in HEALTHY]
        replies |= {post.path: page(post.title, prose(f"{name} {post.path}", 150)) for post in posts}
        replies[f"/{name}"] = answer(rss(posts, base[name], name), Content_Type="application/rss+xml")
    for name, case in CASES.items():
        replies |= case.paths if isinstance(case, Fault) else {}
        said = catalogue.answers(case, base[name])
        replies[f"/{name}"] = _one_after_another(said)
    return replies


def _one_after_another(said: Iterator[Reply]) -> Reply:
    def reply(connection: Any) -> None:
        now = next(said)
        connection.sendall(now) if isinstance(now, bytes) else now(connection)

    return reply


def _played(folder: Path, site: Site, base: dict[str, str], patch: pytest.MonkeyPatch) -> Played:
    patch.setenv("DUIDING_NOW", NOW.isoformat())
    assert run("sources", "import", folder / "all.opml")[0] == 0
    started_s = time.monotonic()
    codes, polls = [], []
    for poll in range(POLLS):
        patch.setenv("DUIDING_NOW", (NOW + timedelta(hours=poll)).isoformat())
        code, said = run("ingest", "--all")
        codes.append(code)
        polls.append(said)
    took_s = time.monotonic() - started_s
    records = {kind: run("export", kind)[1]["records"] for kind in ("sources", "entries", "articles")}
    listed = run("sources", "list")[1]["sources"]
    return Played(
        base, codes, polls, {each["url"]: each for each in records["sources"]}, {each["url"]: each for each in listed},
        records["entries"], records["articles"], _by_source(site), took_s,
    )  # fmt: skip


def _by_source(site: Site) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for request in site.requests:
        found.setdefault(f"http://{request.header('Host')}", []).append(request.path)
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_source_is_stored_and_listed_with_its_kind_and_reason(played: Played, name: str) -> None:
    case, url = FAULTS[name], played.url(name)
    stored = played.sources[url]
    assert stored["error_kind"] == case.kind, stored["error"]
    assert case.reason in stored["error"]
    assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]{10,600}[.]", stored["error"])
    assert stored["state"] == ("disabled" if case.kind == "gone" else "failing")
    assert stored["since"] is not None
    assert played.listed[url]["error"] == stored["error"]
    assert stored["entries"] == stored["articles"] == 0
    polled = [poll for poll in range(POLLS) if case.kind != "gone" or poll == 0]
    assert [poll for poll in range(POLLS) if url in played.failed_in(poll)] == polled


@pytest.mark.parametrize("name", ODDITIES)
def test_an_odd_source_is_read_with_nothing_lost_and_nothing_doubled(played: Played, name: str) -> None:
    case, url = ODDITIES[name], played.url(name)
    assert Counter(each["title"] for each in played.entries_of(name)) == Counter(case.titles)
    assert {poll for poll in range(POLLS) if url in played.failed_in(poll)} == case.failed
    assert played.sources[url]["state"] == ("failing" if POLLS - 1 in case.failed else "active")


def test_the_articles_of_healthy_sources_are_there_once(played: Played) -> None:
    for name in ("gezond", "beter"):
        url = played.url(name)
        assert (played.sources[url]["state"], played.sources[url]["articles"]) == ("active", len(HEALTHY))
        found = [each for each in played.articles if each["url"].startswith(played.base[name])]
        # On a busy machine a page may take longer than the little time given here; its article is there all the same.
        assert sorted(each["title"] for each in found) == sorted(f"Over {about}" for about in HEALTHY)


def test_each_poll_says_that_some_sources_failed_and_lasts_no_longer_than_its_limits(played: Played) -> None:
    assert played.codes == [3] * POLLS
    assert [said["sources"] for said in played.polls] == [len(CASES) + 2, len(CASES) + 1, len(CASES) + 1]
    assert played.took_s < 60 * POLLS


def test_no_address_is_stored_twice(played: Played) -> None:
    urls = Counter(each["url"] for each in played.articles)
    assert [url for url, times in urls.items() if times > 1] == []
    assert all(url.startswith(("http://", "https://")) for url in urls)


def test_the_second_and_third_poll_bring_no_article_that_was_there(played: Played) -> None:
    ids = [each["id"] for each in played.articles]
    assert len(ids) == len(set(ids))
    assert sum(said["articles"] for said in played.polls) + sum(said["copies"] for said in played.polls) >= len(ids)


def test_nothing_that_a_document_names_is_asked_for(played: Played) -> None:
    asked = {path for paths in played.requests.values() for path in paths}
    assert not asked & {"/entity", "/x.dtd", "/x", "/x.xsl", "/entity?"}


def test_links_of_other_schemes_are_no_links(played: Played) -> None:
    assert [each["url"] for each in played.entries_of("case35_links_of_other_schemes")] == [None] * 3


def test_an_enclosure_is_never_asked_for(played: Played) -> None:
    assert [each["url"] for each in played.entries_of("dialect_podcast")] == [None]


def test_odd_dates_are_not_trusted(played: Played) -> None:
    stored = [each["published_at"] for each in played.entries_of("case23_dates")]
    assert sorted(str(each)[:10] for each in stored if each) == ["2026-11-23", "2027-11-23"]
    weeks = {each["week"] for each in played.articles if each["url"].startswith(played.base["case23_dates"])}
    assert weeks == {"2026-W48"}, "a date in the future or none at all puts an article in the week it was found"
