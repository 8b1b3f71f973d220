"""What the cases of the catalogue are built of."""

import itertools
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.pipelines.at_home import Post, rss
from tests.pipelines.faulty_sites import Reply, answer

MOST_BYTES = 2**21
"""What a fetch may bring while the catalogue is played."""
PARSING_S = 2.0
"""A quarter of what the slowest needs on a fast machine."""
BASE = "http://BASE"
"""Stands for the address of the case's own server."""


@dataclass(frozen=True)
class Fault:
    """A source that fails at every poll, of one kind, with a reason that holds these words."""

    kind: str
    reason: str
    replies: tuple[Reply, ...]
    paths: dict[str, Reply] = field(default_factory=dict)


@dataclass(frozen=True)
class Oddity:
    """A source that is odd and can be read: in the end it has these titles, each once, and no more entries."""

    titles: list[str]
    replies: tuple[Reply, ...]
    failed: frozenset[int] = frozenset()
    """Polls that fail all the same, from 0."""


def fault(kind: str, reason: str, *replies: Reply, **paths: Reply) -> Fault:
    return Fault(kind, reason, replies, {f"/{name}": reply for name, reply in paths.items()})


def xml(body: bytes | str, content_type: str = "application/xml", **headers: str) -> bytes:
    return answer(body.encode() if isinstance(body, str) else body, Content_Type=content_type, **headers)


def odd(titles: str | list[str], *bodies: bytes | str, content_type: str = "application/xml") -> Oddity:
    names = titles.split() if isinstance(titles, str) else titles
    return Oddity(names, tuple(xml(body, content_type) for body in bodies))


def sent(*parts: bytes, pause_s: float = 0.0, reset: bool = False) -> Reply:
    """Send these, with a pause after each, and close or reset the connection."""

    def reply(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause_s)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

    return reply


def dripping(head: bytes, drop: bytes) -> Reply:
    def reply(connection: socket.socket) -> None:
        connection.sendall(head)
        until_s = time.monotonic() + 4
        with suppress(OSError):
            while time.monotonic() < until_s:
                connection.sendall(drop)
                time.sleep(0.1)

    return reply


def endless(head: bytes, chunk: bytes) -> Reply:
    def reply(connection: socket.socket) -> None:
        connection.sendall(head)
        with suppress(OSError):
            for _ in range(4 * MOST_BYTES // len(chunk)):
                connection.sendall(chunk)

    return reply


def feed(*names: str, **changes: Any) -> bytes:
    """A feed of posts that are named after their titles."""
    return rss([Post(f"/{name}", name, **changes) for name in names], BASE)


def items(*said: str, before: str = "") -> str:
    listed = "".join(f"<item>{each}</item>" for each in said)
    channel = f"<channel><title>F</title>{listed}</channel>"
    return f'<?xml version="1.0"?>{before}<rss version="2.0">{channel}</rss>'


def item(name: str, guid: str | None = None, link: str | None = None, more: str = "") -> str:
    address = f"{BASE}/{name}" if link is None else link
    said = f"<title>{name}</title>" + (f"<link>{address}</link>" if address else "")
    return said + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "") + more


def answers(case: Fault | Oddity, base: str) -> Iterator[Reply]:
    """Yield what the source answers, poll after poll; the last answer stays."""
    said = [_at(reply, base) for reply in case.replies]
    return itertools.chain(said, itertools.repeat(said[-1]))


def _at(reply: Reply, base: str) -> Reply:
    """Return the reply with the address of the server it comes from."""
    if not isinstance(reply, bytes) or BASE.encode() not in reply.replace(BASE.upper().encode(), BASE.encode()):
        return reply
    head, _, body = reply.partition(b"\r\n\r\n")
    here = body.replace(BASE.encode(), base.encode()).replace(BASE.upper().encode(), base.upper().encode())
    length = b"Content-Length: %d"
    return head.replace(length % len(body), length % len(here)) + b"\r\n\r\n" + here
