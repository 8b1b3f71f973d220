"""Adding a source: the feed is found where there is one, and what cannot be asked today is added all the same."""

import socket
from collections.abc import Callable

import pytest

from pipelines.home import Home
from pipelines.steps.discovering import MOST_ASKED
from tests.pipelines.at_home import Post, one, prose, rows, serve_feed
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.faulty_sites import Reply, Site, answer, redirect, silence

ATOM = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atoom</title></feed>'
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Blad", "items": []}'
POSTS = [Post("/a", "Een", prose("een")), Post("/b", "Twee", prose("twee"))]
Add = Callable[..., dict[str, object]]


@pytest.fixture
def add(home: Home, duiding: Duiding, site: Site, warm: None) -> Add:
    """Add an address of the site, which serves nothing yet, and return the record."""
    site.replies.clear()

    def added(path: str, *arguments: str) -> dict[str, object]:
        said = duiding("sources", "add", site.url + path, *arguments, "--json")
        assert said.code == 0, said
        record: dict[str, object] = said.json
        return record

    return added


def page(*head: str, body: str = "") -> bytes:
    html = f"<!doctype html><html><head><title>Site</title>{''.join(head)}</head><body>{body}</body></html>"
    return answer(html.encode(), Content_Type="text/html; charset=utf-8")


def declared(href: str, title: str = "", kind: str = "rss+xml") -> str:
    return f'<link rel="alternate" type="application/{kind}" title="{title}" href="{href}">'


def sources(home: Home) -> list[tuple[str, str]]:
    return [(url, title) for url, title in rows(home, "SELECT url, title FROM sources ORDER BY url")]


def test_a_feed_is_added_as_it_is_with_its_own_name(home: Home, site: Site, add: Add) -> None:
    url = serve_feed(site, POSTS, "/nieuws.xml")
    record = add("/nieuws.xml")
    assert (record["url"], record["added"], record["checked"], record["entries"]) == (url, True, True, 2)
    assert sources(home) == [(url, "De Krant")]
    assert site.paths == ["/nieuws.xml"]


def test_the_name_that_a_person_gives_goes_before_the_feeds_own(home: Home, site: Site, add: Add) -> None:
    url = serve_feed(site, POSTS)
    add("/feed", "--title", "Ons blad", "--tag", "Wonen", "--tag", "Zorg")
    assert rows(home, "SELECT title, tags FROM sources") == [("Ons blad", '["Wonen", "Zorg"]')]
    add("/feed")
    assert sources(home) == [(url, "Ons blad")]


@pytest.mark.parametrize(("kind", "body"), [("atom+xml", ATOM), ("feed+json", JSON)])
def test_a_page_leads_to_the_feed_it_names(home: Home, site: Site, add: Add, kind: str, body: bytes) -> None:
    site.replies |= {"/blog": page(declared("stukken", kind=kind)), "/stukken": answer(body)}
    record = add("/blog")
    assert (record["url"], record["asked"], record["checked"]) == (f"{site.url}/stukken", f"{site.url}/blog", True)
    assert site.paths == ["/blog", "/stukken"]


def test_the_main_feed_is_chosen_and_the_others_are_told(home: Home, site: Site, add: Add) -> None:
    head = [declared("/comments/feed/", "Reacties"), declared("/tag/x/feed/", "Tag x"), declared("/feed/", "Site")]
    site.replies["/"] = page(*head)
    serve_feed(site, POSTS, "/feed/")
    record = add("/")
    assert record["url"] == f"{site.url}/feed/"
    assert record["others"] == [f"{site.url}/tag/x/feed/", f"{site.url}/comments/feed/"]
    assert all(other in str(record["message"]) for other in (f"{site.url}/tag/x/feed/", f"{site.url}/comments/feed/"))


def test_what_a_page_names_must_be_a_feed(home: Home, site: Site, add: Add) -> None:
    site.replies |= {
        "/": page(declared("/weg"), declared("/geen"), declared("/sitemap.xml"), body='<a href="/volg">RSS</a>'),
        "/geen": page(),
        "/sitemap.xml": answer(b'<?xml version="1.0"?><urlset><url><loc>x</loc></url></urlset>'),
    }
    serve_feed(site, POSTS, "/volg")
    assert add("/")["url"] == f"{site.url}/volg"
    assert site.paths == ["/", "/weg", "/geen", "/sitemap.xml", "/volg"]


