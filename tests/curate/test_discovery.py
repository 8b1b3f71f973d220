"""Which of the addresses on a page is the feed that stands for it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import discovery
from curate.urls import safe_link

RSS = 'rel="alternate" type="application/rss+xml"'
HOME = "https://blog.example/"


def found(html: str, url: str = HOME, content_type: str = "text/html; charset=utf-8") -> list[str]:
    return [one.url.removeprefix("https://blog.example") for one in named(html, url, content_type)]


def named(html: str, url: str = HOME, content_type: str = "text/html") -> tuple[discovery.Candidate, ...]:
    return discovery.candidates(html.encode(), content_type, url)


def test_the_feed_that_a_page_declares_is_found() -> None:
    (one,) = named(f'<html><head><link {RSS} title="De &amp; Krant" href="/feed/"></head><p>x</p>')
    assert one == discovery.Candidate("https://blog.example/feed/", "De & Krant", declared=True)


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/atom+xml" href="/f">',
        '<link rel="alternate" type="application/rdf+xml" href="/f">',
        '<link rel="alternate" type="application/feed+json" href="/f">',
        '<link rel="alternate" type=" Application/RSS+XML ; charset=utf-8" href="/f">',
        '<link rel="ALTERNATE home" type="text/rss" href=" /f ">',
        '<LINK HREF="/f" TYPE="application/rss+xml" REL="alternate" />',
        '<link rel="feed" href="/f">',
        '<link type="application/rss+xml" href="/f">',
        '<link rel="alternate" type="application/rss+xml" href="//blog.example/f">',
        '<link rel="alternate" type="application/rss+xml" href="feed:https://blog.example/f">',
        '</head><body><div><link rel="alternate" type="application/rss+xml" href="/f"></div>',
        '<a type="application/rss+xml" href="/f">volg ons</a>',
        '<a href="/f">RSS</a>',
        '<a href="/f"><b>RSS</b> feed</a>',
        '<base href="https://blog.example/map/"><link rel="alternate" type="application/rss+xml" href="../f">',
        '<link rel="alternate" type="application/rss+xml" href="f"><base href="/">',
    ],
)
def test_feeds_are_named_in_many_ways(link: str) -> None:
    assert found(f"<html><head>{link}", "https://blog.example/map/x.html") == ["/f"]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="en" href="/en/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?url=x&amp;format=xml">',
        '<link rel="alternate stylesheet" type="text/css" href="/rss">',
        '<link rel="EditURI" type="application/rsd+xml" href="/xmlrpc.php?rsd">',
        '<link rel="stylesheet" href="/feed.css">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/f"> -->',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="https://www.linkedin.com/feed">',
        '<a href="/feedback">Feedback</a><a href="/over-ons">over ons</a><a>RSS</a>',
    ],
)
def test_what_is_no_feed_is_no_candidate(link: str) -> None:
    assert found(f"<html><head>{link}</head>") == []


@pytest.mark.parametrize("href", ["/feed.xml", "/rss", "/blog/atom.xml", "/?format=rss", "/index.xml", "/nieuws.rss"])
def test_a_type_that_says_little_is_outweighed_by_the_looks_of_the_address(href: str) -> None:
    for kind in ("text/xml", "application/json", "text/html"):
        assert found(f'<link rel="alternate" type="{kind}" href="{href}">') == [href]


def test_the_sites_own_feed_goes_before_its_parts_and_comments_come_last() -> None:
    html = "".join(
        f'<link {RSS} title="{title}" href="{href}">'
        for href, title in [
            ("/comments/feed/", "Blog » Reactiesfeed"),
            ("/2026/11/een-stuk/feed/", "Blog » Een stuk"),
            ("/categorie/wonen/feed/", "Blog » Wonen"),
            ("/nieuws.xml", "Blog » Auteur Ann"),
            ("/feed/", "Blog » Feed"),
            ("/feed/atom/", "Blog » Atom"),
        ]
    )
    listed = found(html)
    assert listed[:2] == ["/feed/", "/feed/atom/"]
    assert listed[2:4] == ["/categorie/wonen/feed/", "/nieuws.xml"]
    assert set(listed[4:]) == {"/comments/feed/", "/2026/11/een-stuk/feed/"}


def test_who_asks_for_a_part_of_a_site_gets_the_feed_of_that_part() -> None:
    html = (
        f'<link {RSS} href="/feed/"><link {RSS} href="/category/wonen/feed/"><link {RSS} href="/category/zorg/feed/">'
    )
    assert found(html, "https://blog.example/category/wonen/")[:2] == ["/category/wonen/feed/", "/feed/"]


def test_links_to_click_come_after_what_is_declared_and_those_of_other_sites_last() -> None:
    html = f'<a href="https://other.example/rss">RSS</a><a href="/rss.xml">feed</a><link {RSS} href="/main">'
    assert found(html) == ["/main", "/rss.xml", "https://other.example/rss"]


def test_each_address_is_a_candidate_once() -> None:
    html = f'<link {RSS} title="Eerst" href="/feed"><link {RSS} href="https://BLOG.example:443/feed">'
    assert [(one.url, one.title) for one in named(html)] == [("https://blog.example/feed", "Eerst")]


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [("utf-8", "text/html"), ("cp1252", "text/html; charset=windows-1252"), ("utf-8", "text/html; charset=nonsense")],
)
def test_titles_survive_the_encoding_of_the_page(encoding: str, content_type: str) -> None:
    html = f'<html><head><meta charset="utf-8"><link {RSS} title="Eén café" href="/f"></head>'
    assert discovery.candidates(html.encode(encoding), content_type, HOME)[0].title == "Eén café"


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"<", b"<base href='http://['><link rel=alternate type=rss href='http://['>"]
)
def test_broken_pages_name_nothing_and_raise_nothing(body: bytes) -> None:
    assert discovery.candidates(body, "", HOME) == ()


@pytest.mark.parametrize(
    "html",
    [
        "<a href='/" + "-rss" * 400_000 + "'>RSS</a>",
        "<a href='/rss'>" * 100_000,
        "<p>" * 300_000,
        "<a>" + "rss " * 400_000,
        f"<link {RSS} title='{'tag ' * 400_000}' href='/f'>",
    ],
)
def test_a_page_made_to_keep_us_busy_is_read_in_a_moment(html: str) -> None:
    began_s = time.process_time()
    discovery.candidates(html.encode(), "text/html", HOME)
    assert time.process_time() - began_s < 5


@given(st.text(max_size=300), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "x; charset=rot13"]))
def test_whatever_a_page_holds_every_candidate_may_be_shown_and_followed(html: str, content_type: str) -> None:
    page = f'<link {RSS} href="{html}"><a href="{html}">rss</a>'.encode("utf-8", "ignore")
    assert all(safe_link(one.url) == one.url for one in discovery.candidates(page, content_type, HOME))


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("https://blog.example", "https://blog.example/feed"),
        ("https://blog.example/nieuws/", "https://blog.example/nieuws/feed"),
        ("https://blog.example/index.html", "https://blog.example/feed"),
        ("https://social.example/@ann", "https://social.example/@ann.rss"),
        ("https://medium.com/@ann", "https://medium.com/feed/@ann"),
        ("https://github.com/ann/tool/issues", "https://github.com/ann/tool/releases.atom"),
        ("https://www.youtube.com/channel/UC12", "https://www.youtube.com/feeds/videos.xml?channel_id=UC12"),
        ("https://www.youtube.com/playlist?list=PL12", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL12"),
        ("https://www.reddit.com/r/python/", "https://www.reddit.com/r/python/.rss"),
    ],
)
def test_a_site_that_names_no_feed_is_asked_at_the_likeliest_place_first(url: str, first: str) -> None:
    places = discovery.usual(url)
    assert places[0] == first
    assert len(places) <= 9
    assert len(set(places)) == len(places)
