"""Commands about sources: how they fare in plain words, what they answer, and what they cover."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from curate import opml
from curate.opml import Subscription
from curate.weeks import Week
from pipelines import workers
from pipelines.home import Home
from pipelines.steps import ingest, rounds
from tests.pipelines.at_home import NOW, WEEK, HashEncoder, Post, fingerprint, prose, rows, rss, serve_feed
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.faulty_sites import RSS, Site, answer, redirect

MONDAY = "Mon, 23 Nov 2026 04:00:00 +0000"


def add(duiding: Duiding, *urls: str) -> None:
    for url in urls:
        assert duiding("sources", "add", url, "--as-is").code == 0


def listed(duiding: Duiding) -> dict[str, dict[str, object]]:
    return {one["url"]: one for one in duiding("sources", "list", "--json").json["sources"]}


@pytest.mark.parametrize(
    "case",
    [
        (answer(status="404 Not Found"), "http_404", "new address"),
        (answer(status="403 Forbidden"), "http_403", "let us in"),
        (answer(status="410 Gone"), "gone", "where the feed went"),
        (answer(status="500 Oops"), "http_500", "asked again"),
        (answer(status="418 Teapot"), "http_418", "browser"),
        (answer(b"<html>Welkom</html>"), "not_a_feed", "feed itself"),
        (redirect("http://127.0.0.1:9/"), "blocked", "DUIDING_FETCH_ALLOW"),
    ],
)
def test_the_list_says_of_each_failure_what_to_do(
    duiding: Duiding, site: Site, home: Home, warm: None, case: tuple[bytes, str, str]
) -> None:
    reply, kind, advice = case
    site.replies = {"/feed": reply}
    add(duiding, f"{site.url}/feed")
    ingest.ingest_all(home)
    said = listed(duiding)[f"{site.url}/feed"]
    assert (said["error_kind"], said["since"]) == (kind, NOW.isoformat())
    assert said["state"] == ("disabled" if kind == "gone" else "failing")
    assert advice in str(said["advice"])
    assert str(said["error"]) in str(said["why"])
    assert said["due_at"]
    assert " ".join(str(said["advice"]).split()[:3]) in " ".join(duiding("sources", "list").out.split())


def test_a_feed_without_news_for_long_is_told_to_be_silent_and_since_when(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    posts = [
        Post(f"/{n}", f"Stuk {n}", prose(str(n)), published=f"{n + 1:02} Oct 2026 09:00:00 +0000") for n in range(9)
    ]
    silent = serve_feed(site, posts, "/stil")
    lively = serve_feed(site, [*posts, Post("/nu", "Nu", prose("nu"), published=MONDAY)], "/levend")
    add(duiding, silent, lively)
    ingest.ingest_all(home)
    assert {url: one["state"] for url, one in listed(duiding).items()} == {silent: "silent", lively: "active"}
    said = listed(duiding)[silent]
    assert said["since"] == said["newest_at"] == "2026-10-09T09:00:00+00:00"
    assert said["error"] is None
    assert str(said["why"]).startswith("It brought nothing new for far longer than it usually does.")
    assert "2 sources, 0 failing, 1 silent." in duiding("sources", "list").out


def test_a_check_tells_what_each_feed_answers(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    posts = [Post("/a", "Een", published=MONDAY), Post("/b", "Twee", published="Mon, 30 Nov 2099 04:00:00 +0000")]
    good, plain = serve_feed(site, posts), serve_feed(site, [], "/leeg")
    site.replies["/feed"] = answer(rss(posts, site.url), ETag='"v1"', Last_Modified=MONDAY)
    site.replies |= {"/weg": redirect("/leeg", "301 Moved Permanently"), "/pagina": answer(b"<html>x</html>")}
    add(duiding, good, plain, f"{site.url}/weg", f"{site.url}/pagina", f"{site.url}/niets")
    before = fingerprint(home)
    said = duiding("sources", "check", "--json")
    assert said.code == 3
    paths = ("feed", "leeg", "weg", "pagina", "niets")
    told = {one["url"]: one for one in said.json["sources"]}
    first, empty, moved, page, missing = (told[f"{site.url}/{path}"] for path in paths)
    assert (first["entries"], first["newest_at"], first["validators"]) == (
        2, "2026-11-23T04:00:00+00:00", ["etag", "last-modified"],
    )  # fmt: skip
    assert (empty["entries"], empty["newest_at"], empty["validators"], empty["error"]) == (0, None, [], "")
    assert moved["moved_to"] == f"{site.url}/leeg"
    assert (page["error_kind"], missing["error_kind"]) == ("not_a_feed", "http_404")
    assert fingerprint(home) == before
    assert "5 feeds asked, 2 failed." in duiding("sources", "check").out


def test_a_check_of_one_host_asks_one_feed_at_a_time(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    site.replies = {f"/{n}": answer(RSS) for n in range(30)}
    add(duiding, *(f"{site.url}/{n}" for n in range(30)))
    assert len(duiding("sources", "check", "--json").json["sources"]) == 30
    spans = sorted((request.started_s, request.ended_s) for request in site.requests)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


def test_a_source_is_switched_off_and_on_again(home: Home, duiding: Duiding) -> None:
    add(duiding, "https://a.example/feed")
    assert duiding("sources", "disable", "https://a.example/feed").code == 0
    assert [one["state"] for one in listed(duiding).values()] == ["disabled"]
    assert duiding("sources", "enable", "https://a.example/feed").code == 0
    assert [one["state"] for one in listed(duiding).values()] == ["active"]
    refused(duiding("sources", "enable", "https://b.example/feed"))


def test_folders_and_names_of_a_list_reach_what_is_known_already(
    home: Home, duiding: Duiding, site: Site, warm: None, tmp_path: Path
) -> None:
    url = serve_feed(site, [Post("/a", "Een", prose("een"))])
    duiding("sources", "add", url)
    ingest.ingest_all(home)
    file = tmp_path / "lijst.opml"
    file.write_bytes(opml.write([Subscription(url, "Zo noemen wij het", ("Zorg/Wonen", "Lokaal"))], "x"))
    assert duiding("sources", "import", file, "--json").json["known"] == 1
    assert rows(home, "SELECT title, tags FROM sources") == [("Zo noemen wij het", '["Zorg/Wonen", "Lokaal"]')]
    file.write_bytes(opml.write([Subscription(url, "", ())], "x"))
    duiding("sources", "import", file)
    assert rows(home, "SELECT title FROM sources") == [("Zo noemen wij het",)]


def test_what_people_send_as_a_list_cannot_hold_up_the_command(
    home: Home, duiding: Duiding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "".join(f'<outline text="n{n}"><outline xmlUrl="https://a.example/f"/></outline>' for n in range(20_000))
    (tmp_path / "x.opml").write_text(f"<opml><body>{slow}</body></opml>", encoding="utf-8")
    real = workers.Workers
    monkeypatch.setattr(workers, "Workers", lambda count, timeout_s: real(count, timeout_s=timeout_s / 60))
    assert "longer than 1 seconds" in refused(duiding("sources", "import", tmp_path / "x.opml"), code=1)


# --- coverage --------------------------------------------------------------------------------------------------------


def test_coverage_counts_each_article_once_and_groups_by_folder_language_and_state(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    site.replies["/robots.txt"] = answer(status="404 Not Found")
    posts = [Post(f"/{n}", f"Stuk {n}", prose(f"stuk {n}")) for n in range(9)]
    first, second = serve_feed(site, posts[:6], "/een", "Een"), serve_feed(site, posts[4:], "/twee", "Twee")
    duiding("sources", "add", first, "--tag", "Wonen")
    duiding("sources", "add", second, "--tag", "Wonen", "--tag", "Zorg")
    add(duiding, f"{site.url}/niets")
    assert duiding("ingest").code == 3
    found = duiding("sources", "coverage", "--json").json
    assert found["articles"] == 9
    assert {one["title"]: one["articles"] for one in found["sources"]} == {"Een": 6, "Twee": 5, "": 0}
    folders = {one["name"]: (one["sources"], one["failing"], one["articles"]) for one in found["folders"]}
    assert folders == {"Wonen": (2, 0, 9), "Zorg": (1, 0, 5), "": (1, 1, 0)}
    assert found["themes"] == []
    shown = duiding("sources", "coverage").out
    assert "3 sources: 1 failing, 0 silent, 3 new. 9 articles in four weeks" in shown
    assert "articles of 9" in shown


def test_coverage_gives_no_shares_of_few_articles(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    site.replies["/robots.txt"] = answer(status="404 Not Found")
    duiding("sources", "add", serve_feed(site, [Post("/1", "Stuk", prose("stuk"))]))
    duiding("ingest")
    shown = duiding("sources", "coverage").out
    assert "too few for shares" in shown
    assert "articles of" not in shown


def test_coverage_of_a_week_says_what_fed_its_themes(
    week: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds.run_week(week, Week.parse(WEEK), model=HashEncoder())
    monkeypatch.setenv("DUIDING_NOW", (NOW + timedelta(minutes=1)).isoformat())
    fed = duiding("sources", "coverage", "--json").json["themes"]
    assert sum(theme["articles"] for theme in fed) == 9
    assert {each["title"] for theme in fed for each in theme["sources"]} == {"Krant 1", "Krant 2", "Krant 3"}
    assert "Krant 1, Krant 2, Krant 3" in duiding("sources", "coverage").out
