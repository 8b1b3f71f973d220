"""Which addresses may be fetched, and a network that connects to nothing else.

A name is resolved once per connection, every answer is judged, and the connection is made to a judged address, so that
a name that answers differently a moment later gains nothing. Private, loopback, link-local, metadata, documentation and
multicast addresses are refused in whatever way they are written, unless the operator allowed them. LinkedIn never.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore2

from curate.errors import FetchError, RetryLaterError, UsageError

Address = IPv4Address | IPv6Address
Answers = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port -> the addresses a resolver gives for it, best first; raises ``OSError`` when there are none."""

CONNECT_S = 10.0
"""How long one address of a host may take to accept a connection before its next address is tried."""

_NEVER = ("linkedin.com", "lnkd.in", "licdn.com")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}", re.IGNORECASE | re.ASCII)
_ALLOWANCE = re.compile(
    r"(\[(?P<inner>[^\]]+)\](?P<bits>/\d+)?|(?P<v6>[^\[\]]*:[^\[\]]*:[^\[\]]*)|(?P<v4>[^:\[\]]+))(:(?P<port>\d{1,5}))?",
    re.ASCII,
)

# What Python 3.11 calls global although no public website can live there.
_SPECIAL_V4 = tuple(
    IPv4Network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, among them a cloud's metadata service
        "192.88.99.0/24",  # relays from IPv4 to IPv6
        "168.63.129.16/32",  # a cloud's host agent, answered inside its virtual machines only
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, among them Teredo, which carries an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A network that may be fetched although it is private; ``port`` None means every port."""

    network: IPv4Network | IPv6Network
    port: int | None

    def covers(self, address: Address, port: int) -> bool:
        """Return whether this address and port fall inside."""
        return self.port in (None, port) and address in self.network


def parse_allowances(text: str) -> tuple[Allowance, ...]:
    """Read ``127.0.1.0/24:8800,10.0.0.0/8,[fd00::/8]:80``; raises :class:`UsageError` with one sentence."""
    return tuple(_allowance(part.strip()) for part in text.split(",") if part.strip())


def _allowance(text: str) -> Allowance:
    try:
        return _read_allowance(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} in DUIDING_FETCH_ALLOW is not a network with an optional port ({error}); "
            "write for example 10.0.0.0/8 or 127.0.1.0/24:8800, with commas between several."
        ) from None


def _read_allowance(text: str) -> Allowance:
    found = _ALLOWANCE.fullmatch(text)
    if found is None:
        raise ValueError("not a network")
    network = ip_network((found["inner"] or found["v6"] or found["v4"]) + (found["bits"] or ""))
    if found["port"] is None:
        return Allowance(network, None)
    if not 0 < int(found["port"]) < 65536:
        raise ValueError("no such port")
    return Allowance(network, int(found["port"]))


def literal_address(host: str) -> Address | None:
    """Return the address that a host already is: dotted, decimal, hexadecimal, octal, short, IPv6; None for a name."""
    bare = host.strip("[]").rstrip(".")
    try:
        return ip_address(bare)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(bare):
        return None
    try:
        return IPv4Address(socket.inet_aton(bare))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Return whether a public website can live at this address; one that carries an IPv4 address is judged by that."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _SPECIAL_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(address.packed[-4:]))
    return address in _PUBLIC_V6 and address.is_global and not any(address in network for network in _SPECIAL_V6)


def is_linkedin(host: str) -> bool:
    """Return whether the host is one of LinkedIn's, which we never fetch: members export their own data instead."""
    name = host.rstrip(".").lower()
    return any(name == never or name.endswith("." + never) for never in _NEVER)


async def system_answers(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, in its order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(socket_address[0]) for *_, socket_address in found))


class Guard:
    """Says which addresses a host may be reached at; refuses unless every one of them is public or allowed."""

    def __init__(self, allowances: Iterable[Allowance] = (), answers: Answers = system_answers) -> None:
        self._allowances = tuple(allowances)
        self._answers = answers

    def check(self, host: str, port: int) -> None:
        """Refuse, before any look-up, what can be refused by its text: FetchError ``blocked``."""
        if is_linkedin(host):
            raise FetchError(
                "blocked", f"{host} belongs to LinkedIn and is never fetched; import a member's own export instead."
            )
        if not 0 < port < 65536:
            raise FetchError(
                "blocked", f"{host} is asked for at port {port}, which does not exist; correct the address."
            )
        literal = literal_address(host)
        if literal is not None:
            self._judged(host, port, literal)

    async def addresses(self, host: str, port: int) -> tuple[Address, ...]:
        """Resolve once and judge; FetchError ``blocked``, or RetryLaterError ``unreachable`` when nothing answers."""
        self.check(host, port)
        literal = literal_address(host)
        found = [literal] if literal is not None else await self._resolved(host, port)
        return tuple(self._judged(host, port, address) for address in found)

    async def _resolved(self, host: str, port: int) -> list[Address]:
        try:
            found = [ip_address(answer) for answer in await self._answers(host, port)]
        except (OSError, ValueError) as error:  # UnicodeError, of names no resolver takes, is a ValueError
            raise _unknown(host) from error
        if not found:
            raise _unknown(host)
        return found

    def _judged(self, host: str, port: int, address: Address) -> Address:
        inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        reached = inner or address
        if not is_public(reached) and not any(allowance.covers(reached, port) for allowance in self._allowances):
            raise FetchError(
                "blocked",
                f"{host} is at {reached}, which is not a public address, so it is not fetched; "
                f"if it is yours, allow {reached}:{port} in DUIDING_FETCH_ALLOW.",
            )
        return reached


def _unknown(host: str) -> RetryLaterError:
    return RetryLaterError("unreachable", f"No address is known for {host}; check the name, or wait until it is back.")


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """The network as httpcore2 wants it, on which every connection goes to an address the guard has judged.

    Only the address is replaced: the name for TLS and for the Host header stays with the layers above.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first judged address that answers; raises what the guard or the last attempt raised."""
        *others, last = await self._guard.addresses(host, port)
        for address in others:
            try:
                return await self._network.connect_tcp(str(address), port, CONNECT_S, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._network.connect_tcp(str(last), port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: nothing of ours is fetched from a socket file."""
        raise FetchError("blocked", f"{path} is a socket file of this machine; give a web address.")

    async def sleep(self, seconds: float) -> None:
        """Sleep without holding up others."""
        await asyncio.sleep(seconds)
