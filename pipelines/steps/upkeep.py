"""backup | rotate | let go of what was kept long enough | ledger, logs, Prefect's own database

Nothing here waits for anything else: what fails is told at the end, and the next night does it again.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from curate import retention
from curate.errors import DuidingError, StorageError
from curate.retention import Rule
from pipelines import journal
from pipelines.exclusive import alone
from pipelines.home import Home, Notify, finish_run, silent, start_run
from storage import backups
from storage import retention as stored

T = TypeVar("T")

_MOMENT = "%Y%m%dT%H%M%SZ"
_NIGHTLY = re.compile(r".+-(\d{8}T\d{6}Z)\.duckdb")
_OTHER = re.compile(r".+-schema-\d+-(\d{8}T\d{6}Z)\.duckdb|.+\.until-(\d{8}T\d{6}Z)(-\d+)?(\.wal)?")
_MOST = 5000
"""Rows let go of in one transaction: pages wait for it (docs/upkeep.md has the figures)."""
_WORTH_BYTES = 20_000_000
"""Free pages in Prefect's database from which on it is worth rewriting."""
_BUSY_S = 5.0
"""How long it is waited for who writes to it."""
_MARGIN = timedelta(days=7)
"""What the ledger knows beyond the oldest backup."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a night of upkeep did."""

    backup: Path | None = None
    removed: tuple[str, ...] = ()
    """Names of the copies that went."""
    let_go: dict[str, int] = field(default_factory=dict)
    """Rows that went, by what they were."""
    shrunk: tuple[str, ...] = ()
    """A sentence for each file that is smaller now."""
    failures: tuple[str, ...] = ()
    """A sentence for each part that failed, with what to do."""
    busy: bool = False
    """Whether another upkeep was at work, so that this one did nothing."""

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        if self.busy:
            return "Another upkeep is under way; this one left it alone."
        said = [f"Backup: {self.backup}." if self.backup else "No backup was taken."]
        if self.removed:
            said.append(f"{len(self.removed)} old copies removed.")
        gone = ", ".join(f"{count} {what}" for what, count in self.let_go.items())
        said.append(f"Kept long enough: {gone}." if gone else "Nothing was kept too long.")
        return " ".join([*said, *self.shrunk, *self.failures])

    @property
    def record(self) -> dict[str, object]:
        """The same for a program."""
        return {
            "backup": str(self.backup) if self.backup else None,
            "removed": list(self.removed),
            "let_go": self.let_go,
            "shrunk": list(self.shrunk),
            "failures": list(self.failures),
            "busy": self.busy,
        }


def keep_up(home: Home, notify: Notify = silent) -> Kept:
    """Do all of it; killed at any moment and run again it does what was not done."""
    with alone(home, "upkeep") as ours:
        if not ours:
            return Kept(busy=True)
        run = start_run(home, "upkeep")
        failures: list[str] = []
        copy = _tried(lambda: back_up(home), failures)
        removed = _tried(lambda: rotate(home), failures) if copy else ()
        let_go = _tried(lambda: let_go_of(home, notify), failures) or {}
        shrunk = [_tried(partial(part, home), failures) for part in (prune_ledger, rotate_logs, vacuum)]
        done = Kept(copy, removed or (), let_go, tuple(one for one in shrunk if one), tuple(failures))
        finish_run(home, run, done.sentence)
        return done


def back_up(home: Home) -> Path:
    """Take the copy of this night and return it; one that bears this very moment is the one."""
    file = home.backups / f"{home.database.path.stem}-{home.clock():{_MOMENT}}.duckdb"
    try:
        home.backups.mkdir(mode=0o700, exist_ok=True)
        for left in home.backups.glob("*.part*"):  # of a night that was killed
            left.unlink()
    except OSError as error:
        raise StorageError(f"{home.backups} cannot be used: {error.strerror}. Nothing was backed up.") from None
    if not file.exists():
        backups.take(home.database, file)
        file.chmod(0o600)
    return file


