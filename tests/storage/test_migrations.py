"""Numbered SQL files: each once, each whole, and never without a copy of what was there."""

import fcntl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from curate.errors import DatabaseVersionError, StorageError
from storage import database, migrations, people
from storage.database import Database
from tests.storage.builders import ANNA, NOW, later

OURS = migrations.every()
NAMES = tuple(name for _, name, _ in OURS)
NUMBERS = [number for number, _, _ in OURS]
NEXT = NUMBERS[-1] + 1
SECOND = (NEXT, "next_second.sql", "ALTER TABLE people ADD COLUMN city VARCHAR; CREATE TABLE cities (city VARCHAR);")
BROKEN = (NEXT + 1, "next_broken.sql", "CREATE TABLE half (a INTEGER); INSERT INTO nowhere VALUES (1);")

Ours = Callable[..., None]


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Ours:
    """Give this program further migrations."""

    def more(*added: tuple[int, str, str]) -> None:
        monkeypatch.setattr(migrations, "every", lambda: (*OURS, *added))

    return more


@pytest.fixture
def lived_in(store: Database) -> Path:
    """A database that somebody uses."""
    with store.writing() as db:
        people.add(db, ANNA, NOW)
    return store.path


def _looked_at(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _versions(path: Path) -> list[object]:
    return [number for (number,) in _looked_at(path, "SELECT version FROM schema_versions ORDER BY 1")]


def _tables(path: Path) -> set[object]:
    return {name for (name,) in _looked_at(path, "SELECT table_name FROM duckdb_tables()")}


def test_a_place_without_database_gets_one_with_its_folder_and_a_record(tmp_path: Path) -> None:
    path = tmp_path / "home" / "deeper" / "duiding.duckdb"
    assert migrations.migrate(path, NOW).applied == NAMES
    record = _looked_at(path, "SELECT version, name, applied_at FROM schema_versions ORDER BY 1")
    assert record == [(number, name, NOW.replace(tzinfo=None)) for number, name, _ in OURS]
    assert not (path.parent / "backups").exists()


def test_an_empty_file_left_by_a_start_that_was_killed_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "duiding.duckdb"
    path.touch()
    assert migrations.migrate(path, NOW).applied == NAMES
    assert _versions(path) == NUMBERS


def test_a_database_without_a_schema_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "duiding.duckdb"
    duckdb.connect(str(path)).close()
    assert migrations.migrate(path, NOW).applied == NAMES


def test_migrating_again_does_nothing_and_copies_nothing(lived_in: Path) -> None:
    before = lived_in.read_bytes()
    assert migrations.migrate(lived_in, later(days=1)).applied == ()
    assert migrations.migrate(lived_in, later(days=2)).applied == ()
    assert lived_in.read_bytes() == before
    assert not (lived_in.parent / "backups").exists()


def test_a_new_migration_keeps_what_is_there_and_a_copy_of_how_it_was(lived_in: Path, ours: Ours) -> None:
    ours(SECOND)
    assert migrations.migrate(lived_in, NOW).applied == ("next_second.sql",)
    assert _versions(lived_in) == [*NUMBERS, NEXT]
    assert _looked_at(lived_in, "SELECT name, city FROM people") == [(ANNA.name, None)]
    (copy,) = (lived_in.parent / "backups").iterdir()
    assert copy.name == f"duiding-schema-{NEXT - 1}-20261118T093000Z.duckdb"
    assert copy.stat().st_mode & 0o077 == 0
    assert _versions(copy) == NUMBERS
    assert _looked_at(copy, "SELECT name FROM people") == [(ANNA.name,)]
    assert "cities" not in _tables(copy)


def test_the_copy_has_what_stood_in_the_log_only(lived_in: Path, ours: Ours) -> None:
    with duckdb.connect(str(lived_in)) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("UPDATE people SET name = 'Anna van Vliet'")
    assert Path(f"{lived_in}.wal").exists()
    ours(SECOND)
    copy = migrations.migrate(lived_in, NOW).copy
    assert copy
    assert _looked_at(copy, "SELECT name FROM people") == [("Anna van Vliet",)]


def test_a_failing_migration_leaves_everything_as_before_and_says_which(lived_in: Path, ours: Ours) -> None:
    tables = _tables(lived_in)
    ours((NEXT, *BROKEN[1:]))
    for _ in range(2):
        with pytest.raises(
            StorageError, match=r"next_broken\.sql could not be applied: .*nowhere.* as it was before it"
        ):
            migrations.migrate(lived_in, NOW)
        assert _versions(lived_in) == NUMBERS
        assert _tables(lived_in) == tables
        assert _looked_at(lived_in, "SELECT name FROM people") == [(ANNA.name,)]


def test_what_was_applied_before_the_failing_one_stays_and_the_rest_follows_when_it_is_mended(
    lived_in: Path, ours: Ours
) -> None:
    ours(SECOND, BROKEN)
    with pytest.raises(StorageError, match="next_broken"):
        migrations.migrate(lived_in, NOW)
    assert _versions(lived_in) == [*NUMBERS, NEXT]
    ours(SECOND, (NEXT + 1, "next_mended.sql", "CREATE TABLE half (a INTEGER)"))
    assert migrations.migrate(lived_in, NOW).applied == ("next_mended.sql",)
    assert _versions(lived_in) == [*NUMBERS, NEXT, NEXT + 1]


def test_a_newer_database_is_refused_and_not_touched(lived_in: Path, ours: Ours) -> None:
    ours(SECOND)
    migrations.migrate(lived_in, NOW)
    ours()
    before = lived_in.read_bytes()
    with pytest.raises(DatabaseVersionError, match=rf"newer Duiding \(schema {NEXT}, this one knows {NEXT - 1}\)"):
        migrations.migrate(lived_in, NOW)
    assert lived_in.read_bytes() == before


def test_sessions_wait_for_the_migration_by_name(lived_in: Path, ours: Ours) -> None:
    ours(SECOND)
    with pytest.raises(DatabaseVersionError, match="duiding migrate"), Database(lived_in).reading():
        pass
    migrations.migrate(lived_in, NOW)
    with Database(lived_in).reading() as db:
        assert db.execute("SELECT city FROM people") == [(None,)]


def test_two_who_migrate_at_once_apply_each_one_once(tmp_path: Path) -> None:
    path = tmp_path / "duiding.duckdb"
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrations.migrate(path, NOW).applied, range(4)))
    assert sorted(applied) == [(), (), (), NAMES]
    assert _versions(path) == NUMBERS


