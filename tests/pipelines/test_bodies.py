"""Unpacking what servers send, within a limit."""

import gzip
import zlib

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import FetchError, RetryLaterError
from pipelines.bodies import unpacked

LIMIT = 2**20


def raw_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    " Deflate ": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
    "": bytes,
}
PACKED = [name for name in PACK if name not in ("", "identity")]


@pytest.mark.parametrize("encoding", PACK)
@pytest.mark.parametrize("text", [b"", b"x", b"Dit is tekst. " * 5000, bytes(LIMIT)], ids=len)
def test_what_was_packed_comes_out(encoding: str, text: bytes) -> None:
    assert unpacked(PACK[encoding](text), encoding, "https://feeds.example", LIMIT) == text


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("excess", [1, 30 * LIMIT])
def test_a_bomb_is_too_large(encoding: str, excess: int) -> None:
    with pytest.raises(FetchError) as caught:
        unpacked(PACK[encoding](bytes(LIMIT + excess)), encoding, "https://feeds.example", LIMIT)
    assert (caught.value.kind, caught.value.again) == ("too_large", False)
    assert "larger than 1 MiB" in str(caught.value)


@pytest.mark.parametrize("encoding", PACKED)
def test_a_body_that_was_cut_off_is_unreadable(encoding: str) -> None:
    packed = PACK[encoding](bytes(range(256)) * 50)
    for length in (1, 5, len(packed) // 2, len(packed) - 1):
        with pytest.raises(RetryLaterError) as caught:
            unpacked(packed[:length], encoding, "https://feeds.example", LIMIT)
        assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("encoding", PACKED)
def test_an_unpacked_body_that_says_it_is_packed_is_unreadable(encoding: str) -> None:
    with pytest.raises(RetryLaterError, match="damaged"):
        unpacked(b"<rss>plain</rss>" * 9, encoding, "https://feeds.example", LIMIT)


@pytest.mark.parametrize("encoding", ["compress", "sdch, gzip", "gzip, gzip, gzip", "gzip\tbr", "utf-8"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(FetchError, match="encoding") as caught:
        unpacked(gzip.compress(b"x"), encoding, "https://feeds.example", LIMIT)
    assert caught.value.kind == "unreadable"


def test_a_bomb_in_a_bomb_is_stopped_at_the_first_layer() -> None:
    with pytest.raises(FetchError, match="larger"):
        unpacked(gzip.compress(gzip.compress(bytes(64 * LIMIT), 1), 1), "gzip, gzip", "https://feeds.example", LIMIT)


def test_a_body_packed_twice_comes_out() -> None:
    assert unpacked(brotli.compress(gzip.compress(b"twice")), "gzip, br", "https://feeds.example", LIMIT) == b"twice"


def test_gzip_in_several_parts_comes_out_whole() -> None:
    assert (
        unpacked(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", "https://feeds.example", LIMIT) == b"one two"
    )


def test_what_follows_the_last_part_of_gzip_is_ignored() -> None:
    assert unpacked(gzip.compress(b"one") + b"\0\0junk", "gzip", "https://feeds.example", LIMIT) == b"one"


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_body_in_countless_parts_is_refused(encoding: str) -> None:
    with pytest.raises(RetryLaterError):
        unpacked(PACK[encoding](b"") * 100_000, encoding, "https://feeds.example", LIMIT)


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(PACKED))
def test_no_bytes_raise_anything_but_our_own_errors(body: bytes, encoding: str) -> None:
    try:
        assert len(unpacked(body, encoding, "https://feeds.example", 1000)) <= 1000
    except FetchError as error:
        assert error.kind in ("unreadable", "too_large")
