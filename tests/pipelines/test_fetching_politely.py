"""Robots rules, one request at a time per host, and the pause between them."""

import asyncio
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from curate.errors import RetryLaterError
from pipelines.fetching import REST_S, Fetched, Fetcher
from tests.pipelines.faulty_sites import (
    AGENT,
    NOW,
    RSS,
    TLS,
    Reply,
    Request,
    Site,
    answer,
    failure,
    feed,
    page,
    policy,
    redirect,
    session,
    silence,
)

# --- robots ----------------------------------------------------------------------------------------------------------


def robots(text: str) -> bytes:
    return answer(text.encode(), Content_Type="text/plain")


def test_a_page_is_fetched_after_its_robots_and_these_once(site: Site) -> None:
    site.replies |= {"/a": answer(b"A"), "/b": answer(b"B"), "/robots.txt": robots("User-agent: *\nDisallow: /c")}
    fetched = session(lambda fetcher: asyncio.gather(*(fetcher.page(f"{site.url}/{name}") for name in ("a", "b", "a"))))
    assert [one.body for one in fetched] == [b"A", b"B", b"A"]
    assert site.paths[0] == "/robots.txt"
    assert site.paths.count("/robots.txt") == 1
    assert site.requests[0].header("User-Agent") == AGENT


def test_a_page_that_robots_disallow_is_not_asked(site: Site) -> None:
    site.replies["/robots.txt"] = robots("User-agent: duiding\nDisallow: /feed")
    error = failure(page, f"{site.url}/feed")
    assert (error.kind, error.again) == ("blocked", False)
    assert site.paths == ["/robots.txt"]


def test_a_feed_is_a_persons_request_and_asks_no_robots(site: Site) -> None:
    site.replies["/robots.txt"] = robots("User-agent: *\nDisallow: /")
    assert feed(f"{site.url}/feed").body == RSS
    assert site.paths == ["/feed"]


def test_the_robots_of_every_site_on_the_way_are_obeyed(site: Site) -> None:
    with Site("127.0.1.2") as other:
        other.replies |= {"/robots.txt": robots("User-agent: *\nDisallow: /private"), "/private/x": answer(b"X")}
        site.replies |= {"/go": redirect(f"{other.url}/private/x"), "/own": redirect("/feed")}
        site.replies["/robots.txt"] = robots("User-agent: *\nDisallow: /feed")
        assert failure(page, f"{site.url}/go").kind == "blocked"
        assert failure(page, f"{site.url}/own").kind == "blocked"
        assert other.paths == ["/robots.txt"]
        assert "/feed" not in site.paths


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "204 No Content", "301 Moved"])
def test_without_robots_everything_is_allowed(site: Site, status: str) -> None:
    site.replies["/robots.txt"] = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
    assert page(f"{site.url}/feed").body == RSS


@pytest.mark.parametrize(
    "reply",
    [answer(status="500 Oops"), answer(status="503 Busy"), answer(status="429 Busy"), b"junk", silence],
    ids=["500", "503", "429", "junk", "silence"],
)
def test_robots_that_cannot_be_read_now_keep_pages_for_later(site: Site, reply: Reply) -> None:
    site.replies["/robots.txt"] = reply

    async def twice(fetcher: Fetcher) -> list[Fetched | BaseException]:
        urls = [f"{site.url}/feed", f"{site.url}/other"]
        return await asyncio.gather(*(fetcher.page(url) for url in urls), return_exceptions=True)

    errors = session(twice, policy(total_s=0.3))
    assert all(
        isinstance(error, RetryLaterError) and error.kind in ("blocked", "timeout", "unreadable") for error in errors
    )
    assert site.paths == ["/robots.txt"]


def test_robots_are_found_behind_a_redirect(site: Site) -> None:
    with Site("127.0.1.2") as other:
        other.replies["/robots.txt"] = robots("User-agent: *\nDisallow: /feed")
        site.replies["/robots.txt"] = redirect(f"{other.url}/robots.txt", "301 Moved")
        assert failure(page, f"{site.url}/feed").kind == "blocked"


def test_robots_that_lead_to_a_private_address_bring_nobody_there(site: Site, canary: Site) -> None:
    site.replies["/robots.txt"] = redirect(f"{canary.url}/robots.txt")
    assert failure(page, f"{site.url}/feed").kind == "blocked"
    assert canary.connections == 0


