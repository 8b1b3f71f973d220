"""Numbered SQL files, each applied once together with its record, in one transaction, under the exclusive lock."""

import fcntl
import shutil
from contextlib import suppress
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


def migrate(path: Path, now: datetime) -> tuple[str, ...]:
    """Bring the database to the newest schema and return what was applied; an existing file is copied first.

    The copy stands beside it as ``<name>.before-<version>``. Raises DatabaseVersionError for a newer database, and
    StorageError when a migration fails: that one and those after it are not applied.
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
            waiting = [one for one in every() if one[0] > found]
            if existed and waiting:
                connection.execute("CHECKPOINT")
                shutil.copy2(path, path.with_name(f"{path.name}.before-{newest()}"))
            return tuple(_apply(connection, one, now) for one in waiting)
        finally:
            connection.close()


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
