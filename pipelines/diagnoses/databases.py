"""The database file: whether it is whole, who holds it, and whether there is room for it to grow and be copied."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curate import findings
from curate.findings import Finding
from pipelines.home import Home
from storage import integrity

_LOCKS = Path("/proc/locks")


def of_file(home: Home) -> list[Finding]:
    """Return whether the file opens, has our schema, and can be read to the last row."""
    looked = integrity.look(home.database)
    if looked.damage:
        return [
            Finding(
                "database",
                "broken",
                f"The database is damaged: {'; '.join(looked.damage)}.",
                f"Restore the newest backup in {home.backups} with `duiding restore FILE`: what is there now is kept.",
            )
        ]
    log = integrity.log_of(home.database.path)
    waits = f" {log / 1e6:.1f} MB stand in the log beside it and are taken in at the next opening." if log else ""
    told = f"The database is whole: schema {looked.schema}, {looked.rows} rows, {looked.bytes / 1e6:.0f} MB"
    free = f", of which {looked.free_bytes / 1e6:.0f} MB are empty and used again" if looked.free_bytes else ""
    return [Finding("database", "fine", f"{told}{free}.{waits}")]


def of_room(home: Home) -> list[Finding]:
    """Return whether the disk has room for the database to grow, and to be copied each night and before a migration."""
    file = home.database.path
    size = file.stat().st_size if file.exists() else 0
    return [findings.of_room(shutil.disk_usage(file.parent).free, size)]


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that holds a lock."""

    pid: int
    program: str
    is_ours: bool
    """Whether it took our lock; one that did not is foreign, and must not be there."""

    def __str__(self) -> str:
        """As a person is told."""
        return f"{self.program} (process {self.pid})"


def of_holders(home: Home) -> list[Finding]:
    """Return who has the database in hand at this moment."""
    if not _LOCKS.exists():
        return [Finding("holder", "note", "This system does not tell who holds the database.")]
    found = holders(home.database.path)
    foreign = [one for one in found if not one.is_ours]
    if foreign:
        who = " and ".join(map(str, foreign))
        told = f"The database is held by {who}, which does not take our lock: everything else waits for it."
        return [Finding("holder", "broken", told, "Close it there; to look inside safely use `duiding sql`.")]
    if found:
        who = " and ".join(map(str, found))
        return [Finding("holder", "fine", f"At this moment the database is in the hands of {who}, as it should be.")]
    return [Finding("holder", "fine", "Nobody holds the database.")]


def holders(path: Path) -> list[Holder]:
    """Return who holds the lock, or the file itself, apart from this process; asks the kernel and opens nothing."""
    ours = {pid for name in (".lock", ".turn") for pid in _locking(Path(f"{path}{name}"))}
    every = sorted((ours | _locking(path)) - {os.getpid()})
    return [Holder(pid, _program(pid), pid in ours) for pid in every]


def _locking(file: Path) -> set[int]:
    """Return the processes that hold a lock on a file, whatever its kind; not those that wait for one."""
    try:
        found = file.stat()
    except OSError:
        return set()
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    return {pid for pid, where in _locks() if where == place and pid > 0}


def _locks() -> Iterator[tuple[int, str]]:
    """Yield (process, device and inode) of each lock in the kernel's list."""
    for line in _LOCKS.read_text(encoding="ascii").splitlines():
        words = line.split()
        if "->" not in words:
            yield int(words[4]), words[5]


def _program(pid: int) -> str:
    """Return how a program was called, short; its name when that cannot be read."""
    for file, separator in (("cmdline", b"\0"), ("comm", b"\n")):
        try:
            words = Path(f"/proc/{pid}/{file}").read_bytes().split(separator)
        except OSError:
            continue
        if said := " ".join(word.decode(errors="replace") for word in words[:6] if word):
            return said[:120]
    return "a program"
