"""Where the articles come from: small publishers on loopback, one week after the other."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.request import urlopen

from curate.errors import UsageError
from pipelines.demo import cycle, world

REALWEEK = Path(__file__).parents[2].parent / "shared" / "realweek"


class Served(Protocol):
    """Publishers that answer."""

    weeks: tuple[str, ...]
    allowance: str

    def opml(self) -> bytes:
        """The list of all of them."""

    def move_to(self, week: str) -> None:
        """Let this week be over: all of it can be read, nothing later."""


class _Sample:
    """The publishers of the demo."""

    weeks = cycle.WEEKS

    def __init__(self, served: world.World) -> None:
        self._served = served
        self.allowance = served.allowance

    def opml(self) -> bytes:
        return self._served.opml()

    def move_to(self, week: str) -> None:
        self._served.move_to(world.week_ends_at(week))


class _Real:
    """The shared three weeks of real articles, by the server that comes with them."""

    weeks = ("2026-W44", "2026-W45", "2026-W46")

    def __init__(self, port: int) -> None:
        self._port = port
        self.allowance = f"127.0.1.0/24:{port}"

    def opml(self) -> bytes:
        return subprocess.check_output([*_serve(self._port), "--print-opml", "weekly"])

    def move_to(self, week: str) -> None:
        with urlopen(f"http://127.0.0.1:{self._port}/_ctl/week?w={week}"):
            pass


@contextmanager
def sample() -> Iterator[Served]:
    """Serve the demo's publishers."""
    with world.World(world.week_ends_at(cycle.WEEKS[0])) as served:
        yield _Sample(served)


@contextmanager
def real() -> Iterator[Served]:
    """Serve the real weeks. Raises UsageError where they do not lie beside the project."""
    if not REALWEEK.exists():
        raise UsageError(f"The real weeks are not in {REALWEEK}. Leave out --realweek to use the sample.")
    port = free_port()
    server = subprocess.Popen(_serve(port), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        yield _Real(port)
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(port: int) -> list[str]:
    return [sys.executable, str(REALWEEK / "serve.py"), "--port", str(port)]
