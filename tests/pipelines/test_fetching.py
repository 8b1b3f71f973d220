"""What a fetch brings: bodies, validators, redirects, statuses."""

import asyncio
import gzip
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import RetryLaterError
from pipelines.asking import LONGEST_RETRY_S, retry_after_s
from pipelines.fetching import Fetched, Fetcher, Validators
from tests.pipelines.faulty_sites import (
    AGENT,
    NOW,
    RSS,
    Site,
    answer,
    failure,
    feed,
    page,
    policy,
    redirect,
    session,
    told,
)

# --- what a fetch brings ---------------------------------------------------------------------------------------------


def test_a_feed_is_fetched_whole(site: Site) -> None:
    site.replies["/feed"] = answer(RSS, Content_Type="application/rss+xml", ETag='W/"a"', Last_Modified="yesterday")
    url = f"{site.url}/feed"
    assert feed(url) == Fetched(url, url, 200, RSS, "application/rss+xml", Validators('W/"a"', "yesterday"), None, NOW)


def test_a_request_says_who_asks_and_nothing_about_the_person(site: Site) -> None:
    feed(f"{site.url}/feed#part")
    request = site.requests[0]
    assert request.path == "/feed"
    assert request.header("User-Agent") == AGENT
    assert request.header("Host") == f"127.0.1.1:{site.port}"
    assert request.header("Accept-Encoding") == "gzip, deflate, br, zstd"
    assert {request.header(name) for name in ("Cookie", "Referer", "Authorization", "From")} == {None}


def test_no_cookie_is_sent_back(site: Site) -> None:
    site.replies["/start"] = answer(status="302 Found", Location="/feed", Set_Cookie="id=1; Path=/")
    session(lambda fetcher: asyncio.gather(fetcher.feed(f"{site.url}/start"), fetcher.feed(f"{site.url}/feed")))
    assert [request.header("Cookie") for request in site.requests] == [None, None, None]


def test_proxies_of_the_environment_are_not_used(site: Site, canary: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    assert feed(f"{site.url}/feed").body == RSS
    assert canary.connections == 0


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_a_packed_feed_is_unpacked(site: Site, encoding: str) -> None:
    site.replies["/feed"] = answer(gzip.compress(RSS), Content_Encoding=encoding)
    assert feed(f"{site.url}/feed").body == RSS


def test_a_password_in_the_address_stays_with_its_site_and_out_of_sentences(site: Site) -> None:
    with Site("127.0.1.2") as other:
        site.replies |= {"/start": redirect("/away"), "/away": redirect(f"{other.url}/x")}
        error = failure(feed, f"http://me:secret@127.0.1.1:{site.port}/start")
        assert error.kind == "http_404"
        assert [request.header("Authorization") for request in site.requests] == ["Basic bWU6c2VjcmV0"] * 2
        assert other.requests[0].header("Authorization") is None
    assert "secret" not in str(failure(feed, "http://me:secret@127.0.0.1/"))


# --- unchanged feeds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', "bare", '"é\xa0ÿ"', '"with, comma"', "0" * 2000])
def test_validators_are_kept_and_sent_back_verbatim(site: Site, etag: str) -> None:
    site.replies["/feed"] = answer(RSS, ETag=etag, Last_Modified="Mon, 31 Feb 2026 99:00")
    first = feed(f"{site.url}/feed")
    site.replies["/feed"] = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    second = feed(f"{site.url}/feed", first.validators)
    assert site.requests[1].header("If-None-Match") == etag
    assert site.requests[1].header("If-Modified-Since") == "Mon, 31 Feb 2026 99:00"
    assert (second.status, second.body, second.validators) == (304, b"", first.validators)


def test_a_304_may_bring_new_validators(site: Site) -> None:
    site.replies["/feed"] = b'HTTP/1.1 304 Not Modified\r\nETag: "b"\r\nConnection: close\r\n\r\n'
    assert feed(f"{site.url}/feed", Validators('"a"', "then")).validators == Validators('"b"', "then")


def test_a_304_that_nobody_asked_for_is_an_error(site: Site) -> None:
    site.replies["/feed"] = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    for fetch in (feed, page):
        error = failure(fetch, f"{site.url}/feed")
        assert (error.kind, error.again) == ("http_304", True)


@pytest.mark.parametrize("etag", ['"a\r\nX-Evil: 1"', '"a\0"', "snow ☃", " padded "])
def test_a_validator_that_no_header_can_hold_is_not_sent(site: Site, etag: str) -> None:
    feed(f"{site.url}/feed", Validators(etag, None))
    assert site.requests[0].header("If-None-Match") is None
    assert site.requests[0].header("X-Evil") is None


def test_an_endless_validator_is_not_kept(site: Site) -> None:
    site.replies["/feed"] = answer(RSS, ETag='"' + "x" * 5000 + '"')
    assert feed(f"{site.url}/feed").validators == Validators(None, None)


# --- redirects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        (["301 Moved"], "/feed"),
        (["308 Moved"], "/feed"),
        (["301 Moved", "308 Moved", "301 Moved"], "/feed"),
        (["302 Found"], None),
        (["303 Other"], None),
        (["307 For Now"], None),
        (["302 Found", "301 Moved"], None),
        (["301 Moved", "302 Found"], "/hop1"),
        ([], None),
    ],
)
def test_a_permanent_move_is_learned_as_far_as_it_is_permanent(
    site: Site, statuses: list[str], moved_to: str | None
) -> None:
    hops = [f"/hop{number}" for number in range(len(statuses))] + ["/feed"]
    site.replies |= {hop: redirect(hops[at + 1], statuses[at]) for at, hop in enumerate(hops[:-1])}
    fetched = feed(f"{site.url}{hops[0]}")
    assert (fetched.url, fetched.final_url) == (f"{site.url}{hops[0]}", f"{site.url}/feed")
    assert fetched.moved_to == (None if moved_to is None else f"{site.url}{moved_to}")


