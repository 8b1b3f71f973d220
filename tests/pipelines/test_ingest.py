"""Ingesting over real HTTP: every source is asked, nothing is lost, nothing is doubled, whatever a source does."""

import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate import sources
from curate.errors import DuidingError
from pipelines import home as homes
from pipelines.home import Home
from pipelines.steps import exports, ingest
from pipelines.steps.ingest import Ingested
from storage import articles as stored_articles
from storage import sources as stored_sources
from tests.pipelines.at_home import (
    NOW,
    Post,
    Story,
    around,
    conditional,
    consented,
    linkedin_zip,
    one,
    page,
    prose,
    rows,
    rss,
    serve_feed,
    write,
)
from tests.pipelines.conftest import Duiding
from tests.pipelines.faulty_sites import Site, answer, emptied, redirect, silence

pytestmark = pytest.mark.usefixtures("warm")

NO_ROBOTS = answer(status="404 Not Found")


@pytest.fixture
def site(servers: tuple[Site, Site]) -> Site:
    return emptied(servers[0], {"/robots.txt": NO_ROBOTS})


@pytest.fixture
def other() -> Iterator[Site]:
    """A second outlet."""
    with Site("127.0.1.2", {"/robots.txt": NO_ROBOTS}) as started:
        yield started


def follow(home: Home, *urls: str) -> None:
    write(home, lambda db: stored_sources.add(db, [sources.feed(url) for url in urls], home.clock()))


def ingested(home: Home) -> Ingested:
    return ingest.ingest_due(home)


def outcomes(done: Ingested) -> list[str]:
    return [each.outcome for each in done.polled]


def state(home: Home, url: str) -> dict[str, Any]:
    with home.database.reading() as db:
        return next(record for record in stored_sources.export(db) if record["url"] == url)


def articles(home: Home) -> dict[str, tuple[str, str, str]]:
    """Title, text and where it is from, by the end of the address."""
    sql = """SELECT a.url, arg_max(t.title, t.stored_at), arg_max(t.text, t.stored_at), any_value(a.text_from)
    FROM articles a JOIN article_texts t USING (article_id) GROUP BY a.url"""
    return {url.rpartition("/")[2]: tuple(rest) for url, *rest in rows(home, sql)}


def posts(*names: str) -> list[Post]:
    return [Post(f"/{name}", f"Over {name}", prose(name)) for name in names]


def with_pages(site: Site, said: list[Post]) -> None:
    site.replies |= {post.path: page(post.title, f"{post.title} {prose('page ' + post.path, 150)}") for post in said}


# --- what is new, changed, unchanged ---------------------------------------------------------------------------------


def test_entries_become_articles_with_the_text_of_their_pages(home: Home, site: Site) -> None:
    said = posts("huur", "zorg")
    with_pages(site, said)
    follow(home, serve_feed(site, said))
    done = ingested(home)
    assert (outcomes(done), done.articles, done.copies, done.pages) == (["new"], 2, 0, 2)
    found = articles(home)
    assert found["huur"][0] == "Over huur"
    assert found["huur"][2] == "page"
    assert prose("page /huur", 150)[:50] in found["huur"][1]
    assert state(home, f"{site.url}/feed")["title"] == "De Krant"
    assert one(home, "SELECT count(*) FROM articles a JOIN fetches f USING (fetch_id) WHERE f.status = 200") == 2
    assert one(home, "SELECT outcome FROM runs WHERE kind = 'ingest'") == done.sentence


def test_a_feed_is_asked_once_an_hour_and_answers_304(home: Home, story: Story, site: Site) -> None:
    site.replies["/feed"] = conditional(site, rss(posts("huur"), site.url))
    follow(home, f"{site.url}/feed")
    assert outcomes(ingested(home)) == ["new"]
    story.later(minutes=30)
    assert ingested(home).polled == ()
    story.later(minutes=30)
    assert outcomes(ingested(home)) == ["unchanged"]
    assert [request.header("If-None-Match") for request in site.requests if request.path == "/feed"] == [None, '"v1"']
    assert state(home, f"{site.url}/feed")["state"] == "active"
    assert one(home, "SELECT count(*) FROM articles") == 1


