"""The desk: many requests, one thread, one session."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curate.errors import ClosedError, StorageError
from curate.people import person
from storage import database, people
from storage.database import Session
from storage.desk import Desk

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path):
    opened = Desk(database.create(tmp_path / "duiding.duckdb", NOW))
    opened.open()
    yield opened
    opened.close()


def _adds(name: str):
    def work(db: Session) -> str:
        people.add(db, person(f"{name}@example.org", name, "catalyst", "nl"), NOW)
        return name

    return work


def _fails(db: Session) -> None:
    people.add(db, person("half@example.org", "Half", "catalyst", "nl"), NOW)
    raise ClosedError("over")


def _names(db: Session) -> set[str]:
    return {one.name for one in people.every(db)}


def test_what_was_answered_is_stored(desk: Desk) -> None:
    async def all_at_once() -> set[str]:
        await asyncio.gather(*(desk.write(_adds(f"p{n}")) for n in range(200)))
        return await desk.read(_names)

    assert asyncio.run(all_at_once()) == {f"p{n}" for n in range(200)}


def test_one_failing_request_takes_no_other_down_and_leaves_nothing_behind(desk: Desk) -> None:
    async def mixed() -> tuple[list[object], set[str]]:
        handed_in = [desk.write(_adds("a")), desk.write(_fails), desk.read(_names), desk.write(_adds("b"))]
        answers = await asyncio.gather(*handed_in, return_exceptions=True)
        return answers, await desk.read(_names)

    answers, names = asyncio.run(mixed())
    assert answers[0] == "a"
    assert answers[3] == "b"
    assert isinstance(answers[1], ClosedError)
    assert names == {"a", "b"}


def test_a_failing_read_fails_alone(desk: Desk) -> None:
    def broken(db: Session) -> None:
        raise ClosedError("over")

    async def mixed() -> list[object]:
        return await asyncio.gather(desk.read(broken), desk.read(_names), return_exceptions=True)

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
        return await asyncio.gather(desk.read(_names), desk.write(_adds("a")), return_exceptions=True)

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
