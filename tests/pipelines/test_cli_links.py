"""Links that people bring: the page is read on the guarded path, and who brought it and why reaches the board."""

import pytest

from pipelines.home import Home
from pipelines.steps import ingest
from storage import entries, links
from tests.pipelines.at_home import Post, fingerprint, one, page, prose, rows, serve_feed
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.faulty_sites import Site, answer

WHY = "Dit raakt aan wat wij in Zwolle proberen."


@pytest.fixture
def people(home: Home, duiding: Duiding, site: Site) -> None:
    """Ann and Ben, and a site whose robots.txt allows everything."""
    duiding("people", "add", "ann@a.example", "--name", "Ann", "--role", "catalyst")
    duiding("people", "add", "ben@a.example", "--name", "Ben", "--role", "editor")
    site.replies = {"/robots.txt": answer(status="404 Not Found")}


def bring(duiding: Duiding, url: str, who: str = "ann", why: str = WHY) -> str:
    said = duiding("links", "add", url, "--person", f"{who}@a.example", "--why", why, "--json")
    assert said.code == 0, said
    return str(said.json["outcome"])


def test_a_link_is_read_at_the_next_ingest_and_its_page_is_the_article(
    home: Home, duiding: Duiding, site: Site, people: None, warm: None
) -> None:
    site.replies["/stuk"] = page("Het stuk zelf", prose("stuk", 80))
    assert bring(duiding, f"{site.url}/stuk") == "new"
    assert site.requests == []
    ingest.ingest_due(home)
    assert rows(home, "SELECT a.url, t.title, a.text_from FROM articles a JOIN article_texts t USING (article_id)") == [
        (f"{site.url}/stuk", "Het stuk zelf", "page")
    ]
    assert rows(home, "SELECT f.via, p.name FROM surfacings f JOIN people p USING (person_id)") == [("link", "Ann")]


def test_one_address_brought_by_two_people_and_a_feed_is_one_article_with_three_surfacings(
    home: Home, duiding: Duiding, site: Site, people: None, warm: None
) -> None:
    site.replies["/stuk"] = page("Het stuk zelf", prose("stuk", 80))
    duiding("sources", "add", serve_feed(site, [Post("/stuk", "Het stuk", prose("stuk"))]))
    ingest.ingest_due(home)
    bring(duiding, f"{site.url}/stuk")
    bring(duiding, f"{site.url}/stuk/?utm_source=x", "ben", "Ook bij ons speelt dit al jaren.")
    assert [bring(duiding, f"{site.url}/stuk"), bring(duiding, f"{site.url}/stuk", why=f"{WHY} Echt.")] == [
        "known", "changed",
    ]  # fmt: skip
    ingest.ingest_due(home)
    ingest.ingest_due(home)
    assert one(home, "SELECT count(*) FROM articles") == 1
    assert one(home, "SELECT count(*) FROM surfacings") == 3
    article_id = one(home, "SELECT article_id FROM articles")
    with home.database.reading() as db:
        assert [(each.name, each.why) for each in links.reasons(db, [article_id])[article_id]] == [
            ("Ann", f"{WHY} Echt."), ("Ben", "Ook bij ons speelt dit al jaren."),
        ]  # fmt: skip
        assert entries.count_waiting(db, home.clock()) == 0


def test_a_site_that_wants_no_programs_is_left_alone_and_the_words_are_kept(
    home: Home, duiding: Duiding, site: Site, people: None, warm: None
) -> None:
    site.replies = {"/robots.txt": answer(b"User-agent: *\nDisallow: /"), "/stuk": page("Stuk", prose("stuk", 80))}
    bring(duiding, f"{site.url}/stuk")
    ingest.ingest_due(home)
    assert "/stuk" not in site.paths
    person_id = one(home, "SELECT person_id FROM people WHERE name = 'Ann'")
    with home.database.reading() as db:
        (brought,) = links.latest(db, person_id, 10)
    assert (brought.state, brought.why) == ("unread", WHY)


@pytest.mark.parametrize(
    ("url", "why", "word"),
    [
        ("https://www.linkedin.com/posts/1", WHY, "LinkedIn"),
        ("javascript:alert(1)", WHY, "not a web address"),
        ("http://127.0.0.1:8000/", WHY, "closed network"),
        ("http://2130706433/", WHY, "closed network"),
        ("https://a.example/", "mooi", "in a sentence"),
    ],
)
def test_what_the_form_refuses_the_command_refuses(
    home: Home, duiding: Duiding, people: None, url: str, why: str, word: str
) -> None:
    before = fingerprint(home)
    assert word in refused(duiding("links", "add", url, "--person", "ann@a.example", "--why", why))
    assert fingerprint(home) == before


def test_nobody_brings_a_link_in_the_name_of_nobody(home: Home, duiding: Duiding, people: None) -> None:
    said = duiding("links", "add", "https://a.example/", "--person", "nobody@a.example", "--why", WHY)
    assert "`duiding people list`" in refused(said)
    assert one(home, "SELECT count(*) FROM entries") == 0