def test_the_same_body_without_validators_is_unchanged(home: Home, story: Story, site: Site) -> None:
    follow(home, serve_feed(site, posts("huur")))
    ingested(home)
    story.later(hours=1)
    assert outcomes(ingested(home)) == ["unchanged"]
    assert one(home, "SELECT count(*) FROM entry_texts") == 1


def test_a_changed_entry_keeps_its_identity_and_changes_its_article(home: Home, story: Story, site: Site) -> None:
    follow(home, serve_feed(site, posts("huur", "zorg")))
    ingested(home)
    before = one(home, "SELECT article_id FROM articles WHERE url LIKE '%huur'")
    first, second = posts("huur", "zorg")
    serve_feed(site, [replace(first, title="Huur: de nieuwe titel"), second])
    story.later(days=1)
    done = ingested(home)
    assert [(each.new, each.changed) for each in done.polled] == [(0, 1)]
    assert done.articles == 0
    assert articles(home)["huur"][0] == "Huur: de nieuwe titel"
    assert one(home, "SELECT article_id FROM articles WHERE url LIKE '%huur'") == before
    texts = rows(home, "SELECT title FROM article_texts JOIN articles USING (article_id) WHERE url LIKE '%huur'")
    assert {title for (title,) in texts} == {"Over huur", "Huur: de nieuwe titel"}
    assert one(home, "SELECT count(*) FROM surfacings") == 2


def test_a_changed_title_counts_even_while_the_clock_stands_still(home: Home, site: Site) -> None:
    follow(home, serve_feed(site, posts("huur")))
    ingested(home)
    serve_feed(site, [replace(posts("huur")[0], title="Huur: de nieuwe titel")])
    ingest.ingest_all(home)
    with home.database.reading() as db:
        (record,) = stored_articles.export(db, None)
    assert record["title"] == "Huur: de nieuwe titel"


def test_guids_made_anew_at_every_poll_double_nothing(home: Home, story: Story, site: Site) -> None:
    for poll in range(3):
        serve_feed(site, [replace(post, guid=f"{post.path}{poll}") for post in posts("huur", "zorg")])
        follow(home, f"{site.url}/feed")
        ingested(home)
        story.later(hours=1)
    assert one(home, "SELECT count(*) FROM entries") == 2
    assert one(home, "SELECT count(*) FROM articles") == 2


def test_entries_without_an_address_are_kept(home: Home, site: Site, story: Story) -> None:
    follow(home, serve_feed(site, [Post("", "Kort bericht", "Vandaag geen krant.", guid="7"), *posts("huur")]))
    for _ in range(2):
        ingested(home)
        story.later(hours=1)
    assert rows(home, "SELECT guid, url, article_id, page_state FROM entries WHERE url IS NULL") == [
        ("7", None, None, "none")
    ]
    assert one(home, "SELECT count(*) FROM entries") == 2
    assert one(home, "SELECT count(*) FROM articles") == 1


def test_entries_that_point_at_linkedin_are_kept_and_never_fetched(home: Home, site: Site) -> None:
    follow(home, serve_feed(site, [Post("https://www.linkedin.com/pulse/x", "Op LinkedIn", prose("x"))]))
    done = ingested(home)
    assert (done.pages, done.articles) == (0, 0)
    assert one(home, "SELECT url FROM entries") == "https://www.linkedin.com/pulse/x"


def test_odd_dates_of_entries_stop_nothing(home: Home, site: Site) -> None:
    dates = ["Mon, 01 Jan 0001 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 +0000", "Thu, 01 Jan 1970 00:00:00 GMT", "x"]
    said = [replace(post, published=date) for post, date in zip(posts("a", "b", "c", "d"), dates, strict=True)]
    follow(home, serve_feed(site, said))
    assert ingested(home).articles == 4
    moments = [moment for (moment,) in rows(home, "SELECT published_at FROM articles")]
    assert all(moment <= NOW for moment in moments)


