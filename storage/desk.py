"""The desk: one thread that does all database work of a program with many things at hand (web pages, ingest).

Opening and closing the file costs more than most of our statements, and a writer keeps all others out. So the thread
takes all requests that wait, opens one session for them, commits once, and only then answers. Tried with a hundred
clients beside a flow that wrote: docs/architecture.md has the numbers.
"""

import asyncio
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, Literal, TypeVar

from curate.errors import StorageError
from storage.database import Database, Session

T = TypeVar("T")
Kind = Literal["read", "write"]

_MOST_AT_ONCE = 128


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


class Desk:
    """Hand in work with :meth:`read` and :meth:`write`; it runs between :meth:`open` and :meth:`close`.

    Work takes a Session and returns values, completely read. Work may run more than once, when another request of its
    group fails: it must do nothing but speak to its session.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._door = Lock()

    def open(self) -> None:
        """Start the thread."""
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
        while (first := self._waiting.get()) is not None:
            group, is_last = self._group(first)
            self._answer([one for one in group if one.answer.set_running_or_notify_cancel()])
            if is_last:
                return

    def _group(self, first: _Request) -> tuple[list[_Request], bool]:
        group = [first]
        while len(group) < _MOST_AT_ONCE:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _answer(self, group: Sequence[_Request]) -> None:
        while group:
            try:
                outcomes = self._run(group)
            except _WorkFailedError as failed:
                # One transaction for all was rolled back for one of them. Those before it are done without it; then it
                # goes first, where what it raises is its own doing.
                if failed.place:
                    self._answer(group[: failed.place])
                else:
                    group[0].answer.set_exception(failed.__cause__ or failed)
                group = group[failed.place or 1 :]
            except BaseException as error:
                for one in group:
                    one.answer.set_exception(error)
                return
            else:
                for one, outcome in zip(group, outcomes, strict=True):
                    outcome(one.answer)
                return

    def _run(self, group: Sequence[_Request]) -> list[Callable[[Future[Any]], None]]:
        if all(one.kind == "read" for one in group):
            with self._database.reading() as db:
                return [_outcome(one, db) for one in group]
        with self._database.writing() as db:
            return [_outcome_or_nothing(place, one, db) for place, one in enumerate(group)]


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
