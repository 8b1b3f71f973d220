"""Nothing that a document does to its parser costs more than the parser's time, memory and life."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curate import feeds
from curate.errors import ParseError
from pipelines.workers import Workers

LIMIT_S = 1.0
GOOD = b"<rss version='2.0'><channel><title>T</title><item><title>A</title></item></channel></rss>"
HANGING = b"<rss><channel><item><description>" + b"<a " * 600_000
"""A feed in which the search for the end of each tag goes on to the end of the document."""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, timeout_s=LIMIT_S, memory_bytes=2**30) as running:
        for _ in range(2):
            running.call(feeds.parse, GOOD, "", "")  # warm: a first call imports what it runs
        yield running


def is_running(process: int) -> bool:
    """A zombie that nobody has collected yet runs no more."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def refused(workers: Workers, code: str, kind: str = "unreadable") -> None:
    with pytest.raises(ParseError) as caught:
        workers.call(eval, code)
    assert caught.value.kind == kind
    assert workers.call(feeds.parse, GOOD, "", "").title == "T"


def test_case18_a_feed_that_hangs_its_parser_is_a_timeout_in_time(workers: Workers) -> None:
    started_s = time.monotonic()
    with pytest.raises(ParseError, match="longer than 1 seconds") as caught:
        workers.call(feeds.parse, HANGING, "application/xml", "https://site.example/")
    assert caught.value.kind == "timeout"
    assert time.monotonic() - started_s < LIMIT_S + 2


def test_a_hung_parser_keeps_nobody_else_waiting(workers: Workers) -> None:
    with ThreadPoolExecutor(1) as thread:
        hung = thread.submit(workers.call, feeds.parse, HANGING, "application/xml", "https://site.example/")
        time.sleep(0.1)
        read = [workers.call(feeds.parse, GOOD, "", "").title for _ in range(5)]
        assert not hung.done(), "the good feeds were read while the other one hung"
        assert read == ["T"] * 5
        with pytest.raises(ParseError):
            hung.result()


def test_memory_that_grows_bit_by_bit_is_refused(workers: Workers) -> None:
    refused(workers, "[bytes(10**7) for _ in iter(int, 1)]")


def test_descriptors_that_are_never_closed_are_refused(workers: Workers) -> None:
    refused(workers, "[open('/dev/null') for _ in iter(int, 1)]")


def test_recursion_without_end_is_refused(workers: Workers) -> None:
    refused(workers, "(lambda f: f(f))(lambda f: f(f))")


def test_an_outcome_without_end_is_refused(workers: Workers) -> None:
    refused(workers, "bytes(70 * 2**20)")


def test_an_outcome_that_cannot_be_read_is_refused(workers: Workers) -> None:
    refused(workers, "__import__('os').write(int(__import__('sys').argv[1]), b'junk' * 10)")


def test_a_flood_of_words_goes_nowhere(workers: Workers, capfd: pytest.CaptureFixture[str]) -> None:
    flood = (
        "[__import__('os').write(channel, bytes(10**7)) for channel in (1, 2) for _ in range(5)] and print('x') or 1"
    )
    assert workers.call(eval, flood) == 1
    assert capfd.readouterr() == ("", "")


def test_a_program_that_a_parser_started_ends_with_it(workers: Workers) -> None:
    start = "__import__('subprocess').Popen(['sleep', '60']).pid"
    with Workers(1, timeout_s=LIMIT_S) as one:
        started = one.call(eval, start)
        assert is_running(started)
        with pytest.raises(ParseError):
            one.call(sum, range(10**15))
        until_s = time.monotonic() + 5
        while is_running(started) and time.monotonic() < until_s:
            time.sleep(0.01)
        assert not is_running(started)


def test_the_same_feed_is_read_the_same_by_a_fresh_worker(workers: Workers) -> None:
    before = workers.call(feeds.parse, GOOD, "", "")
    for code in ("__import__('os').kill(__import__('os').getpid(), 9)", "__import__('os').abort()"):
        refused(workers, code)
    assert workers.call(feeds.parse, GOOD, "", "") == before
