"""One request and its answer: what is sent, what is read, and what every failure is called."""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore2
import httpx2

from curate.errors import DuidingError, FetchError, RetryLaterError
from pipelines import bodies

LONGEST_RETRY_S = 7 * 24 * 3600.0
"""The longest wish of a server to be left alone that we pass on."""

_LONGEST_VALIDATOR = 2048
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})\b", re.ASCII | re.IGNORECASE)
_PASSING = frozenset({408, 425})

Headers = list[tuple[bytes, bytes]]
Read = Callable[[httpcore2.Response, str, int], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said about this version, verbatim (bytes as Latin-1), to be sent back next time."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a server, header values as Latin-1 (``location`` as UTF-8), empty when absent.

    ``body`` is unpacked, and read for status 200 only.
    """

    status: int
    body: bytes
    content_type: str
    validators: Validators
    location: str
    retry_after: str
    date: str
    max_age_s: float
    """For how long the server says that this will do (Cache-Control); 0 when it does not say."""


async def ask(
    pool: httpcore2.AsyncConnectionPool, target: httpx2.URL, headers: Headers, read: Read, max_bytes: int
) -> Answer:
    """Send one GET and read its answer.

    RetryLaterError ``timeout``, ``unreachable`` or ``unreadable``, and what ``read`` raises.
    """
    address = httpcore2.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
    place = shown(str(target))
    with _network_failures(place):
        async with pool.stream("GET", address, headers=_for_host(target, headers)) as response:
            body = await read(response, place, max_bytes) if response.status == 200 else b""
    return _answer(response, body)


def conditions(validators: Validators) -> Headers:
    """Return the headers of a conditional request, verbatim; what no header can hold is left out."""
    wishes = ((b"If-None-Match", validators.etag), (b"If-Modified-Since", validators.last_modified))
    return [(name, value.encode("latin-1")) for name, value in wishes if value and _fits_a_header(value)]


def refusal(place: str, answer: Answer, now: datetime) -> FetchError:
    """Return the error for a status that brings nothing; ``now`` counts where the server gives no Date of its own."""
    status = answer.status
    if status == 410:
        return FetchError("gone", f"{place} is gone for good, says its server (410); remove it or find where it went.")
    wish_s = retry_after_s(answer.retry_after, _moment(answer.date) or now)
    if status == 429 or (status == 503 and answer.retry_after):
        return RetryLaterError("rate_limited", f"{place} asks us to come back later ({status}).", wish_s)
    if status >= 500 or status in _PASSING:
        return RetryLaterError(
            f"http_{status}", f"{place} has trouble of its own ({status}); it is tried later.", wish_s
        )
    return FetchError(f"http_{status}", f"{place} answers {status} instead of its content; check the address.")


def retry_after_s(text: str, now: datetime) -> float | None:
    """Read a Retry-After header: seconds from ``now``, at most a week; None for the past, the negative and junk."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text.lstrip("0")[:10] or 0), LONGEST_RETRY_S)
    moment = _moment(text)
    if moment is None or moment <= now:
        return None
    return min((moment - now) / timedelta(seconds=1), LONGEST_RETRY_S)


def shown(url: str) -> str:
    """Return an address fit for a sentence: without a password or control characters, and not endless."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    clean = f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}" if mark else url
    return "".join(sign if sign.isprintable() else "?" for sign in clean[:200])


def _moment(text: str) -> datetime | None:
    """Read an HTTP date in any of its three forms; one without a zone is UTC."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@contextmanager
def _network_failures(place: str) -> Iterator[None]:
    """Turn what a connection can raise into our own errors."""
    try:
        yield
    except (DuidingError, TimeoutError):
        raise
    except httpcore2.TimeoutException as error:
        raise RetryLaterError("timeout", f"{place} did not answer in time; it is tried again later.") from error
    except httpcore2.ConnectError as error:
        raise RetryLaterError(
            "unreachable",
            f"No connection to {place} ({str(error)[:120]}); check the address, or wait until it is back.",
        ) from error
    except Exception as error:
        # What a hostile server provokes in the protocol code below us is the server's fault, whatever class it has.
        raise RetryLaterError(
            "unreadable", f"{place} broke off, or does not speak HTTP as it should; it is tried again later."
        ) from error


def _answer(response: httpcore2.Response, body: bytes) -> Answer:
    def text(name: bytes) -> str:
        return bodies.header(response, name)

    validators = Validators(_kept(text(b"etag")), _kept(text(b"last-modified")))
    location = text(b"location").encode("latin-1").decode("utf-8", "replace")
    return Answer(
        response.status,
        body,
        text(b"content-type"),
        validators,
        location,
        text(b"retry-after"),
        text(b"date"),
        _max_age_s(text(b"cache-control")),
    )


def _max_age_s(said: str) -> float:
    found = _MAX_AGE.search(said)
    return float(found[1]) if found else 0


def _kept(validator: str) -> str | None:
    return validator if 0 < len(validator) <= _LONGEST_VALIDATOR else None


def _fits_a_header(value: str) -> bool:
    return value == value.strip() and all(" " <= sign <= "\xff" and sign != "\x7f" for sign in value)


def _for_host(target: httpx2.URL, headers: Headers) -> Headers:
    sent = [(b"Host", target.netloc), *headers]
    if not any(name == b"Accept-Encoding" for name, _ in headers):
        sent.append((b"Accept-Encoding", bodies.ENCODINGS.encode()))
    if target.userinfo:
        pair = f"{target.username}:{target.password}".encode()
        sent.append((b"Authorization", b"Basic " + b64encode(pair)))
    return sent
