"""The one way to the outside: every feed, page and robots.txt is fetched here.

allowed? | pages: host at rest? robots? | wait for one's turn at the host | ask | follow redirects, from the start

This stands on httpcore2, the connections below httpx2, and not on httpx2's client: cookies, proxies from the
environment, netrc and automatic redirects then do not exist, instead of being switched off.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from curate.errors import FetchError, RetryLaterError
from pipelines import bodies
from pipelines.addresses import Allowance, Answers, Guard, GuardedNetwork, system_answers
from pipelines.asking import LONGEST_RETRY_S, Answer, Headers, Read, Validators, ask, conditions, refusal, shown
from pipelines.robots import MAX_BYTES as ROBOTS_MAX_BYTES
from pipelines.robots import Robots
from pipelines.turns import Turns

__all__ = ["FetchPolicy", "Fetched", "Fetcher", "Validators"]

_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_HOST_NAME = re.compile(rb"(?=\.*[a-z0-9_-])[a-z0-9._-]+|(?=[^:]*:)[0-9a-f:.]+")
_KEEP_ALIVE_S = 15.0
REST_S = 3600.0
"""How long a host rests that asks for it without saying for how long (429)."""
_FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_PAGES = "text/html, application/xhtml+xml, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How politely and how patiently we fetch.

    ``user_agent`` starts with the product token that robots.txt files name and holds a contact. ``total_s`` covers a
    whole fetch with its redirects, but not the waiting for turns. ``max_bytes`` holds on the wire and after unpacking.
    ``host_gap_s`` lies between two requests to one host; a site's Crawl-delay makes it longer for pages, up to
    ``max_crawl_delay_s``: of a site that asks for more, one page per session is fetched. ``concurrency`` is the number
    of requests at once, over all hosts. ``robots`` False leaves robots.txt unread: for networks whose sites are theirs.
    """

    user_agent: str
    total_s: float = 30.0
    max_bytes: int = 16 * 2**20
    host_gap_s: float = 1.0
    max_redirects: int = 5
    max_crawl_delay_s: float = 60.0
    allowances: tuple[Allowance, ...] = ()
    concurrency: int = 8
    robots: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: ``status`` 200 with the whole unpacked body, or 304 with an empty one.

    ``url`` was asked for, ``final_url`` answered. ``moved_to`` is where an unbroken chain of permanent redirects (301,
    308) from the start led to, None when the first answer was no such redirect. ``at`` is aware UTC. ``max_age_s`` is
    for how long the server says that this will do; 0 when it does not say.
    """

    url: str
    final_url: str
    status: int
    body: bytes
    content_type: str
    validators: Validators
    moved_to: str | None
    at: datetime
    max_age_s: float = 0


@dataclass(frozen=True, slots=True)
class _Errand:
    """What one kind of fetch does at each hop: who is asked for leave, what is sent, how the body is read.

    ``refused`` is told of an answer that brings nothing, and which address gave it.
    """

    gap_s: Callable[[httpx2.URL], Awaitable[float]]
    headers: Headers
    read: Read
    max_bytes: int
    refused: Callable[[httpx2.URL, FetchError], None] = lambda _, __: None


class _Patience:
    """The seconds that one fetch may still spend at work."""

    def __init__(self, total_s: float) -> None:
        self._total_s = total_s
        self._left_s = total_s

    async def spend(self, work: Awaitable[Answer], place: str) -> Answer:
        """Await this work within what is left; RetryLaterError ``timeout``."""
        clock = asyncio.get_running_loop().time
        started_s = clock()
        try:
            async with asyncio.timeout(self._left_s):
                return await work
        except TimeoutError:
            raise RetryLaterError(
                "timeout", f"{place} did not answer in full within {self._total_s:g} seconds; it is tried again later."
            ) from None
        finally:
            self._left_s -= clock() - started_s


class Fetcher:
    """A session of fetching: connections, turns and robots rules are kept from ``async with`` to its end.

    Every method raises FetchError (blocked, too_large, gone, unreadable, http_NNN) or RetryLaterError (timeout,
    unreachable, rate_limited, unreadable, blocked by a robots.txt that cannot be read now, http_5NN), nothing else.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        clock: Callable[[], datetime],
        *,
        answers: Answers = system_answers,
        ssl_context: ssl.SSLContext | None = None,
        rests: Mapping[str, datetime] | None = None,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._ssl_context = ssl_context
        self._guard = Guard(policy.allowances, answers)
        self._turns = Turns(policy.concurrency)
        self._robots = Robots(policy.user_agent.split("/")[0].strip(), self._ask_robots)
        self._visited: set[str] = set()
        self._rests = dict(rests or {})

    async def __aenter__(self) -> Self:
        """Open the session; no request is made yet."""
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=self._ssl_context or httpx2.create_ssl_context(trust_env=False),
            max_connections=2 * self._policy.concurrency,
            keepalive_expiry=_KEEP_ALIVE_S,
            http2=True,
            network_backend=GuardedNetwork(self._guard),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._pool.aclose()

    @property
    def rests(self) -> Mapping[str, datetime]:
        """Hosts whose pages are left alone, and until when; those given at the start among them."""
        return self._rests

    async def feed(self, url: str, validators: Validators | None = None) -> Fetched:
        """Fetch a feed, which a person asked for, so no robots rules; ``validators`` make an unchanged one a 304."""
        sent = conditions(validators or Validators())
        errand = _Errand(self._own_gap, self._headers(_FEEDS) + sent, bodies.whole, self._policy.max_bytes)
        fetched = await self._fetch(url, errand)
        if fetched.status == 200:
            return fetched
        if not sent or validators is None:
            raise _unasked(url)
        return replace(fetched, validators=_kept_by_304(fetched.validators, validators))

    async def page(self, url: str) -> Fetched:
        """Fetch a page if the robots rules of its site, and of every site it redirects to, allow it.

        A host that answers a page with 429 or Retry-After rests: no other page of it is asked for until then. Its feeds
        are: each is a person's request, and waits for what it was told itself.
        """
        errand = _Errand(
            self._gap_by_robots, self._headers(_PAGES), bodies.whole, self._policy.max_bytes, self._note_rest
        )
        fetched = await self._fetch(url, errand)
        if fetched.status == 304:
            raise _unasked(url)
        return fetched

    async def _fetch(self, url: str, errand: _Errand) -> Fetched:
        answer, final_url, moved_to = await self._follow(url, errand)
        at = self._clock()
        if answer.status not in (200, 304):
            error = refusal(shown(final_url), answer, at)
            errand.refused(self._address(final_url), error)
            raise error
        return Fetched(
            url,
            final_url,
            answer.status,
            answer.body,
            answer.content_type,
            answer.validators,
            moved_to,
            at,
            answer.max_age_s,
        )

    async def _follow(self, url: str, errand: _Errand) -> tuple[Answer, str, str | None]:
        """Return the first answer that is not a redirect, its address, and where the address has moved to for good."""
        patience = _Patience(self._policy.total_s)
        target, final_url, moved_to, permanent = self._address(url), url, None, True
        for _ in range(self._policy.max_redirects + 1):
            gap_s = await errand.gap_s(target)
            async with self._turns.at(_host(target), gap_s):
                work = ask(self._pool, target, errand.headers, errand.read, errand.max_bytes)
                answer = await patience.spend(work, shown(str(target)))
            if answer.status not in _REDIRECTS or not answer.location:
                return answer, final_url, moved_to
            target = self._next(target, answer.location)
            final_url = str(target)
            permanent = permanent and answer.status in _PERMANENT
            moved_to = final_url if permanent else moved_to
        raise FetchError(
            f"http_{answer.status}",
            f"{shown(url)} redirects more than {self._policy.max_redirects} times; give the address it should end at.",
        )

    def _address(self, url: str) -> httpx2.URL:
        """Return a web address that may be asked, as far as its text tells; FetchError ``blocked``."""
        try:
            address = httpx2.URL(url)
        except (httpx2.InvalidURL, ValueError):
            address = httpx2.URL("")
        if address.scheme not in ("http", "https") or not _HOST_NAME.fullmatch(address.raw_host):
            raise FetchError("blocked", f"{shown(url)} is not a web address; give one that starts with https://.")
        self._guard.check(address.raw_host.decode("ascii"), _port(address))
        return address.copy_with(host=address.host.rstrip("."), fragment=None)

    def _next(self, target: httpx2.URL, location: str) -> httpx2.URL:
        """Return where a redirect leads; a password stays with the site it was given for."""
        try:
            joined = str(target.join(location))
        except (httpx2.InvalidURL, ValueError):
            raise FetchError(
                "blocked",
                f"{shown(str(target))} redirects to {location[:80]!r}, which is not an address; tell its owner.",
            ) from None
        address = self._address(joined)
        return address.copy_with(userinfo=target.userinfo if _site(address) == _site(target) else b"")

    def _headers(self, accept: str) -> Headers:
        return [(b"User-Agent", self._policy.user_agent.encode("latin-1", "replace")), (b"Accept", accept.encode())]

    async def _own_gap(self, _: httpx2.URL) -> float:
        return self._policy.host_gap_s

    def _note_rest(self, url: httpx2.URL, error: FetchError) -> None:
        if isinstance(error, RetryLaterError) and error.kind == "rate_limited":
            rest_s = REST_S if error.retry_after_s is None else error.retry_after_s
            self._rests[_host(url)] = self._clock() + timedelta(seconds=rest_s)

    def _leave_at_rest(self, url: httpx2.URL) -> None:
        host, now = _host(url), self._clock()
        until = self._rests.get(host, now)
        if until > now:
            raise RetryLaterError(
                "rate_limited",
                f"{host} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC, so it was not asked.",
                (until - now).total_seconds(),
            )

    async def _gap_by_robots(self, url: httpx2.URL) -> float:
        """Return the pause the site wishes, if it lets this page be fetched at all now."""
        self._leave_at_rest(url)
        if not self._policy.robots:
            return self._policy.host_gap_s
        site = _site(url)
        rules = await self._robots.rules(site)
        if not rules.allow(str(url)):
            raise FetchError(
                "blocked", f"The robots.txt of {site} asks programs not to fetch {shown(str(url))}; it is left alone."
            )
        if rules.delay_s <= self._policy.max_crawl_delay_s:
            return max(self._policy.host_gap_s, rules.delay_s)
        if site in self._visited:
            raise RetryLaterError(
                "rate_limited",
                f"{site} asks for {rules.delay_s:g} seconds between pages; the others are fetched later.",
                min(rules.delay_s, LONGEST_RETRY_S),
            )
        self._visited.add(site)
        return self._policy.host_gap_s

    async def _ask_robots(self, url: str) -> tuple[int, bytes]:
        headers = [*self._headers("text/plain, */*;q=0.5"), (b"Accept-Encoding", b"identity")]
        answer, *_ = await self._follow(url, _Errand(self._own_gap, headers, bodies.beginning, ROBOTS_MAX_BYTES))
        return answer.status, answer.body


def _kept_by_304(said: Validators, sent: Validators) -> Validators:
    """Keep what was sent where a 304 does not repeat it."""
    return Validators(said.etag or sent.etag, said.last_modified or sent.last_modified)


def _unasked(url: str) -> RetryLaterError:
    return RetryLaterError(
        "http_304", f"{shown(url)} says that it has not changed, without being asked; it is tried again later."
    )


def _port(url: httpx2.URL) -> int:
    return url.port if url.port is not None else (443 if url.scheme == "https" else 80)


def _site(url: httpx2.URL) -> str:
    """Return scheme, host and port: what one robots.txt speaks for."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _host(url: httpx2.URL) -> str:
    """Return what takes requests one at a time: a host with its port, where 80 and 443 are one and the same server."""
    return url.raw_host.decode("ascii") if _port(url) in (80, 443) else url.netloc.decode("ascii")
