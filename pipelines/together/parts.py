"""A part: one program in a session of its own, marked, with its lines going to the log view."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.together import marks

Hear = Callable[[str, str], None]
"""Told a part's name and a line of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A program to watch; ``around`` is its environment."""

    name: str
    command: Sequence[str]
    around: Mapping[str, str] = field(repr=False)


class Running:
    """A part at work. Nothing that it started outlives :meth:`end`."""

    def __init__(self, part: Part, home: Path, token: str, hear: Hear) -> None:
        self.name = part.name
        self._home, self._token = home, token
        self._program = subprocess.Popen(  # noqa: S603  # our own words only
            part.command,
            env={**part.around, **marks.mark(home, token, part.name)},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(hear,), daemon=True).start()

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: the signal), or None while it is alive."""
        return self._program.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the program itself, which ends what it started as it sees fit."""
        with suppress(ProcessLookupError):
            os.kill(self._program.pid, signal.SIGTERM)

    def wait(self, patience_s: float) -> bool:
        """Wait until it ends; return whether it did."""
        with suppress(subprocess.TimeoutExpired):
            self._program.wait(max(0.0, patience_s))
        return self._program.poll() is not None

    def end(self) -> int:
        """Kill whatever is left of it, flow runs included; return how many processes that were."""
        left = marks.end(self._home, self._token, self.name)
        self.wait(1)
        return left

    def _listen(self, hear: Hear) -> None:
        assert self._program.stdout  # noqa: S101  # it was asked for
        for line in self._program.stdout:
            hear(self.name, line.decode(errors="replace"))


class Warden:
    """Ends what we leave when we are killed: it waits at the far end of a pipe whose near end dies with us."""

    def __init__(self, home: Path, token: str) -> None:
        self._command = [sys.executable, "-I", "-S", marks.__file__, str(home.resolve()), token]
        self._program = self._begin()

    def keep(self) -> None:
        """Start another when somebody ended it."""
        if self._program.poll() is not None:
            self._program = self._begin()

    def close(self) -> None:
        """Let it go; it looks once more whether something was left."""
        self._program.communicate()

    def _begin(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603  # our own words only
            self._command, env={}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
