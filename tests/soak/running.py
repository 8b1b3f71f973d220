"""``duiding up`` in a home, started again whenever it ends, as systemd would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx2

from tests.soak import programs
from tests.soak.flows import Flows
from tests.soak.worlds import free_port

T = TypeVar("T")
PATIENCE_S = 300.0
STOPS_S = 30.0
_LOOK_S = 0.5
"""Seconds between two looks: more often would load the machine that is measured."""


class VainError(Exception):
    """Something was waited for in vain."""


class Up:
    """One home's ``duiding up``. ``starts`` counts how often it was started."""

    def __init__(self, home: Path, around: Mapping[str, str], log: Path) -> None:
        self.home = home
        self.port, self.web = free_port(), free_port()
        self.flows = Flows(f"http://127.0.0.1:{self.port}/api")
        self.address = f"http://127.0.0.1:{self.web}"
        self.starts = 0
        self._log = log
        self._around = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DUIDING_", "PREFECT_"))},
            "DUIDING_HOME": str(home),
            "DUIDING_WEB__PORT": str(self.web),
            "DUIDING_PUBLIC_URL": self.address,
            **around,
        }
        self._started: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        self.starts += 1
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "pipelines.cli", "--home", str(self.home), "up", "--port", str(self.port)]
            self._started = subprocess.Popen(
                command, env=self._around, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def tend(self) -> None:
        """Start it again when it has ended by itself or was killed."""
        if self._started is None or self._started.poll() is not None:
            self.start()

    def stop(self) -> float:
        """Stop it as Ctrl-C does and return the seconds that took; raises VainError when anything of it stays."""
        began_s = time.monotonic()
        if self._started and self._started.poll() is None:
            self._started.send_signal(signal.SIGINT)
            try:
                self._started.wait(STOPS_S)
            except subprocess.TimeoutExpired:
                raise VainError(f"`duiding up` did not stop within {STOPS_S:.0f} s of Ctrl-C.") from None
        took_s = time.monotonic() - began_s
        self._started = None
        if left := programs.of_home(self.home):
            raise VainError(f"`duiding up` left behind: {[(one.kind, one.pid, one.words) for one in left]}")
        return took_s

    def clear_away(self) -> None:
        """Kill whatever still works for this home."""
        if self._started:
            self._started.kill()
            self._started.wait()
        while left := programs.of_home(self.home):
            programs.kill(left)

    def until(self, found: Callable[[], T | None], what: str, patience_s: float = PATIENCE_S) -> T:
        """Wait for something while `duiding up` is looked after, and return it; raises VainError."""
        until_s = time.monotonic() + patience_s
        while time.monotonic() < until_s:
            self.tend()
            try:
                if (value := found()) is not None:
                    return value
            except httpx2.HTTPError:
                pass  # the server is away: that is what we are here for
            time.sleep(_LOOK_S)
        raise VainError(f"waited {patience_s:.0f} s in vain for {what}")


def now() -> datetime:
    """The machine's real clock, which Prefect goes by."""
    return datetime.now(UTC)
