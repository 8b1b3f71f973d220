"""Sessions on one file: whole or absent, in turn, and with a clear word when it cannot be."""

import fcntl
import os
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import DatabaseBusyError, DatabaseVersionError, StorageError, UsageError
from storage import database, people
from storage.database import Database, Session
from tests.storage.builders import ANNA, BEN, NOW, PATIENCE_S, other

TEXTS = {
    "nul\x00inside": "nulinside",
    "half \ud83d": "half \ufffd",
    "\udc00 other half": "\ufffd other half",
    "\ud83d\ude00 in halves": "😀 in halves",
    "👩🏽‍🌾 \u202e \x1b \x7f \ufffe \r\n\t": "👩🏽‍🌾 \u202e \x1b \x7f \ufffe \r\n\t",
    "'); DROP TABLE people; --": "'); DROP TABLE people; --",
    "": "",
}


def _names(store: Database) -> list[str]:
    with store.reading() as db:
        return [one.name for one in people.every(db)]


def _write(store: Database) -> None:
    with store.writing() as db:
        people.add(db, ANNA, NOW)


def test_what_a_session_wrote_is_there_for_the_next(store: Database) -> None:
    _write(store)
    assert _names(store) == [ANNA.name]
    assert _names(Database(store.path)) == [ANNA.name]


@pytest.mark.parametrize("error", [ValueError, StorageError, KeyboardInterrupt, SystemExit])
def test_an_error_in_the_block_leaves_nothing_of_it(store: Database, error: type[BaseException]) -> None:
    with pytest.raises(error), store.writing() as db:
        people.add(db, ANNA, NOW)
        raise error("over")
    assert _names(store) == []
    _write(store)
    assert _names(store) == [ANNA.name]


def test_a_session_that_reads_cannot_write(store: Database) -> None:
    with pytest.raises(Exception, match="read-only"), store.reading() as db:
        people.add(db, ANNA, NOW)


