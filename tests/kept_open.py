"""Database files that stay open for the length of a test.

Opening one takes DuckDB 35 ms of work, most of what a test of a page would cost, and it does so dozens of times.
Whether files are really closed, locked and given to others is asked in tests/storage, of the real thing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from storage import database

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|WITH staged AS)\b", re.IGNORECASE)


class _ReadOnly:
    """A connection that refuses to write, as one to a file that was opened to read does."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, *params: Any) -> Any:
        if _WRITES.match(sql):
            raise duckdb.InvalidInputException(f"this session only reads: {sql[:80]}")
        return self._connection.execute(sql, *params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@contextmanager
def kept_open() -> Iterator[None]:
    """Open each file once, and give every session a connection of its own to it; all are closed at the end."""
    really, files = database.connected, dict[Path, duckdb.DuckDBPyConnection]()

    def connected(path: Path, *, read_only: bool, wait_s: float) -> duckdb.DuckDBPyConnection:
        if path not in files:
            files[path] = really(path, read_only=False, wait_s=wait_s)
        connection = files[path].cursor()
        connection.execute("SET TimeZone = 'UTC'")
        return cast(duckdb.DuckDBPyConnection, _ReadOnly(connection)) if read_only else connection

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "connected", connected)
        try:
            yield
        finally:
            for connection in files.values():
                connection.close()
