"""The desk: many requests, one thread, one session."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from curate.errors import ClosedError, DatabaseBusyError, StorageError
from curate.people import person
from storage import database, people
from storage.database import Session
from storage.desk import Desk
from tests.storage.builders import PATIENCE_S, other

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(database.create(tmp_path / "duiding.duckdb", NOW))
    opened.open()
    yield opened
    opened.close()


def _adds(name: str) -> Callable[[Session], str]:
    def work(db: Session) -> str:
        people.add(db, person(f"{name}@example.org", name, "catalyst", "nl"), NOW)
        return name

    return work


def _fails(db: Session) -> None:
    people.add(db, person("half@example.org", "Half", "catalyst", "nl"), NOW)
    raise ClosedError("over")


def _names(db: Session) -> set[str]:
    return {one.name for one in people.every(db)}


async def _gathered(*handed_in: Awaitable[object]) -> list[object]:
    """What came of each: its answer or its error."""
    return list(await asyncio.gather(*handed_in, return_exceptions=True))


def test_what_was_answered_is_stored(desk: Desk) -> None:
    async def all_at_once() -> set[str]:
        await asyncio.gather(*(desk.write(_adds(f"p{n}")) for n in range(200)))
        return await desk.read(_names)

    assert asyncio.run(all_at_once()) == {f"p{n}" for n in range(200)}


def test_one_failing_request_takes_no_other_down_and_leaves_nothing_behind(desk: Desk) -> None:
    async def mixed() -> tuple[list[object], set[str]]:
        handed_in = [desk.write(_adds("a")), desk.write(_fails), desk.read(_names), desk.write(_adds("b"))]
        return await _gathered(*handed_in), await desk.read(_names)

    answers, names = asyncio.run(mixed())
    assert answers[0] == "a"
    assert answers[3] == "b"
    assert isinstance(answers[1], ClosedError)
    assert names == {"a", "b"}


def test_a_failing_read_fails_alone(desk: Desk) -> None:
    def broken(db: Session) -> None:
        raise ClosedError("over")

    async def mixed() -> list[object]:
        return await _gathered(desk.read(broken), desk.read(_names))

    answers = asyncio.run(mixed())
    assert isinstance(answers[0], ClosedError)
    assert answers[1] == set()


def test_reading_cannot_write(desk: Desk) -> None:
    with pytest.raises(Exception, match="read-only"):
        asyncio.run(desk.read(_adds("a")))


def test_a_database_that_is_not_there_is_told_to_all_who_wait(tmp_path: Path) -> None:
    desk = Desk(database.Database(tmp_path / "none.duckdb"))
    desk.open()

    async def two() -> list[object]:
        return await _gathered(desk.read(_names), desk.write(_adds("a")))

    answers = asyncio.run(two())
    desk.close()
    assert [type(one) for one in answers] == [StorageError, StorageError]


def test_a_closed_desk_takes_no_work_and_closing_answers_what_waits(tmp_path: Path) -> None:
    desk = Desk(database.create(tmp_path / "duiding.duckdb", NOW))
    desk.open()

    async def close_while_waiting() -> str:
        waiting = asyncio.ensure_future(desk.write(_adds("a")))
        await asyncio.sleep(0)
        await asyncio.to_thread(desk.close)
        return await waiting

    assert asyncio.run(close_while_waiting()) == "a"
    with pytest.raises(StorageError):
        asyncio.run(desk.read(_names))


def test_work_whose_asker_left_before_its_turn_is_not_done(desk: Desk) -> None:
    async def leave() -> set[str]:
        import threading

        gate = threading.Event()
        first = asyncio.ensure_future(desk.read(lambda db: gate.wait(5)))
        await asyncio.sleep(0)
        left = asyncio.ensure_future(desk.write(_adds("gone")))
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        gate.set()
        await first
        return await desk.read(_names)

    assert asyncio.run(leave()) == set()


@contextmanager
def _busy(desk: Desk) -> Iterator[None]:
    """Keep the desk at work, so that all that is handed in meanwhile is one group."""
    gate, begun = Event(), Event()

    def hold(_: Session) -> None:
        begun.set()
        gate.wait(PATIENCE_S)

    held = Thread(target=lambda: asyncio.run(desk.read(hold)))
    held.start()
    begun.wait(PATIENCE_S)
    try:
        yield
    finally:
        gate.set()
        held.join(PATIENCE_S)


async def _all_as_one_group(desk: Desk, *handed_in: Awaitable[object]) -> list[object]:
    with _busy(desk):
        waiting = [asyncio.ensure_future(one) for one in handed_in]
        await asyncio.sleep(0)  # each has stepped up to the desk
    return await _gathered(*waiting)


def test_a_group_is_one_transaction(desk: Desk) -> None:
    def transaction(db: Session) -> object:
        return db.execute("SELECT txid_current()")[0][0]

    answers = asyncio.run(_all_as_one_group(desk, *(desk.write(transaction) for _ in range(20))))
    assert len(set(answers)) == 1


def test_nobody_is_answered_before_the_commit(desk: Desk) -> None:
    answered: list[bool] = []

    async def two() -> list[object]:
        first = asyncio.ensure_future(desk.write(_adds("a")))
        loop = asyncio.get_running_loop()

        def last_of_the_group(_: Session) -> None:
            seen = asyncio.run_coroutine_threadsafe(_is_done(first), loop)
            answered.append(seen.result(PATIENCE_S))

        return await _all_as_one_group(desk, first, desk.write(last_of_the_group))

    asyncio.run(two())
    assert answered == [False]


async def _is_done(one: asyncio.Future[str]) -> bool:
    for _ in range(10):
        await asyncio.sleep(0)
    return one.done()


def test_what_was_answered_is_there_for_another_process_at_once(desk: Desk, tmp_path: Path) -> None:
    async def one() -> set[str]:
        await desk.write(_adds("a"))
        with database.Database(tmp_path / "duiding.duckdb").reading() as db:
            return _names(db)

    assert asyncio.run(one()) == {"a"}


def test_many_who_fail_take_nobody_down_and_cost_few_sessions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _counted(monkeypatch)
    work = [_fails if number in (0, 7, 8, 39) else _adds(f"p{number}") for number in range(40)]
    answers = asyncio.run(_all_as_one_group(desk, *(desk.write(one) for one in work)))
    good = {f"p{number}" for number in range(40)} - {"p0", "p7", "p8", "p39"}
    assert {one for one in answers if isinstance(one, str)} == good
    assert sum(isinstance(one, ClosedError) for one in answers) == 4
    assert asyncio.run(desk.read(_names)) == good
    assert opened.count("write") < 14, "one failure must not send everybody through a session of their own"


def test_a_group_in_which_all_fail_tells_each(desk: Desk) -> None:
    answers = asyncio.run(_all_as_one_group(desk, *(desk.write(_fails) for _ in range(5)), desk.read(_names)))
    assert [type(one) for one in answers] == [ClosedError] * 5 + [set]
    assert answers[-1] == set()


def test_what_failed_only_because_of_its_neighbour_is_done(desk: Desk) -> None:
    """One who trips over rows that are rolled back in the end gets a second go without them."""

    def needs_an_empty_house(db: Session) -> str:
        if _names(db):
            raise ClosedError("somebody is here")
        return "alone"

    answers = asyncio.run(_all_as_one_group(desk, desk.write(_fails), desk.write(needs_an_empty_house)))
    assert answers[1] == "alone"


def test_work_that_comes_while_the_desk_closes_is_answered_or_refused_and_never_left_waiting(tmp_path: Path) -> None:
    desk = Desk(database.create(tmp_path / "duiding.duckdb", NOW))
    desk.open()

    async def hand_in_while_closing() -> list[object]:
        with _busy(desk):
            before = asyncio.ensure_future(desk.write(_adds("before")))
            await asyncio.sleep(0)
            closing = asyncio.ensure_future(asyncio.to_thread(desk.close))
            while desk._thread is not None:  # the door is shut, the desk still at work
                await asyncio.sleep(0.001)
            after = asyncio.ensure_future(desk.write(_adds("after")))
            await asyncio.sleep(0)
        return await asyncio.wait_for(_gathered(before, after, closing), PATIENCE_S)

    before, after, _ = asyncio.run(hand_in_while_closing())
    assert before == "before"
    assert isinstance(after, StorageError)


def test_a_desk_can_be_closed_twice_and_opened_again(desk: Desk) -> None:
    desk.close()
    desk.close()
    desk.open()
    assert asyncio.run(desk.write(_adds("a"))) == "a"


def test_a_desk_waits_for_another_process_and_tells_when_that_takes_too_long(tmp_path: Path) -> None:
    path = database.create(tmp_path / "duiding.duckdb", NOW).path
    desk = Desk(database.Database(path, wait_s=0.1))
    desk.open()

    async def two() -> list[object]:
        return await _gathered(desk.read(_names), desk.write(_adds("a")))

    with other("hold_writing", path) as holder:
        answers = asyncio.run(two())
        assert [type(one) for one in answers] == [DatabaseBusyError, DatabaseBusyError]
        holder.tell()
        assert holder.line() == "done"
    assert asyncio.run(desk.write(_adds("a"))) == "a"
    desk.close()


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each opening of the file and each transaction."""
    done: list[str] = []

    def counting(kind: str, what: Any) -> Any:
        def does(*arguments: Any, **named: Any) -> Any:
            done.append(kind)
            return what(*arguments, **named)

        return does

    monkeypatch.setattr(database.Database, "held", counting("open", database.Database.held))
    monkeypatch.setattr(database.Held, "reading", counting("read", database.Held.reading))
    monkeypatch.setattr(database.Held, "writing", counting("write", database.Held.writing))
    return done