def test_moments_go_in_from_any_zone_and_come_out_in_utc(db: Session) -> None:
    amsterdam = datetime(2026, 11, 18, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    db.execute("INSERT INTO sign_ins VALUES ('t', 'p', $at, $at, NULL)", {"at": amsterdam})
    ((stored, moment),) = db.execute("SELECT strftime(created_at, '%H:%M'), created_at FROM sign_ins")
    assert stored == "23:30"
    assert moment == amsterdam
    assert moment.utcoffset() == timedelta(0)


def test_moments_written_in_bulk_are_the_same(db: Session) -> None:
    amsterdam = datetime(2026, 11, 18, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    columns = "fetch_id run_id source_id url final_url fetched_at status bytes error_kind".split()
    db.bulk("fetches.add", columns, [("f", "run", None, "u", None, amsterdam, None, 0, None)])
    assert db.execute("SELECT fetched_at FROM fetches") == [(amsterdam.astimezone(UTC),)]


@pytest.mark.parametrize("writes", ["execute", "in a list", "bulk"])
def test_a_moment_without_zone_is_refused(db: Session, writes: str) -> None:
    naive = datetime(2026, 11, 18, 9)  # noqa: DTZ001  # that is the point
    with pytest.raises(ValueError, match="without time zone"):
        if writes == "bulk":
            db.bulk("articles.bring_forward", ("article_id", "published_at"), [("a", naive)])
        else:
            db.execute("SELECT $at", {"at": [naive] if writes == "in a list" else naive})


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_survives_without_nul_and_half_characters(db: Session, text: str) -> None:
    assert db.execute("SELECT $text", {"text": text}) == [(TEXTS[text],)]
    assert db.execute("SELECT unnest(from_json($all, '[\"VARCHAR\"]'))", {"all": [text, "b"]}) == [
        (TEXTS[text],),
        ("b",),
    ]
    db.bulk("articles.add_addresses", ("canonical_url", "article_id"), [(text, "a")])
    assert db.execute("SELECT canonical_url FROM article_urls") == [(TEXTS[text],)]


_CELLS = st.sampled_from(["text", "whole", "number", "truth", "moment", "texts", "wholes"])
_VALUES = {
    "text": st.text(),
    "whole": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53),
    "truth": st.booleans(),
    "moment": st.datetimes(timezones=st.just(UTC)),
    "texts": st.lists(st.text()),
    "wholes": st.lists(st.integers(-(2**63), 2**63 - 1)),
}
_TYPES = {
    "text": "VARCHAR", "whole": "BIGINT", "number": "DOUBLE", "truth": "BOOLEAN", "moment": "TIMESTAMP",
    "texts": "VARCHAR[]", "wholes": "BIGINT[]",
}  # fmt: skip


@given(st.data())
def test_what_goes_in_by_bulk_comes_out(data: st.DataObject) -> None:
    """Also a column in which most or all is missing, and lists of which some or all are empty."""
    kinds = data.draw(st.lists(_CELLS, min_size=1, max_size=4))
    rows = data.draw(st.lists(st.tuples(*(st.none() | _VALUES[kind] for kind in kinds)), min_size=1, max_size=5))
    names = [f"c{place}" for place in range(len(kinds))]
    with duckdb.connect() as connection:
        declared = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in zip(names, kinds, strict=True))
        connection.execute(f"CREATE TABLE kept (place INTEGER, {declared}); SET TimeZone = 'UTC'")
        db = Session(connection)
        with pytest.MonkeyPatch.context() as patch:
            columns = ", ".join(["place", *names])
            statement = f"INSERT INTO kept SELECT {columns} FROM staged"
            patch.setattr("storage.queries.named", lambda name: statement)
            db.bulk("kept.add", ["place", *names], [(place, *row) for place, row in enumerate(rows)])
        kept = [row[1:] for row in db.execute("SELECT * FROM kept ORDER BY place")]
    assert kept == [tuple(_without_nul(cell) for cell in row) for row in rows]


def _without_nul(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_without_nul(each) for each in cell]
    return cell.replace("\x00", "") if isinstance(cell, str) else cell


def test_a_column_of_two_kinds_is_refused(db: Session) -> None:
    with pytest.raises(TypeError, match="int, str"):
        db.bulk("articles.add_addresses", ("canonical_url", "article_id"), [("a", "b"), (1, "c")])


def test_no_rows_in_bulk_is_no_statement(db: Session) -> None:
    db.bulk("there.is_none", (), [])


def test_a_database_that_is_not_there_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    nowhere = Database(tmp_path / "none.duckdb")
    for session in (nowhere.reading, nowhere.writing):
        with pytest.raises(StorageError, match=r"There is no database at .*none\.duckdb.*duiding init"), session():
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_taken_away_is_told_too(store: Database) -> None:
    _write(store)
    store.path.unlink()
    with pytest.raises(StorageError, match="There is no database"):
        _write(store)
    assert not store.path.exists()


def test_an_older_database_asks_for_the_migration_and_a_newer_one_for_another_program(store: Database) -> None:
    with store.writing() as db:
        db.execute("DELETE FROM schema_versions")
    with pytest.raises(
        DatabaseVersionError, match=r"schema 0, this program needs \d+\. Run `duiding migrate`"
    ) as older:
        _names(Database(store.path))
    with store.writing() as db:
        db.execute("INSERT INTO schema_versions VALUES (99, '0099_new.sql', TIMESTAMP '2030-01-01')")
    with pytest.raises(DatabaseVersionError, match=r"newer Duiding \(schema 99, this one knows \d+\)") as newer:
        _write(Database(store.path))
    assert (older.value.exit_code, newer.value.exit_code) == (2, 2)


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageError, match=r"not a valid DuckDB database.*duiding restore"):
        _names(Database(tmp_path / "a.duckdb"))


