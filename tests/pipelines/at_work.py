"""A real ``duiding up`` for tests: on free ports, in a home of its own, and countable to the last process."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pipelines.home import Home
from pipelines.prefect_api import PrefectApi

T = TypeVar("T")
PATIENCE_S = 150.0
_TOKEN = "TOKEN_OF_A_TEST"


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def until(found: Callable[[], T | None], what: str, patience_s: float = PATIENCE_S) -> T:
    """Wait for a condition of the outside world and return what it gives."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {patience_s:.0f} s in vain for {what}")


class Up:
    """``duiding up`` as an operator starts it, with what it says, and all processes that come of it."""

    def __init__(self, home: Home, auth: str = "", **settings: str) -> None:
        self.home, self.auth = home, auth
        self.port, self.web = free_port(), free_port()
        self.said = home.path.parent / "up.said"
        self.told = home.path.parent / "up.told"
        self._token = uuid.uuid4().hex
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUIDING_"))}
        ours = {
            "DUIDING_PREFECT__PORT": str(self.port),
            "DUIDING_WEB__PORT": str(self.web),
            "DUIDING_PUBLIC_URL": f"http://127.0.0.1:{self.web}",
            **({"DUIDING_PREFECT__AUTH": auth} if auth else {}),
            **settings,
        }
        self.environment = {**kept, **ours, _TOKEN: self._token}
        command = [sys.executable, "-m", "pipelines.cli", "--home", str(home.path), "--json", "up"]
        with self.said.open("wb") as out, self.told.open("wb") as err:
            self.program = subprocess.Popen(command, env=self.environment, stdout=out, stderr=err)

    @property
    def api(self) -> PrefectApi:
        """Prefect's API, with the auth string."""
        return PrefectApi(f"http://127.0.0.1:{self.port}/api", self.auth)

    def ready(self) -> dict[str, Any]:
        """Wait until it says that it is ready, and return what it says."""

        def told() -> dict[str, Any] | None:
            assert self.program.poll() is None, self.told.read_text()
            lines = self.said.read_text().splitlines()
            return json.loads(lines[0]) if lines else None

        return until(told, "everything to be ready")

    def processes(self) -> dict[int, str]:
        """All that lives of it, whoever started it: process ids and command lines."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                if f"{_TOKEN}={self._token}".encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        # The warden has an empty environment; it is known by the home that it watches.
        for folder in Path("/proc").iterdir():
            try:
                words = (folder / "cmdline").read_text() if folder.name.isdigit() else ""
            except OSError:
                continue
            if "marks.py" in words and str(self.home.path.resolve()) in words:
                found[int(folder.name)] = words.replace("\0", " ")
        return found

    def pid_of(self, words: str) -> int | None:
        """The process whose command line holds these words."""
        return next((pid for pid, command in self.processes().items() if words in command), None)

    def start_flow(self, deployment: str) -> str:
        """Let a deployment run now, as its schedule would; return the id of the run."""
        found = self.api.post("/deployments/filter", deployments={"name": {"any_": [deployment]}})
        return str(self.api.post(f"/deployments/{found[0]['id']}/create_flow_run", state={"type": "SCHEDULED"})["id"])

    def state(self, run: str) -> str:
        """The type of the state that a flow run is in."""
        return str(self.api.get(f"/flow_runs/{run}")["state_type"])

    def stop(self) -> None:
        """End it, whatever state it is in."""
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGTERM)
            try:
                self.program.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.program.kill()
