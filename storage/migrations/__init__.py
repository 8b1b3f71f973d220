"""Numbered SQL files, each applied once together with its record, in one transaction, under the exclusive lock."""

import fcntl
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import duckdb

from curate.errors import StorageError
from storage import database

_WAIT_S = 60.0

_RECORDS = """
CREATE TABLE IF NOT EXISTS schema_versions (
  version INTEGER PRIMARY KEY, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL
)
"""


def every() -> tuple[tuple[int, str, str], ...]:
    """Return (number, file name, SQL) of each migration, oldest first."""
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".sql"))
    found = sorted((int(file.name[:4]), file.name, file.read_text(encoding="utf-8")) for file in files)
    return tuple(found)


def newest() -> int:
    """Return the schema version that this program writes."""
    return every()[-1][0]


def version_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return the schema version of an open database; 0 for one without a schema."""
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_versions'").fetchone()
    if not known:
        return 0
    row = connection.execute("SELECT coalesce(max(version), 0) FROM schema_versions").fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Migrated:
    """What migrating did."""

    applied: tuple[str, ...]
    """File names, oldest first."""
    found: int
    """The schema version before; 0 for a new database."""
    copy: Path | None
    """The database as it was before; None when nothing was applied, or there was none."""


def migrate(path: Path, now: datetime) -> Migrated:
    """Bring the database to the newest schema and say what was done; an existing file is copied first.

    The copy stands in the folder ``backups`` beside it and bears the version that it has. Raises DatabaseVersionError
    for a newer database, and StorageError when there is no room for the copy or a migration fails: that one and those
    after it are not applied.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with database.locked(path, fcntl.LOCK_EX, _WAIT_S):
        if path.exists() and not path.stat().st_size:
            path.unlink()  # what is left when the very first start was killed; DuckDB refuses an empty file
        existed = path.exists()
        connection = database.connected(path, read_only=False, wait_s=_WAIT_S)
        try:
            found = version_of(connection)
            if found > newest():
                database.check_version(connection, path)
            copy = _copied(connection, path, found, now) if existed and found < newest() else None
            return Migrated(upgrade(connection, now), found, copy)
        finally:
            connection.close()


def upgrade(connection: duckdb.DuckDBPyConnection, now: datetime) -> tuple[str, ...]:
    """Apply what an open database lacks, each migration whole, and return their file names. Takes no copy."""
    found = version_of(connection)
    return tuple(_apply(connection, one, now) for one in every() if one[0] > found)


def _copied(connection: duckdb.DuckDBPyConnection, path: Path, found: int, now: datetime) -> Path:
    """Copy the file while nobody else can write to it; half a copy never bears the name of a whole one."""
    connection.execute("CHECKPOINT")
    copy = path.parent / "backups" / f"{path.stem}-schema-{found}-{now:%Y%m%dT%H%M%SZ}{path.suffix}"
    part = copy.with_name(f"{copy.name}.part")
    try:
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out, path.open("rb") as old:
            shutil.copyfileobj(old, out, 1 << 20)
            os.fsync(out.fileno())
        part.replace(copy)
    except OSError as error:
        raise StorageError(
            f"The database cannot be copied to {copy} before it is migrated: {error.strerror}. Nothing was changed."
        ) from None
    return copy


def _apply(connection: duckdb.DuckDBPyConnection, migration: tuple[int, str, str], now: datetime) -> str:
    version, name, sql = migration
    connection.execute("BEGIN")
    try:
        connection.execute(_RECORDS)
        connection.execute(sql)
        moment = now.astimezone(UTC).replace(tzinfo=None)
        connection.execute("INSERT INTO schema_versions VALUES (?, ?, ?)", [version, name, moment])
        connection.execute("COMMIT")
    except duckdb.Error as error:
        with suppress(duckdb.Error):  # a commit that failed has rolled back already
            connection.execute("ROLLBACK")
        reason = str(error).splitlines()[0]
        raise StorageError(f"{name} could not be applied: {reason}. The database is as it was before it.") from error
    return name