def test_a_damaged_block_is_not_taken_for_a_lock(store: Database) -> None:
    damaged = bytearray(store.path.read_bytes())
    damaged[4200:4400] = bytes(200)
    damaged[8300:8500] = bytes(200)
    damaged[12400:12600] = bytes(200)
    store.path.write_bytes(damaged)
    began = time.monotonic()
    with pytest.raises(StorageError, match=r"Corrupt database file.* block .*duiding restore") as told:
        _names(store)
    assert not isinstance(told.value, DatabaseBusyError)
    assert time.monotonic() - began < 4, "it waited as if for a lock"


def test_a_folder_that_cannot_be_written_is_told(store: Database, tmp_path: Path) -> None:
    (tmp_path / "duiding.duckdb.lock").mkdir()
    with pytest.raises(StorageError, match="Cannot write beside the database"):
        _names(store)


def test_a_persons_statement_gives_names_and_rows(store: Database) -> None:
    _write(store)
    with store.reading() as db:
        assert db.table("SELECT name, role FROM people;") == [("name", "role"), (ANNA.name, "catalyst")]


@pytest.mark.parametrize(
    "statement", ["SELEC 1", "SELECT * FROM nowhere", ";", "", "COMMIT", "ROLLBACK; SELECT 1", "BEGIN"]
)
def test_a_statement_that_is_wrong_or_would_end_our_transaction_is_refused(store: Database, statement: str) -> None:
    with pytest.raises(UsageError), store.writing() as db:
        people.add(db, ANNA, NOW)
        db.table(statement)
    assert _names(store) == []


def test_a_process_that_is_killed_inside_a_session_leaves_nothing_locked_and_nothing_torn(store: Database) -> None:
    _write(store)
    with other("hold_writing", store.path) as holder:
        holder.kill()
    began = time.monotonic()
    with store.writing() as db:
        assert [one.name for one in people.every(db)] == [ANNA.name]
        assert db.execute("SELECT count(*) FROM fetches") == [(0,)]
        people.add(db, BEN, NOW)
    assert time.monotonic() - began < 5
    assert set(_names(store)) == {ANNA.name, BEN.name}


def test_what_a_killed_process_had_committed_is_there_and_its_pairs_are_whole(store: Database) -> None:
    for turn in range(3):
        with other("write_pairs", store.path, f"turn {turn}", 1000) as writer:
            told = [writer.line() for _ in range(2 + turn)]
            told += writer.kill()
        with store.reading() as db:
            people_ = {name for (name,) in db.execute("SELECT name FROM people")}
            fetched = {name for (name,) in db.execute("SELECT fetch_id FROM fetches")}
        assert set(told) <= people_
        assert people_ == fetched


def test_what_stands_in_the_log_only_is_read_by_all_and_taken_in_by_the_next_writer(store: Database) -> None:
    with other("die_in_log", store.path, "late") as dying:
        dying.rest()
    log = Path(f"{store.path}.wal")
    assert log.exists()
    assert _names(store) == _names(store) == ["late"]
    _write(store)
    assert set(_names(store)) == {"late", ANNA.name}
    assert not log.exists()


def test_a_writer_is_not_starved_by_readers_who_never_leave_a_gap(store: Database) -> None:
    waits = []
    with other("overlapping_readers", store.path) as readers:
        for number in range(5):
            began = time.monotonic()
            with store.writing() as db:
                waits.append(time.monotonic() - began)
                db.execute("INSERT INTO suppressions VALUES ($n, 'r', TIMESTAMP '2026-01-01')", {"n": str(number)})
        readers.tell()
        readers.line()
    assert max(waits) < 5, waits


def test_waiting_is_bounded_and_names_the_process(store: Database) -> None:
    with other("hold_writing", store.path) as holder:
        for session in (Database(store.path, wait_s=0.2).reading, Database(store.path, wait_s=0.2).writing):
            began = time.monotonic()
            with (
                pytest.raises(DatabaseBusyError, match=rf"in use by process {holder.pid} of Duiding") as busy,
                session(),
            ):
                pass
            assert 0.2 <= time.monotonic() - began < 3
            assert busy.value.again
        holder.tell()
        assert holder.line() == "done"
    _write(store)


