"""Processes in which hostile input is parsed, because some pages and feeds hang a parser for minutes inside C code.

A worker that takes too long is killed and a fresh one takes its place; nothing else stops such code. Workers are plain
child processes that know none of our secrets (their environment is nearly empty), print nothing, do not hear Ctrl-C,
and end with their parent: an idle one at the end of its socket, a hung one at a limit on its CPU time.
"""

import asyncio
import contextlib
import functools
import gc
import math
import os
import pickle
import queue
import resource
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar, cast

from curate.errors import DuidingError, ParseError

P = ParamSpec("P")
R = TypeVar("R")

START_S = 60.0
"""How long a worker may take to start, and to import what it is asked to run."""

CALLS_PER_WORKER = 500
"""Calls after which a worker is replaced, so that memory its libraries keep stays bounded."""

_SERVE = "from pipelines.workers import serve; serve()"
_NO_PROCESS = "No process for reading pages and feeds could be started; look at the limits on memory and processes."
_LARGEST_OUTCOME = 64 * 2**20
_MOST_FILES = 256  # open at once: libraries open a few while they are imported
_READY, _BEGUN = b"ready", b"begun"
_RESULT, _OURS, _OTHER = "result", "ours", "other"
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class _GoneError(Exception):
    """The worker ended, or never came up, before it began what it was asked."""


class _Worker:
    """One child process and the line to it."""

    def __init__(self, timeout_s: float, memory_bytes: int) -> None:
        self.calls = 0
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
                [sys.executable, "-P", "-c", _SERVE, str(theirs.fileno()), str(timeout_s), str(memory_bytes)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                env=_environment(),
            )
        self._line = Connection(ours.detach())

    def run(self, request: bytes, timeout_s: float) -> bytes:
        """Return the pickled outcome; _GoneError before it began, ParseError when it hung or broke down."""
        if self.calls == 0:
            self._expect(_READY)
        self._send(request)
        self._expect(_BEGUN)
        self.calls += 1
        try:
            if not self._line.poll(timeout_s):
                raise ParseError("timeout", f"Reading this took longer than {timeout_s:g} seconds and was stopped.")
            return self._line.recv_bytes(_LARGEST_OUTCOME)
        except (EOFError, OSError) as error:
            raise ParseError(
                "unreadable", "The program that reads this broke down on it, so it is left out."
            ) from error

    def _send(self, request: bytes) -> None:
        try:
            self._line.send_bytes(request)
        except OSError as error:
            raise _GoneError from error

    def _expect(self, word: bytes) -> None:
        try:
            if self._line.poll(START_S) and self._line.recv_bytes(len(word)) == word:
                return
        except (EOFError, OSError):
            pass
        raise _GoneError

    def stop(self) -> None:
        """Kill it and what it started, also from another thread than the one that waits for it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it is gone already
            os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and leave no zombie and no open line."""
        self.stop()
        self._process.wait()
        self._line.close()


