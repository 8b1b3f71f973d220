"""Links that people bring: what is kept of them, and what is wrong with the others."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import links, urls
from curate.links import Link
from curate.people import person

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANNA = person("anna@example.org", "Anna de Vries", "catalyst", "nl")
BEN = person("ben@example.org", "Ben Okafor", "editor", "en")
WHY = "Dit raakt aan wat wij in Zwolle proberen."


def problems(**form: str) -> dict[str, str]:
    return dict(links.checked({"url": "https://a.example/stuk", "why": WHY, **form}, links.is_public).problems)


def test_a_link_is_an_address_and_a_reason() -> None:
    form = {"url": " https://a.example/stuk ", "why": f" {WHY}\r\n\u202e", "title": "Een\nstuk", "language": "nl"}
    assert links.checked(form, links.is_public).link == Link("https://a.example/stuk", WHY, "Een stuk", "nl")
    assert links.checked({"url": "https://a.example/", "why": WHY}, links.is_public).link == Link(
        "https://a.example/", WHY
    )


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("javascript:alert(1)", "address"),
        ("a.example/stuk", "address"),
        ("ftp://a.example/", "address"),
        ("https://", "address"),
        ("https://ann:geheim@a.example/", "address"),
        ("kijk https://a.example/", "address"),
        ("https://a.example/een stuk", "address"),
        ("https://a.example/" + "x" * 4096, "long"),
        ("https://a.example/\u200bx", "unseen"),
        ("https://a.example/\u202egnp.exe", "unseen"),
        ("https://a.example/\x00", "unseen"),
        ("https://www.linkedin.com/posts/1", "linkedin"),
        ("https://lnkd.in/abc", "linkedin"),
        ("http://localhost:8000/", "private"),
        ("http://127.0.0.1/", "private"),
        ("http://2130706433/", "private"),
        ("http://0x7f.1/", "private"),
        ("http://127.1/", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("http://169.254.169.254/latest", "private"),
        ("http://10.0.0.1/", "private"),
        ("http://wiki/", "private"),
        ("http://printer.local/", "private"),
        ("http://metadata.internal/", "private"),
    ],
)
def test_an_address_that_cannot_be_brought_is_told_what_is_wrong(url: str, problem: str) -> None:
    assert problems(url=url) == {"url": f"problem.link_{problem}"}


@pytest.mark.parametrize(
    "url", ["https://a.example/", "http://1.1.1.1/", "https://bücher.example/ü", "https://a.example:8443/x?y=1#z"]
)
def test_an_address_that_everybody_reaches_can_be_brought(url: str) -> None:
    assert problems(url=url) == {}


def test_an_address_that_the_operator_allows_can_be_brought() -> None:
    assert links.checked({"url": "http://10.0.0.1/", "why": WHY}, lambda url: url == "http://10.0.0.1/").link


def test_a_reason_is_a_sentence() -> None:
    assert problems(why="") == {"why": "problem.link_why"}
    assert problems(why="Mooi.     \u200b\u200b\u200b") == {"why": "problem.link_why"}
    assert problems(why="w" * 600) == {}
    assert problems(why="w" * 601) == {"why": "problem.link_why_long"}
    assert problems(why="", url="", language="de") == {
        "url": "problem.link_empty", "why": "problem.link_why", "language": "problem.link_language",
    }  # fmt: skip


def test_one_address_of_one_person_is_one_entry_however_it_is_written() -> None:
    first, again, bens = (
        links.entry(ANNA, Link("https://a.example/stuk", WHY), NOW),
        links.entry(ANNA, Link("http://www.a.example/stuk/?utm_source=x", "Andere woorden, zelfde stuk."), NOW),
        links.entry(BEN, Link("https://a.example/stuk", WHY), NOW),
    )
    assert first.id == again.id != bens.id
    assert first.content_hash != again.content_hash


def test_a_persons_words_are_not_the_articles_text() -> None:
    one = links.entry(ANNA, Link("https://a.example/stuk", WHY, "Titel", "nl"), NOW)
    assert (one.via, one.own, one.truncated, one.person_id, one.author) == ("link", False, True, ANNA.id, ANNA.name)
    assert (one.text, one.title, one.language, one.canonical_url) == (WHY, "Titel", "nl", "https://a.example/stuk")


@given(st.text(max_size=60), st.text(max_size=700))
def test_whatever_is_typed_is_kept_or_has_a_problem_by_field(url: str, why: str) -> None:
    found = links.checked({"url": f"https://a.example/{url}", "why": why}, links.is_public)
    assert (found.link is None) == bool(found.problems)
    if found.link:
        assert urls.canonical(found.link.url)
        assert urls.safe_link(found.link.url)
