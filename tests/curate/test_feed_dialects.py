"""The dialects of feeds, and the habits of those who write them."""

from datetime import UTC, datetime

import pytest

from curate import feeds
from curate.feedforms import FeedEntry, ParsedFeed

HOME = "https://site.example/feeds/all.xml"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
TITLE, LINK = "<title>A</title>", "<link>https://site.example/a</link>"


def parsed(text: str) -> ParsedFeed:
    return feeds.parse(f'<?xml version="1.0"?>{text}'.encode(), "application/xml", HOME)


def rss(said: str, attributes: str = "") -> FeedEntry:
    (entry,) = parsed(f'<rss version="2.0" {attributes}><channel><item>{said}</item></channel></rss>').entries
    return entry


def atom(said: str, attributes: str = "", head: str = "") -> FeedEntry:
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}<entry>{said}</entry></feed>'
    (entry,) = parsed(feed).entries
    return entry


CHANNEL = f"<channel><title>C</title><link>https://site.example/</link><item>{TITLE}{LINK}</item></channel>"
OUTSIDE = f"<channel><title>C</title><link>https://site.example/</link></channel><item>{TITLE}{LINK}</item>"
DIALECTS = {
    "rss090": (f'<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/">{OUTSIDE}</rdf:RDF>', "rdf"),
    "rss10": (f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/">{OUTSIDE}</rdf:RDF>', "rdf"),
    "rss11": (f'<Channel xmlns="http://purl.org/net/rss1.1#"><title>C</title><link>https://site.example/</link><items>'
              f"<item>{TITLE}{LINK}</item></items></Channel>", "rss"),
    **{f"rss{version}": (f'<rss version="{version}">{CHANNEL}</rss>', "rss")
       for version in ("0.91", "0.92", "0.93", "0.94", "2.0", "2.0.1", "", "9")},
    "netscape": (f'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "x"><rss>{CHANNEL}</rss>', "rss"),
    "capitals": (f'<RSS VERSION="2.0">{CHANNEL.upper().replace("HTTPS://SITE.EXAMPLE", "https://site.example")}</RSS>',
                 "rss"),
    "namespace": (f'<rss xmlns="https://unknown.example/">{CHANNEL}</rss>', "rss"),
    "soap": (f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><rss>{CHANNEL}</rss></s:Body>'
             "</s:Envelope>", "rss"),
    "atom03": ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>C</title>'
               '<link rel="alternate" type="text/html" href="https://site.example/"/><entry><title>A</title>'
               '<link rel="alternate" type="text/html" href="https://site.example/a"/></entry></feed>', "atom"),
    "atom": ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>C</a:title><a:link href="https://site.example/"/>'
             '<a:entry><a:title>A</a:title><a:link href="https://site.example/a"/></a:entry></a:feed>', "atom"),
    "cdf": ('<channel href="https://site.example/"><title>C</title><item href="https://site.example/a"><title>A</title>'
            "</item></channel>", "rss"),
}  # fmt: skip


