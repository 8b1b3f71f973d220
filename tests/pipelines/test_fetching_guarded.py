"""Nothing private and nothing of LinkedIn is ever fetched."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial

import pytest

from curate.errors import FetchError, RetryLaterError
from pipelines.addresses import parse_allowances
from pipelines.fetching import Fetched, Fetcher
from tests.pipelines.faulty_sites import (
    RSS,
    Site,
    failure,
    feed,
    page,
    policy,
    redirect,
    session,
    told,
)

LOOPBACK = """127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7F.1 0177.0.0.1 017700000001 0 0.0.0.0
127.0.0.1. localhost localhost. LOCALHOST user:pass@127.0.0.1 127。0。0。1 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]
[0:0:0:0:0:ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
[fe80::1%25lo] １２７.0.0.1 127.0.0.1%2e""".split()
ELSEWHERE = """10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 100.64.0.1 192.0.0.192 224.0.0.1 255.255.255.255
[fd00:ec2::254] [fe80::1] [ff02::1] 2852039166 0xa9fea9fe [::ffff:169.254.169.254] [64:ff9b::a9fe:a9fe]""".split()


@pytest.mark.parametrize("host", LOOPBACK + ELSEWHERE)
@pytest.mark.parametrize("fetch", [feed, page])
def test_a_private_address_is_never_asked(canary: Site, fetch: Callable[[str], Fetched], host: str) -> None:
    error = failure(fetch, f"http://{host}:{canary.port}/")
    assert error.kind == "blocked"
    assert canary.connections == 0


@pytest.mark.parametrize("host", LOOPBACK + ELSEWHERE)
def test_a_redirect_to_a_private_address_is_not_followed(site: Site, canary: Site, host: str) -> None:
    target = f"http://{host}:{canary.port}/"
    site.replies |= {"/feed": redirect(target), "/page": redirect(target, "301 Moved Permanently")}
    assert failure(feed, f"{site.url}/feed").kind == "blocked"
    assert failure(page, f"{site.url}/page").kind == "blocked"
    assert canary.connections == 0


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"]])
def test_a_name_that_means_a_private_address_is_not_asked(canary: Site, answers: list[str]) -> None:
    with pytest.raises(FetchError, match=r"feeds\.example is at") as caught:
        session(lambda fetcher: fetcher.page(f"http://feeds.example:{canary.port}/"), answers=told(*answers))
    assert (caught.value.kind, canary.connections) == ("blocked", 0)


def test_a_name_is_looked_up_once_per_connection_and_connected_as_checked(site: Site, canary: Site) -> None:
    url = f"http://feeds.example:{site.port}/feed"

    async def twice(fetcher: Fetcher) -> list[Fetched | BaseException]:
        return [await fetcher.feed(url), *await asyncio.gather(fetcher.feed(url), return_exceptions=True)]

    canary_answers = told("127.0.1.1", "127.0.0.1")
    first, second = session(twice, answers=canary_answers)
    assert isinstance(first, Fetched)
    assert isinstance(second, FetchError)
    assert second.kind == "blocked"
    assert site.requests[0].header("Host") == f"feeds.example:{site.port}"
    assert (len(site.requests), canary.connections) == (1, 0)


def test_an_allowed_network_is_allowed_at_its_port_only(site: Site) -> None:
    with Site("127.0.1.1") as neighbour:
        allowed = parse_allowances(f"127.0.1.0/24:{site.port}")
        assert feed(f"{site.url}/feed", allowances=allowed).status == 200
        assert failure(feed, f"{neighbour.url}/feed", allowances=allowed).kind == "blocked"
        assert neighbour.connections == 0


def test_the_next_address_is_tried_when_the_first_refuses(site: Site) -> None:
    async def both(_host: str, _port: int) -> list[str]:
        return ["127.0.1.99", "127.0.1.1"]

    assert session(lambda fetcher: fetcher.feed(f"http://feeds.example:{site.port}/feed"), answers=both).body == RSS


def test_a_host_that_refuses_or_has_no_address_is_unreachable() -> None:
    async def nothing(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with socket.socket() as unused:
        unused.bind(("127.0.1.1", 0))
        error = failure(feed, f"http://127.0.1.1:{unused.getsockname()[1]}/")
    assert (error.kind, error.again) == ("unreachable", True)
    with pytest.raises(RetryLaterError, match=r"No address is known for feeds\.example"):
        session(lambda fetcher: fetcher.feed("http://feeds.example/"), answers=nothing)


@pytest.mark.parametrize("host", ["linkedin.com", "www.linkedin.com", "NL.LinkedIn.com.", "lnkd.in", "media.licdn.com"])
def test_linkedin_is_never_asked(site: Site, host: str) -> None:
    open_to_all = policy(allowances=parse_allowances("0.0.0.0/0"))
    site.replies["/to"] = redirect(f"http://{host}:{site.port}/feed")
    for url in (f"http://{host}:{site.port}/feed", f"https://{host}/feed", f"{site.url}/to"):
        for ask in (Fetcher.feed, Fetcher.page):
            with pytest.raises(FetchError, match="LinkedIn") as caught:
                session(partial(ask, url=url), open_to_all, told("127.0.1.1"))
            assert caught.value.kind == "blocked"
    assert set(site.paths) == {"/to", "/robots.txt"}
    assert {request.header("Host") for request in site.requests} == {f"127.0.1.1:{site.port}"}
