from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import opml, texts
from curate.errors import ParseError
from curate.opml import Subscription


def document(body: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{prolog}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_folders_and_categories_are_tags() -> None:
    body = '<outline text="Leren"><outline text="F" xmlUrl="https://a.example/f" category="/x/y,z"/></outline>'
    assert opml.read(document(body)) == (Subscription("https://a.example/f", "F", ("x", "y", "z", "Leren")),)


def test_feeds_without_type_or_title_are_feeds() -> None:
    assert opml.read(document('<outline xmlUrl="http://a.example/?x=1&amp;y=2"/>')) == (
        Subscription("http://a.example/?x=1&y=2", "", ()),
    )


def test_each_address_is_read_once_and_only_of_the_web() -> None:
    body = "".join(
        f'<outline text="{n}" xmlUrl="{url}"/>'
        for n, url in enumerate(["https://a.example/f", "https://a.example/f", "javascript:x", "file:///etc/passwd"])
    )
    assert [each.url for each in opml.read(document(body))] == ["https://a.example/f"]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-1", "utf-16"])
def test_letters_survive_every_encoding(encoding: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = document('<outline text="één" xmlUrl="https://a.example/f"/>', prolog).decode().encode(encoding)
    assert opml.read(body)[0].title == "één"


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<html><p>x</html>", b"\x00\x01", b"<opml>", document(""), document('<outline text="a"/>'),
     document('<outline text="a" xmlUrl="ftp://a.example/f"/>'), b"<opml>" + b" " * 6_000_000],
)  # fmt: skip
def test_what_names_no_feed_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        opml.read(body)
    assert str(caught.value).endswith(".")


def test_a_broken_document_gives_the_feeds_it_still_names() -> None:
    body = document('<outline text="a & b" xmlUrl="https://a.example/f"><outline xmlUrl="https://b.example/')[:-30]
    assert opml.read(body)[0] == Subscription("https://a.example/f", "a & b", ())


@pytest.mark.parametrize(
    ("flavour", "outline"),
    [
        ("feedly", '<outline text="Leren" title="Leren"><outline type="rss" text="F" title="F" '
         'xmlUrl="https://a.example/f" htmlUrl="https://a.example/"/></outline>'),
        ("inoreader", '<outline text="Leren" title="Leren"><outline text="F" title="F" type="rss" '
         'xmlUrl="https://a.example/f" htmlUrl="https://a.example"></outline></outline>'),
        ("freshrss", '<outline xmlns:frss="https://freshrss.org/opml" text="Leren"><outline text="F" type="rss" '
         'xmlUrl="https://a.example/f" description="d" frss:priority="important"/></outline>'),
        ("miniflux", '<outline text="Leren"><outline title="F" text="F" xmlUrl="https://a.example/f" htmlUrl="" '
         'description=""></outline></outline>'),
        ("newsblur", '<outline text="Leren" title="Leren"><outline htmlUrl="https://a.example/" text="F" title="F" '
         'version="RSS" type="rss" xmlUrl="https://a.example/f"/></outline>'),
        ("shouting", '<OUTLINE TEXT="Leren"><OUTLINE TITLE="F" XMLURL=" https://a.example/f "/></OUTLINE>'),
        ("feed scheme", '<outline text="Leren"><outline text="F" xmlUrl="feed:https://a.example/f"/></outline>'),
    ],
)  # fmt: skip
def test_lists_of_every_reader_are_read(flavour: str, outline: str) -> None:
    assert opml.read(document(outline)) == (Subscription("https://a.example/f", "F", ("Leren",)),), flavour


def test_an_old_feed_scheme_is_http() -> None:
    assert opml.read(document('<outline text="F" xmlUrl="feed://a.example/f"/>'))[0].url == "http://a.example/f"


def test_a_title_that_is_only_the_address_is_none() -> None:
    body = '<outline text="https://a.example/f" xmlUrl="https://a.example/f"/>'
    assert opml.read(document(body)) == (Subscription("https://a.example/f", "", ()),)


def test_a_feed_in_two_folders_or_two_spellings_is_one_feed_in_both() -> None:
    body = (
        '<outline text="A"><outline xmlUrl="https://a.example/f"/></outline>'
        '<outline text="B"><outline text="F" xmlUrl="https://A.example:443/f"/></outline>'
    )
    assert opml.read(document(body)) == (Subscription("https://a.example/f", "F", ("A", "B")),)


def test_entities_are_not_expanded_and_nothing_outside_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    kinds = f'<!DOCTYPE opml [<!ENTITY a0 "lol">{bomb}<!ENTITY x SYSTEM "file://{secret}">]>'
    body = '<outline text="&a9;&x;" xmlUrl="https://a.example/f"/>'
    (one,) = opml.read(document(body, f'<?xml version="1.0"?>{kinds}'))
    assert len(one.title) < 20
    assert "geheim" not in one.title


def test_a_list_that_repeats_a_feed_in_many_folders_keeps_few_of_them() -> None:
    folders = "".join(f'<outline text="map {n}"><outline xmlUrl="https://a.example/f"/></outline>' for n in range(500))
    (one,) = opml.read(document(folders))
    assert one.tags == tuple(f"map {n}" for n in range(opml.MOST_TAGS))


def test_deeply_nested_folders_are_read() -> None:
    body = '<outline text="m">' * 3000 + '<outline text="F" xmlUrl="https://a.example/f"/>' + "</outline>" * 3000
    assert opml.read(document(body)) == (Subscription("https://a.example/f", "F", ("m",)),)


def test_a_list_in_utf16_without_a_mark_and_one_after_a_long_comment_are_read() -> None:
    body = document('<outline text="één" xmlUrl="https://a.example/f"/>').decode()
    assert opml.read(body.encode("utf-16-le"))[0].title == "één"
    assert opml.read(body.encode("utf-16-be"))[0].title == "één"
    assert opml.read(f"<!--{'x' * 9000}-->{body}".encode())[0].title == "één"


def test_names_with_every_awkward_sign_travel() -> None:
    listed = [
        Subscription("https://a.example/f?b=%22", 'De "Krant" & <b>\'s-Hertogenbosch</b>', ("Zorg/Wonen, NL", "Eén")),
        Subscription("https://b.example/f", "Ideeën 🧶 \u0141ódź", ("A", "Zorg/Wonen, NL")),
        Subscription("https://c.example/f", "", ()),
    ]  # fmt: skip
    assert sorted(opml.read(opml.write(listed, "Ons & co")), key=str) == sorted(listed, key=str)


tags = st.lists(st.text(min_size=1, max_size=12).map(texts.one_line).filter(bool), max_size=3, unique=True)
subscriptions = st.builds(
    Subscription,
    url=st.integers(0, 99).map(lambda n: f"https://site{n}.example/feed?a=1&b={n}"),
    title=st.text(max_size=20).map(texts.one_line),
    tags=tags.map(tuple),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(subscriptions, min_size=1, max_size=8, unique_by=lambda each: each.url))
def test_what_is_written_is_read_again(listed: list[Subscription]) -> None:
    assert sorted(opml.read(opml.write(listed, "Ours")), key=str) == sorted(listed, key=str)
