"""Whether a database is whole: every row of every table can be read, and what belongs together is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from curate.errors import StorageError
from storage import migrations
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a database found."""

    schema: int
    bytes: int
    free_bytes: int
    """Of these, what is empty and used again."""
    rows: int
    damage: tuple[str, ...]
    """A sentence each; empty when all is well."""


def look(database: Database) -> Looked:
    """Read all of a database of this program's schema, table by table, so that who writes never waits for long.

    Each block that is read is held against its checksum. Raises StorageError and DatabaseVersionError when it cannot be
    opened at all.
    """
    with database.reading() as db:
        ((size, free),) = db.rows("integrity.size")
        names = [name for (name,) in db.rows("integrity.tables")]
    counts = {name: _read(database, name) for name in names}
    damage = [f"table {name}: {said}" for name, said in counts.items() if isinstance(said, str)]
    rows = sum(said for said in counts.values() if isinstance(said, int))
    return Looked(migrations.newest(), size, free, rows, (*damage, *(() if damage else _halves(database))))


def newest(database: Database) -> datetime | None:
    """Return the latest moment that anything was noted (aware UTC)."""
    with database.reading() as db:
        row = db.one("integrity.newest")
    return row[0] if row else None


def log_of(path: Path) -> int:
    """Return the bytes of the log beside a database: what is committed and not taken in yet."""
    log = Path(f"{path}.wal")
    return log.stat().st_size if log.exists() else 0


def _read(database: Database, table: str) -> int | str:
    """Return how many rows a table has, or why it cannot be read whole."""
    try:
        with database.reading() as db:
            ((count, _),) = db.execute(f'SELECT count(*), bit_xor(hash(one)) FROM "{table}" one')
        return int(count)
    except (StorageError, duckdb.Error) as error:
        return str(error).splitlines()[0]


def _halves(database: Database) -> Iterator[str]:
    with database.reading() as db:
        for (number,) in db.rows("integrity.changed_issues"):
            yield f"issue {number} is not what was frozen"
        for what, count in db.rows("integrity.halves"):
            if count:
                yield f"{count} {what} lack their words"
