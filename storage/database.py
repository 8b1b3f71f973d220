"""Sessions on the one DuckDB file, safe for many processes at once.

DuckDB lets one process write a file at a time, and ours are several (flow runs, the web pages, the command line). So
every session takes a lock on a file beside the database *before* DuckDB opens it and gives it back *after* closing:
shared to read, exclusive to write. Relying on DuckDB's own lock instead starves writers for many seconds, and DuckDB
2.0.0, which reads the file's header before it takes its lock, then loses writes (docs/architecture.md).

Sessions are short: no model, network or mail call inside one, and results are read completely before leaving. A killed
process leaves nothing locked (the kernel drops its locks) and nothing torn (a transaction is whole or absent).
"""

import fcntl
import os
import random
import re
import sys
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from curate.errors import DatabaseBusyError, DatabaseVersionError, StorageError, UsageError
from storage import queries, values
from storage.memory import Memory, state
from storage.values import Row

T = TypeVar("T")

_CONFIG: dict[str, Any] = {
    "threads": 2,
    "autoinstall_known_extensions": False,  # nothing is fetched at run time
    "autoload_known_extensions": False,
}


class Session:
    """A short stretch of work on the open database. Moments go in as aware datetimes and come out as aware UTC."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, memory: Memory | None = None) -> None:
        self._connection = connection
        self._memory = memory or Memory()

    def execute(self, sql: str, params: Mapping[str, Any] | None = None) -> list[Row]:
        """Run one statement with ``$name`` parameters and return all rows.

        A list goes in as JSON text (``unnest(from_json($ids, '["VARCHAR"]'))``): DuckDB takes a tenth of a millisecond
        for every element of a list that is bound as such. Raises StorageError when the disk or the file fails.
        """
        self._memory.note(sql)
        with _told_clearly():
            cursor = self._connection.execute(sql, values.bound(params))
            return [values.from_storage(row) for row in cursor.fetchall()]

    def table(self, sql: str) -> list[Row]:
        """Run one statement that a person wrote and return a row of column names and all rows.

        Raises UsageError with DuckDB's own words for a statement that is wrong, and for one that would end our
        transaction under us.
        """
        self._memory.forget()
        try:
            statements = self._connection.extract_statements(sql)
            if not statements:
                raise UsageError("There is no statement here. Write one that ends with a semicolon.")
            if any(one.type == duckdb.StatementType.TRANSACTION for one in statements):
                raise UsageError("Each statement is a transaction of its own here; leave out BEGIN and COMMIT.")
            cursor = self._connection.execute(sql)
            names = tuple(column[0] for column in cursor.description or ())
            return [names, *cursor.fetchall()]
        except duckdb.Error as error:
            raise UsageError(str(error)) from None

    def rows(self, name: str, /, **params: Any) -> list[Row]:
        """Run the statement called ``<noun>.<name>`` of storage/sql and return all rows."""
        return self.execute(queries.named(name), params)

    def one(self, name: str, /, **params: Any) -> Row | None:
        """Return the first row of a named statement, or None."""
        rows = self.rows(name, **params)
        return rows[0] if rows else None

    def remembered(self, what: Hashable, tables: tuple[str, ...], read: Callable[[], T]) -> T:
        """Return what ``read`` made of these tables last, unless something was written to them since.

        For what every request asks: even the smallest statement takes DuckDB a millisecond or two to plan.
        """
        return self._memory.recall(what, tables, read)

    def bulk(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Run a named statement that reads the relation ``staged``, which holds these rows. No rows, no statement.

        They go in as one JSON text. As a pyarrow table they would go two to six times faster (20,000 deliveries: 64 ms
        against 11), but pyarrow takes 36 MB of every process that writes, and most write a few rows.
        """
        if not rows:
            return
        sql = queries.named(name)
        self._memory.note(sql)
        staging, text = values.staged(columns, rows)
        with _told_clearly():
            self._connection.execute(f"{staging} {sql}", {"staged": text})

    def load(self, name: str, staged: Any) -> None:
        """Run a named statement that reads the relation ``staged``, a pyarrow table: the fast way in for vectors."""
        self._memory.note(queries.named(name))
        with _told_clearly():
            self._connection.register("staged", staged)
            try:
                self._connection.execute(queries.named(name))
            finally:
                self._connection.unregister("staged")

    def records(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        """Return a named statement's rows, each by the names of its columns."""
        with _told_clearly():
            cursor = self._connection.execute(queries.named(name), values.bound(params))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, values.from_storage(row), strict=True)) for row in cursor.fetchall()]

    def arrow(self, name: str, /, **params: Any) -> Any:
        """Return a named statement's rows as a pyarrow table: the fast way out for vectors."""
        with _told_clearly():
            return self._connection.execute(queries.named(name), values.bound(params)).to_arrow_table()


