"""Commands about the way in: what is wrong is told in one line, and nothing is lost."""

from pathlib import Path

import pytest

from pipelines.home import Home
from tests.pipelines.at_home import (
    NOW,
    Post,
    fingerprint,
    jsonl,
    linkedin_zip,
    one,
    prose,
    serve_feed,
    week_of_articles,
)
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.faulty_sites import Site, answer

# --- sources and ingest ----------------------------------------------------------------------------------------------


def test_a_feed_that_is_not_one_is_told_and_the_others_are_stored(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    site.replies |= {"/robots.txt": answer(status="404 Not Found"), "/page": answer(b"<html>no feed</html>")}
    good = serve_feed(site, [Post("/a", "Een", prose("een"))])
    duiding("sources", "add", f"{site.url}/page", "--as-is")
    duiding("sources", "add", good)
    said = duiding("ingest")
    assert said.code == 3
    assert f"{site.url}/page: " in said.out
    assert duiding("ingest", "--all", "--json").json["failed"][0]["kind"] == "not_a_feed"
    listed = {one["url"]: one for one in duiding("sources", "list", "--json").json["sources"]}
    bad = listed[f"{site.url}/page"]
    assert (bad["state"], bad["error_kind"], bad["since"]) == ("failing", "not_a_feed", NOW.isoformat())
    assert bad["error"].endswith(".")
    assert (listed[good]["state"], listed[good]["entries"], listed[good]["articles"]) == ("active", 1, 1)
    assert "not_a_feed" not in listed[good].values()
    shown = duiding("sources", "list").out
    assert "2 sources, 1 failing, 0 silent." in shown
    assert "failing" in shown


def test_feeds_can_be_checked_without_storing_anything(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    serve_feed(site, [Post("/a", "Een", prose("een"))])
    duiding("sources", "add", f"{site.url}/feed")
    duiding("sources", "add", f"{site.url}/none")
    before = fingerprint(home)
    said = duiding("sources", "check", "--json")
    assert said.code == 3
    assert [(one["entries"], bool(one["error"])) for one in said.json["sources"]] == [(1, False), (0, True)]
    assert fingerprint(home) == before


@pytest.mark.parametrize(
    "url", ["example.org/feed", "ftp://a.example/feed", "https://www.linkedin.com/feed", "", "javascript:alert(1)"]
)
def test_an_address_that_cannot_be_a_source_is_refused(home: Home, duiding: Duiding, url: str) -> None:
    refused(duiding("sources", "add", url))
    assert one(home, "SELECT count(*) FROM sources") == 0


def test_sources_travel_as_opml(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    for url in ("https://a.example/feed", "https://b.example/feed?a=1&b=2"):
        duiding("sources", "add", url, "--title", "Krant & co")
    file = tmp_path / "sources.opml"
    assert duiding("sources", "export", "--out", file).code == 0
    assert duiding("sources", "export").out.startswith("<?xml")
    duiding("init", tmp_path / "andere")
    said = duiding("sources", "import", file, "--home", tmp_path / "andere", "--json")
    assert (said.json["added"], said.json["known"]) == (2, 0)
    assert duiding("sources", "import", file, "--home", tmp_path / "andere", "--json").json["known"] == 2
    listed = duiding("sources", "list", "--home", tmp_path / "andere", "--json").json["sources"]
    assert {(one["url"], one["title"]) for one in listed} == {
        ("https://a.example/feed", "Krant & co"),
        ("https://b.example/feed?a=1&b=2", "Krant & co"),
    }


def test_opml_that_cannot_be_read_or_written_is_told(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "bad.opml").write_text("geen opml")
    refused(duiding("sources", "import", tmp_path / "bad.opml"), code=1)
    refused(duiding("sources", "import", tmp_path / "none.opml"))
    refused(duiding("sources", "export", "--out", tmp_path / "none" / "x.opml"))


def test_a_disabled_source_is_not_asked_and_can_be_asked_again(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    url = serve_feed(site, [])
    duiding("sources", "add", url)
    assert duiding("sources", "disable", url).code == 0
    assert duiding("ingest", "--all", "--json").json["sources"] == 0
    refused(duiding("sources", "disable", "https://a.example/unknown"))
    assert duiding("sources", "add", url).code == 0
    assert duiding("ingest", "--all", "--json").json["sources"] == 1


# --- LinkedIn and articles -------------------------------------------------------------------------------------------


def test_a_zip_that_is_no_export_is_told_and_nothing_is_stored(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK nee")
    before = fingerprint(home)
    refused(duiding("linkedin", "import", tmp_path / "bad.zip", "--person", "mia@example.org"), code=1)
    refused(duiding("linkedin", "import", tmp_path / "none.zip", "--person", "mia@example.org"))
    good = linkedin_zip(tmp_path / "good.zip", [("Lees dit", "https://a.example/1")])
    refused(duiding("linkedin", "import", good, "--person", "geen adres"))
    assert fingerprint(home) == before


def test_of_several_archives_the_good_ones_are_kept(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK nee")
    good = linkedin_zip(tmp_path / "good.zip", [("Lees dit", "https://a.example/1")])
    said = duiding("linkedin", "import", tmp_path / "bad.zip", good, "--person", "mia@example.org", "--json")
    assert said.code == 3
    assert said.json["new"] == 1
    assert len(said.json["refused"]) == 1
    again = duiding("linkedin", "import", good, "--person", "mia@example.org")
    assert (again.code, again.out[:14]) == (0, "0 new entries ")


def test_a_preview_of_several_archives_is_one_object_and_keeps_nothing(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    first = linkedin_zip(tmp_path / "1.zip", [("Lees dit", "https://a.example/1")], messages="geheim\n")
    second = linkedin_zip(tmp_path / "2.zip", [("En dit", "https://a.example/2")])
    before = fingerprint(home)
    said = duiding("linkedin", "import", first, second, "--person", "mia@example.org", "--preview", "--json")
    assert [row["urls"] for row in said.json["rows"]] == [["https://a.example/1"], ["https://a.example/2"]]
    assert "messages.csv" in said.json["message"]
    shown = duiding("linkedin", "import", first, second, "--person", "mia@example.org", "--preview")
    assert "https://a.example/2" in shown.out
    assert fingerprint(home) == before


def test_bad_lines_of_articles_are_told_and_the_others_kept(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "x.jsonl", ["{", *week_of_articles()[:2], '{"url": "nee", "title": "x"}', "[]"])
    said = duiding("articles", "import", file)
    assert said.code == 3
    assert "2 new articles, 0 known already, 3 lines refused." in said.out
    assert [line for line in ("line 1:", "line 4:", "line 5:") if line not in said.out] == []
    assert duiding("articles", "import", file, "--json").json["known"] == 2
