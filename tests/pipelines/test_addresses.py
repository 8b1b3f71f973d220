"""Which addresses may be fetched."""

import asyncio
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import FetchError, RetryLaterError, UsageError
from pipelines.addresses import Guard, is_linkedin, is_public, literal_address, parse_allowances

PRIVATE = """127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.100.100.200 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 192.88.99.1 168.63.129.16 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
64:ff9b::169.254.169.254 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1 fc00::1
fd00:ec2::254 fe80::1 fe80::1%lo fec0::1 ff02::1""".split()
PUBLIC = "8.8.8.8 1.1.1.1 ::ffff:8.8.8.8 64:ff9b::808:808 2606:4700:4700::1111 2a00:1450:400e::1".split()


def judge(guard: Guard, host: str, port: int = 80) -> tuple[str, ...]:
    return tuple(str(address) for address in asyncio.run(guard.addresses(host, port)))


def guard_told(*answers: str, allowed: str = "") -> Guard:
    async def told(_host: str, _port: int) -> tuple[str, ...]:
        return answers

    return Guard(parse_allowances(allowed), told)


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_address_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", PRIVATE)
def test_a_name_with_a_private_answer_is_refused(text: str) -> None:
    with pytest.raises(FetchError) as caught:
        judge(guard_told(text), "feeds.example")
    assert (caught.value.kind, caught.value.again) == ("blocked", False)


@pytest.mark.parametrize(
    "host",
    """127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7F.1 0x7f.0.0.0x1 0177.0.0.1 017700000001 127.0.0.1. 127.0.0.1..
    [::ffff:127.0.0.1] ::ffff:7f00:1 0:0:0:0:0:ffff:7f00:1""".split(),
)
def test_every_way_to_write_loopback_is_read_as_an_address(host: str) -> None:
    address = literal_address(host)
    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["example.org", "1.2.3.4.5", "0x", "4294967296", "256.1.1.1", "a.1", "", "１２７.0.0.1"]
)
def test_a_name_is_not_an_address(host: str) -> None:
    assert literal_address(host) is None


def test_one_private_answer_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(FetchError, match=r"10\.0\.0\.1"):
        judge(guard_told("8.8.8.8", "10.0.0.1"), "feeds.example")


def test_public_answers_are_given_in_the_order_of_the_resolver() -> None:
    assert judge(guard_told("2606:4700:4700::1111", "8.8.8.8"), "feeds.example") == ("2606:4700:4700::1111", "8.8.8.8")


def test_a_mapped_address_is_reached_as_the_address_it_means() -> None:
    assert judge(guard_told(), "::ffff:8.8.8.8") == ("8.8.8.8",)


def test_an_allowed_network_is_allowed_at_its_port_only() -> None:
    guard = guard_told("10.1.2.3", allowed="10.1.0.0/16:8080")
    assert judge(guard, "intranet.example", 8080) == ("10.1.2.3",)
    with pytest.raises(FetchError, match=r"allow 10\.1\.2\.3:80 in DUIDING_FETCH_ALLOW"):
        judge(guard, "intranet.example", 80)


def test_an_allowed_network_does_not_open_the_rest_of_a_name() -> None:
    with pytest.raises(FetchError):
        judge(guard_told("10.1.2.3", "10.2.2.3", allowed="10.1.0.0/16"), "intranet.example")


@pytest.mark.parametrize("answers", [(), ("not an address",)])
def test_a_name_without_an_address_may_come_back(answers: tuple[str, ...]) -> None:
    with pytest.raises(RetryLaterError) as caught:
        judge(guard_told(*answers), "feeds.example")
    assert caught.value.kind == "unreachable"


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_a_name_that_no_resolver_takes_is_unreachable(host: str) -> None:
    with pytest.raises(RetryLaterError) as caught:
        judge(Guard(), host)
    assert caught.value.kind == "unreachable"


@pytest.mark.parametrize(
    "host",
    "linkedin.com www.linkedin.com nl.LinkedIn.com. lnkd.in LNKD.IN static.licdn.com media-exp1.licdn.com".split(),
)
def test_linkedin_is_refused_before_any_look_up(host: str) -> None:
    async def never(_host: str, _port: int) -> tuple[str, ...]:
        raise AssertionError

    with pytest.raises(FetchError, match="LinkedIn"):
        judge(Guard(parse_allowances("0.0.0.0/0"), never), host)


@pytest.mark.parametrize(
    "host", ["notlinkedin.com", "linkedin.com.example.org", "lnkd.in.example.org", "linkedin.community"]
)
def test_a_name_that_only_looks_like_linkedin_is_not_refused(host: str) -> None:
    assert not is_linkedin(host)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        (" , ", []),
        ("127.0.1.0/24:8800,10.0.0.0/8", [("127.0.1.0/24", 8800), ("10.0.0.0/8", None)]),
        ("127.0.0.5:80", [("127.0.0.5/32", 80)]),
        ("fd00::/8", [("fd00::/8", None)]),
        ("[fd00::/8]:81, [::1]:82, [fd00::]/8:83", [("fd00::/8", 81), ("::1/128", 82), ("fd00::/8", 83)]),
    ],
)
def test_allowances_are_read(text: str, read: list[tuple[str, int | None]]) -> None:
    assert [(str(one.network), one.port) for one in parse_allowances(text)] == read


@pytest.mark.parametrize(
    "text", ["localhost", "10.0.0.0/8:0", "10.0.0.0/8:65536", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8:x", ":80"]
)
def test_a_wrong_allowance_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_allowances(f"127.0.0.0/8,{text}")
    assert repr(text) in str(caught.value)
    assert "DUIDING_FETCH_ALLOW" in str(caught.value)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv6_address_that_carries_an_ipv4_address_is_never_more_public_than_that(address: object) -> None:
    inner = ip_address(str(address))
    for carrier in (
        f"::ffff:{inner}",
        f"64:ff9b::{inner}",
        f"::{inner}",
        f"2002:{int(inner) >> 16:x}:{int(inner) & 65535:x}::",
    ):
        assert not is_public(ip_address(carrier)) or is_public(inner)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_address_means_the_same_in_every_notation(address: object) -> None:
    number = int(ip_address(str(address)))
    for text in (str(number), hex(number), f"0{number:o}", f"{number >> 24}.{number & 0xFFFFFF}", f"{address}."):
        assert literal_address(text) == ip_address(number)
