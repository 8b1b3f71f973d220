"""Whatever bytes a server answers, a fetch brings an answer or one of our own errors, in its own time."""

import asyncio
import time
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.errors import FetchError
from pipelines.fetching import Fetched, Fetcher
from tests.pipelines.faulty_sites import NOW, RSS, TLS, Site, answer, emptied, policy, redirect

TOTAL_S = 1.0
WELL = (
    answer(RSS, Content_Type="application/rss+xml", ETag='"x"'),
    redirect("/feed"),
    answer(status="304 Not Modified"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n0\r\n\r\n",
    b"HTTP/1.0 200\r\n\r\n" + RSS,
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(RSS),
)
HEADERS = (
    b"Content-Length: -1",
    b"Content-Length: 5, 5",
    b"Content-Length: 1e3",
    b"Transfer-Encoding: gzip, chunked",
    b"X: \x00",
    b"Location: http://[",
    b"Location: \xff\xfe",
    b"Location: //",
    b"Location: ?",
    b"Location: http://a:b:c/",
    b"Retry-After: \xb2",
    b"Content-Encoding: br",
    b"Content-Encoding: zstd, gzip",
    b"Content-Encoding: \xff",
    b"ETag: \xff\xfe",
    b"Date: 9",
    b" folded: x",
    b"Content-Type: text/xml; charset=\xff",
    b"Set-Cookie: a=b",
    b"Connection: upgrade",
    b"Upgrade: h2c",
    b": empty",
    b"no colon",
)


@pytest.fixture(scope="module")
def answering() -> Iterator[Site]:
    with Site("127.0.1.1") as site:
        yield site


def outcome(site: Site, reply: bytes) -> Fetched | FetchError:
    async def ask() -> Fetched:
        async with Fetcher(policy(total_s=TOTAL_S), lambda: NOW, ssl_context=TLS) as fetcher:
            return await fetcher.feed(f"{site.url}/feed")

    emptied(site, {"/feed": reply})
    try:
        return asyncio.run(ask())
    except FetchError as error:
        return error


def mutated(reply: bytes, random: Random) -> bytes:
    """Change a few things: bytes, lines of the head, and where it ends."""
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(reply) + 1)
        reply = random.choice(
            (
                reply[:at],
                reply[:at] + random.randbytes(3) + reply[at:],
                reply[:at] + random.randbytes(1) + reply[at + 1 :],
                reply.replace(b"\r\n", b"\r\n" + random.choice(HEADERS) + b"\r\n", 1),
                reply.replace(b"\r\n", random.choice((b"\n", b"\r", b"\r\n\r\n")), random.randrange(1, 4)),
                reply.replace(
                    b"200", random.choice((b"000", b"99", b"2000", b"-1", b"206", b"600", b"\xb2\xb2\xb2")), 1
                ),
            )
        )
    return reply


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reply=st.sampled_from(WELL) | st.binary(max_size=60), random=st.randoms(use_true_random=False))
def test_case12_no_answer_raises_anything_but_our_own_errors(answering: Site, reply: bytes, random: Random) -> None:
    started_s = time.monotonic()
    found = outcome(answering, mutated(reply, random))
    assert time.monotonic() - started_s < TOTAL_S + 2
    if isinstance(found, FetchError):
        assert str(found).endswith(".")
        assert found.kind in {
            "blocked",
            "timeout",
            "too_large",
            "gone",
            "rate_limited",
            "unreachable",
            "unreadable",
        } or (found.kind.startswith("http_") and found.kind[5:].isdigit())
    else:
        assert found.status == 200


@pytest.mark.parametrize("header", HEADERS)
def test_no_single_header_raises_anything_but_our_own_errors(answering: Site, header: bytes) -> None:
    for reply in WELL:
        outcome(answering, reply.replace(b"\r\n", b"\r\n" + header + b"\r\n", 1))