def test_broken_letters_are_repaired_and_kept_as_they_came(home: Home, site: Site) -> None:
    text = "De raad besluit over het cafÃ© op het plein – zegt de burgemeester. " + prose("x", 30)
    follow(home, serve_feed(site, [Post("/cafe", "CafÃ© dicht – burgemeester boos", text)]))
    ingested(home)
    ((title, raw_title, said, raw, repairs),) = rows(
        home, "SELECT title, raw_title, text, raw_text, repairs FROM entry_texts"
    )
    assert (title, raw_title) == ("Café dicht – burgemeester boos", "CafÃ© dicht – burgemeester boos")
    assert "het café op" in said
    assert "cafÃ©" in raw
    assert "Ã©" in repairs
    assert articles(home)["cafe"][0] == "Café dicht – burgemeester boos"


def test_broken_letters_of_a_page_are_repaired_and_kept_as_they_came(home: Home, site: Site) -> None:
    site.replies["/cafe"] = page("CafÃ© dicht", f"De raad besluit over het cafÃ© op het plein. {prose('x', 90)}")
    follow(home, serve_feed(site, [Post("/cafe", "")]))
    ingested(home)
    ((title, text, raw, repairs),) = rows(home, "SELECT title, text, raw_text, repairs FROM article_texts")
    assert title == "Café dicht"
    assert "het café op" in text
    assert "het cafÃ© op" in raw
    assert json.loads(repairs) == [["Ã©", "é"]] * 2


# --- teasers and walls -----------------------------------------------------------------------------------------------


def teasers(home: Home) -> dict[str, bool]:
    return {url.rpartition("/")[2]: flag for url, flag in rows(home, "SELECT url, teaser FROM articles")}


def test_an_article_is_marked_as_a_teaser_until_its_page_is_read(home: Home, story: Story, site: Site) -> None:
    post = Post("/huur", "Over huur", prose("huur", 20))
    site.replies["/huur"] = answer(status="503 Service Unavailable")
    follow(home, serve_feed(site, [post]))
    ingested(home)
    assert teasers(home) == {"huur": True}
    with_pages(site, [post])
    story.later(hours=2)
    ingested(home)
    assert teasers(home) == {"huur": False}
    with home.database.reading() as db:
        assert [record["teaser"] for record in stored_articles.export(db, None)] == [False]


def test_a_whole_text_is_not_given_up_for_a_teaser_when_its_page_fails(home: Home, story: Story, site: Site) -> None:
    post = Post("/huur", "Over huur", prose("huur", 20))
    with_pages(site, [post])
    follow(home, serve_feed(site, [post]))
    ingested(home)
    before = articles(home)
    site.replies["/huur"] = answer(status="410 Gone")
    serve_feed(site, [replace(post, text=prose("anders", 20))])
    story.later(hours=2)
    ingested(home)
    assert one(home, "SELECT count(*) FROM entry_texts") == 2
    assert articles(home) == before
    assert teasers(home) == {"huur": False}


WALL = " ".join(f"Partner {number} plaatst cookies en meet advertenties naar voorkeur." for number in range(30))


@pytest.mark.parametrize("words", [20, 0], ids=["teasers", "titles alone"])
def test_articles_behind_a_wall_keep_the_words_of_their_feed_and_are_all_there(
    home: Home, story: Story, site: Site, words: int
) -> None:
    said = [Post(f"/{name}", f"Over {name}", prose(name, words)) for name in ("huur", "zorg", "leren", "fiets")]
    site.replies |= {post.path: page("Toestemming", WALL) for post in said}
    # One by one, so that the first is kept as it is and only the next ones show what its text was.
    follow(home, serve_feed(site, said[:1]))
    for count in range(1, 5):
        serve_feed(site, said[:count])
        ingested(home)
        story.later(days=1)
    assert {name: text for name, (_, text, _) in articles(home).items()} == {p.path[1:]: p.text for p in said}
    assert teasers(home) == dict.fromkeys(("huur", "zorg", "leren", "fiets"), True)
    assert one(home, "SELECT count(*) FROM articles WHERE copy_of IS NULL") == 4


def test_articles_that_redirect_to_one_wall_keep_their_own_addresses(home: Home, site: Site) -> None:
    said = posts("huur", "zorg")
    site.replies |= {post.path: redirect("/toestemming") for post in said}
    site.replies["/toestemming"] = page("Toestemming", WALL)
    follow(home, serve_feed(site, said))
    ingested(home)
    assert {name: text for name, (_, text, _) in articles(home).items()} == {p.path[1:]: p.text for p in said}
    assert one(home, "SELECT count(*) FROM fetches WHERE error_kind = 'unreadable'") == 2