class Workers:
    """Up to ``count`` workers, started when first needed and kept warm; for any number of threads and event loops.

    ``timeout_s`` counts from the moment a worker has imported what it is asked to run; ``memory_bytes`` limits its
    address space.
    """

    def __init__(self, count: int = 2, timeout_s: float = 10.0, memory_bytes: int = 3 * 2**29) -> None:
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._places: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(count):
            self._places.put(None)
        self._count = count
        self._alive: set[_Worker] = set()
        self._closing = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="workers")

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, see :meth:`close`."""
        self.close()

    def close(self) -> None:
        """Kill every worker, busy or not, and wait until all are gone; calls under way fail."""
        with self._closing:
            self._closed = True
            for worker in self._alive:
                worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for idle in [self._places.get() for _ in range(self._count)]:
            if idle is not None:
                self._end(idle)
            self._places.put(None)  # whoever still waits for a place learns that all is closed

    def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a picklable top-level function in a worker and return its (picklable) result.

        Raises the function's own DuidingError unchanged; ParseError ``timeout`` when it took too long; ParseError
        ``unreadable`` for any other exception, for too much memory, and when the worker broke down.
        """
        request = pickle.dumps((function, args, kwargs))
        worker = self._places.get()
        try:
            worker, outcome = self._run(worker, request)
        except BaseException:
            worker = None
            raise
        finally:
            self._places.put(worker)
        return cast(R, _unpacked(outcome))

    async def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Await :meth:`call`; cancelling this does not wait for the call, which ends by its own time limit."""
        work = functools.partial(self.call, function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _run(self, worker: _Worker | None, request: bytes) -> tuple[_Worker | None, bytes]:
        """Return the outcome and the worker to keep; a worker found dead before it began is replaced once."""
        for _ in range(2):
            worker = worker or self._start()
            try:
                outcome = worker.run(request, self._timeout_s)
            except _GoneError:
                self._end(worker)
                worker = None
                continue
            except BaseException:
                self._end(worker)
                raise
            if worker.calls < CALLS_PER_WORKER:
                return worker, outcome
            self._end(worker)
            return None, outcome
        raise DuidingError(_NO_PROCESS)

    def _start(self) -> _Worker:
        try:
            worker = _Worker(self._timeout_s, self._memory_bytes)
        except OSError as error:
            raise DuidingError(_NO_PROCESS) from error
        with self._closing:
            if not self._closed:
                self._alive.add(worker)
                return worker
        worker.end()
        raise DuidingError("The processes for reading pages and feeds have been closed; start a new session.")

    def _end(self, worker: _Worker) -> None:
        with self._closing:
            self._alive.discard(worker)
        worker.end()


def _environment() -> dict[str, str]:
    """Return what a worker needs to find our code, and no more: passwords stay here."""
    known = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    return {**known, **_ONE_THREAD, "PYTHONPATH": path, "PYTHONUTF8": "1"}


def _unpacked(outcome: bytes) -> object:
    """Return the result in an outcome, or raise what it holds."""
    kind, told = pickle.loads(outcome)  # noqa: S301 - written by our own child
    if kind == _RESULT:
        return told
    if kind == _OURS:
        error_class, sentence, members = told
        error = error_class.__new__(error_class, sentence)
        vars(error).update(members)
        raise error
    unreadable = ParseError("unreadable", f"This could not be read ({told[0]}), so it is left out.")
    unreadable.add_note(told[1])
    raise unreadable


def serve() -> None:
    """Be a worker: the main function of the child process, run by :class:`Workers` only."""
    descriptor, timeout_s, memory_bytes = sys.argv[1:]
    line = Connection(int(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, int(memory_bytes))
    _limit(resource.RLIMIT_NOFILE, _MOST_FILES)
    line.send_bytes(_READY)
    with contextlib.suppress(EOFError, OSError):  # the parent is gone
        line.send_bytes(_outcome(line, float(timeout_s)))
        # The parsers are imported by now and stay: looking for garbage among them takes a twentieth of all time.
        gc.collect()
        gc.freeze()
        while True:
            line.send_bytes(_outcome(line, float(timeout_s)))


def _outcome(line: Connection, timeout_s: float) -> bytes:
    request = line.recv_bytes()
    try:
        function, args, kwargs = pickle.loads(request)  # noqa: S301 - written by our own parent
        begin = True
    except Exception as error:
        begin, failure = False, _failure(error)
    line.send_bytes(_BEGUN)
    if not begin:
        return failure
    _limit_cpu(timeout_s)
    try:
        return pickle.dumps((_RESULT, function(*args, **kwargs)))
    except BaseException as error:
        return _failure(error)


def _failure(error: BaseException) -> bytes:
    if isinstance(error, DuidingError):
        return pickle.dumps((_OURS, (type(error), str(error), vars(error))))
    return pickle.dumps((_OTHER, (type(error).__name__, "".join(traceback.format_exception(error)))))


def _limit_cpu(timeout_s: float) -> None:
    """Let the kernel end this process should the parent be gone while C code hangs here."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(spent.ru_utime + spent.ru_stime + timeout_s) + 1)


def _limit(kind: int, amount: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with contextlib.suppress(ValueError, OSError):  # not every system can limit everything
        resource.setrlimit(kind, (allowed, hard))