def test_a_reader_who_is_in_the_way_is_not_called_by_the_name_of_an_earlier_writer(store: Database) -> None:
    _write(store)  # its process id stood in the lock file
    with other("hold_reading", store.path):
        assert _names(store) == [ANNA.name]
        with pytest.raises(DatabaseBusyError, match="in use by another process of Duiding"):
            _write(Database(store.path, wait_s=0.1))


def test_a_foreign_program_is_named_and_when_it_lets_go_our_session_goes_on(store: Database) -> None:
    with other("foreign", store.path) as foreign:
        for session in (Database(store.path, wait_s=0.2).reading, Database(store.path, wait_s=0.2).writing):
            with (
                pytest.raises(DatabaseBusyError, match=rf"python\S* \(process {foreign.pid}\).*duiding sql"),
                session(),
            ):
                pass
        ours = Thread(target=_write, args=(Database(store.path, wait_s=PATIENCE_S),))
        ours.start()
        while not _is_locked(store.path):  # we stand before DuckDB's own lock now
            time.sleep(0.01)
        foreign.tell()
        ours.join(PATIENCE_S)
        assert not ours.is_alive()
    assert _names(store) == [ANNA.name]


def test_a_foreign_program_that_reads_keeps_only_writers_out(store: Database) -> None:
    _write(store)
    with other("foreign_reader", store.path) as foreign:
        assert _names(store) == [ANNA.name]
        with pytest.raises(DatabaseBusyError, match=f"process {foreign.pid}"):
            _write(Database(store.path, wait_s=0.2))
    _write(store)


def test_a_child_that_was_forked_inside_a_session_does_not_keep_the_lock(store: Database) -> None:
    with other("fork_inside", store.path) as parent:
        _write(Database(store.path, wait_s=2))
        parent.tell()
        parent.rest()
    assert _names(store) == [ANNA.name]


def test_a_full_disk_is_told_clearly_and_loses_nothing_that_was_committed(store: Database) -> None:
    with other("full_disk", store.path, 200_000) as writer:
        *committed, last = writer.rest()
    assert last.startswith("error "), last
    assert "Nothing of this was kept. Free disk space" in last
    stored = {name.split("-")[0] for name in _names(store)}
    assert stored == set(committed) != set()
    _write(store)


def test_one_who_holds_a_session_and_asks_for_another_is_told_and_not_stuck_for_ever(store: Database) -> None:
    with store.writing():
        began = time.monotonic()
        with pytest.raises(DatabaseBusyError, match=f"process {os.getpid()}"):
            _names(Database(store.path, wait_s=0.1))
        assert time.monotonic() - began < 3


def _is_locked(path: Path) -> bool:
    try:
        with database.locked(path, fcntl.LOCK_SH, 0):
            return False
    except DatabaseBusyError:
        return True


@pytest.mark.skipif(bool(find_spec("pandas")), reason="pandas is installed here")
def test_where_pandas_is_not_there_nobody_looks_for_it_again() -> None:
    class Watching:
        asked: ClassVar[list[str]] = []

        @classmethod
        def find_spec(cls, name: str, path: object = None, target: object = None) -> None:
            cls.asked.append(name)

    def bound() -> list[str]:
        Watching.asked.clear()
        assert connection.execute("SELECT $text", {"text": "a"}).fetchall() == [("a",)]
        return Watching.asked

    with duckdb.connect() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", [Watching, *sys.meta_path])
        bound()
        assert "pandas" in bound(), "DuckDB does not look any more: database.without_pandas can go"
        with database.without_pandas():
            assert "pandas" not in bound()
        assert "pandas" in bound()