def test_an_article_under_a_new_headline_and_address_is_a_copy_and_no_wall(home: Home, site: Site) -> None:
    text = prose("page", 150)
    said = [Post(f"/{name}", f"Over {name}", text[:200]) for name in ("huur", "huren")]
    site.replies |= {post.path: page("Huur", text) for post in said}
    follow(home, serve_feed(site, said))
    done = ingested(home)
    assert [found[1:] for found in articles(home).values()] == [(text, "page")] * 2
    assert (done.articles, done.copies) == (1, 1)


# --- sources that fail -----------------------------------------------------------------------------------------------


def test_one_bad_source_never_stops_the_others(home: Home, story: Story, site: Site, other: Site) -> None:
    home = Home(home.path, home.settings.model_copy(update={"fetch": _quick(home)}), home.database, story)
    site.replies |= {
        "/html": answer(b"<html><body>geen feed</body></html>", Content_Type="text/html"),
        "/500": answer(status="500 Oops"),
        "/404": answer(status="404 Not Found"),
        "/410": answer(status="410 Gone"),
        "/429": answer(status="429 Slow down", Retry_After="7200"),
        "/junk": b"junk",
        "/drop": lambda connection: connection.close(),
        "/slow": silence,
        "/loop": redirect("/loop"),
        "/bomb": answer(b'<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><channel>&a;'),
    }
    expected = {
        "/html": "not_a_feed",
        "/500": "http_500",
        "/404": "http_404",
        "/410": "gone",
        "/429": "rate_limited",
        "/junk": "unreadable",
        "/drop": "unreadable",
        "/slow": "timeout",
        "/loop": "http_302",
    }
    follow(home, *(f"{site.url}{path}" for path in (*expected, "/bomb")), "http://127.0.0.1:9/feed", "http://[::1]/x")
    follow(home, serve_feed(other, posts("goed")))
    done = ingested(home)
    assert done.articles == 1
    told = {each.source.url.removeprefix(site.url): each.error_kind for each in done.failed}
    assert {path: kind for path, kind in told.items() if path in expected} == expected
    assert told["http://127.0.0.1:9/feed"] == told["http://[::1]/x"] == "blocked"
    assert f"{len(done.failed)} failed" in done.sentence
    for url in (each.source.url for each in done.failed):
        kept = state(home, url)
        assert kept["since"] == NOW
        assert kept["error"].endswith(".")
        assert kept["error_kind"]
        assert kept["state"] == ("disabled" if url.endswith("/410") else "failing")
    assert one(home, "SELECT count(*) FROM fetches WHERE error_kind IS NOT NULL") >= len(done.failed)


def _quick(home: Home) -> Any:
    return home.settings.fetch.model_copy(update={"total_s": 0.5})


def test_a_failing_source_waits_longer_keeps_since_when_and_recovers(home: Home, story: Story, site: Site) -> None:
    follow(home, f"{site.url}/feed")
    for hours in (1, 2, 4):
        assert outcomes(ingested(home)) == ["failed"]
        story.later(hours=hours, seconds=-60 * hours)
        story.later(minutes=-30)
        assert ingested(home).polled == ()
        story.later(minutes=30 + hours)
    assert one(home, "SELECT failures FROM polls") == 3
    assert state(home, f"{site.url}/feed")["since"] == NOW
    serve_feed(site, posts("huur"))
    assert outcomes(ingested(home)) == ["new"]
    recovered = state(home, f"{site.url}/feed")
    assert (recovered["state"], recovered["error_kind"], recovered["error"], recovered["since"]) == (
        "active",
        None,
        None,
        None,
    )


