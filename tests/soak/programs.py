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

    @property
    def is_prefects(self) -> bool:
        """Whether it runs Prefect, and not something that a flow of ours started."""
        return any(word.startswith("prefect.") for word in self.words)


def of_home(home: Path) -> tuple[Program, ...]:
    """Return all living programs whose environment, or command line, names this home."""
    return tuple(_living(home))


def of_kind(home: Path, *kinds: str) -> tuple[Program, ...]:
    """Return the programs of these kinds; of a flow's Prefect's own, not those that it started to read pages with."""
    return tuple(one for one in of_home(home) if one.kind in kinds and (one.kind != "flow" or one.is_prefects))


def kill(victims: tuple[Program, ...]) -> int:
    """Send SIGKILL to each and return how many were still there."""
    killed = 0
    for one in victims:
        with suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
            killed += 1
    return killed


def _living(home: Path) -> Iterator[Program]:
    mark = f"DUIDING_HOME={home}".encode()
    for folder in PROC.iterdir():
        # A process may end, or belong to somebody else, while we look at it.
        with suppress(OSError, ValueError, IndexError):
            around = (folder / "environ").read_bytes().split(b"\0")
            words = tuple((folder / "cmdline").read_bytes().decode(errors="replace").split("\0"))
            if mark in around or str(home) in words:
                yield Program(int(folder.name), words, _value(around, b"PREFECT__FLOW_RUN_ID"))


def _value(around: list[bytes], name: bytes) -> str:
    found = next((one for one in around if one.startswith(name + b"=")), b"")
    return found.partition(b"=")[2].decode()