def copies(home: Home) -> dict[datetime, Path]:
    """Return the nightly copies by the moment in their names (aware UTC)."""
    stem = home.database.path.stem
    found = {file: _NIGHTLY.fullmatch(file.name) for file in home.backups.glob(f"{stem}-*.duckdb")}
    return {_moment(match[1]): file for file, match in found.items() if match and "-schema-" not in file.name}


def rotate(home: Home) -> tuple[str, ...]:
    """Remove the copies whose time is over and return their names."""
    taken, upkeep = copies(home), home.settings.upkeep
    kept = retention.kept_copies(taken, upkeep.backups, upkeep.weekly_backups)
    over = [file for moment, file in taken.items() if moment not in kept]
    return tuple(_removed(file) for file in [*over, *_others(home)])


def _others(home: Home) -> list[Path]:
    """What a migration or a restore kept, ninety days ago."""
    before = home.clock() - timedelta(days=retention.COPY_DAYS)
    path = home.database.path
    found = [*home.backups.glob(f"{path.stem}-schema-*"), *path.parent.glob(f"{path.name}.until-*")]
    dated = ((file, _OTHER.fullmatch(file.name)) for file in found)
    return [file for file, match in dated if match and _moment(match[1] or match[2]) < before]


def let_go_of(home: Home, notify: Notify = silent) -> dict[str, int]:
    """Let go of what was kept long enough, in short transactions, and return how much of what."""
    rules = retention.rules(home.settings.upkeep.periods)
    gone: dict[str, int] = {}
    for place, rule in enumerate(rules, start=1):
        if count := _let_go(home, rule):
            gone[rule.what] = count
        notify("what was kept long enough", place, len(rules))
    return gone


def prune_ledger(home: Home) -> str:
    """Forget which mails went out before the oldest backup: no restore needs it."""
    oldest = min(copies(home), default=home.clock())
    with alone(home, "sending") as ours:
        dropped = journal.prune(home.path / "sending.journal", oldest - _MARGIN) if ours else 0
    return f"{dropped} lines of the ledger of sent mail dropped." if dropped else ""


def rotate_logs(home: Home) -> str:
    """Put log files aside that have grown; who writes to them goes on in the same file, emptied."""
    most = home.settings.upkeep.log_mb * 1e6
    grown = [file for file in (home.path / "log").glob("*.log") if file.stat().st_size > most]
    for file in grown:
        part = file.with_name(f"{file.name}.part")
        shutil.copyfile(file, part)
        part.replace(file.with_name(f"{file.name}.1"))
        os.truncate(file, 0)
    return f"Logs put aside: {', '.join(file.name for file in sorted(grown))}." if grown else ""


def vacuum(home: Home) -> str:
    """Give back what Prefect's own database holds free; not while somebody writes to it for long."""
    file = Path(os.environ.get("PREFECT_HOME", home.path / "prefect")) / "prefect.db"
    if not file.exists():
        return ""
    with closing(sqlite3.connect(file, timeout=_BUSY_S, isolation_level=None)) as connection:
        free = _free_bytes(connection)
        if free < _WORTH_BYTES or shutil.disk_usage(file.parent).free < 2 * file.stat().st_size:
            return ""
        try:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            return "Prefect's database was in use all the time and stays as large as it is until the next night."
    return f"Prefect's database is {free / 1e6:.0f} MB smaller."


def _free_bytes(connection: sqlite3.Connection) -> int:
    ((pages,),), ((size,),) = (
        connection.execute(f"PRAGMA {what}").fetchall() for what in ("freelist_count", "page_size")
    )
    return int(pages) * int(size)


def _let_go(home: Home, rule: Rule) -> int:
    before = home.clock() - timedelta(days=rule.days)
    total = 0
    while True:
        with home.database.writing() as db:
            gone = stored.apply(db, rule, before, _MOST)
        total += gone
        if gone < _MOST:
            return total


def _tried(part: Callable[[], T], failures: list[str]) -> T | None:
    try:
        return part()
    except DuidingError as error:
        failures.append(str(error))
    except (OSError, sqlite3.Error) as error:
        failures.append(f"Upkeep could not do all: {error}. It is tried again the next night.")
    return None


def _removed(file: Path) -> str:
    with suppress(FileNotFoundError):
        file.unlink()
    return file.name


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
