"""The sample served over loopback HTTP: every publisher at a port of its own, nothing shown before its time.

    with served("2026-W46") as world:        # the week is over: all of it can be read
        world.opml(), world.allowance, world.linkedin_zip()
        world.move_to(week_ends_at("2026-W47"))

One address and nine ports, and not nine addresses: only Linux has the whole of 127.0.0.0/8.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from curate.errors import UsageError
from pipelines.demo import feeds, pages, posts, sample

HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"
ROBOTS = b"User-agent: *\nDisallow: /zoeken\nDisallow: /deel/\n"
IDLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a publisher says to a GET; ``changed_at`` (aware UTC) becomes Last-Modified."""

    content_type: str
    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    changed_at: datetime | None = None

    @property
    def etag(self) -> str:
        """A strong validator of the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class World:
    """The nine publishers at one moment of the story; a context manager that serves them from daemon threads.

    With ``first_port`` 0 the system chooses free ports; a fixed one keeps every address the same between runs.
    Raises UsageError when a port is taken.
    """

    def __init__(self, now: datetime, first_port: int = 0) -> None:
        self._now = now
        self._servers = _bound(first_port)
        self.bases: Mapping[str, str] = MappingProxyType(
            {slug: f"http://{HOST}:{server.server_port}" for slug, server in self._servers.items()}
        )
        """The root URL of each publisher by its slug, without a slash at the end."""
        self._posts = posts.of_all(self.bases)

    @property
    def now(self) -> datetime:
        """The moment of the story (aware UTC): what was published later cannot be seen."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Let the story be at this moment (aware)."""
        self._now = moment.astimezone(UTC)

    @property
    def addresses(self) -> dict[str, str]:
        """The URL of each article's first page by the article's slug, published or not."""
        return {post.article.slug: post.address for post in self._posts if post.source.slug == post.article.source}

    @property
    def allowance(self) -> str:
        """What ``DUIDING_FETCH_ALLOW`` needs so that exactly these publishers may be fetched."""
        return ",".join(f"{HOST}/32:{server.server_port}" for server in self._servers.values())

    def opml(self) -> bytes:
        """Return all publishers with their titles, in folders, as an operator would import them."""
        root = ET.Element("opml", {"version": "2.0"})
        ET.SubElement(ET.SubElement(root, "head"), "title").text = "Duiding: het voorbeeld"
        outlines = ET.SubElement(root, "body")
        folders: dict[str, ET.Element] = {}
        for source in sample.sources():
            if source.folder not in folders:
                folders[source.folder] = ET.SubElement(outlines, "outline", {"text": source.folder})
            ET.SubElement(folders[source.folder], "outline", self._outline(source))
        written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return written

    def linkedin_zip(self) -> bytes:
        """Return a LinkedIn export whose shares point at these publishers."""
        return sample.linkedin_zip(self.addresses)

    def answer(self, source: sample.Source, path: str) -> Answer:
        """Return what a publisher says at this moment to a GET of ``path`` (without query)."""
        shown = [post for post in self._posts if post.source == source and post.published_at <= self._now]
        listed = [post for post in shown if post.in_feed]
        changed_at = listed[0].published_at if listed else None
        base = self.bases[source.slug]
        if path == source.path:
            return self._feed(source, listed, changed_at)
        if path == "/robots.txt":
            return Answer("text/plain; charset=utf-8", ROBOTS)
        if path == "/":
            return Answer(HTML, pages.front(source, base, listed), changed_at=changed_at)
        for post in shown:
            if post.path == path:
                return Answer(HTML, pages.article(post, base, listed), changed_at=changed_at)
        return Answer("text/plain; charset=utf-8", b"404\n", HTTPStatus.NOT_FOUND)

    def __enter__(self) -> Self:
        for source in sample.sources():
            server = self._servers[source.slug]
            server.RequestHandlerClass = _handler(self, source)
            threading.Thread(target=server.serve_forever, args=(0.05,), name=source.slug, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def _feed(self, source: sample.Source, listed: list[posts.Post], changed_at: datetime | None) -> Answer:
        if source.breaks_at is not None and self._now >= source.breaks_at:
            return Answer(HTML, pages.broken())
        written = feeds.render(source, self.bases[source.slug], listed)
        return Answer(feeds.CONTENT_TYPES[source.feed], written, changed_at=changed_at)

    def _outline(self, source: sample.Source) -> dict[str, str]:
        base = self.bases[source.slug]
        return {
            "type": "rss",
            "text": source.name,
            "title": source.name,
            "xmlUrl": base + source.path,
            "htmlUrl": f"{base}/",
            "language": source.language,
        }


@contextmanager
def served(week: str, first_port: int = 0) -> Iterator[World]:
    """Serve the world as it stands when this ISO week (``2026-W46``) is over."""
    with World(week_ends_at(week), first_port) as world:
        yield world


def week_ends_at(week: str) -> datetime:
    """Return the first moment (aware UTC) after an ISO week like ``2026-W46``."""
    year, number = week.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(weeks=1)


def _bound(first_port: int) -> dict[str, ThreadingHTTPServer]:
    servers: dict[str, ThreadingHTTPServer] = {}
    for number, source in enumerate(sample.sources()):
        port = first_port + number if first_port else 0
        try:
            servers[source.slug] = ThreadingHTTPServer((HOST, port), BaseHTTPRequestHandler)
        except OSError as error:
            for server in servers.values():
                server.server_close()
            raise UsageError(
                f"Port {port} on {HOST}, needed for the sample publisher {source.name}, is taken: "
                "stop what uses it or choose another first port."
            ) from error
    return servers


def _handler(world: World, source: sample.Source) -> type[BaseHTTPRequestHandler]:
    """Return a request handler that answers for one publisher."""

    class Publisher(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_S

        def do_GET(self) -> None:
            answer = world.answer(source, urlsplit(self.path).path)
            unchanged = answer.status is HTTPStatus.OK and _is_unchanged(answer, self.headers)
            self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else answer.status)
            self.send_header("ETag", answer.etag)
            if answer.changed_at is not None:
                self.send_header("Last-Modified", format_datetime(answer.changed_at, usegmt=True))
            if not unchanged:
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if not unchanged and self.command == "GET":
                self.wfile.write(answer.body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the sample's requests are not the user's news."""

    return Publisher


def _is_unchanged(answer: Answer, asked: Message) -> bool:
    """Return whether a conditional request already has this answer; an ETag outweighs a date (RFC 9110, 13.1)."""
    if (known := asked.get("If-None-Match")) is not None:
        return answer.etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]
    since = asked.get("If-Modified-Since")
    if since is None or answer.changed_at is None:
        return False
    try:
        return answer.changed_at <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
