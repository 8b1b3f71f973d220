"""What a program remembers of a database that it shares with others, and when it must not any more.

Own writes are seen table by table. Another process can only have written while the file was not in our hands; then the
file or the log beside it is another than we left it.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_WRITES = re.compile(r"^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)", re.IGNORECASE)
_READS = re.compile(r"^\s*(?:SELECT|WITH|FROM|SHOW|DESCRIBE)\b", re.IGNORECASE)
_MOST = 500
_EVERYTHING = "*"


class Memory:
    """What was made of tables, each with how often they had been written to. Belongs to one Database."""

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}
        self._left: Hashable = None

    def note(self, sql: str) -> None:
        """Take note of a statement that is about to run."""
        if found := _WRITES.match(sql):
            self._written[found[1].lower()] += 1
        elif not _READS.match(sql):
            self.forget()

    def forget(self) -> None:
        """Anything may have changed."""
        self._written[_EVERYTHING] += 1

    def recall(self, what: Hashable, tables: tuple[str, ...], read: Callable[[], T]) -> T:
        """Return what ``read`` returned last for this, unless one of the tables was written to since."""
        mark = (self._written[_EVERYTHING], *(self._written[table] for table in tables))
        kept = self._kept.get(what)
        if kept is None or kept[0] != mark:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            kept = self._kept[what] = (mark, read())
        value: T = kept[1]
        return value

    def look_at(self, path: Path) -> None:
        """The file comes into our hands: has another process written to it since we left it?"""
        if state(path) != self._left:
            self.forget()

    @property
    def left(self) -> Hashable:
        """How the file was when we left it last."""
        return self._left

    def leave(self, path: Path) -> None:
        """The file leaves our hands."""
        self._left = state(path)


def state(path: Path) -> Hashable:
    """Return what tells whether a file, or the log beside it, was written to."""
    return tuple(_stat(one) for one in (path, Path(f"{path}.wal")))


def _stat(path: Path) -> Hashable:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)