@pytest.mark.parametrize("with_validators", [True, False])
def test_the_known_version_after_a_failure_means_that_all_is_well(
    home: Home, story: Story, site: Site, with_validators: bool
) -> None:
    body = rss(posts("huur"), site.url)
    site.replies["/feed"] = whole = conditional(site, body) if with_validators else answer(body)
    follow(home, f"{site.url}/feed")
    ingested(home)
    story.later(hours=1)
    site.replies["/feed"] = answer(b"<html>onderhoud</html>", ETag='"onderhoud"')
    assert outcomes(ingested(home)) == ["failed"]
    site.replies["/feed"] = whole
    story.later(hours=2)
    assert outcomes(ingested(home)) == ["unchanged"]
    after = state(home, f"{site.url}/feed")
    assert (after["state"], after["error"], after["since"]) == ("active", None, None)
    assert one(home, "SELECT failures FROM polls") == 0


def test_a_feed_that_was_cut_off_on_its_way_is_asked_for_in_full_again(home: Home, story: Story, site: Site) -> None:
    body = rss(posts("huur", "zorg"), site.url)
    site.replies["/feed"] = conditional(site, body[: body.index(b"Over zorg")])
    follow(home, f"{site.url}/feed")
    ingested(home)
    assert one(home, "SELECT count(*) FROM entries") == 1
    site.replies["/feed"] = conditional(site, body)
    story.later(days=1)
    ingested(home)
    asked = [request for request in site.requests if request.path == "/feed"]
    assert [request.header("If-None-Match") for request in asked] == [None, None]
    assert one(home, "SELECT count(*) FROM entries") == 2


def test_a_feed_asks_at_its_own_rhythm(home: Home, story: Story, site: Site) -> None:
    weekly = [Post(f"/{day}", f"Over {day}", published=f"Mon, {day:02} Nov 2026 09:00:00 +0000") for day in (2, 9, 16)]
    follow(home, serve_feed(site, weekly))
    ingested(home)
    story.later(hours=20)
    assert ingested(home).polled == ()
    story.later(hours=4)
    assert outcomes(ingested(home)) == ["unchanged"]


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address_when_that_was_seen_twice(
    home: Home, story: Story, site: Site, other: Site
) -> None:
    old = f"{site.url}/feed"
    new = serve_feed(other, posts("huur"), "/nieuw")
    follow(home, old)
    site.replies["/feed"] = answer(status="301 Moved", Location=new)
    for _ in range(3):
        ingested(home)
        story.later(hours=2)
    assert site.paths.count("/feed") == 2
    assert other.paths.count("/nieuw") == 3
    assert rows(home, "SELECT url, title FROM sources") == [(new, "De Krant")]
    assert one(home, "SELECT count(*) FROM entries") == 1
    assert one(home, "SELECT from_url FROM moves") == old


def test_a_move_that_leads_to_no_feed_is_not_learnt(home: Home, story: Story, site: Site) -> None:
    follow(home, f"{site.url}/feed")
    site.replies |= {"/feed": answer(status="301 Moved", Location="/"), "/": answer(b"<html>te koop</html>")}
    for _ in range(3):
        assert outcomes(ingested(home)) == ["failed"]
        story.later(hours=6)
    assert state(home, f"{site.url}/feed")["error_kind"] == "not_a_feed"


def test_a_host_that_asked_for_rest_is_left_alone_by_the_next_run_too(home: Home, story: Story, site: Site) -> None:
    said = posts("huur", "zorg", "later")
    with_pages(site, said)
    site.replies |= {path: answer(status="429 Rustig", Retry_After="7200") for path in ("/huur", "/zorg")}
    follow(home, serve_feed(site, said[:2]))
    assert ingested(home).articles == 2
    assert len({"/huur", "/zorg"} & {*site.paths}) == 1, "the first refusal speaks for the whole host"
    follow(home, serve_feed(site, said[2:], "/ander"))
    with_pages(site, said)
    story.later(hours=1)
    assert ingested(home).articles == 1
    assert "/ander" in site.paths
    assert "/later" not in site.paths
    story.later(hours=2)
    ingested(home)
    assert {text[2] for text in articles(home).values()} == {"page"}


def test_a_person_who_asks_for_everything_now_does_not_wait_for_a_rest(home: Home, site: Site) -> None:
    site.replies["/feed"] = answer(status="503 Druk", Retry_After="7200")
    follow(home, f"{site.url}/feed")
    assert outcomes(ingested(home)) == ["failed"]
    serve_feed(site, posts("huur"))
    assert outcomes(ingest.ingest_all(home)) == ["new"]


