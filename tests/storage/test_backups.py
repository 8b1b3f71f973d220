"""Copies of the database, whole while others write, and put back without losing what was there."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from curate.errors import DatabaseVersionError, StorageError, UsageError
from curate.people import Person
from storage import backups, people
from storage.database import Database
from tests.storage.builders import ANNA, BEN, MIA, NOW, later, other


def _add(store: Database, who: Person) -> None:
    with store.writing() as db:
        people.add(db, who, NOW)


def _names(path: Path) -> set[str]:
    with Database(path).reading() as db:
        return {one.name for one in people.every(db)}


def _only_in_log(store: Database, name: str) -> None:
    """Let a row be committed by a process that dies before the file is closed."""
    with other("die_in_log", store.path, name) as dying:
        dying.rest()
    assert Path(f"{store.path}.wal").exists()


def test_a_copy_opens_as_a_database_of_its_own(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    size = backups.take(store, tmp_path / "copy")
    assert size == (tmp_path / "copy").stat().st_size > 0
    _add(store, BEN)
    assert _names(tmp_path / "copy") == {ANNA.name}
    assert sorted(one.name for one in tmp_path.glob("copy*")) == ["copy", "copy.lock", "copy.turn"]


def test_a_copy_taken_while_another_process_writes_is_whole(store: Database, tmp_path: Path) -> None:
    with other("write_pairs", store.path, "pair", 1000) as writer:
        for turn in range(3):
            acknowledged = writer.line()
            backups.take(store, tmp_path / f"copy {turn}")
            with Database(tmp_path / f"copy {turn}").reading() as db:
                left = {name for (name,) in db.execute("SELECT name FROM people")}
                right = {name for (name,) in db.execute("SELECT fetch_id FROM fetches")}
            assert acknowledged in left
            assert left == right


def test_a_copy_takes_in_what_stands_in_the_log_only(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    _only_in_log(store, "late")
    backups.take(store, tmp_path / "copy")
    assert not (tmp_path / "copy.part.wal").exists()
    assert _names(tmp_path / "copy") == {ANNA.name, "late"} == _names(store.path)


def test_what_an_earlier_copy_left_halfway_is_not_mixed_in(store: Database, tmp_path: Path) -> None:
    (tmp_path / "copy.part").write_bytes(store.path.read_bytes())
    _only_in_log(store, "never kept")
    Path(f"{store.path}.wal").replace(tmp_path / "copy.part.wal")
    _add(store, ANNA)
    backups.take(store, tmp_path / "copy")
    assert _names(tmp_path / "copy") == {ANNA.name}


def test_a_file_that_exists_is_never_written_over(store: Database, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        backups.take(store, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"


def test_a_copy_to_nowhere_and_a_copy_of_nothing_are_told(store: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written: No such file or directory"):
        backups.take(store, tmp_path / "no folder" / "copy")
    with pytest.raises(StorageError, match="There is no database at"):
        backups.take(Database(tmp_path / "none.duckdb"), tmp_path / "copy")


def test_a_restored_copy_is_in_place_and_the_one_before_is_kept(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    backups.take(store, tmp_path / "copy")
    _add(store, BEN)
    kept = backups.restore(store, tmp_path / "copy", NOW).kept
    assert kept == store.path.with_name("duiding.duckdb.until-20261118T093000Z")
    assert kept
    assert _names(store.path) == {ANNA.name}
    assert _names(kept) == {ANNA.name, BEN.name}
    _add(store, MIA)
    assert _names(tmp_path / "copy") == {ANNA.name}, "the copy itself stays as it was"


def test_the_log_of_the_one_before_goes_with_it_and_not_into_the_restored(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    backups.take(store, tmp_path / "copy")
    _add(store, BEN)
    _only_in_log(store, "late")
    kept = backups.restore(store, tmp_path / "copy", NOW).kept
    assert _names(store.path) == {ANNA.name}
    assert kept
    assert _names(kept) == {ANNA.name, BEN.name, "late"}


def test_a_file_is_restored_with_the_log_beside_it(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    backups.take(store, tmp_path / "copy")
    _only_in_log(store, "late")
    kept = backups.restore(store, tmp_path / "copy", NOW).kept
    assert kept
    backups.restore(store, kept, later(hours=1))
    assert _names(store.path) == {ANNA.name, "late"}


def test_restoring_twice_in_the_same_moment_keeps_both(store: Database, tmp_path: Path) -> None:
    backups.take(store, tmp_path / "empty")
    _add(store, ANNA)
    first = backups.restore(store, tmp_path / "empty", NOW).kept
    _add(store, BEN)
    second = backups.restore(store, tmp_path / "empty", NOW).kept
    assert first
    assert second
    assert (_names(first), _names(second), _names(store.path)) == ({ANNA.name}, {BEN.name}, set())


def test_where_nothing_was_nothing_is_kept(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    backups.take(store, tmp_path / "copy")
    assert backups.restore(Database(tmp_path / "new.duckdb"), tmp_path / "copy", NOW).kept is None
    assert _names(tmp_path / "new.duckdb") == {ANNA.name}


def _text(file: Path) -> None:
    file.write_text("minutes of the meeting")


def _nothing(file: Path) -> None:
    """There is no such file."""


def _others(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE people (name VARCHAR)")


@pytest.mark.parametrize("make", [_text, _nothing, _others, Path.touch, Path.mkdir])
def test_what_is_no_database_of_ours_is_refused_before_anything_is_touched(
    store: Database, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    _add(store, ANNA)
    make(tmp_path / "file")
    before = store.path.read_bytes()
    with pytest.raises(
        UsageError, match=r"file is not a database of Duiding\. Give a file that `duiding backup` wrote"
    ):
        backups.restore(store, tmp_path / "file", NOW)
    assert store.path.read_bytes() == before
    assert not list(tmp_path.glob("*.until-*"))
    assert not list(tmp_path.glob("*.part"))


def test_a_copy_of_a_newer_program_is_refused_too(store: Database, tmp_path: Path) -> None:
    _add(store, ANNA)
    backups.take(store, tmp_path / "copy")
    with duckdb.connect(str(tmp_path / "copy")) as connection:
        connection.execute("INSERT INTO schema_versions VALUES (99, 'new', TIMESTAMP '2030-01-01')")
    with pytest.raises(
        DatabaseVersionError, match=r"newer Duiding \(schema 99, this one knows \d+\).*nothing was changed"
    ):
        backups.restore(store, tmp_path / "copy", NOW)
    assert _names(store.path) == {ANNA.name}


def test_a_program_that_stays_open_goes_on_with_the_restored_database(store: Database, tmp_path: Path) -> None:
    backups.take(store, tmp_path / "copy")
    _add(store, ANNA)
    backups.restore(Database(store.path), tmp_path / "copy", NOW)
    _add(store, BEN)
    with store.reading() as db:
        assert [one.name for one in people.every(db)] == [BEN.name]
