"""Feeds made to hang, to fill, to lie and to reach what is not theirs."""

import time
from pathlib import Path

import pytest

from curate import feeds
from curate.errors import ParseError
from curate.feedforms import FeedEntry, ParsedFeed

HOME = "https://site.example/feeds/all.xml"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">'
SOON_S = 5.0
"""Half of what a worker is given, on a machine with others at work."""


def rss(*said: str, before: str = "", head: str = "") -> bytes:
    listed = "".join(f"<item>{each}</item>" for each in said)
    return f'<?xml version="1.0"?>{before}<rss version="2.0"><channel>{head}{listed}</channel></rss>'.encode()


def item(number: int, inside: str = "") -> str:
    return f"<title>T{number}</title><link>https://site.example/{number}</link><guid>g{number}</guid>{inside}"


def parsed(body: bytes) -> ParsedFeed:
    return feeds.parse(body, "application/xml", HOME)


def titles(body: bytes) -> list[str]:
    return [each.title for each in parsed(body).entries]


def only(body: bytes) -> FeedEntry:
    (entry,) = parsed(body).entries
    return entry


# --- what is not theirs ----------------------------------------------------------------------------------------------


def test_a_body_that_is_the_name_of_a_file_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss(item(1)))
    for body in (str(secret).encode(), f"file://{secret}".encode(), b"/dev/zero", b"/proc/self/environ", b"."):
        with pytest.raises(ParseError) as caught:
            parsed(body)
        assert caught.value.kind == "not_a_feed"


@pytest.mark.parametrize("declaration", ['SYSTEM "{}"', 'PUBLIC "x" "{}"', '% p SYSTEM "{}"> %p; <!ENTITY x "y"'])
def test_an_external_entity_is_not_read(tmp_path: Path, declaration: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    entity = declaration.format(secret.as_uri())
    name = "" if entity.startswith("%") else "x "
    body = rss(item(1, "<description>&x;</description>"), before=f"<!DOCTYPE rss [<!ENTITY {name}{entity}>]>")
    assert "geheim" not in repr(parsed(body))
    assert titles(body) == ["T1"]


def test_an_external_document_type_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.dtd").write_text('<!ENTITY x "geheim">')
    body = rss(item(1, "<description>&x;</description>"), before=f'<!DOCTYPE rss SYSTEM "{tmp_path.as_uri()}/x.dtd">')
    assert "geheim" not in repr(parsed(body))


# --- bombs -----------------------------------------------------------------------------------------------------------

LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "case15_billion_laughs": rss(
        item(1, "<description>&l9;</description>"), before=f'<!DOCTYPE x [<!ENTITY l0 "lol">{LOL}]>'
    ),
    "case15_quadratic_blow_up": rss(
        item(1, f"<description>{'&a;' * 20_000}</description>"), before=f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    ),
    "case17_author_of_letters": rss(item(1, f"<author>{'a' * 64_000}</author>")),
    "case17_author_of_dots": rss(item(1, f"<author>{'a.' * 32_000}@b</author>")),
    "case17_creator": rss(
        item(1, f'<c:creator xmlns:c="http://purl.org/dc/elements/1.1/">{"a-a" * 20_000}</c:creator>')
    ),
    "case17_editor": rss(item(1), head=f"<managingEditor>{'a.' * 32_000}</managingEditor>"),
    "case17_webmaster": rss(item(1), head=f"<webMaster>{'a' * 64_000}@</webMaster>"),
    "case18_attributes": rss(item(1, "<x " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>")),
    "case18_attributes_of_a_broken_feed": rss(item(1, "<x " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/></y>")),
    "case18_comments": rss(item(1, "<!--" * 50_000)),
    "case18_instructions": rss(item(1, "<?a " * 50_000)),
    "case18_sections": rss(item(1, "<![CDATA[" * 50_000)),
    "case19_deep": rss(item(1, "<a>" * 50_000 + "</a>" * 50_000)),
    "case19_deep_and_open": rss(item(1, "<a>" * 50_000)),
    "case19_deep_html": rss(item(1, f"<description>{'&lt;div&gt;' * 50_000}</description>")),
    "many_entities": rss(
        item(1), before="<!DOCTYPE x [" + "".join(f'<!ENTITY a{n} "x">' for n in range(50_000)) + "]>"
    ),
    "many_namespaces": rss(item(1, "<x " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(20_000)) + "/>")),
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_read_soon_and_takes_no_other_words_with_it(body: bytes) -> None:
    started_s = time.process_time()
    found = parsed(body)
    assert time.process_time() - started_s < SOON_S
    assert [(each.title, each.url, each.guid) for each in found.entries] == [("T1", "https://site.example/1", "g1")]
    assert len(repr(found)) < 600_000


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1, f"<description>{'&lt;p&gt;woord woord&lt;/p&gt;' * 200_000}</description>")),
        rss(item(1, f"<description>{'woord ' * 800_000}</description>")),
        rss(item(1, f"<description>e{chr(0x301) * 500_000}</description>")),
        rss(item(1, f"<guid>{'g' * 2_000_000}</guid><title>{'t' * 2_000_000}</title>")),
        rss(item(1, f"<pubDate>{'1 ' * 1_000_000}</pubDate>")),
        rss(item(1, f"<link>https://site.example/{'a' * 2_000_000}</link>")),
    ],
    ids=["case10_html", "case10_text", "accents", "names", "date", "link"],
)
def test_a_part_without_end_is_read_soon(body: bytes) -> None:
    started_s = time.process_time()
    entry = only(body)
    assert time.process_time() - started_s < SOON_S
    assert len(entry.guid or "") <= 2000
    assert len(entry.title) <= 300


