"""The programs that work for one home, found through /proc by their environment: a name alone would hit others."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Program:
    """One living process; ``flow_run`` is the id of the flow run whose process or descendant it is, else empty."""

    pid: int
    parent: int
    words: tuple[str, ...]
    flow_run: str

    @property
    def kind(self) -> str:
        """``flow``, ``server``, ``worker``, ``web``, ``up``, or empty for what those started for themselves."""
        if self.flow_run:
            return "flow"
        if "prefect.server" in " ".join(self.words) or {"server", "start"} <= {*self.words}:
            return "server"
        if {"worker", "start"} <= {*self.words}:
            return "worker"
        return next((name for name in ("web", "up") if name in self.words), "")


def of_home(home: Path) -> tuple[Program, ...]:
    """Return all living programs whose environment names this home."""
    return tuple(_living(f"DUIDING_HOME={home}".encode()))


def of_kind(home: Path, *kinds: str) -> tuple[Program, ...]:
    """Return the programs of these kinds; of a flow's only its own process, not what that started."""
    living = of_home(home)
    flows = {one.pid for one in living if one.kind == "flow"}
    return tuple(one for one in living if one.kind in kinds and not (one.kind == "flow" and one.parent in flows))


def kill(victims: tuple[Program, ...]) -> int:
    """Send SIGKILL to each and return how many were still there."""
    killed = 0
    for one in victims:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
            killed += 1
    return killed


def _living(mark: bytes) -> Iterator[Program]:
    for folder in PROC.iterdir():
        # A process may end, or belong to somebody else, while we look at it.
        with suppress(OSError, ValueError, IndexError):
            around = (folder / "environ").read_bytes().split(b"\0")
            if mark in around:
                words = tuple((folder / "cmdline").read_bytes().decode(errors="replace").split("\0"))
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                yield Program(int(folder.name), parent, words, _value(around, b"PREFECT__FLOW_RUN_ID"))


def _value(around: list[bytes], name: bytes) -> str:
    found = next((one for one in around if one.startswith(name + b"=")), b"")
    return found.partition(b"=")[2].decode()