def test_five_redirects_are_followed_and_not_six(site: Site) -> None:
    site.replies |= {f"/{number}": redirect(f"/{number + 1}") for number in range(1, 7)} | {"/7": answer(RSS)}
    assert feed(f"{site.url}/2").body == RSS
    error = failure(feed, f"{site.url}/1")
    assert (error.kind, error.again) == ("http_302", False)
    assert site.paths[6:] == ["/1", "/2", "/3", "/4", "/5", "/6"]


def test_a_redirect_loop_ends(site: Site) -> None:
    site.replies["/feed"] = redirect("/feed", "301 Moved Permanently")
    assert failure(feed, f"{site.url}/feed").kind == "http_301"
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    "location",
    """file:///etc/passwd ftp://127.0.1.1/x gopher://127.0.1.1/x data:text/html,x javascript:alert(1) unix:///run/x
    http://[::1 http://[/ http://a%2eb/ http://127.0.1.1:0/ http://127.0.1.1:99999/ http://./""".split(),
)
def test_a_redirect_to_anything_but_a_web_address_is_refused(site: Site, location: str) -> None:
    site.replies["/feed"] = redirect(location)
    assert failure(feed, f"{site.url}/feed").kind == "blocked"


def test_a_redirect_without_a_target_is_its_status(site: Site) -> None:
    site.replies["/feed"] = answer(status="301 Moved")
    assert failure(feed, f"{site.url}/feed").kind == "http_301"


def test_a_target_in_plain_utf8_is_followed(site: Site) -> None:
    site.replies |= {"/feed": redirect("/niét"), "/ni%C3%A9t": answer(RSS)}
    assert feed(f"{site.url}/feed").final_url == f"{site.url}/ni%C3%A9t"


@pytest.mark.parametrize(
    "url",
    ["", "feed", "file:///etc/passwd", "http://", "http://a\nb/", "//host/x", "feed://host/", "http://[", "http://."],
)
def test_what_is_not_a_web_address_is_refused(url: str) -> None:
    error = failure(feed, url)
    assert error.kind == "blocked"
    assert "\n" not in str(error)


# --- statuses and Retry-After ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [
        (400, "http_400", False),
        (401, "http_401", False),
        (403, "http_403", False),
        (404, "http_404", False),
        (408, "http_408", True),
        (410, "gone", False),
        (418, "http_418", False),
        (429, "rate_limited", True),
        (451, "http_451", False),
        (500, "http_500", True),
        (502, "http_502", True),
        (503, "http_503", True),
        (599, "http_599", True),
        (204, "http_204", False),
        (206, "http_206", False),
        (300, "http_300", False),
    ],
)
def test_a_status_is_a_kind(site: Site, status: int, kind: str, again: bool) -> None:
    site.replies["/feed"] = f"HTTP/1.1 {status} Word\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
    error = failure(feed, f"{site.url}/feed")
    assert (error.kind, error.again) == (kind, again)