@pytest.mark.real_files
def test_when_the_database_fails_the_run_fails(home: Home, site: Site) -> None:
    follow(home, serve_feed(site, posts("huur")))
    home.database.path.write_bytes(b"no database")
    with pytest.raises(DuidingError):
        ingested(home)


# --- pages that fail -------------------------------------------------------------------------------------------------


def test_a_page_that_robots_refuse_leaves_the_words_of_the_feed(home: Home, story: Story, site: Site) -> None:
    said = posts("dicht")
    with_pages(site, said)
    site.replies["/robots.txt"] = answer(b"User-agent: *\nDisallow: /dicht", Content_Type="text/plain")
    follow(home, serve_feed(site, said))
    assert ingested(home).articles == 1
    assert articles(home)["dicht"] == ("Over dicht", prose("dicht"), "feed")
    assert "/dicht" not in site.paths
    story.later(days=2)
    ingested(home)
    assert "/dicht" not in site.paths


def test_a_page_that_fails_now_gives_the_feeds_words_and_its_own_later(home: Home, story: Story, site: Site) -> None:
    said = posts("later")
    site.replies["/later"] = answer(status="500 Oops")
    follow(home, serve_feed(site, said))
    assert ingested(home).articles == 1
    assert articles(home)["later"][1:] == (prose("later"), "feed")
    with_pages(site, said)
    story.later(minutes=30)
    ingested(home)
    assert articles(home)["later"][2] == "feed"
    story.later(minutes=31)
    done = ingested(home)
    assert (done.pages, done.articles) == (1, 0)
    assert articles(home)["later"][2] == "page"
    assert prose("page /later", 150)[:50] in articles(home)["later"][1]
    assert one(home, "SELECT count(*) FROM surfacings") == 1


def test_a_page_that_never_comes_is_given_up_after_four_tries(home: Home, story: Story, site: Site) -> None:
    site.replies["/nooit"] = answer(status="503 Busy")
    follow(home, serve_feed(site, posts("nooit")))
    for _ in range(7):
        ingested(home)
        story.later(days=1, hours=1)
    assert site.paths.count("/nooit") == 4
    assert rows(home, "SELECT page_state, page_tries FROM entries") == [("done", 4)]
    assert len(articles(home)) == 1


# --- one article, once -----------------------------------------------------------------------------------------------


def test_a_redirected_link_and_a_direct_link_are_one_article(home: Home, story: Story, site: Site, other: Site) -> None:
    real = posts("echt")
    with_pages(site, real)
    site.replies["/echt?utm_source=x"] = site.replies["/echt"]
    other.replies |= {"/go?id=1": redirect(f"{site.url}/echt"), "/go?id=2": redirect(f"{site.url}/echt?utm_source=x")}
    follow(home, serve_feed(site, real))
    follow(home, serve_feed(other, [Post("/go?id=1", "Gedeeld", "kort"), Post("/go?id=2", "Weer", "kort")]))
    done = ingested(home)
    assert done.articles + done.copies == 1
    assert one(home, "SELECT url FROM articles") == f"{site.url}/echt"
    assert one(home, "SELECT count(*) FROM surfacings") == 3
    assert articles(home)["echt"][0] == "Over echt", "the publisher's own title, not that of who shared it"
    asked = len(other.paths)
    story.later(hours=1)
    serve_feed(other, [Post("/go?id=1", "Gedeeld", "kort", guid="nieuw")], path="/feed2")
    follow(home, f"{other.url}/feed2")
    assert ingested(home).articles == 0
    assert one(home, "SELECT count(*) FROM surfacings") == 4
    assert other.paths[asked:].count("/go?id=1") == 0, "an address that is known is not fetched again"


