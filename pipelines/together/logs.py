"""What the parts say: on the terminal with the part's name in front, and in files that do not grow for ever."""

import queue
import re
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 5_000_000
"""Of one file; the one before it is kept as ``<name>.log.1``."""
_KEPT_LINES = 20
_BACKLOG = 2_000
_WIDTH = 6
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PREFECT = re.compile(
    r"\d\d:\d\d:\d\d\.\d+ \| (\w+) +\| (?:prefect\.\S+|[Ff]low run '[^']*'|[Tt]ask run '[^']*')? ?-? ?"
)
_UVICORN = re.compile(r"(INFO|WARNING|ERROR): +")
_IDLE = re.compile(
    r"[\s_|/\\()\-`'<>.,]*|Configure Prefect to communicate.*|\s+prefect config set.*|View the API reference.*"
)
"""Prefect's server greets with a picture of letters, and with advice for who starts it by hand."""


class File:
    """A log of one part; a disk that is full costs the log and nothing else."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._most = most_bytes

    def write(self, line: str) -> None:
        """Add a line; when the file is full it becomes ``.1`` and a new one begins."""
        with suppress(OSError):
            if self.path.exists() and self.path.stat().st_size > self._most:
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
            with self.path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(line + "\n")


class View:
    """One view of all parts; ``show`` prints a line. It never waits for the terminal: the files hold everything."""

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        self._folder = folder
        self._show = show
        self._last: dict[str, deque[str]] = {}
        self._waiting: queue.Queue[str | None] = queue.Queue(_BACKLOG)
        self._printer = threading.Thread(target=self._print, daemon=True)
        self._printer.start()

    def hear(self, part: str, line: str) -> None:
        """Take one line of a part."""
        said = _COLOURS.sub("", line).rstrip()
        if not said or _IDLE.fullmatch(said):
            return
        File(self._folder / f"{part}.log").write(said)
        plain = in_plain_words(said)
        self._last.setdefault(part, deque(maxlen=_KEPT_LINES)).append(plain)
        with suppress(queue.Full):
            self._waiting.put_nowait(f"{part:<{_WIDTH}} | {plain}")

    def last_of(self, part: str) -> list[str]:
        """Return the last lines of a part."""
        return list(self._last.get(part, ()))

    def close(self) -> None:
        """Print what still waits, for a moment."""
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
            self._printer.join(timeout=1)

    def _print(self) -> None:
        while (line := self._waiting.get()) is not None:
            with suppress(OSError, ValueError):  # the terminal is gone; the files go on
                self._show(line)


def in_plain_words(line: str) -> str:
    """Return a line of Prefect's or the pages' log without what repeats: moment, level when all is well, who speaks."""
    head = _PREFECT.match(line) or _UVICORN.match(line)
    if not head:
        return line
    level = head[1].lower()
    rest = line[head.end() :]
    return rest if level in ("info", "debug") else f"{level}: {rest}"
