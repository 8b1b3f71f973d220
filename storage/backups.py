"""Copies of the database, taken and put back under our lock while everything goes on."""

import fcntl
import itertools
import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from curate.errors import DatabaseVersionError, StorageError, UsageError
from storage import database
from storage.database import Database


def take(source: Database, file: Path) -> int:
    """Write a copy and return its size in bytes.

    Raises UsageError when ``file`` exists already and StorageError when there is no database or no room.
    """
    if file.exists():
        raise UsageError(f"{file} exists already; name a file that does not.")
    part = file.with_name(f"{file.name}.part")
    with database.locked_existing(source.path, fcntl.LOCK_SH, source.wait_s):
        _copy_whole(source.path, part)
    _take_in_log(part)
    part.replace(file)
    return file.stat().st_size


def restore(target: Database, file: Path, now: datetime) -> Path | None:
    """Put a backup in place and return where the database before it is kept.

    Raises UsageError when ``file`` is no database of ours and DatabaseVersionError when a newer Duiding wrote it,
    before anything is touched. An older one is put in place and asks for ``duiding migrate``.
    """
    _check(file)
    with database.locked(target.path, fcntl.LOCK_EX, target.wait_s):
        part = target.path.with_name(f"{target.path.name}.part")
        _copy_whole(file, part)
        _take_in_log(part)
        kept = _unused(target.path.with_name(f"{target.path.name}.until-{now:%Y%m%dT%H%M%SZ}"))
        existed = target.path.exists()
        if existed:
            target.path.replace(kept)
        # The log goes with the database it belongs to: DuckDB would play it into the one that comes in its place.
        if _log(target.path).exists():
            _log(target.path).replace(_log(kept))
        part.replace(target.path)
    return kept if existed else None


def _check(file: Path) -> None:
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
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute("CHECKPOINT")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise StorageError(f"{path} cannot be completed: {reason}. Nothing was changed.") from error


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}. Nothing was changed.") from error
