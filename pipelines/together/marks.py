"""Which processes belong to a home that is up. They carry a mark in their environment, and so does all they start.

A process id is used again by the system, and a flow run leaves its worker's session: the mark holds for both. Run as a
program (``python marks.py HOME TOKEN``) this is the *warden*: it waits until who started it is gone, however that went,
and ends what it left. It imports nothing but the standard library, so that it is small and up at once.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "DUIDING_UP"
_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Marked:
    """A living process of a part: ``token`` says which ``up`` it belongs to."""

    pid: int
    token: str
    part: str


def mark(home: Path, token: str, part: str) -> dict[str, str]:
    """Return the variable that marks a process and all that it starts."""
    return {VARIABLE: f"{token} {part} {home.resolve()}"}


def found(home: Path, token: str = "", part: str = "") -> list[Marked]:
    """Return the living processes of this home, of all its parts or of one, of any ``up`` or of one."""
    return [
        one
        for one in _all(str(home.resolve()))
        if one.pid != os.getpid() and token in ("", one.token) and part in ("", one.part)
    ]


def end(home: Path, token: str = "", part: str = "", patience_s: float = 3.0) -> int:
    """Kill them until none is left, and return how many there were; what starts meanwhile is found in the next look."""
    ended: set[int] = set()
    until = time.monotonic() + patience_s
    while (alive := found(home, token, part)) and time.monotonic() < until:
        for one in alive:
            _kill(home, one)
            ended.add(one.pid)
        time.sleep(_PAUSE_S)
    return len(ended)


def _kill(home: Path, one: Marked) -> None:
    """Kill a process, unless its id has become somebody else's since we looked."""
    with suppress(OSError):
        handle = os.pidfd_open(one.pid)
        try:
            if _mark_of(one.pid, str(home.resolve())) == one:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _all(home: str) -> Iterator[Marked]:
    for name in os.listdir("/proc"):  # noqa: PTH208  # hundreds of names, several times a second
        if name.isdigit() and (one := _mark_of(int(name), home)):
            yield one


def _mark_of(pid: int, home: str) -> Marked | None:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return None  # gone, or of another user
    for variable in environment.split(b"\0"):
        name, _, value = variable.partition(b"=")
        if name == VARIABLE.encode():
            words = os.fsdecode(value).split(" ", 2)
            return Marked(pid, words[0], words[1]) if words[2:] == [home] else None
    return None


if __name__ == "__main__":
    sys.stdin.buffer.read()  # ends when nobody holds the other side any more
    end(Path(sys.argv[1]), sys.argv[2], patience_s=10)
