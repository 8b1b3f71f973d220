import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import feeds, jsonfeeds
from curate.errors import ParseError
from curate.feedforms import FeedEntry, ParsedFeed

HOME = "https://site.example/feed.json"


def document(*listed: Any, **members: Any) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": listed, **members}).encode()


def parsed(body: bytes) -> ParsedFeed:
    return feeds.parse(body, "application/feed+json", HOME)


def only(**members: Any) -> FeedEntry:
    (entry,) = parsed(document(members)).entries
    return entry


def test_all_members_that_matter_are_read() -> None:
    entry = only(
        id="1",
        url="/2026/one",
        title="Een <b>",
        content_html="<p>Een</p><script>x</script><p>twee</p>",
        summary="Een",
        date_published="2026-11-23T10:00:00+01:00",
        date_modified="2026-11-24T10:00:00Z",
        authors=[{"name": ""}, {"name": "Jan"}],
        language="nl-BE",
    )
    assert entry == FeedEntry(
        guid="1",
        url="https://site.example/2026/one",
        title="Een <b>",
        author="Jan",
        published_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        updated_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
        language="nl",
        text="Een\n\ntwee",
        is_truncated=False,
    )


def test_what_the_feed_says_counts_for_entries_that_say_nothing() -> None:
    feed = parsed(document({"id": 1}, language="en", author={"name": "Els"}, title="T", home_page_url="/"))
    assert (feed.title, feed.language, feed.site_url) == ("T", "en", "https://site.example/")
    assert (feed.entries[0].language, feed.entries[0].author) == ("en", "Els")


def test_text_content_is_text_and_not_markup() -> None:
    assert only(id="1", content_text="a <b> &amp; c").text == "a <b> &amp; c"


def test_ids_that_are_numbers_become_text() -> None:
    assert [only(id=number).guid for number in (12, 12.0, "12", 12.5)] == ["12", "12", "12", "12.5"]
    assert [only(id=strange).guid for strange in (None, True, [], {}, "")] == [None] * 5


def test_a_summary_alone_is_a_teaser() -> None:
    assert only(id="1", summary="Kort.").is_truncated
    assert only(id="1", content_text="Het begin …").is_truncated
    assert not only(id="1", content_text="Het hele bericht.").is_truncated


def test_members_of_the_wrong_type_are_as_good_as_absent() -> None:
    body = document(None, "x", 5, {"id": "1", "url": 5, "title": None, "authors": {"name": "x"}, "date_published": []})
    (entry,) = parsed(body).entries
    assert entry == FeedEntry("1", None, "", "", None, None, None, "", is_truncated=True)
    assert parsed(document(title=["x"], language=5, home_page_url={})).title == ""
    assert parsed(b'{"version": "https://jsonfeed.org/version/1", "items": null}').entries == ()


def test_a_mark_before_the_document_does_no_harm() -> None:
    assert len(parsed(b"\xef\xbb\xbf" + document({"id": "1"})).entries) == 1
    assert len(parsed(document({"id": "1"}).decode().encode("utf-16")).entries) == 1


@pytest.mark.parametrize(
    ("member", "guid"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("9" * 5000, None),
        ("9" * 30, "9" * 30),
        ('"\\ud800x"', "x"),
    ],
)
def test_numbers_and_letters_that_are_none_are_as_good_as_absent(member: str, guid: str | None) -> None:
    body = b'{"version":"https://jsonfeed.org/version/1","items":[{"id":%s,"title":"T"}]}' % member.encode()
    assert [(each.guid, each.title) for each in parsed(body).entries] == [(guid, "T")]


def test_half_characters_are_left_out_everywhere() -> None:
    said = rb'"title":"\ud83d A","content_html":"<p>\udfff B</p>"'
    body = rb'{"items":[{"id":"1","url":"https://x.example/\ud800",%s}]}' % said
    (entry,) = parsed(body).entries
    assert (entry.title, entry.text) == ("A", "B")
    assert entry.url is None
    repr(entry).encode()


@pytest.mark.parametrize("after", [b"<!-- cached -->", b"\x00", b"\n{}", b"junk"])
def test_what_follows_the_document_is_no_part_of_it(after: bytes) -> None:
    assert len(parsed(document({"id": "1"}) + after).entries) == 1


def test_the_last_of_a_member_given_twice_counts() -> None:
    assert [each.guid for each in parsed(b'{"items":[{"id":"1"}],"items":[{"id":"2","id":"3"}]}').entries] == ["3"]


def test_bare_line_ends_in_a_text_do_no_harm() -> None:
    assert [each.text for each in parsed(b'{"items":[{"content_text":"een\n\ttwee\x0b"}]}').entries] == ["een\ntwee"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig"])
def test_the_encoding_of_the_document_is_found(encoding: str) -> None:
    body = '{"items":[{"id":"1","title":"Één café"}]}'.encode(encoding)
    assert [each.title for each in parsed(body).entries] == ["Één café"]


@pytest.mark.parametrize(
    "items",
    [b"[" * 100_000 + b"]" * 100_000, b'[{"id":"1","x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}]"],
)
def test_deep_nesting_is_refused_in_one_sentence(items: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parsed(b'{"version":"https://jsonfeed.org/version/1","items":' + items + b"}")
    assert caught.value.kind == "not_a_feed"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    "id url external_url title content_html content_text summary date_published date_modified authors author "
    "language version items home_page_url".split()
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(names, values), st.lists(st.dictionaries(names, values) | values, max_size=4))
def test_no_document_makes_reading_it_fail(members: dict[str, Any], listed: list[Any]) -> None:
    body = json.dumps({"items": listed, **members}).encode()
    try:
        assert isinstance(jsonfeeds.parse(body, HOME), ParsedFeed)
    except ParseError as error:
        assert error.kind == "not_a_feed"