def test_the_lock_is_free_after_a_failure(lived_in: Path, ours: Ours) -> None:
    ours((NEXT, *BROKEN[1:]))
    with pytest.raises(StorageError):
        migrations.migrate(lived_in, NOW)
    with database.locked(lived_in, fcntl.LOCK_EX, 0):
        pass


def test_files_are_numbered_without_gaps_and_ours_are_the_newest() -> None:
    numbers = [number for number, _, _ in migrations.every()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert migrations.newest() == numbers[-1]


def test_long_texts_and_vectors_stand_in_tables_without_index(path: Path) -> None:
    """A checkpoint rewrites a table with an index whole: seconds at 100,000 articles."""
    indexed = {name for (name,) in _looked_at(path, "SELECT DISTINCT table_name FROM duckdb_constraints()"
               " WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')")}  # fmt: skip
    wide = _looked_at(
        path,
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name IN"
        " ('text', 'raw_text', 'content', 'so_what', 'vector', 'hashes')",
    )
    assert len(wide) >= 5
    assert not indexed & {name for (name,) in wide}


def test_moments_are_utc_timestamps_and_nothing_comes_from_a_sequence(path: Path) -> None:
    moments = _looked_at(
        path, "SELECT DISTINCT data_type FROM duckdb_columns() WHERE column_name LIKE '%\\_at' ESCAPE '\\'"
    )
    assert moments == [("TIMESTAMP",)]
    assert _looked_at(path, "SELECT count(*) FROM duckdb_sequences()") == [(0,)]


def test_the_record_is_kept_in_utc_whatever_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "duiding.duckdb"
    migrations.migrate(path, datetime.fromisoformat("2026-11-18T00:30:00+01:00"))
    assert _looked_at(path, "SELECT DISTINCT strftime(applied_at, '%d %H:%M') FROM schema_versions") == [("17 23:30",)]
