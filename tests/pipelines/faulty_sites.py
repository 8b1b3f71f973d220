"""Real servers on loopback that do everything wrong, and fetches from them."""

import asyncio
import socket
import socketserver
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import httpx2
import pytest

from curate.errors import FetchError
from pipelines.addresses import Answers, parse_allowances, system_answers
from pipelines.fetching import Fetched, Fetcher, FetchPolicy, Validators

TLS = httpx2.create_ssl_context(trust_env=False)  # once: making it takes longer than most of these tests
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AGENT = "Duiding/0.1 (+https://network.example/about; mailto:post@network.example)"
RSS = b"<rss><channel><title>T</title></channel></rss>"
T = TypeVar("T")
Reply = bytes | Callable[[socket.socket], None]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    lines = {"Content-Length": str(len(body)), "Connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(status=status, Location=location.encode().decode("latin-1"))


@dataclass
class Request:
    path: str
    head: str
    started_s: float
    ended_s: float = 0.0
    """Just before the last of the answer went out: who has it whole and asks again does so later."""

    def header(self, name: str) -> str | None:
        lines = (line.partition(": ") for line in self.head.split("\r\n"))
        return next((value for key, _, value in lines if key.lower() == name.lower()), None)


class _Told:
    """A connection of which the request is told when it sends."""

    def __init__(self, connection: socket.socket, request: Request) -> None:
        self._connection, self._request = connection, request

    def sendall(self, data: bytes) -> None:
        self._request.ended_s = time.monotonic()
        self._connection.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@dataclass
class Site:
    """A server that answers each path as it was told, once per connection, and remembers what it was asked."""

    host: str = "127.0.1.1"
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        site = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                site.connections += 1
                site.serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128
            address_family = socket.AF_INET6 if ":" in self.host else socket.AF_INET

        self.server = Server((self.host, 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def serve(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (part := connection.recv(65536)):
                return
            head += part
        request = Request(head.split(b" ")[1].decode(), head.decode("latin-1"), time.monotonic())
        reply = self.replies.get(request.path, answer(status="404 Not Found"))
        self.requests.append(request)
        told = cast(socket.socket, _Told(connection, request))
        with suppress(OSError):
            told.sendall(reply) if isinstance(reply, bytes) else reply(told)

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def emptied(server: Site, replies: dict[str, Reply]) -> Site:
    server.replies, server.requests, server.connections = replies, [], 0
    return server


def policy(**changes: Any) -> FetchPolicy:
    values: dict[str, Any] = {"total_s": 5.0, "host_gap_s": 0.0, "allowances": parse_allowances("127.0.1.0/24")}
    return FetchPolicy(AGENT, **(values | changes))


def session(
    work: Callable[[Fetcher], Awaitable[T]], rules: FetchPolicy | None = None, answers: Answers = system_answers
) -> T:
    async def run() -> T:
        async with Fetcher(rules or policy(), lambda: NOW, answers=answers, ssl_context=TLS) as fetcher:
            return await work(fetcher)

    return asyncio.run(run())


def feed(url: str, validators: Validators | None = None, **changes: Any) -> Fetched:
    return session(lambda fetcher: fetcher.feed(url, validators), policy(**changes))


def page(url: str, **changes: Any) -> Fetched:
    return session(lambda fetcher: fetcher.page(url), policy(**changes))


def failure(fetch: Callable[..., Fetched], *args: Any, **changes: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(*args, **changes)
    assert str(caught.value).endswith(".")
    return caught.value


def told(*answers: str) -> Answers:
    """Answer every name with these, the first look-up with the first, and so on; the last one stays."""
    left = list(answers)

    async def of_name(_host: str, _port: int) -> list[str]:
        return [left.pop(0) if len(left) > 1 else left[0]]

    return of_name


def silence(connection: socket.socket) -> None:
    """Say nothing until the client gives up."""
    connection.settimeout(4)
    connection.recv(1)
