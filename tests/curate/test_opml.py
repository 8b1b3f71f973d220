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


tags = st.lists(st.text(min_size=1, max_size=12).map(texts.one_line).filter(bool), max_size=3, unique=True)
subscriptions = st.builds(
    Subscription,
    url=st.integers(0, 99).map(lambda n: f"https://site{n}.example/feed?a=1&b={n}"),
    title=st.text(min_size=1, max_size=20).map(texts.one_line).filter(bool),
    tags=tags.map(tuple),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(subscriptions, min_size=1, max_size=8, unique_by=lambda each: each.url))
def test_what_is_written_is_read_again(listed: list[Subscription]) -> None:
    assert sorted(opml.read(opml.write(listed, "Ours")), key=str) == sorted(listed, key=str)
