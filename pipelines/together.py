"""Everything at once on one machine: Prefect's server, pool, deployments, worker, and the web pages.

server | pool | free what a crash left | deployments | worker and pages | wait for Ctrl-C | stop all, last one first
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from curate.errors import DuidingError, UsageError
from pipelines.home import Home

POOL = "duiding"
PORT = 4200
_READY_S = 90.0
"""Seconds that Prefect's server may take to answer: its first start makes its database."""
_STOP_S = 8.0


def environment(home: Home, port: int = PORT) -> dict[str, str]:
    """Return the environment of everything that belongs to Prefect; what the operator set wins."""
    ours = {
        "DUIDING_HOME": str(home.path.resolve()),
        "DUIDING_TIMEZONE": home.settings.timezone,
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str((home.path / "prefect").resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # The newer pages call an outside host from the operator's browser even so; these do not.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60",
        # Nine tenths of what a run leaves behind are events, which only the event feed shows: a day of them is enough.
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
    }
    # The programs beside this interpreter, whatever else is on the path: a worker of another one lacks our packages.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    fixed = {name: ours[name] for name in ("DUIDING_HOME", "PREFECT_API_URL")}
    return {**ours, **os.environ, "PATH": path, **fixed}


def run(home: Home, say: Callable[[str], None], port: int = PORT) -> None:
    """Start everything in order and wait until it is stopped; raises UsageError when the port is taken."""
    around = environment(home, port)
    _refuse_taken(port)
    with ExitStack() as parts:
        log = home.path / "log"
        log.mkdir(exist_ok=True)
        parts.enter_context(_program(["prefect", "server", "start", "--port", str(port)], around, log / "server.log"))
        _wait_for(f"http://127.0.0.1:{port}/api/health", log / "server.log")
        set_up(around)
        free_leftovers(around)
        worker = ["prefect", "worker", "start", "--pool", POOL, "--name", "duiding"]
        programs = [
            parts.enter_context(_program(worker, around, log / "worker.log")),
            parts.enter_context(_program(["duiding", "web"], around, log / "web.log")),
        ]
        say(f"Flows: http://127.0.0.1:{port} . Pages: {home.settings.public_url} . Logs: {log} . Stop with Ctrl-C.")
        _until_stopped(programs, log)


def set_up(around: dict[str, str]) -> None:
    """Make the work pool and the deployments; doing it again changes nothing."""
    file = deployments_file()
    _done(["prefect", "work-pool", "create", POOL, "--type", "process", "--overwrite"], around)
    _done(["prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file)], around)


def deployments_file() -> Path:
    """Return ``prefect.yaml``: beside the packages in a checkout, inside them in an installed wheel."""
    beside = Path(__file__).parent.parent / "prefect.yaml"
    return beside if beside.exists() else Path(str(resources.files("pipelines").joinpath("prefect.yaml")))


def free_leftovers(around: dict[str, str]) -> None:
    """Mark runs that a crash left running: nothing of ours can be alive before the worker starts."""
    _done([sys.executable, "-m", "pipelines.leftovers"], around)


def _done(command: list[str], around: dict[str, str]) -> None:
    found = subprocess.run(command, env=around, capture_output=True, text=True, check=False, timeout=180)  # noqa: S603  # our own words only
    if found.returncode:
        told = (found.stderr or found.stdout).strip().splitlines()
        raise DuidingError(f"`{' '.join(command[:3])}` failed: {told[-1] if told else 'it did not say why'}.")


@contextmanager
def _program(command: list[str], around: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program in a group of its own, so that it and all it starts can be stopped together."""
    with log.open("ab") as written:
        started = subprocess.Popen(  # noqa: S603  # our own words only
            command, env=around, stdout=written, stderr=written, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield started
    finally:
        _stop(started)


def _stop(program: "subprocess.Popen[bytes]") -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, sign)
        except ProcessLookupError:
            break
        try:
            program.wait(timeout=_STOP_S / 2)
        except subprocess.TimeoutExpired:
            continue
        # The group may hold children that outlived it: flow runs of a worker.
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=2):  # noqa: S310  # our own server on loopback
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise DuidingError(f"Prefect's server did not answer within {_READY_S:.0f} seconds. Its log is {log}.")


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise UsageError(f"Port {port} is taken: is `duiding up` running already? Stop what is there.") from None


def _until_stopped(programs: "list[subprocess.Popen[bytes]]", log: Path) -> None:
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    try:
        while not stopping:
            if ended := [one for one in programs if one.poll() is not None]:
                raise DuidingError(f"`{ended[0].args!r}` ended by itself. Its log is in {log}.")
            time.sleep(0.3)
    except KeyboardInterrupt:
        return