def test_the_first_500_kib_of_robots_count(site: Site) -> None:
    rules = "User-agent: *\nDisallow: /feed\n" + "# filling\n" * 100_000
    site.replies["/robots.txt"] = robots(rules)
    assert failure(page, f"{site.url}/feed").kind == "blocked"


# --- politeness ------------------------------------------------------------------------------------------------------


def slowly(connection: socket.socket) -> None:
    time.sleep(0.02)
    connection.sendall(answer(RSS))


def assert_one_at_a_time(requests: list[Request], gap_s: float) -> None:
    in_order = sorted(requests, key=lambda request: request.started_s)
    for earlier, later in pairwise(in_order):
        assert later.started_s - earlier.started_s >= gap_s
        assert later.started_s >= earlier.ended_s


def test_a_host_gets_one_request_at_a_time_with_the_gap_between_them(site: Site) -> None:
    site.replies |= {f"/{number}": slowly for number in range(5)} | {"/start": redirect("/0")}
    urls = [f"{site.url}/start", *(f"{site.url}/{number}" for number in range(5))]
    session(lambda fetcher: asyncio.gather(*(fetcher.feed(url) for url in urls)), policy(host_gap_s=0.1))
    assert len(site.requests) == 7
    assert_one_at_a_time(site.requests, 0.1)


def test_the_gap_holds_after_a_failure_and_for_every_name_of_the_same_host(site: Site) -> None:
    site.replies |= {"/bad": b"junk"}
    urls = [f"{site.url}/bad", f"http://127.0.1.1.:{site.port}/feed", f"{site.url}/none", f"{site.url}/feed"]
    session(
        lambda fetcher: asyncio.gather(*(fetcher.feed(url) for url in urls), return_exceptions=True),
        policy(host_gap_s=0.1),
    )
    assert len(site.requests) == 4
    assert_one_at_a_time(site.requests, 0.1)


def test_hosts_do_not_wait_for_each_other_but_share_a_limit() -> None:
    with ExitStack() as stack:
        sites = [stack.enter_context(Site(f"127.0.1.{number}", {"/": slowly})) for number in range(1, 7)]
        started_s = time.monotonic()
        session(
            lambda fetcher: asyncio.gather(*(fetcher.feed(f"{site.url}/") for site in sites)),
            policy(host_gap_s=30.0, concurrency=2),
        )
        assert time.monotonic() - started_s < 5
        spans = [(request.started_s, request.ended_s) for site in sites for request in site.requests]
        busy = [sum(start <= moment < end for start, end in spans) for moment, _ in spans]
        assert len(spans) == 6
        assert max(busy) <= 2


def test_a_crawl_delay_makes_the_gap_longer_for_pages(site: Site) -> None:
    site.replies |= {"/a": answer(b"A"), "/b": answer(b"B"), "/robots.txt": robots("User-agent: *\nCrawl-delay: 0.3")}
    session(lambda fetcher: asyncio.gather(*(fetcher.page(f"{site.url}/{name}") for name in "ab")))
    assert len(site.requests) == 3
    assert_one_at_a_time(site.requests, 0.3)


def test_a_site_with_an_endless_crawl_delay_gives_one_page_per_session(site: Site) -> None:
    site.replies |= {"/a": answer(b"A"), "/b": answer(b"B"), "/robots.txt": robots("User-agent: *\nCrawl-delay: 86400")}

    async def both(fetcher: Fetcher) -> list[Fetched | BaseException]:
        return await asyncio.gather(*(fetcher.page(f"{site.url}/{name}") for name in "ab"), return_exceptions=True)

    first, second = session(both)
    assert isinstance(first, Fetched)
    assert isinstance(second, RetryLaterError)
    assert (second.kind, second.retry_after_s) == ("rate_limited", 86400)


def test_robots_are_left_unread_where_the_operator_says_so(site: Site) -> None:
    site.replies |= {"/a": answer(b"A"), "/robots.txt": robots("User-agent: *\nDisallow: /")}
    assert page(f"{site.url}/a", robots=False).body == b"A"
    assert site.paths == ["/a"]


# --- hosts that ask for rest -----------------------------------------------------------------------------------------


def host(site: Site) -> str:
    return f"{site.host}:{site.port}"


