from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import pages
from curate.errors import ParseError

URL = "https://site.example/2026/kennis"
PARAGRAPHS = (
    "Netwerken helpen mensen om samen kennis te ontwikkelen, want niemand kan alles alleen bijhouden.",
    "Vier rollen komen daarbij steeds terug: de gebruiker, de verbinder, de katalysator en de expert. Één is de spil.",
    "Wie betekenis geeft aan wat er gebeurt, maakt van losse berichten een verhaal waar anderen op verder bouwen.",
)


def page(head: str = "", attributes: str = 'lang="nl-NL"', extra: str = "") -> str:
    body = "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    return (
        f"<!DOCTYPE html><html {attributes}><head><title>Kennis &amp; netwerken</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>Kennis &amp; netwerken</h1>{body}</article>{extra}"
        "<footer>Cookies</footer></body></html>"
    )


def extracted(markup: str, content_type: str = "text/html; charset=utf-8") -> pages.Page:
    return pages.extract(markup.encode(), content_type, URL)


def test_the_article_comes_out_without_what_surrounds_it() -> None:
    found = extracted(page(extra="<script>alert(1)</script>"))
    assert found.title == "Kennis & netwerken"
    assert found.language == "nl"
    assert all(each in found.text.split("\n") for each in PARAGRAPHS)
    assert not any(word in found.text for word in ("Cookies", "Home", "alert"))


def test_the_page_says_who_wrote_it_and_when() -> None:
    head = (
        '<meta property="article:published_time" content="2026-11-23T10:00:00+01:00">'
        '<meta name="author" content="Jan Jansen"><meta property="og:site_name" content="Het Netwerk">'
    )
    found = extracted(page(head))
    assert (found.author, found.site_name) == ("Jan Jansen", "Het Netwerk")
    assert found.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_what_stands_in_the_footer_of_an_article_counts_too() -> None:
    footer = "<footer><time pubdate datetime='2026-11-23'>23 november</time> <a rel='author'>Jan Jansen</a></footer>"
    found = extracted(page().replace("</article>", f"{footer}</article>"))
    assert (found.author, found.published_at) == ("Jan Jansen", datetime(2026, 11, 23, tzinfo=UTC))


def test_a_date_in_linked_data_is_found_too() -> None:
    head = '<script type="application/ld+json">{"datePublished": "2026-11-23T10:00:00Z"}</script>'
    assert extracted(page(head)).published_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert extracted(page()).published_at is None


@pytest.mark.parametrize(
    ("encoding", "content_type", "head"),
    [
        ("utf-8", "text/html", ""),
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("windows-1252", "text/html", ""),
        ("windows-1252", "text/html; charset=utf-8", ""),
        ("iso-8859-15", "text/html", '<meta charset="iso-8859-15">'),
        ("utf-16", "text/html", ""),
        ("utf-8", "text/html; charset=rot13", '<meta charset="nonsense">'),
    ],
)
def test_letters_survive_every_encoding(encoding: str, content_type: str, head: str) -> None:
    assert "Één is de spil." in pages.extract(page(head).encode(encoding), content_type, URL).text


def test_one_broken_byte_does_not_damn_a_page() -> None:
    body = page(extra="<p>Eén, twéé, drié.</p>").encode() + b"\xff"
    assert "Één is de spil." in pages.extract(body, "text/html", URL).text


def test_the_headline_is_no_part_of_the_text() -> None:
    text = extracted(page()).text
    assert text.split("\n") == list(PARAGRAPHS)


def test_a_first_line_that_only_begins_like_the_headline_stays() -> None:
    first = "Kennis en netwerken horen bij elkaar, dat wist iedereen in de gemeente al veel langer."
    assert extracted(page().replace(PARAGRAPHS[0], first)).text.startswith(first)


def test_a_text_that_the_quick_reading_misses_is_found_by_a_slower_one() -> None:
    """It loses what stands loose after an empty container, which some sites use for a line break."""
    loose = f"<div itemprop='articleBody'>{PARAGRAPHS[0]}<div></div>{PARAGRAPHS[1]} {PARAGRAPHS[2]}</div>"
    text = extracted(f"<html><head><title>Kennis</title></head><body>{loose}</body></html>").text
    assert all(each in text for each in PARAGRAPHS)


def test_plain_text_is_an_article_as_it_stands() -> None:
    assert pages.extract("Één\r\n\r\ntwee".encode(), "text/plain", URL).text == "Één\n\ntwee"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7", "application/pdf"), (b"\x89PNG", "image/png"), (b"{}", "application/json"), (b"hello", ""),
        (b"", "text/html"), (b"", "text/plain"), (b"<html></html>", "text/html"), (b"\x00" * 50, "text/html"),
        (b"<html><body><script>x()</script></body></html>", "text/html"),
    ],
)  # fmt: skip
def test_what_gives_no_text_is_unreadable_in_one_sentence(body: bytes, content_type: str) -> None:
    with pytest.raises(ParseError) as caught:
        pages.extract(body, content_type, URL)
    assert caught.value.kind == "unreadable"
    assert str(caught.value).count(".") == 1


def test_a_missing_content_type_is_forgiven_when_it_looks_like_a_page() -> None:
    assert extracted(page(), "").text


def test_an_xhtml_page_with_a_prolog_is_read() -> None:
    markup = '<?xml version="1.0" encoding="utf-8"?>' + page(
        attributes='xmlns="http://www.w3.org/1999/xhtml" lang="nl"'
    )
    assert extracted(markup, "application/xhtml+xml").language == "nl"


def test_a_page_above_the_limit_is_read_as_far_as_the_limit() -> None:
    assert PARAGRAPHS[0] in extracted(page(extra="<!--" + "é" * pages.LONGEST + "-->")).text


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 700), st.binary(max_size=12))
def test_a_broken_page_gives_an_article_or_one_error(place: int, noise: bytes) -> None:
    document = page().encode()
    for body in (document[:place] + noise + document[place:], document[:place], noise):
        try:
            assert pages.extract(body, "text/html", URL).text
        except ParseError as error:
            assert error.kind == "unreadable"