def test_a_syndicated_entry_adds_a_surfacing_and_brings_the_date_forward(
    home: Home, story: Story, site: Site, other: Site
) -> None:
    said = posts("huur")
    follow(home, serve_feed(site, said))
    ingested(home)
    earlier = replace(said[0], path=f"{site.url}/huur?utm_source=rss", published="Mon, 16 Nov 2026 09:00:00 +0000")
    follow(home, serve_feed(other, [earlier], title="Verzamelaar"))
    story.later(hours=1)
    assert ingested(home).articles == 0
    assert one(home, "SELECT count(DISTINCT source_id) FROM surfacings") == 2
    assert one(home, "SELECT published_at FROM articles").day == 16


def test_near_identical_texts_are_folded_and_counted_as_copies(
    home: Home, story: Story, site: Site, other: Site
) -> None:
    text = prose("anp", 120)
    first = Post("/anp", "Nieuws", text, published="Tue, 17 Nov 2026 09:00:00 +0000")
    follow(home, serve_feed(site, [first]), serve_feed(other, [replace(first, path="/overgenomen", title="Nieuws!")]))
    done = ingested(home)
    assert (done.articles, done.copies) == (1, 1)
    assert one(home, "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL") == 1
    third = Post("/oorspronkelijk", "Het echte nieuws", text + " Einde.", published="Mon, 16 Nov 2026 09:00:00 +0000")
    serve_feed(site, [first, third])
    story.later(hours=1)
    assert ingested(home).copies == 1
    originals = rows(home, "SELECT url FROM articles WHERE copy_of IS NULL")
    assert originals == [(f"{site.url}/oorspronkelijk",)], "the one published first is the original"


def test_two_different_articles_are_never_folded(home: Home, site: Site) -> None:
    follow(home, serve_feed(site, [*posts("huur", "zorg"), Post("/leeg1", "Een"), Post("/leeg2", "Twee")]))
    done = ingested(home)
    assert (done.articles, done.copies) == (4, 0)


# --- LinkedIn --------------------------------------------------------------------------------------------------------


def test_what_a_member_shared_becomes_an_article_through_that_member(home: Home, site: Site) -> None:
    said = posts("gedeeld")
    with_pages(site, said)
    site.replies["/gedeeld?utm_source=share"] = site.replies["/gedeeld"]
    share = ("Lees dit eens", f"{site.url}/gedeeld?utm_source=share")
    consented(home, "mia@example.org")
    linkedin_zip(home.inbox / "mia@example.org" / "export.zip", [share])
    (taken,) = exports.take_inbox(home)
    assert exports.told(taken) == "An export from the inbox brought 1 new entries."
    assert not list(home.inbox.rglob("*.zip"))
    assert ingested(home).articles == 1
    assert articles(home)["gedeeld"][0] == "Over gedeeld"
    assert articles(home)["gedeeld"][2] == "page"
    assert rows(home, "SELECT via, p.email FROM surfacings JOIN people p USING (person_id)") == [
        ("share", "mia@example.org")
    ]
    follow(home, serve_feed(site, said))
    assert ingested(home).articles == 0
    assert sorted(via for (via,) in rows(home, "SELECT via FROM surfacings")) == ["feed", "share"]


def test_an_address_in_a_comment_is_brought_by_a_comment(home: Home, site: Site, tmp_path: Path) -> None:
    with_pages(site, posts("besproken"))
    link = "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7456628618035200000"
    comments = f"Date,Link,Message\n2026-11-18 10:00:00,{link},Zie ook {site.url}/besproken\n"
    file = linkedin_zip(tmp_path / "export.zip", [], Comments=comments)
    allow = exports.Permission(exports.ALLOWED_BY_DEFAULT | {"comments"})
    assert exports.import_export(home, file, "mia@example.org", allow).new == 1
    assert ingested(home).articles == 1
    assert rows(home, "SELECT via FROM surfacings") == [("comment",)]


def test_an_archive_in_the_inbox_that_is_no_export_stays_and_the_others_are_taken(
    home: Home, duiding: Duiding, site: Site
) -> None:
    consented(home, "mia@example.org")
    consented(home, "ben@example.org")
    bad = home.inbox / "ben@example.org" / "bad.zip"
    odd = home.inbox / "geen adres" / "export.zip"
    good = linkedin_zip(home.inbox / "mia@example.org" / "EXPORT.ZIP", [("Kijk", f"{site.url}/x")])
    for file in (bad, odd):
        file.parent.mkdir()
        file.write_bytes(b"PK nee")
    (home.inbox / "mia@example.org" / "map.zip").mkdir()
    follow(home, serve_feed(site, posts("huur")))
    said = duiding("ingest", "--json")
    assert said.code == 3
    assert (said.json["exports"], len(said.json["exports_refused"])) == (1, 3)
    assert bad.exists()
    assert odd.exists()
    assert not good.exists()
    assert not [each for each in exports.take_inbox(home) if "example.org" in exports.told(each)]
    assert said.json["articles"] == 2, "the feed was asked and the shared page looked at all the same"


