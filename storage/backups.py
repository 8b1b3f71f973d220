"""Copies of the database, taken and put back under our lock while everything goes on."""

import fcntl
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from curate.errors import DatabaseVersionError, StorageError, UsageError
from storage import database
from storage.database import Database, Session


def take(source: Database, file: Path) -> int:
    """Write a copy and return its size in bytes.

    Raises UsageError when ``file`` exists already and StorageError when there is no database or no room.
    """
    if file.exists():
        raise UsageError(f"{file} exists already; name a file that does not.")
    part = file.with_name(f"{file.name}.part")
    with database.locked_existing(source.path, fcntl.LOCK_SH, source.wait_s):
        _copy_whole(source.path, part)
    try:
        _take_in_log(part)
    except duckdb.Error as error:
        raise StorageError(f"{part} cannot be completed: {_first_line(error)}. Nothing was changed.") from error
    part.replace(file)
    return file.stat().st_size


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did."""

    kept: Path | None
    """Where the database before it is kept; None when there was none."""
    applied: tuple[str, ...]
    """Migrations that brought an older backup up to this program."""


Settle = Callable[[Session, Session | None], None]
"""Told the database that comes and, when it can be read, the one that goes; before they change places."""


def restore(target: Database, file: Path, now: datetime, settle: Settle = lambda _comes, _goes: None) -> Restored:
    """Put a backup in place, brought up to this program, and keep the database before it.

    All or nothing: killed at any moment, the old one is in place or the new one. ``file`` itself stays as it is. Raises
    UsageError when it is no database of ours and DatabaseVersionError when a newer Duiding wrote it, before anything is
    touched, and StorageError when there is no room.
    """
    look_at(file)
    with database.locked(target.path, fcntl.LOCK_EX, target.wait_s):
        part = target.path.with_name(f"{target.path.name}.part")
        _copy_whole(file, part)
        applied = _prepared(part, target.path, now, settle)
        return Restored(_swapped(target.path, part, now), applied)


def _prepared(part: Path, goes: Path, now: datetime, settle: Settle) -> tuple[str, ...]:
    """Bring the copy up to this program and let it be settled with what the other database knows."""
    from storage import migrations

    try:
        with duckdb.connect(str(part)) as connection, _readable(goes) as old:
            connection.execute("SET TimeZone = 'UTC'")
            applied = migrations.upgrade(connection, now)
            connection.execute("BEGIN")
            settle(Session(connection), old)
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT")
            return applied
    except duckdb.Error as error:
        raise StorageError(f"{part} cannot be completed: {_first_line(error)}. Nothing was changed.") from error


@contextmanager
def _readable(path: Path) -> Iterator[Session | None]:
    """Give a session on a database of this program's schema; None for one that is not there, damaged or of another."""
    from storage import migrations

    with ExitStack() as stack:
        session = None
        with suppress(duckdb.Error):
            if path.exists():
                connection = stack.enter_context(duckdb.connect(str(path), read_only=True))
                connection.execute("SET TimeZone = 'UTC'")
                if migrations.version_of(connection) == migrations.newest():
                    session = Session(connection)
        yield session


def _swapped(path: Path, part: Path, now: datetime) -> Path | None:
    """Let a new database take the place of the one there, and return where that is kept."""
    if not path.exists():
        _log(path).unlink(missing_ok=True)
        part.replace(path)
        return None
    with suppress(duckdb.Error):  # a damaged one keeps its log, which goes with it
        _take_in_log(path)
    kept = _unused(path.with_name(f"{path.name}.until-{now:%Y%m%dT%H%M%SZ}"))
    # The log goes with the database it belongs to: DuckDB would play it into the one that comes in its place.
    if _log(path).exists():
        _log(path).replace(_log(kept))
    try:
        os.link(path, kept)  # so that there is a database at every moment
    except OSError:
        path.replace(kept)
    part.replace(path)
    return kept


def look_at(file: Path) -> int:
    """Return the schema version of a backup; raises UsageError and DatabaseVersionError as :func:`restore` does."""
    from storage import migrations

    try:
        connection = duckdb.connect(str(file), read_only=True)
    except duckdb.Error:
        raise UsageError(f"{file} is not a database of Duiding. Give a file that `duiding backup` wrote.") from None
    try:
        known = migrations.version_of(connection)
    finally:
        connection.close()
    if not known:
        raise UsageError(f"{file} is not a database of Duiding. Give a file that `duiding backup` wrote.")
    if known > migrations.newest():
        raise DatabaseVersionError(
            f"{file} was written by a newer Duiding (schema {known}, this one knows {migrations.newest()}). Upgrade "
            "this program; nothing was changed."
        )
    return known


def _log(path: Path) -> Path:
    """Return the write-ahead log that DuckDB keeps beside a database; a killed process leaves it there."""
    return Path(f"{path}.wal")


def _unused(path: Path) -> Path:
    """Return a name that nothing has: two restores within a second, or with a clock that stands still, keep both."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain([path], numbered) if not name.exists())


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a database with its log; one that an earlier copy left half-way is not mixed in."""
    _log(target).unlink(missing_ok=True)
    _copy(source, target)
    if _log(source).exists():
        _copy(_log(source), _log(target))


def _take_in_log(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CHECKPOINT")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}. Nothing was changed.") from error