class Database:
    """One DuckDB file with its lock file ``<path>.lock``.

    ``wait_s`` bounds how long a session waits for its turn; then DatabaseBusyError names who holds the file.
    """

    def __init__(self, path: Path, wait_s: float = 30.0) -> None:
        self.path = path
        self.wait_s = wait_s
        self._checked = False
        self._memory = Memory()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; many run at once. Raises StorageError when there is no database."""
        with locked_existing(self.path, fcntl.LOCK_SH, self.wait_s), self._opened(read_only=True) as connection:
            yield Session(connection, self._memory)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that writes: one transaction, committed at the end, rolled back when an error leaves the block.

        Raises StorageError when there is no database, and when it cannot be committed: then nothing of it is kept.
        """
        with self.held(write=True) as held, held.writing() as session:
            yield session

    @contextmanager
    def held(self, *, write: bool, keep_log: bool = False) -> Iterator["Held"]:
        """The open file for several short sessions in a row; who holds it gives it back as soon as it is wanted.

        Opening and closing cost more than most sessions, so a busy program saves most of its time. With ``keep_log``
        what is committed stays in the log beside the file until some megabytes have come together, or until somebody
        opens it without: when it is taken in, DuckDB 1.5 rewrites every indexed table that changed, for half a second
        at 50,000 articles. Raises as :meth:`reading` does.
        """
        kind = fcntl.LOCK_EX if write else fcntl.LOCK_SH
        with locked_existing(self.path, kind, self.wait_s), self._opened(read_only=not write) as connection:
            if write and keep_log:
                connection.execute("PRAGMA disable_checkpoint_on_shutdown; SET checkpoint_threshold = '4MB'")
            yield Held(connection, self, self._memory, write)

    def check(self) -> None:
        """Raise what a session would: no database, one of another version, one that cannot be opened."""
        with self.reading():
            pass

    def mark(self) -> Hashable:
        """Return how the file was when our last session ended; for :meth:`is_changed_since`."""
        return self._memory.left

    def is_changed_since(self, mark: Hashable) -> bool:
        """Whether anybody wrote since; asking costs microseconds and opens nothing."""
        return state(self.path) != mark

    @contextmanager
    def _opened(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        self._memory.look_at(self.path)
        connection = connected(self.path, read_only=read_only, wait_s=self.wait_s)
        try:
            if not self._checked:
                check_version(connection, self.path)
                self._checked = True
            yield connection
        finally:
            connection.close()
            self._memory.leave(self.path)


class Held:
    """A database file that is open in our hands; ``write`` says whether it may be written to."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: Database, memory: Memory, write: bool) -> None:
        self._connection = connection
        self._path = database.path
        self._memory = memory
        self.write = write

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, all of it at one moment."""
        with self._transaction("BEGIN TRANSACTION READ ONLY") as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is one transaction, as :meth:`Database.writing`."""
        with self._transaction("BEGIN") as session:
            yield session

    def is_wanted(self) -> bool:
        """Whether another process stands in line for the file."""
        with _file(self._path, ".turn") as turn:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Session]:
        with _told_clearly():
            self._connection.execute(begin)
        try:
            yield Session(self._connection, self._memory)
        except BaseException:
            self._memory.forget()  # what was read after something was written, and now was not
            with suppress(duckdb.Error):  # a database that stopped has rolled back; its own error says more
                self._connection.execute("ROLLBACK")
            raise
        with _told_clearly():
            self._connection.execute("COMMIT")


@contextmanager
def without_pandas() -> Iterator[None]:
    """While inside, "is pandas there?" is answered without looking, when it is not.

    DuckDB asks it twice for every value that is bound, and again as long as the answer is no. Then Python looks into
    each folder of its path, and after each look another thread may take over: a fifth of the time of a busy desk went
    there. Only for programs that use pandas nowhere; one that asks with ``find_spec`` gets an error.
    """
    if find_spec("pandas"):
        yield
        return
    sys.meta_path.insert(0, _NoPandas)
    try:
        yield
    finally:
        sys.meta_path.remove(_NoPandas)


class _NoPandas:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:  # as Python calls it
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


def check_version(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raise DatabaseVersionError unless the database is exactly what this program writes."""
    from storage import migrations

    found, ours = migrations.version_of(connection), migrations.newest()
    if found > ours:
        raise DatabaseVersionError(
            f"{path} was written by a newer Duiding (schema {found}, this one knows {ours}). Upgrade this program."
        )
    if found < ours:
        raise DatabaseVersionError(
            f"{path} has schema {found}, this program needs {ours}. Run `duiding migrate`: it takes a backup first."
        )


def create(path: Path, now: datetime | None = None) -> Database:
    """Return the database at ``path``, made and migrated when it does not exist yet."""
    from storage import migrations

    migrations.migrate(path, now or datetime.now(UTC))
    return Database(path)


def statements(sql: str) -> list[str]:
    """Return the single statements of a text, as a person wrote it; raises UsageError with DuckDB's own words."""
    with duckdb.connect(":memory:") as connection:
        try:
            return [one.query.strip() for one in connection.extract_statements(sql)]
        except duckdb.Error as error:
            raise UsageError(str(error)) from None


def is_open(sql: str) -> bool:
    """Whether a text ends inside a quotation or a comment, so that its last semicolon ends nothing."""
    with duckdb.connect(":memory:") as connection:
        try:
            connection.extract_statements(sql)
        except duckdb.Error as error:
            return "unterminated" in str(error)
    return False


@contextmanager
def locked_existing(path: Path, kind: int, wait_s: float) -> Iterator[None]:
    """Hold the lock of a database that exists, as :func:`locked` does; raises StorageError when there is none."""
    missing = f"There is no database at {path}. Make a home with `duiding init DIR` first."
    # Looked at twice: without a lock file there never was one, and while it is restored it is away for a moment.
    if not path.exists() and not Path(f"{path}.lock").exists():
        raise StorageError(missing)
    with locked(path, kind, wait_s):
        if not path.exists():
            raise StorageError(missing)
        yield


@contextmanager
def locked(path: Path, kind: int, wait_s: float) -> Iterator[None]:
    """Hold the lock beside ``path``, shared or exclusive (``fcntl.LOCK_SH``, ``LOCK_EX``).

    A second file is a turnstile: who waits for the exclusive lock stands in it, so that readers who come later queue
    behind the writer instead of passing it for ever.
    """
    until = time.monotonic() + wait_s
    with _file(path, ".lock") as lock:
        with _file(path, ".turn") as turn:
            _wait_for(turn, fcntl.LOCK_EX, until, path)
            _wait_for(lock, kind, until, path)
        with suppress(OSError):  # a full disk; the name is a courtesy to those who wait
            # What an earlier holder left says nothing about now.
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode() if kind == fcntl.LOCK_EX else b"", 0)
        yield