@pytest.mark.parametrize(("document", "kind"), DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_gives_its_entries(document: str, kind: str) -> None:
    found = parsed(document)
    assert (found.kind, found.title.upper(), found.site_url) == (kind, "C", "https://site.example/")
    assert [(each.title, (each.url or "").lower()) for each in found.entries] == [("A", "https://site.example/a")]


# --- addresses and guids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("guid", ["1", "abc/def", "urn:uuid:1", "tag:site.example,2026:1", "?p=12", " 12 "])
def test_a_guid_is_kept_as_it_is_written_and_is_no_address(guid: str) -> None:
    for entry in (rss(f"{TITLE}<guid>{guid}</guid>"), atom(f"{TITLE}<id>{guid}</id>", 'xml:base="https://b.example/"')):
        assert (entry.guid, entry.url) == (guid.strip(), None)


@pytest.mark.parametrize(
    ("attribute", "url"),
    [
        ("", "https://site.example/g"),
        ('isPermaLink="true"', "https://site.example/g"),
        ('isPermaLink="TRUE"', "https://site.example/g"),
        ('isPermaLink="false"', None),
        ('isPermaLink="False"', None),
    ],
)
def test_a_guid_that_is_a_permanent_link_is_the_address_when_there_is_no_link(attribute: str, url: str | None) -> None:
    guid = f"<guid {attribute}>https://site.example/g</guid>"
    assert rss(TITLE + guid).url == url
    assert rss(f"{guid}{TITLE}{LINK}").url == rss(f"{TITLE}{LINK}{guid}").url == "https://site.example/a"
    assert rss(f"{TITLE}<link></link>{guid}").url == url


@pytest.mark.parametrize(
    "link",
    [
        "<link><![CDATA[ https://site.example/a ]]></link>",
        "<link>\n  https://site.example/a\n</link>",
        "<link>/a</link>",
        "<link>//site.example/a</link>",
        '<link href="https://site.example/a"/>',
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom">https://site.example/a</atom:link>',
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://site.example/self"/>' + LINK,
        '<image><link>https://site.example/image</link></image><link>https://site.example/a</link>',
        '<link>https://feeds.example/~r/3</link><f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">'
        "https://site.example/a</f:origLink>",
        '<source url="https://other.example/feed">O</source>' + LINK,
    ],
)  # fmt: skip
def test_the_address_is_found_in_every_way_to_write_it_in_rss(link: str) -> None:
    assert rss(TITLE + link).url == "https://site.example/a"


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="self" href="/self"/><link rel="edit" href="/edit"/><link href="/a"/>',
        '<link rel="enclosure" href="/e.mp3"/><link rel="alternate" type="text/html" href="/a"/>',
        '<link rel="alternate" type="application/json" href="/j"/><link rel="alternate" type="text/html" href="/a"/>',
        '<link rel="http://www.iana.org/assignments/relation/alternate" href="/a"/>',
        '<link rel="alternate" type="text/plain" href="/a"/>',
        '<content type="text/html" src="/a"/><summary>S</summary>',
        "<id>https://site.example/a</id>",
        '<id>https://site.example/id</id><link rel="alternate" href="/a"/>',
        '<source><id>o</id><link href="https://other.example/"/></source><link href="/a"/>',
    ],
)
def test_the_address_is_found_in_every_way_to_write_it_in_atom(link: str) -> None:
    assert atom(TITLE + link).url == "https://site.example/a"


def test_relative_links_follow_the_bases_of_all_levels() -> None:
    assert atom('<link xml:base="z/" href="a"/>', 'xml:base="https://b.example/x/"').url == "https://b.example/x/z/a"
    assert atom('<link xml:base="javascript:x" href="a"/>').url == "https://site.example/feeds/a"
    assert rss("<link>a</link>", 'xml:base="https://b.example/x/"').url == "https://b.example/x/a"


# --- podcasts and pictures -------------------------------------------------------------------------------------------


def test_an_enclosure_is_no_page_and_its_entry_is_kept_without_an_address() -> None:
    entry = rss(f'{TITLE}<enclosure url="https://site.example/1.mp3" type="audio/mpeg"/><guid>e1</guid>')
    assert (entry.title, entry.guid, entry.url) == ("A", "e1", None)


def test_a_podcast_speaks_in_words_of_its_own() -> None:
    said = "<itunes:title>Afl. 1</itunes:title><itunes:author>Jan</itunes:author>"
    said += "<itunes:summary>Over leren</itunes:summary>"
    entry = rss(said, ITUNES)
    assert (entry.title, entry.author, entry.text) == ("Afl. 1", "Jan", "Over leren")
    assert rss(f"{TITLE}{said}", ITUNES).title == "A"


