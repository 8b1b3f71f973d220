"""Servers that are slow, endless or broken cost us their own answer and nothing else."""

import asyncio
import gzip
import socket
import time

import pytest

from pipelines.fetching import Fetched, Fetcher
from tests.pipelines.faulty_sites import (
    RSS,
    Reply,
    Site,
    answer,
    failure,
    feed,
    policy,
    redirect,
    session,
    silence,
)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.02)


def slow_head(connection: socket.socket) -> None:
    for sign in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100:
        connection.sendall(bytes([sign]))
        time.sleep(0.02)


def stall(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    connection.settimeout(4)
    connection.recv(1)


@pytest.mark.parametrize("reply", [drip, slow_head, stall, silence])
def test_the_total_time_ends_every_kind_of_slowness(site: Site, reply: Reply) -> None:
    site.replies["/feed"] = reply
    started_s = time.monotonic()
    error = failure(feed, f"{site.url}/feed", total_s=0.3)
    assert (error.kind, error.again) == ("timeout", True)
    assert time.monotonic() - started_s < 1.5


def test_the_total_time_covers_all_redirects_together(site: Site) -> None:
    def slow_redirect(connection: socket.socket) -> None:
        time.sleep(0.2)
        connection.sendall(redirect("/feed"))

    site.replies["/feed"] = slow_redirect
    started_s = time.monotonic()
    assert failure(feed, f"{site.url}/feed", total_s=0.5).kind == "timeout"
    assert time.monotonic() - started_s < 1.0


def test_the_total_time_does_not_count_the_waiting_for_ones_turn(site: Site) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.2)
        connection.sendall(answer(RSS))

    site.replies["/feed"] = slow
    urls = [f"{site.url}/feed"] * 4
    fetched = session(
        lambda fetcher: asyncio.gather(*(fetcher.feed(url) for url in urls)), policy(total_s=0.4, host_gap_s=0.05)
    )
    assert [one.status for one in fetched] == [200] * 4


def test_an_endless_body_is_too_large(site: Site) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            connection.sendall(bytes(65536))

    site.replies["/feed"] = endless
    assert failure(feed, f"{site.url}/feed", max_bytes=2**20).kind == "too_large"


def test_a_body_of_exactly_the_limit_is_not_too_large(site: Site) -> None:
    site.replies["/feed"] = answer(bytes(1000))
    assert len(feed(f"{site.url}/feed", max_bytes=1000).body) == 1000
    assert failure(feed, f"{site.url}/feed", max_bytes=999).kind == "too_large"


def test_a_bomb_is_too_large(site: Site) -> None:
    site.replies["/feed"] = answer(gzip.compress(bytes(20 * 2**20), 1), Content_Encoding="gzip")
    error = failure(feed, f"{site.url}/feed")
    assert error.kind == "too_large"
    assert "16 MiB" in str(error)


def test_an_announced_length_above_the_limit_is_not_read(site: Site) -> None:
    def promise(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")
        connection.settimeout(4)
        connection.recv(1)

    site.replies["/feed"] = promise
    assert failure(feed, f"{site.url}/feed", total_s=2).kind == "too_large"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def reset(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: lots\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
        CHUNKED + b"5\r\nhello\r\n",
        CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"ffffffffffffffffff\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**21 + b"\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\n: no name\r\n\r\nbody",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example ESMTP\r\n",
        b"\x16\x03\x01\x02\x00" + bytes(100),
        b"HTTP/1.1 999999 Odd\r\n\r\n",
        answer(gzip.compress(RSS)[:-9], Content_Encoding="gzip", ETag='"cut"'),
        answer(RSS, Content_Encoding="gzip"),
        answer(RSS, Content_Encoding="shrunk"),
        reset,
    ],
    ids=lambda reply: "reset" if callable(reply) else repr(reply)[:60],
)
def test_a_broken_answer_is_unreadable(site: Site, reply: Reply) -> None:
    site.replies["/feed"] = reply
    assert failure(feed, f"{site.url}/feed").kind == "unreadable"


def test_one_broken_answer_does_not_touch_the_next(site: Site) -> None:
    site.replies |= {"/bad": b"junk", "/stall": stall}

    async def all_three(fetcher: Fetcher) -> list[Fetched | BaseException]:
        urls = [f"{site.url}{path}" for path in ("/bad", "/stall", "/feed")]
        return await asyncio.gather(*(fetcher.feed(url) for url in urls), return_exceptions=True)

    *_, last = session(all_three, policy(total_s=0.4))
    assert isinstance(last, Fetched)
    assert last.body == RSS