@contextmanager
def _file(path: Path, suffix: str) -> Iterator[int]:
    try:
        handle = os.open(f"{path}{suffix}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"Cannot write beside the database at {path}: {error.strerror}. Check the folder."
        ) from error
    try:
        yield handle
    finally:
        # A process forked meanwhile may hold a copy of the handle: closing ours would not give the lock back.
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)


def _wait_for(handle: int, kind: int, until: float, path: Path) -> None:
    pause = 0.001
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise DatabaseBusyError(_busy(path)) from None
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # spreads those who wait; nothing secret
        pause = min(pause * 1.5, 0.02)


def _busy(path: Path) -> str:
    try:
        holder = Path(f"{path}.lock").read_text(encoding="ascii").strip()
    except OSError:
        holder = ""
    who = f"process {holder}" if holder else "another process"
    return f"The database {path} is in use by {who} of Duiding. Nothing was changed; try again in a moment."


def connected(path: Path, *, read_only: bool, wait_s: float) -> duckdb.DuckDBPyConnection:
    """Open the file while holding our lock; a foreign program that still holds it is waited for, then named.

    Raises DatabaseBusyError for that program, and StorageError for a file that cannot be read.
    """
    until = time.monotonic() + min(wait_s, 5.0)
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
            connection.execute("SET TimeZone = 'UTC'")
            return connection
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                reason = str(error).splitlines()[0]
                raise StorageError(f"Cannot open {path}: {reason}. Restore a backup with `duiding restore`.") from error
            if time.monotonic() > until:
                raise DatabaseBusyError(_foreign(path, str(error))) from error
        time.sleep(0.05)


def _foreign(path: Path, reason: str) -> str:
    held = re.search(r"held in (.+?) \(PID (\d+)\)", reason)
    who = f"{held[1]} (process {held[2]})" if held else "a program that is not Duiding"
    return f"The database {path} is held by {who}. Close it there; to look inside safely use `duiding sql`."


@contextmanager
def _told_clearly() -> Iterator[None]:
    """Say in a sentence of ours when the disk, the file or the commit fails; a wrong statement stays what it is."""
    try:
        yield
    except (duckdb.FatalException, duckdb.IOException, duckdb.InternalException, duckdb.TransactionException) as error:
        reason = str(error).splitlines()[0]
        raise StorageError(
            f"The database stopped: {reason}. Nothing of this was kept. Free disk space or restore a backup, then try "
            "again."
        ) from error