def test_the_words_of_a_video_are_its_text_and_those_of_a_picture_are_not_the_articles() -> None:
    group = "<media:group>{}<media:description>Over de video</media:description></media:group>"
    assert atom(TITLE + group.format("<media:title>M</media:title>"), MEDIA).text == "Over de video"
    caption = "<media:content><media:description>Een lang bijschrift bij de foto</media:description></media:content>"
    for said in (f"<description>Kort</description>{caption}", f"{caption}<description>Kort</description>"):
        assert rss(TITLE + said, MEDIA).text == "Kort"


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        '<content type="html">&lt;p&gt;Een &lt;b&gt;twee&lt;/b&gt;&lt;/p&gt;</content>',
        '<content type="text/html">&lt;p&gt;Een twee</content>',
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Een <b>twee</b></p></div></content>',
        '<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>Een twee</h:p></h:div></content>',
        "<content>Een twee</content>",
        '<summary type="html">&lt;p&gt;Een twee&lt;/p&gt;</summary>',
        '<content type="application/pdf">RWVuIHR3ZWU=</content><summary>Een twee</summary>',
    ],
)
def test_no_markup_is_left_in_a_text(content: str) -> None:
    assert atom(TITLE + content).text == "Een twee"


def test_the_escaped_text_of_atom_03_is_read() -> None:
    said = '<title mode="escaped" type="text/html">&lt;b&gt;A&lt;/b&gt; &amp;amp; B</title>'
    content = '<content type="text/html" mode="escaped">&lt;p&gt;Een twee</content>'
    document = f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>{said}{content}</entry></feed>'
    (entry,) = parsed(document).entries
    assert (entry.title, entry.text) == ("A & B", "Een twee")


@pytest.mark.parametrize("order", [1, -1])
def test_the_full_content_is_the_text_wherever_it_stands(order: int) -> None:
    parts = [
        "<description>Kort</description>",
        "<content:encoded><![CDATA[<p>Het hele verhaal</p>]]></content:encoded>",
    ]
    for namespace in ('xmlns:content="http://purl.org/rss/1.0/modules/content/"', ""):
        assert rss(TITLE + "".join(parts[::order]), namespace).text == "Het hele verhaal"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<![CDATA[A &amp; B]]>", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("caf&amp;eacute;", "café"),
        ("<![CDATA[<b>A</b> x]]>", "A x"),
        ("x &lt; y en 3 &lt;4", "x < y en 3 <4"),
        ("AT&T", "AT&T"),
        ("What is &lt;div&gt; for?", "What is <div> for?"),
    ],
)
def test_titles_are_read_as_they_were_meant(written: str, meant: str) -> None:
    assert rss(f"<title>{written}</title>").title == meant


def test_all_authors_are_named_and_a_feeds_author_stands_for_those_who_name_none() -> None:
    two = "<author><name>Jan</name></author><author><name>Piet</name><email>p@site.example</email></author>"
    assert atom(TITLE + two, head="<author><name>Els</name></author>").author == "Jan, Piet"
    assert atom(TITLE, head="<author><name>Els</name></author>").author == "Els"
    assert rss(f"{TITLE}<dc:creator>Jan</dc:creator><dc:creator>Piet</dc:creator>", DC).author == "Jan, Piet"
    assert parsed("<rss><channel><managingEditor>Els</managingEditor><item/></channel></rss>").entries[0].author == ""


def test_the_dates_of_a_source_are_not_those_of_the_entry() -> None:
    source = "<source><updated>2020-01-01T00:00:00Z</updated></source>"
    for said in (
        f"{source}<updated>2026-11-22T00:00:00Z</updated>",
        f"<updated>2026-11-22T00:00:00Z</updated>{source}",
    ):
        assert atom(TITLE + said).published_at == datetime(2026, 11, 22, tzinfo=UTC)


def test_the_dates_of_dublin_core_are_read() -> None:
    created = '<t:created xmlns:t="http://purl.org/dc/terms/">2026-11-20T08:00:00Z</t:created>'
    assert rss(f"{TITLE}<dc:date>2026-11-23T08:00+01:00</dc:date>", DC).published_at == datetime(
        2026, 11, 23, 7, tzinfo=UTC
    )
    assert rss(TITLE + created).published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
