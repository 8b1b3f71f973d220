"""Copies of the database, taken and put back under our lock while everything goes on."""

import fcntl
import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from curate.errors import StorageError, UsageError
from storage import database
from storage.database import Database


def take(source: Database, file: Path) -> int:
    """Write a copy and return its size in bytes; raises UsageError when ``file`` exists already."""
    if file.exists():
        raise UsageError(f"{file} exists already; name a file that does not.")
    part = file.with_name(f"{file.name}.part")
    with database.locked(source.path, fcntl.LOCK_SH, source.wait_s):
        _copy(source.path, part)
        wal = Path(f"{source.path}.wal")
        if wal.exists():
            _copy(wal, Path(f"{part}.wal"))
    connection = duckdb.connect(str(part))  # takes in what stood in the write-ahead log
    connection.execute("CHECKPOINT")
    connection.close()
    part.replace(file)
    return file.stat().st_size


def restore(target: Database, file: Path, now: datetime) -> Path | None:
    """Put a backup in place and return where the database before it is kept.

    Raises UsageError when ``file`` is no database of ours, before anything is touched.
    """
    _check(file)
    kept = target.path.with_name(f"{target.path.name}.until-{now:%Y%m%dT%H%M%SZ}")
    with database.locked(target.path, fcntl.LOCK_EX, target.wait_s):
        part = target.path.with_name(f"{target.path.name}.part")
        _copy(file, part)
        existed = target.path.exists()
        if existed:
            target.path.replace(kept)
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


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise StorageError(f"{target} cannot be written: {error.strerror}. Nothing was changed.") from error
