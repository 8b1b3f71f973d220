from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import feeds
from curate.errors import ParseError
from curate.feedforms import FeedEntry, ParsedFeed

HOME = "https://site.example/feeds/all.xml"


def rss(*said: str, head: str = "<title>A feed</title>") -> bytes:
    listed = "".join(f"<item>{each}</item>" for each in said)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{listed}</channel></rss>'.encode()


def atom(said: str, attributes: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><entry>{said}</entry></feed>'.encode()


def parsed(body: bytes, content_type: str = "application/xml") -> ParsedFeed:
    return feeds.parse(body, content_type, HOME)


def only(body: bytes) -> FeedEntry:
    (entry,) = parsed(body).entries
    return entry


def test_an_rss_entry_becomes_plain_values() -> None:
    entry = only(
        rss(
            "<title>Kennis &amp;amp; &lt;b&gt;netwerken&lt;/b&gt;</title><link>/2026/kennis</link><guid>k1</guid>"
            "<author>jan@site.example (Jan Jansen)</author><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>"
            "<description>&lt;p&gt;Een&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Twee&lt;/p&gt;</description>",
            head="<title>Feed</title><language>nl-NL</language>",
        )
    )
    assert entry.title == "Kennis & netwerken"
    assert entry.url == "https://site.example/2026/kennis"
    assert entry.author == "Jan Jansen"
    assert entry.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert entry.updated_at is None
    assert entry.language == "nl"
    assert entry.text == "Een\n\nTwee"
    assert entry.is_truncated


def test_a_feed_tells_its_kind_title_and_site() -> None:
    about = parsed(rss(head="<title>A &amp;amp; B</title><link>https://site.example</link><language>EN</language>"))
    assert about == ParsedFeed("rss", "A & B", "en", "https://site.example", ())
    assert parsed(atom("")).kind == "atom"
    rdf = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>'
    assert parsed(rdf).kind == "rdf"
    assert parsed(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}').kind == "json"


def test_the_fullest_of_content_and_summary_is_the_text() -> None:
    long = "woord " * 200
    entry = only(atom(f'<summary>Kort.</summary><content type="html">&lt;p&gt;{long}&lt;/p&gt;</content>'))
    assert entry.text == long.strip()
    assert not entry.is_truncated


@pytest.mark.parametrize(
    "ending", ["…", "...", "[…]", "[...] ", "Lees verder »", "Read more", "Continue reading A post →"]
)
def test_a_text_that_ends_as_teasers_do_is_truncated(ending: str) -> None:
    words = "woord " * 200
    assert only(atom(f'<content type="text">{words}{ending}</content>')).is_truncated
    assert not only(atom(f'<content type="text">{words}{ending} en klaar. Dat was het verhaal.</content>')).is_truncated


def test_an_entry_keeps_its_own_language() -> None:
    body = atom('<title>One</title><content xml:lang="ja" type="text">x</content>', 'xml:lang="nl"')
    assert only(body).language == "ja"


def test_relative_links_follow_the_base_the_document_names() -> None:
    assert only(atom('<link href="a/1"/>', 'xml:base="https://other.example/x/"')).url == "https://other.example/x/a/1"
    assert only(atom('<link href="a/1"/>')).url == "https://site.example/feeds/a/1"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "file:///etc/passwd"]
)
def test_links_that_are_not_of_the_web_are_left_out(link: str) -> None:
    assert only(atom(f'<link href="{link}"/><title>x</title>')).url is None
    assert only(rss(f"<link>{link}</link><title>x</title>")).url is None


def test_a_title_typed_as_text_keeps_its_signs_as_text() -> None:
    assert only(atom('<title type="text">a &lt;b&gt; c</title>')).title == "a <b> c"
    assert only(atom('<title type="html">a &lt;b&gt;c&lt;/b&gt;</title>')).title == "a c"