@pytest.mark.parametrize("place", ["/feed", "/rss", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml", "/feed.json"])
def test_a_page_that_names_no_feed_is_searched_at_the_usual_places(site: Site, add: Add, place: str) -> None:
    site.replies["/"] = page(body="<p>Welkom</p>")
    serve_feed(site, POSTS, place)
    assert add("/")["url"] == f"{site.url}{place}"


def test_a_part_of_a_site_is_searched_below_itself_first(site: Site, add: Add) -> None:
    site.replies["/afdeling/blog"] = page()
    serve_feed(site, POSTS, "/feed")
    serve_feed(site, POSTS, "/afdeling/blog/feed")
    assert add("/afdeling/blog")["url"] == f"{site.url}/afdeling/blog/feed"


def test_a_search_asks_a_handful_of_times_and_then_says_what_to_do(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    site.replies.clear()
    site.replies["/"] = page(*(declared(f"/weg{n}") for n in range(40)))
    sentence = refused(duiding("sources", "add", f"{site.url}/"), code=1)
    assert "--as-is" in sentence
    assert len(site.requests) == 1 + MOST_ASKED
    assert one(home, "SELECT count(*) FROM sources") == 0


@pytest.mark.parametrize(
    "body", [b"<html><p>Hallo</p></html>", b"Zomaar tekst", b"\x89PNG\r\n\x1a\n", b'{"a": 1}', b"[]"]
)
def test_what_is_no_feed_and_leads_to_none_is_refused_unless_it_is_wanted_as_it_is(
    home: Home, duiding: Duiding, site: Site, warm: None, body: bytes
) -> None:
    site.replies = {"/page": answer(body)}
    assert "No feed was found" in refused(duiding("sources", "add", f"{site.url}/page"), code=1)
    assert one(home, "SELECT count(*) FROM sources") == 0
    asked = len(site.requests)
    assert duiding("sources", "add", f"{site.url}/page", "--as-is", "--json").json["checked"] is False
    assert sources(home) == [(f"{site.url}/page", "")]
    assert len(site.requests) == asked


def test_a_list_of_feeds_is_told_to_be_imported(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    site.replies = {"/x.opml": answer(b'<?xml version="1.0"?><opml version="2.0"><body/></opml>')}
    assert "`duiding sources import`" in refused(duiding("sources", "add", f"{site.url}/x.opml"), code=1)


def cut_off(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>")


@pytest.mark.parametrize(
    "reply",
    [
        answer(status="404 Not Found"),
        answer(status="410 Gone"),
        answer(status="403 Forbidden"),
        answer(status="500 Internal Server Error"),
        answer(status="429 Too Many Requests", Retry_After="60"),
        answer(b""),
        answer(b" \n "),
        redirect("http://10.0.0.1/feed"),
        redirect("/feed"),
        cut_off,
    ],
)
def test_an_address_that_gives_no_answer_is_added_unchecked_with_the_reason(
    home: Home, site: Site, add: Add, reply: Reply
) -> None:
    site.replies["/feed"] = reply
    record = add("/feed")
    assert (record["url"], record["added"], record["checked"]) == (f"{site.url}/feed", True, False)
    assert str(record["reason"]).endswith(".")
    assert str(record["reason"]) in str(record["message"])
    assert sources(home) == [(f"{site.url}/feed", "")]
    assert set(site.paths) == {"/feed"}


def test_an_address_where_nobody_listens_is_added_unchecked(home: Home, duiding: Duiding, warm: None) -> None:
    for url in ("http://127.0.1.9:9/feed", "http://127.0.0.1:9/feed", "https://a.example/feed"):
        said = duiding("sources", "add", url, "--json")
        assert (said.code, said.json["checked"], said.json["added"]) == (0, False, True)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    home: Home, duiding: Duiding, site: Site, warm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIDING_FETCH__TOTAL_S", "1")
    site.replies["/feed"] = silence
    assert "did not answer" in duiding("sources", "add", f"{site.url}/feed", "--json").json["reason"]


def test_a_feed_that_moved_for_good_is_added_where_it_is_now(home: Home, site: Site, add: Add) -> None:
    url = serve_feed(site, POSTS, "/nieuw")
    site.replies |= {"/oud": redirect("/nieuw", "301 Moved Permanently"), "/even": redirect("/nieuw")}
    assert add("/oud")["url"] == url
    assert add("/oud")["added"] is False
    assert add("/even")["url"] == f"{site.url}/even"


def test_a_named_feed_that_has_trouble_now_is_added_unchecked(home: Home, site: Site, add: Add) -> None:
    site.replies |= {"/": page(declared("/stukken", "Blog")), "/stukken": answer(status="503 Service Unavailable")}
    record = add("/")
    assert (record["url"], record["checked"]) == (f"{site.url}/stukken", False)


def test_a_server_in_trouble_is_not_asked_for_all_that_its_page_names(site: Site, add: Add) -> None:
    site.replies = {f"/{n}": answer(status="503 Service Unavailable") for n in range(5)}
    site.replies["/"] = page(*(declared(f"/{n}") for n in range(5)))
    assert add("/")["url"] == f"{site.url}/0"
    assert site.paths == ["/", "/0", "/1"]


def test_a_search_that_the_site_stops_says_so(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    site.replies = {"/": page(), "/feed": answer(status="429 Too Many Requests")}
    assert "stopped" in refused(duiding("sources", "add", f"{site.url}/"), code=1)
    assert site.paths == ["/", "/feed"]


def test_a_page_cannot_lead_us_where_we_must_not_go(home: Home, site: Site, canary: Site, add: Add) -> None:
    lures = [declared(f"{canary.url}/feed"), declared("https://www.linkedin.com/feed"), declared("file:///etc/passwd")]
    site.replies["/"] = page(*lures)
    serve_feed(site, POSTS, "/rss")
    assert add("/")["url"] == f"{site.url}/rss"
    assert canary.requests == []


def test_a_known_feed_is_not_asked_again(home: Home, site: Site, add: Add) -> None:
    serve_feed(site, POSTS)
    add("/feed")
    site.requests.clear()
    assert add("/feed")["added"] is False
    assert site.requests == []


def test_one_feed_in_two_spellings_is_one_source(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    url = serve_feed(site, POSTS)
    duiding("sources", "add", url)
    again = duiding("sources", "add", f"feed:{url.replace('http', 'HTTP')}#top", "--json")
    assert (again.json["added"], again.json["url"]) == (False, url)
    assert duiding("sources", "disable", f"feed:{url}").code == 0
    assert one(home, "SELECT state FROM sources") == "disabled"


def test_the_search_speaks_no_longer_than_a_sentence(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    site.replies["/"] = page(declared("/feed", "Site <b>x</b>"))
    serve_feed(site, POSTS, "/feed")
    said = duiding("sources", "add", f"{site.url}/")
    assert said.out == f"{site.url}/feed is added, 'De Krant', 2 entries now. It is where {site.url}/ leads to.\n"
