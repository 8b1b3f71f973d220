"""Killable worker processes, with real ones."""

import asyncio
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import pytest
import trafilatura

from curate.errors import DuidingError, FetchError, ParseError, RetryLaterError, UsageError
from pipelines import workers as workers_module
from pipelines.addresses import Guard, parse_allowances
from pipelines.workers import Workers

FOREVER = range(10**15)  # sum(FOREVER) is one C loop that holds the interpreter and hears no signal handler
PAGE = "<html><body><article>" + "<p>Een zin over leren in netwerken, lang genoeg om te tellen.</p>" * 40 + "</article>"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(count=1, timeout_s=5.0) as running:
        yield running


def ended(process: int) -> bool:
    """Return whether this process is gone, zombies not counting as gone."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until_ended(process: int, patience_s: float) -> None:
    until_s = time.monotonic() + patience_s
    while not ended(process):
        assert time.monotonic() < until_s, f"process {process} is still there"
        time.sleep(0.01)


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_function_runs_in_another_process_and_that_one_is_used_again(workers: Workers) -> None:
    first = workers.call(os.getpid)
    assert first != os.getpid()
    assert workers.call(os.getpid) == first


def test_arguments_and_results_of_megabytes_pass(workers: Workers) -> None:
    body = os.urandom(16 * 2**20)
    assert workers.call(bytes.upper, body) == body.upper()


def test_parsers_start_within_the_memory_limit(workers: Workers) -> None:
    text = workers.call(trafilatura.extract, PAGE, output_format="txt")
    feed = workers.call(feedparser.parse, b"<rss version='2.0'><channel><title>Titel</title></channel></rss>")
    assert text is not None
    assert "leren in netwerken" in text
    assert feed["feed"]["title"] == "Titel"


def test_a_hung_c_loop_is_killed_in_time_and_a_fresh_worker_takes_its_place() -> None:
    with Workers(count=1, timeout_s=0.3) as workers:
        first = workers.call(os.getpid)
        started_s = time.monotonic()
        with pytest.raises(ParseError, match=r"longer than 0\.3 seconds") as caught:
            workers.call(sum, FOREVER)
        assert caught.value.kind == "timeout"
        assert time.monotonic() - started_s < 1.0
        assert ended(first)
        assert workers.call(os.getpid) not in (first, os.getpid())


def test_a_pattern_that_never_ends_is_killed() -> None:
    with Workers(count=1, timeout_s=0.3) as workers, pytest.raises(ParseError) as caught:
        workers.call(re.fullmatch, r"(a+)+b", "a" * 64)
    assert caught.value.kind == "timeout"


def test_too_much_memory_is_refused_and_harms_nobody(workers: Workers) -> None:
    with pytest.raises(ParseError, match="MemoryError") as caught:
        workers.call(bytes, 8 * 2**30)
    assert caught.value.kind == "unreadable"
    assert workers.call(int, "1") == 1


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT, signal.SIGXCPU])
def test_a_worker_that_breaks_down_is_replaced(workers: Workers, number: int) -> None:
    with pytest.raises(ParseError, match="broke down") as caught:
        workers.call(signal.raise_signal, number)
    assert caught.value.kind == "unreadable"
    assert workers.call(int, "1") == 1


def test_a_null_pointer_in_c_code_is_no_more_than_a_page_that_is_left_out(workers: Workers) -> None:
    with pytest.raises(ParseError) as caught:
        workers.call(ctypes.string_at, 0)
    assert caught.value.kind == "unreadable"


def test_a_worker_found_dead_is_replaced_without_a_word(workers: Workers) -> None:
    dead = workers.call(os.getpid)
    os.kill(dead, signal.SIGKILL)
    assert workers.call(os.getpid) != dead


def test_our_own_errors_arrive_unchanged(workers: Workers) -> None:
    with pytest.raises(UsageError, match="'junk/x' in DUIDING_FETCH_ALLOW"):
        workers.call(parse_allowances, "junk/x")
    with pytest.raises(FetchError) as caught:
        workers.call(Guard.check, Guard(), "127.0.0.1", 80)
    assert (type(caught.value), caught.value.kind) == (FetchError, "blocked")
    assert str(caught.value).startswith("127.0.0.1 is at 127.0.0.1")


def raise_retry_later() -> None:
    raise RetryLaterError("rate_limited", "Later.", 12.5)


def test_what_an_error_carries_arrives_with_it(workers: Workers) -> None:
    with pytest.raises(RetryLaterError) as caught:
        workers.call(raise_retry_later)
    assert (str(caught.value), caught.value.kind, caught.value.retry_after_s) == ("Later.", "rate_limited", 12.5)


def test_any_other_exception_is_unreadable_with_its_trace_as_a_note(workers: Workers) -> None:
    with pytest.raises(ParseError) as caught:
        workers.call(int, "twelve")
    assert caught.value.kind == "unreadable"
    assert str(caught.value) == "This could not be read (ValueError), so it is left out."
    assert "invalid literal for int() with base 10: 'twelve'" in caught.value.__notes__[0]


@pytest.mark.parametrize("code", [0, 3])
def test_a_function_that_exits_does_not_end_its_worker(workers: Workers, code: int) -> None:
    before = workers.call(os.getpid)
    with pytest.raises(ParseError, match="SystemExit"):
        workers.call(sys.exit, code)
    assert workers.call(os.getpid) == before


def test_a_result_that_cannot_travel_is_unreadable(workers: Workers) -> None:
    with pytest.raises(ParseError) as caught:
        workers.call(threading.Lock)
    assert caught.value.kind == "unreadable"


def test_workers_do_not_hear_ctrl_c(workers: Workers) -> None:
    before = workers.call(os.getpid)
    os.kill(before, signal.SIGINT)
    workers.call(signal.raise_signal, signal.SIGINT)
    assert workers.call(os.getpid) == before
    assert os.getpgid(before) != os.getpgrp()


def test_workers_do_not_know_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_SMTP__PASSWORD", "secret")
    with Workers(count=1) as workers:
        assert workers.call(os.getenv, "DUIDING_SMTP__PASSWORD") is None
        assert workers.call(os.getenv, "PATH") == os.environ["PATH"]


def test_workers_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(count=1) as workers:
        workers.call(print, "out", flush=True)
        workers.call(os.system, "echo out; echo err >&2")
        with pytest.raises(ParseError):
            workers.call(signal.raise_signal, signal.SIGSEGV)
    assert capfd.readouterr() == ("", "")


def test_a_worker_is_replaced_after_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "CALLS_PER_WORKER", 3)
    with Workers(count=1) as workers:
        processes = [workers.call(os.getpid) for _ in range(7)]
        assert [processes.count(process) for process in dict.fromkeys(processes)] == [3, 3, 1]
        assert ended(processes[0])


def test_awaited_calls_run_side_by_side_up_to_their_count() -> None:
    async def three(workers: Workers) -> float:
        await asyncio.gather(workers.run(time.sleep, 0), workers.run(time.sleep, 0))
        started_s = time.monotonic()
        await asyncio.gather(*(workers.run(time.sleep, 0.3) for _ in range(3)))
        return time.monotonic() - started_s

    with Workers(count=2) as workers:
        assert 0.55 < asyncio.run(three(workers)) < 0.85


def test_an_awaited_call_leaves_the_event_loop_free_and_raises_the_same() -> None:
    async def ticks(workers: Workers) -> int:
        hung = asyncio.create_task(workers.run(sum, FOREVER))
        count = 0
        while not hung.done():
            count += 1
            await asyncio.sleep(0.01)
        with pytest.raises(ParseError):
            await hung
        return count

    with Workers(count=1, timeout_s=0.3) as workers:
        assert asyncio.run(ticks(workers)) > 10


def test_many_threads_may_call_at_once(workers: Workers) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda number: workers.call(abs, -number), range(200))) == list(range(200))


def test_nothing_starts_before_the_first_call() -> None:
    before = open_descriptors()
    with Workers(count=2):
        assert open_descriptors() == before


def test_closing_leaves_no_process_no_zombie_and_no_descriptor() -> None:
    before = open_descriptors()
    for _ in range(3):
        with Workers(count=2, timeout_s=0.1) as workers:
            first = workers.call(os.getpid)
            with pytest.raises(ParseError):
                workers.call(sum, FOREVER)
            second = workers.call(os.getpid)
        assert ended(first)
        assert ended(second)
    assert open_descriptors() == before


def test_closing_ends_calls_under_way_and_refuses_new_ones() -> None:
    workers = Workers(count=1, timeout_s=60)
    workers.call(int, "1")
    with ThreadPoolExecutor(2) as threads:
        hung = threads.submit(lambda: workers.call(sum, FOREVER))
        waiting = threads.submit(lambda: workers.call(os.getpid))
        time.sleep(0.1)
        started_s = time.monotonic()
        workers.close()
        for call in (hung, waiting):
            with pytest.raises(DuidingError):
                call.result(timeout=5)
    assert time.monotonic() - started_s < 2
    with pytest.raises(DuidingError, match="closed"):
        workers.call(os.getpid)
    workers.close()


PARENT = """
import os, sys
from pipelines.workers import Workers
workers = Workers(count=1, timeout_s=1.0)
print(workers.call(os.getpid), flush=True)
{then}
"""


@pytest.mark.parametrize(
    ("then", "patience_s"),
    [
        ("sys.stdin.read()", 2.0),
        ("workers.call(sum, range(10**15))", 20.0),
    ],
    ids=["idle", "hung"],
)
def test_a_worker_ends_with_its_parent(then: str, patience_s: float) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.2)
        assert not ended(worker)
        parent.kill()
    wait_until_ended(worker, patience_s)