# --- cut off, and with things around it ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_case13_of_a_feed_that_was_cut_off_the_whole_entries_are_read_and_no_half_one(kind: str) -> None:
    whole = (
        rss(*(item(number) for number in range(5)))
        if kind == "rss"
        else ATOM
        + b"".join(
            b"<entry><id>g%d</id><title>T%d</title><link href='https://site.example/%d'/></entry>" % (n, n, n)
            for n in range(5)
        )
        + b"</feed>"
    )
    complete = parsed(whole)
    assert complete.is_whole
    closing = b"</item>" if kind == "rss" else b"</entry>"
    for cut in range(whole.index(closing) + len(closing), whole.rindex(closing)):
        found = parsed(whole[:cut])
        assert not found.is_whole
        assert found.entries == complete.entries[: whole[:cut].count(closing)], whole[:cut]


@pytest.mark.parametrize(
    "after",
    [
        b"<script>document.write('<item><title>x</title></item>')</script>",
        b"\n<!-- cached by x --><item><title>x</title></item>",
        b"\x00\x00\x00",
        b" junk & <b>",
        b"<?php echo 1 ?>",
    ],
)
def test_case22_what_follows_a_feed_is_no_part_of_it(after: bytes) -> None:
    found = parsed(rss(item(1), item(2)) + after)
    assert [each.title for each in found.entries] == ["T1", "T2"]
    assert found.is_whole


def test_case22_two_feeds_in_one_answer_are_both_read() -> None:
    assert titles(rss(item(1)) + rss(item(2))) == ["T1", "T2"]


def test_a_broken_end_of_one_entry_does_not_hide_the_next() -> None:
    body = rss(item(1, "<description><p>een <br> twee</description>"), item(2))
    assert titles(body) == ["T1", "T2"]


@pytest.mark.parametrize(
    "inside",
    [
        "<gml:pos>1 2</gml:pos>",
        "<textInput/><media:content url='x'/>",
        "<media:rating/><media:credit/><media:thumbnail></media:thumbnail>",
        "&#xD800; &#99999999; &#0; &#x110000;",
        "<psc:chapter start='x'/><georss:point>x y z</georss:point><cloud/><category/><author/>",
        "<x:link xmlns:x='http://[::bad'/>",
        '<y xml:base="http://[::bad/">z</y>',
    ],
)
@pytest.mark.parametrize("end", ["", "<p>"])
def test_an_element_that_its_parser_trips_over_is_left_out_and_not_the_feed(inside: str, end: str) -> None:
    for spaces in ("", 'xmlns:gml="http://www.opengis.net/gml" xmlns:media="http://search.yahoo.com/mrss/"'):
        body = rss(item(1), f"{inside}{item(2)}{end}", item(3)).replace(b"<rss ", f"<rss {spaces} ".encode())
        assert titles(body) == ["T1", "T2", "T3"]


@pytest.mark.parametrize(
    "fault",
    [
        "<b",
        "</p>",
        "&foo; &nbsp;",
        "a<b&c",
        "<<<>>>",
        '<MOSUL, Iraq/BAGHDAD (R) - it\'s &lt;div class="f"&gt;\n&lt;a href="x"&gt;',
        "x < y",
        "]]>",
        "<br>",
        "<a href=x>",
    ],
)
def test_a_fault_in_one_text_changes_no_other_entry_and_no_name_of_its_own(fault: str) -> None:
    more = "<link>https://site.example/?a=1&amp;b={0}</link><guid>https://site.example/?a=1&amp;b={0}</guid>"
    said = [f"<title>T{n}</title><description>{{}}</description>{more.format(n)}" for n in range(4)]
    whole = parsed(rss(*(each.format("Tekst") for each in said))).entries
    for at in range(4):
        body = rss(*(each.format(fault if n == at else "Tekst") for n, each in enumerate(said)))
        found = parsed(body).entries
        assert [(each.guid, each.url, each.title) for each in found] == [
            (each.guid, each.url, each.title) for each in whole
        ]
        assert [each.text for n, each in enumerate(found) if n != at] == ["Tekst"] * 3