@pytest.mark.parametrize(
    ("status", "headers", "rest_s"),
    [
        ("429 Too Many", {"Retry-After": "120"}, 120),
        ("503 Busy", {"Retry-After": "Mon, 23 Nov 2026 09:00:00 GMT"}, 3600),
        ("429 Too Many", {"Retry-After": "99999999999999999999"}, 7 * 24 * 3600),
        ("429 Too Many", {"Retry-After": "-3"}, REST_S),
        ("429 Too Many", {"Retry-After": "soon"}, REST_S),
        ("429 Too Many", {}, REST_S),
    ],
)
def test_a_host_that_asks_for_rest_gets_it_for_all_its_pages_and_its_feeds_go_on(
    site: Site, status: str, headers: dict[str, str], rest_s: float
) -> None:
    site.replies |= {"/limit": answer(status=status, **headers), "/page": answer(b"P")}

    async def visit(fetcher: Fetcher) -> tuple[list[Fetched | BaseException], Mapping[str, datetime]]:
        with pytest.raises(RetryLaterError):
            await fetcher.page(f"{site.url}/limit")
        later = [fetcher.page(f"{site.url}/page"), fetcher.feed(f"{site.url}/feed")]
        return await asyncio.gather(*later, return_exceptions=True), fetcher.rests

    (error, fetched), rests = session(visit)
    assert rests == {host(site): NOW + timedelta(seconds=rest_s)}
    assert site.paths == ["/robots.txt", "/limit", "/feed"]
    assert isinstance(error, RetryLaterError)
    assert (error.kind, error.retry_after_s) == ("rate_limited", rest_s)
    assert isinstance(fetched, Fetched)


def test_a_feed_that_is_asked_too_often_says_nothing_about_the_pages_of_its_host(site: Site) -> None:
    site.replies |= {"/limit": answer(status="429 Too Many", Retry_After="60"), "/page": answer(b"P")}

    async def visit(fetcher: Fetcher) -> Fetched:
        with pytest.raises(RetryLaterError):
            await fetcher.feed(f"{site.url}/limit")
        return await fetcher.page(f"{site.url}/page")

    assert session(visit).body == b"P"


def test_a_host_that_has_trouble_of_its_own_is_not_said_to_rest(site: Site) -> None:
    site.replies["/503"] = answer(status="503 Busy")

    async def visit(fetcher: Fetcher) -> Mapping[str, datetime]:
        with pytest.raises(RetryLaterError):
            await fetcher.page(f"{site.url}/503")
        await fetcher.page(f"{site.url}/feed")
        return fetcher.rests

    assert session(visit) == {}


def test_a_rest_of_an_earlier_run_holds_until_its_moment(site: Site) -> None:
    def fetched(until: datetime) -> Fetched:
        async def run() -> Fetched:
            async with Fetcher(policy(), lambda: NOW, ssl_context=TLS, rests={host(site): until}) as fetcher:
                return await fetcher.page(f"{site.url}/feed")

        return asyncio.run(run())

    error = failure(fetched, NOW + timedelta(minutes=5))
    assert error.kind == "rate_limited"
    assert site.paths == []
    assert fetched(NOW).body == RSS


def test_the_host_that_a_redirect_leads_to_rests_and_not_the_one_that_was_asked(site: Site) -> None:
    with Site("127.0.1.2") as other:
        site.replies["/go"] = redirect(f"{other.url}/limit")
        other.replies["/limit"] = answer(status="429 Too Many", Retry_After="60")

        async def visit(fetcher: Fetcher) -> Mapping[str, datetime]:
            with pytest.raises(RetryLaterError):
                await fetcher.page(f"{site.url}/go")
            await fetcher.page(f"{site.url}/feed")
            return fetcher.rests

        assert session(visit) == {host(other): NOW + timedelta(seconds=60)}


@pytest.mark.parametrize(
    ("said", "max_age_s"),
    [
        ("max-age=7200", 7200),
        ("public, Max-Age = 60", 60),
        ('private,max-age="30"', 30),
        ("s-maxage=99", 0),
        ("max-age=-1", 0),
        ("max-age=99999999999999", 0),
        ("no-cache", 0),
        ("", 0),
    ],
)
def test_how_long_a_server_says_that_an_answer_will_do(site: Site, said: str, max_age_s: float) -> None:
    site.replies["/feed"] = answer(RSS, Cache_Control=said)
    assert feed(f"{site.url}/feed").max_age_s == max_age_s
