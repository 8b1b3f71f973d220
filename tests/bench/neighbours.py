"""What our programs talk to, in processes of their own so that their work is not counted as ours."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import format_datetime
from html import escape
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

from tests.bench.sizes import Sizes

HOST = "127.0.0.1"
_START_S = 120.0
_TEASER_WORDS = 80


@contextmanager
def publishers(sizes: Sizes) -> Iterator[list[str]]:
    """Serve as many feeds, each at a port of its own and with an ETag; give their addresses."""
    with _neighbour(_publish, sizes.feeds, sizes.entries_per_feed) as ports:
        yield [f"http://{HOST}:{port}/feed" for port in ports]


@contextmanager
def mail_server() -> Iterator[int]:
    """Run aiosmtpd, which takes every message and drops it; give its port."""
    with _neighbour(_take_mail) as ports:
        yield ports[0]


def etag(address: str) -> str:
    """Return the validator of a feed of :func:`publishers`."""
    return f'"feed-{urlsplit(address).port}"'


def free_port() -> int:
    """Return a port of loopback on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _neighbour(main: Callable[..., None], *args: Any) -> Iterator[Sequence[int]]:
    ours, theirs = get_context("spawn").Pipe()
    program = get_context("spawn").Process(target=main, args=(theirs, *args), daemon=True)
    program.start()
    theirs.close()
    try:
        if not ours.poll(_START_S):
            raise TimeoutError(f"{main.__name__} did not start")
        yield ours.recv()
    finally:
        program.terminate()
        program.join()


def _listening() -> socket.socket:
    listener = socket.socket()
    listener.bind((HOST, 0))
    listener.listen(64)
    listener.setblocking(False)
    return listener


def _ports(listeners: Sequence[socket.socket]) -> list[int]:
    return [int(one.getsockname()[1]) for one in listeners]


def _publish(line: Connection, feeds: int, entries: int) -> None:
    import resource

    import uvicorn

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    listeners = [_listening() for _ in range(feeds)]
    bodies = dict(zip(_ports(listeners), _feeds(feeds, entries), strict=True))
    line.send(_ports(listeners))
    config = uvicorn.Config(_Publishers(bodies), lifespan="off", log_level="error", access_log=False)
    asyncio.run(uvicorn.Server(config).serve(listeners))


class _Publishers:
    """An ASGI application: one unchanging feed per port."""

    def __init__(self, bodies: dict[int, bytes]) -> None:
        self._bodies = bodies

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        host, port = scope["server"]
        mark = etag(f"http://{host}:{port}/").encode()
        headers = [(b"etag", mark)]
        if dict(scope["headers"]).get(b"if-none-match") == mark:
            status, body = 304, b""
        else:
            status, body = 200, self._bodies[port]
            headers += [(b"content-type", b"application/rss+xml"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _feeds(count: int, entries: int) -> Iterator[bytes]:
    from tests.bench import corpora
    from tests.bench.grounds import NOW

    said = corpora.perturbed(count * entries, _TEASER_WORDS)
    date = format_datetime(NOW)
    for number in range(count):
        told = "".join(
            f"<item><title>{escape(text.title)}</title><link>https://{number}.example.org/{text.id}</link>"
            f"<guid>{text.id}</guid><description>{escape(text.text)}</description><pubDate>{date}</pubDate></item>"
            for text, _ in islice(said, entries)
        )
        head = f"<title>Feed {number}</title><link>https://{number}.example.org/</link><language>en</language>"
        document = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{told}</channel></rss>'
        yield document.encode()


def _take_mail(line: Connection) -> None:
    from aiosmtpd.smtp import SMTP

    class _Sink:
        async def handle_DATA(self, *_: object) -> str:
            return "250 taken"

    async def serve() -> None:
        listener = _listening()
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(_Sink(), hostname="sink"), sock=listener)
        line.send(_ports([listener]))
        await server.serve_forever()

    asyncio.run(serve())