def test_the_same_archive_again_adds_nothing(home: Home) -> None:
    consented(home, "mia@example.org")
    for _ in range(2):
        linkedin_zip(home.inbox / "mia@example.org" / "export.zip", [("Kijk", "https://a.example/x")])
        (taken,) = exports.take_inbox(home)
    assert isinstance(taken, exports.Imported)
    assert (taken.new, taken.already) == (0, True)
    assert one(home, "SELECT count(*) FROM entries") == 1


# --- killed ----------------------------------------------------------------------------------------------------------


def many(site: Site) -> list[str]:
    """Three feeds with five articles each, pages and near-copies among them, answered slowly enough to be killed in."""

    def slowly(reply: bytes) -> Any:
        def send(connection: socket.socket) -> None:
            time.sleep(0.01)
            connection.sendall(reply)

        return send

    urls = []
    for feed in range(3):
        said = [Post(f"/{feed}-{number}", f"Titel {feed}-{number}", prose(f"{number}", 100)) for number in range(5)]
        site.replies |= {post.path: slowly(page(post.title, f"{prose(post.path[3:], 150)}")) for post in said}
        urls.append(serve_feed(site, said, f"/feed{feed}", f"Krant {feed}"))
    return urls


def contents(home: Home) -> list[Any]:
    """What must not depend on how often the program was killed."""
    return [
        rows(home, "SELECT url, copy_of IS NULL FROM articles ORDER BY url"),
        rows(home, "SELECT guid, page_state FROM entries ORDER BY guid"),
        one(home, "SELECT count(*) FROM surfacings"),
        rows(home, "SELECT article_id, count(*) FROM article_texts GROUP BY ALL HAVING count(*) > 1"),
        rows(home, "SELECT entry_id, count(*) FROM entry_texts GROUP BY ALL HAVING count(*) > 1"),
    ]


def test_an_ingest_that_is_killed_anywhere_goes_on_where_it_was(tmp_path: Path, home: Home, site: Site) -> None:
    follow(home, *many(site))
    undisturbed = Path(shutil.copytree(home.path, tmp_path / "undisturbed"))
    twin = homes.opened(undisturbed, home.clock)
    assert ingested(twin).articles == 5
    environment = around(home)
    command = [sys.executable, "-m", "pipelines.cli", "ingest"]
    before = len(site.requests)
    for _ in range(3):
        program = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = len(site.requests)
        until = time.monotonic() + 60
        while len(site.requests) == seen and program.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.7))  # noqa: S311  # any moment will do
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert len(site.requests) > before
    ingested(home)
    assert contents(home) == contents(twin)


def test_an_ingest_killed_just_before_it_folds_copies_leaves_them_to_the_next(
    home: Home, story: Story, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = prose("anp", 120)
    follow(home, serve_feed(site, [Post("/een", "Nieuws", text), Post("/twee", "Nieuws", text)]))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ingest, "fold_copies", killed)
        with pytest.raises(KeyboardInterrupt):
            ingested(home)
    story.later(hours=1)
    ingested(home)
    assert one(home, "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL") == 1


@pytest.mark.real_files
def test_two_ingests_at_once_double_nothing(tmp_path: Path, home: Home, site: Site) -> None:
    follow(home, *many(site))
    twin = homes.opened(Path(shutil.copytree(home.path, tmp_path / "undisturbed")), home.clock)
    ingested(twin)
    environment = around(home)
    command = [sys.executable, "-m", "pipelines.cli", "ingest"]
    programs = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [program.wait(timeout=60) for program in programs] == [0, 0]
    assert contents(home) == contents(twin)
