"""What a page says about itself."""

from datetime import UTC, datetime

import pytest
from trafilatura import load_html

from curate import facts
from curate.facts import Facts

URL = "https://site.example/2026/kennis"
PERSON = '<meta name="author" content="Jan Jansen">'
SITE = '<meta property="og:site_name" content="Het Netwerk">'
DATE = '<meta property="article:published_time" content="2026-11-23T10:00:00+01:00">'


def stated(head: str = "", body: str = "<h1>Kennis delen</h1>") -> Facts:
    return facts.stated(load_html(f"<html lang='nl'><head>{head}</head><body>{body}<p>Tekst.</p></body></html>"), URL)


def headline(title: str, site: str = SITE, body: str = "") -> str:
    return stated(f"<title>{title}</title>{site}", body or f"<h1>{title}</h1>").title


def test_what_the_head_says_for_machines_is_what_the_page_says() -> None:
    found = stated(f'{PERSON}{SITE}{DATE}<meta property="og:title" content="Kennis delen">')
    assert found == Facts("Kennis delen", "Jan Jansen", datetime(2026, 11, 23, 9, tzinfo=UTC), "nl", "Het Netwerk")


def test_what_the_head_leaves_out_is_found_on_the_page() -> None:
    found = stated(DATE, "<h1>Kennis delen</h1><p class='byline'>door <a rel='author' href='/jan'>Jan Jansen</a></p>")
    assert (found.title, found.author) == ("Kennis delen", "Jan Jansen")


@pytest.mark.parametrize(
    "title",
    [
        "Kennis delen | Het Netwerk",
        "Kennis delen - Het Netwerk",
        "Kennis delen – Het Netwerk",
        "Het Netwerk: Kennis delen",
    ],
)
def test_the_name_of_the_site_is_no_part_of_a_headline(title: str) -> None:
    assert headline(title) == "Kennis delen"


@pytest.mark.parametrize("title", ["Het Netwerk", "Leren in Het Netwerk", "Kennis: delen - of niet?"])
def test_a_headline_that_speaks_of_the_site_stays(title: str) -> None:
    assert headline(title) == title


def test_a_heading_that_has_nothing_to_do_with_the_title_is_a_logo() -> None:
    assert headline("Kennis delen", "", "<h1>De Krant</h1>") == "Kennis delen"


def test_a_headline_for_search_engines_does_not_hide_the_one_for_people() -> None:
    head = '<title>Vijf tips</title><meta property="og:title" content="Kennis delen">'
    assert stated(head).title == "Kennis delen"


def test_a_page_that_says_nothing_states_nothing() -> None:
    found = stated("", "")
    assert (found.title, found.author, found.published_at) == ("", "", None)