def test_the_file_stays_open_while_requests_keep_coming(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = _counted(monkeypatch)

    async def one_after_the_other() -> None:
        for number in range(20):
            await desk.write(_adds(f"p{number}"))
            await desk.read(_names)

    asyncio.run(one_after_the_other())
    assert (done.count("read"), done.count("write")) == (20, 20)
    assert done.count("open") < 10


def test_another_process_gets_the_file_between_two_requests(desk: Desk, tmp_path: Path) -> None:
    stop, waited = Event(), Event()

    def keep_busy() -> None:
        async def ask() -> None:
            while not stop.is_set():
                await asyncio.gather(*(desk.write(_adds("a")) for _ in range(5)))

        asyncio.run(ask())

    busy = Thread(target=keep_busy)
    busy.start()
    try:
        for _ in range(5):
            with database.Database(tmp_path / "duiding.duckdb", wait_s=PATIENCE_S).writing() as db:
                _adds("b")(db)
        waited.set()
    finally:
        stop.set()
        busy.join(PATIENCE_S)
    assert waited.is_set()


def test_what_was_read_in_a_transaction_that_failed_is_told_to_be_forgotten(tmp_path: Path) -> None:
    told: list[str] = []
    one = Desk(database.create(tmp_path / "duiding.duckdb", NOW), lambda: told.append("rolled back"))
    one.open()
    asyncio.run(_gathered(one.write(_adds("a"))))
    assert told == []
    asyncio.run(_gathered(one.write(_fails)))
    one.close()
    assert told


def test_a_desk_that_closes_leaves_a_file_that_is_whole_without_its_log(tmp_path: Path) -> None:
    path = tmp_path / "duiding.duckdb"
    one = Desk(database.create(path, NOW))
    one.open()
    asyncio.run(_gathered(one.write(_adds("a"))))
    one.close()
    (tmp_path / "copy.duckdb").write_bytes(path.read_bytes())
    with database.Database(tmp_path / "copy.duckdb").reading() as db:
        assert _names(db) == {"a"}


def test_what_stands_in_the_log_is_there_for_everybody(desk: Desk, tmp_path: Path) -> None:
    async def one() -> set[str]:
        await desk.write(_adds("a"))
        await asyncio.sleep(0)
        with database.Database(tmp_path / "duiding.duckdb").writing() as db:
            _adds("b")(db)
        return await desk.read(_names)

    assert asyncio.run(one()) == {"a", "b"}