def test_a_title_cannot_start_another_line() -> None:
    assert only(rss("<title>A&#13;&#10;Bcc: x&#8232;y</title>")).title == "A Bcc: x y"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jan Jansen", "Jan Jansen"),
        ("jan@site.example", ""),
        ("jan@site.nl", ""),
        ("jan@site.amsterdam (Jan Jansen)", "Jan Jansen"),
        ("Jan Jansen &lt;jan@site.example&gt;", "Jan Jansen"),
        ("noreply@site.example ()", ""),
    ],
)
def test_an_author_is_a_name_and_never_an_email_address(written: str, name: str) -> None:
    assert only(rss(f"<title>x</title><author>{written}</author>")).author == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ma, 23 nov 2026 10:00", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:00:00 CET", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("23-11-2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:00:00 EST", datetime(2026, 11, 23, 15, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("soon", None),
    ],
)
def test_dates_are_read_in_the_forms_feeds_have_them(written: str, meant: datetime | None) -> None:
    assert only(rss(f"<title>x</title><pubDate>{written}</pubDate>")).published_at == meant


def test_an_only_date_is_the_date_of_publication() -> None:
    entry = only(atom("<title>x</title><updated>2026-11-23T10:00:00Z</updated>"))
    assert entry.published_at == entry.updated_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\n\n  ", b"<br />\n<b>Warning</b>: x in <a href='y'>z</a>\n", b"notice\n", b"\x0b\x00 "],
)
def test_what_comes_before_the_document_does_no_harm(before: bytes) -> None:
    assert only(before + rss("<title>caf\u00e9</title>")).title == "café"


def test_control_characters_and_unknown_entities_do_no_harm() -> None:
    assert only(rss("<title>R&D \x0b\x1f caf&eacute;</title>")).title == "R&D café"
    assert only(rss("<title><![CDATA[R&D &amp; x]]></title><link>https://site.example/?a=1&b=2</link>")).url == (
        "https://site.example/?a=1&b=2"
    )


@pytest.mark.parametrize(
    ("encoding", "declared", "served"),
    [
        ("windows-1252", "windows-1252", "application/xml"),
        ("utf-8", "utf-8", "text/xml"),
        ("utf-16", "utf-16", "application/xml"),
        ("iso-8859-1", "utf-8", "application/xml"),
        ("utf-8", "utf-8", "text/html; charset=utf-8"),
    ],
)
def test_the_encoding_is_found_even_when_it_is_declared_wrongly(encoding: str, declared: str, served: str) -> None:
    document = rss("<title>Één reünie</title>").decode().replace("utf-8", declared, 1)
    assert [each.title for each in parsed(document.encode(encoding), served).entries] == ["Één reünie"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"  \n", b"\xef\xbb\xbf", b"hello", b"File not found", b"\x89PNG\r\n\x1a\n\x00", b"%PDF-1.7",
        b"<!DOCTYPE html><html><head><title>x</title>", b"<html>Just a moment...</html>", b"<HTML lang=nl>",
        b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", b"<!-- x --><html>", b"<note/>",
        b"{", b"[]", b"[1]", b"null", b'{"a": 1}', b"{" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parsed(body, "text/html")
    assert caught.value.kind == "not_a_feed"
    assert str(caught.value).count(".") == 1


def test_xml_of_an_unknown_kind_has_no_entries() -> None:
    assert parsed(b"<?xml version='1.0'?><urlset><url/></urlset>") == ParsedFeed("xml", "", None, None, ())


@pytest.mark.timeout(20)
@pytest.mark.parametrize("body", [b"<!---->" * 580 + b"<rss/>", b"<![CDATA[" * 50_000, b"<rss>" + b"& " * 100_000])
def test_hostile_beginnings_are_read_quickly(body: bytes) -> None:
    try:
        parsed(body)
    except ParseError as error:
        assert error.kind == "not_a_feed"


def test_entities_are_not_expanded_without_end() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    body = bomb + b'<rss version="2.0"><channel><item><title>&b;&b;</title></item></channel></rss>'
    assert all(len(each.title) < 50 for each in parsed(body).entries)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 400), st.binary(max_size=12))
def test_a_broken_document_gives_a_feed_or_one_error(place: int, noise: bytes) -> None:
    document = rss("<title>One</title><link>https://site.example/1</link>", "<title>Two</title><guid>2</guid>")
    for body in (document[:place] + noise + document[place:], document[:place], noise):
        try:
            assert isinstance(parsed(body), ParsedFeed)
        except ParseError as error:
            assert error.kind == "not_a_feed"