RETRY_AFTER = [
    ("120", 120.0),
    (" 120 ", 120.0),
    ("0", 0.0),
    ("000120", 120.0),
    ("604801", LONGEST_RETRY_S),
    ("9" * 400, LONGEST_RETRY_S),
    ("-1", None),
    ("-999999999999", None),
    ("soon", None),
    ("", None),
    ("1.5", None),
    ("1e9", None),
    ("١٢", None),
    ("²", None),
    ("120, 60", None),
    ("inf", None),
    ("Mon, 23 Nov 2026 08:02:00 GMT", 120.0),
    ("Mon, 23 Nov 2026 09:02:00 +0100", 120.0),
    ("Monday, 23-Nov-26 08:02:00 GMT", 120.0),
    ("Mon Nov 23 08:02:00 2026", 120.0),
    ("Mon, 23 Nov 2026 07:00:00 GMT", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_S),
    ("Mon, 99 Nov 2026 08:02:00 GMT", None),
    ("Mon, 23 Nov 99999999999 08:02:00 GMT", None),
    ("Mon, 23 Nov 2026 08:02:00 +9999", None),
]


@pytest.mark.parametrize(("text", "wait_s"), RETRY_AFTER, ids=lambda value: str(value)[:30])
def test_every_form_of_retry_after_is_read(text: str, wait_s: float | None) -> None:
    assert retry_after_s(text, NOW) == wait_s


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\A\w{3}, -?\d+ \w{3} -?\d+ \d+:\d+:\d+ \S+\Z"))
def test_no_retry_after_is_negative_endless_or_an_exception(text: str) -> None:
    wait_s = retry_after_s(text, NOW)
    assert wait_s is None or 0 <= wait_s <= LONGEST_RETRY_S


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("text", "wait_s"), [("120", 120.0), ("-5", None), ("junk", None), ("9" * 99, LONGEST_RETRY_S)]
)
def test_a_server_that_is_busy_says_when_to_come_back(site: Site, status: str, text: str, wait_s: float | None) -> None:
    site.replies["/feed"] = answer(status=status, Retry_After=text)
    error = failure(feed, f"{site.url}/feed")
    assert isinstance(error, RetryLaterError)
    assert (error.kind, error.retry_after_s) == ("rate_limited", wait_s)


def test_a_moment_to_come_back_counts_by_the_servers_own_clock(site: Site) -> None:
    ahead = NOW + timedelta(days=400)
    site.replies["/feed"] = answer(
        status="429 Busy",
        Date=ahead.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        Retry_After=(ahead + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT"),
    )
    error = failure(feed, f"{site.url}/feed")
    assert isinstance(error, RetryLaterError)
    assert error.retry_after_s == 90


# --- HTTP/2 over TLS -------------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> Path:
    """Write a key and a certificate that it signs itself for this name, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


def answer_by_http2(listener: socket.socket, context: ssl.SSLContext, seen: dict[str, str]) -> None:
    connection, _ = listener.accept()
    with context.wrap_socket(connection, server_side=True) as line:
        talk = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        talk.initiate_connection()
        line.sendall(talk.data_to_send())
        while part := line.recv(65536):
            for event in talk.receive_data(part):
                if isinstance(event, RequestReceived):
                    seen.update({str(key): str(value) for key, value in event.headers})
                    talk.send_headers(event.stream_id, [(":status", "200"), ("etag", '"two"')])
                    talk.send_data(event.stream_id, RSS, end_stream=True)
            line.sendall(talk.data_to_send())


@pytest.mark.parametrize("name", ["feeds.example", "other.example"])
def test_http2_and_tls_speak_to_the_name_while_the_address_is_the_checked_one(tmp_path: Path, name: str) -> None:
    file = certificate(tmp_path, "feeds.example")
    ours, theirs = ssl.create_default_context(cafile=file), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    theirs.set_alpn_protocols(["h2"])
    asked_for: list[str | None] = []
    theirs.sni_callback = lambda _line, asked, _context: asked_for.append(asked)
    seen: dict[str, str] = {}

    async def one(port: int) -> Fetched:
        async with Fetcher(policy(), lambda: NOW, answers=told("127.0.1.1"), ssl_context=ours) as fetcher:
            return await fetcher.feed(f"https://{name}:{port}/feed")

    with socket.create_server(("127.0.1.1", 0)) as listener:
        port = listener.getsockname()[1]
        with ThreadPoolExecutor(1) as thread:
            thread.submit(answer_by_http2, listener, theirs, seen)
            if name == "feeds.example":
                fetched = asyncio.run(one(port))
                assert (fetched.body, fetched.validators.etag) == (RSS, '"two"')
                assert seen[":authority"] == f"{name}:{port}"
                assert seen["user-agent"] == AGENT
            else:
                with pytest.raises(RetryLaterError, match="certificate") as caught:
                    asyncio.run(one(port))
                assert caught.value.kind == "unreachable"
                assert seen == {}
    assert asked_for == [name]
