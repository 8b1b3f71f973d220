"""The desk: one thread that does all database work of a program with many things at hand (web pages, ingest).

Opening and closing the file costs more than most of our statements, and a writer keeps all others out. So the thread
takes all requests that wait into one transaction, commits once, and only then answers; and while requests keep coming
it leaves the file open, unless another process wants it. Tried with a hundred
clients beside a flow that wrote: docs/architecture.md has the numbers.
"""

import asyncio
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, Literal, TypeVar

from curate.errors import StorageError
from storage.database import Database, Held, Session

T = TypeVar("T")
Kind = Literal["read", "write"]

_MOST_AT_ONCE = 128
_MOMENT_S, _MOMENTS = 0.01, 3
"""How long the file stays open for a next request, and how often it is looked whether another process wants it."""


@dataclass(frozen=True, slots=True)
class _Request:
    kind: Kind
    work: Callable[[Session], Any]
    answer: Future[Any]


class _WorkFailedError(Exception):
    """The work of the request at ``place`` failed inside a shared transaction, which is rolled back for it."""

    def __init__(self, place: int) -> None:
        super().__init__(f"the request at place {place} failed")
        self.place = place


def _nobody_listens() -> None:
    """Nothing is kept in memory."""


class Desk:
    """Hand in work with :meth:`read` and :meth:`write`; it runs between :meth:`open` and :meth:`close`.

    Work takes a Session and returns values, completely read. Work may run more than once, when another request of its
    group fails: it must do nothing but speak to its session.
    """

    def __init__(self, database: Database, rolled_back: Callable[[], None] = _nobody_listens) -> None:
        """``rolled_back`` is told, by the thread, when what was written and read in a transaction never was."""
        self._database = database
        self._rolled_back = rolled_back
        self._is_last = False
        self._has_log = False
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._door = Lock()

    def open(self) -> None:
        """Start the thread."""
        self._is_last = False
        self._thread = Thread(target=self._serve, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer what was handed in before, then stop."""
        with self._door:
            thread, self._thread = self._thread, None
            if thread:
                self._waiting.put(None)
        if thread:
            thread.join()

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run work that only reads, and return what it returns or raise what it raises."""
        return await self._hand_in("read", work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run work that writes; the answer comes after the commit. Raises what the work or the commit raises."""
        return await self._hand_in("write", work)

    async def _hand_in(self, kind: Kind, work: Callable[[Session], T]) -> T:
        answer: Future[T] = Future()
        with self._door:  # or a request could come to stand behind the end, and wait for ever
            if self._thread is None:
                raise StorageError("The pages are not open (yet, or any more). Try again in a moment.")
            self._waiting.put(_Request(kind, work, answer))
        return await asyncio.wrap_future(answer)

    def _serve(self) -> None:
        self._answer_all()
        if self._has_log:
            # Opened and closed once without keeping the log, the file alone is the whole database again.
            with suppress(StorageError), self._database.held(write=True):
                pass

    def _answer_all(self) -> None:
        while not self._is_last and (first := self._waiting.get()) is not None:
            group = self._group(first)
            while group:
                group = self._served(group)

    def _served(self, group: list[_Request]) -> list[_Request]:
        """Answer groups while the file is in our hands: until none comes for a moment, or another process wants it.

        Returns a group for which it must be opened in another way, or none.
        """
        group = _still_wanted(group)
        if not group:
            return []
        try:
            with self._database.held(write=_writes(group), keep_log=True) as held:
                self._has_log |= held.write
                while group:
                    self._answer(held, group)
                    following = self._following(held)
                    if _writes(following) and not held.write:
                        return following
                    group = _still_wanted(following)
        except BaseException as error:
            self._rolled_back()
            for one in group:
                if not one.answer.done():
                    one.answer.set_exception(error)
        return []

    def _following(self, held: Held) -> list[_Request]:
        """Return the requests that come within a moment, unless another process wants the file."""
        for _ in range(_MOMENTS):
            if self._is_last or held.is_wanted():
                break
            with suppress(queue.Empty):
                first = self._waiting.get(timeout=_MOMENT_S)
                self._is_last = first is None
                return self._group(first) if first else []
        return []

    def _group(self, first: _Request) -> list[_Request]:
        group = [first]
        while len(group) < _MOST_AT_ONCE:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                break
            if following is None:
                self._is_last = True
                break
            group.append(following)
        return group

    def _answer(self, held: Held, group: Sequence[_Request]) -> None:
        while group:
            try:
                outcomes = self._run(held, group)
            except _WorkFailedError as failed:
                self._rolled_back()
                # One transaction for all was rolled back for one of them. Those before it are done without it; then it
                # goes first, where what it raises is its own doing.
                if failed.place:
                    self._answer(held, group[: failed.place])
                else:
                    group[0].answer.set_exception(failed.__cause__ or failed)
                group = group[failed.place or 1 :]
            else:
                for one, outcome in zip(group, outcomes, strict=True):
                    outcome(one.answer)
                return

    def _run(self, held: Held, group: Sequence[_Request]) -> list[Callable[[Future[Any]], None]]:
        if _writes(group):
            with held.writing() as db:
                return [_outcome_or_nothing(place, one, db) for place, one in enumerate(group)]
        with held.reading() as db:
            return [_outcome(one, db) for one in group]


def _writes(group: Sequence[_Request]) -> bool:
    return any(one.kind == "write" for one in group)


def _still_wanted(group: Sequence[_Request]) -> list[_Request]:
    """Return the requests whose asker is still there, which now can leave no more."""
    return [one for one in group if one.answer.set_running_or_notify_cancel()]


def _outcome(request: _Request, db: Session) -> Callable[[Future[Any]], None]:
    try:
        value = request.work(db)
    except Exception as error:
        raised = error
        return lambda answer: answer.set_exception(raised)
    return lambda answer: answer.set_result(value)


def _outcome_or_nothing(place: int, request: _Request, db: Session) -> Callable[[Future[Any]], None]:
    try:
        value = request.work(db)
    except Exception as error:
        raise _WorkFailedError(place) from error
    return lambda answer: answer.set_result(value)
