"""Flows on a real Prefect server: how many task runs, how much memory, and what its database grows by in a day."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from tests.bench import neighbours
from tests.bench.grounds import Grounds
from tests.bench.measuring import Line, Run, line
from tests.bench.neighbours import HOST, free_port

T = TypeVar("T")
_PATIENCE_S = 240.0
_ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
_SWEEPS, _INGESTS = 144, 24
"""In a day."""


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure ingests of unchanged feeds and idle sweeps, as Prefect runs them."""
    sizes = grounds.sizes
    with neighbours.publishers(sizes) as addresses, _up(grounds.folder / "flows", addresses) as up:
        up.done("hourly")  # the first brings everything
        ingests, of_ingest = up.repeated("hourly", runs)
        sweeps, of_sweep = up.repeated("sweep", 3 * runs)
    kept_mb = (_SWEEPS * of_sweep["kept"] + _INGESTS * of_ingest["kept"]) / 1e6
    events_mb = (_SWEEPS * of_sweep["events"] + _INGESTS * of_ingest["events"]) / 1e6
    a_day = [Run({"kept": kept_mb, "events": events_mb}, 0, 0)]
    note = f"{len(addresses)} unchanged feeds"
    nothing: Mapping[str, Any] = {"own_mb": None, "child_mb": None}
    return [
        line("ingest, task runs", "runs", ingests, "tasks", note=f"{note}; wanted: at most 50", **nothing),
        line("ingest, from due to done", "s", ingests, "wall_s", note=note, **nothing),
        line("ingest, its process", "MB", ingests, "RssAnon", note="of its own; wanted: below 120 MB", **nothing),
        line("ingest, its process with files", "MB", ingests, "VmHWM", note="programs share these", **nothing),
        line("idle sweep, task runs", "runs", sweeps, "tasks", note="wanted: none", **nothing),
        line("idle sweep, from due to done", "s", sweeps, "wall_s", **nothing),
        line("idle sweep, its process", "MB", sweeps, "RssAnon", note="of its own; wanted: below 120 MB", **nothing),
        line("idle sweep, its process with files", "MB", sweeps, "VmHWM", note="programs share these", **nothing),
        line(
            "Prefect's database, growth", "MB/day", a_day, "kept", note="wanted: below 5; runs stay 30 days", **nothing
        ),
        line("Prefect's database, events", "MB", a_day, "events", note="those of one day, which is kept", **nothing),
    ]


@dataclass
class _Up:
    """Everything that ``duiding up`` starts."""

    home: Path
    api: str

    def repeated(self, deployment: str, times: int) -> tuple[list[Run], Mapping[str, float]]:
        """Run a deployment some times; return the runs, and the bytes by which each made the database grow."""
        before = self._bytes()
        found = [self.done(deployment) for _ in range(times)]
        grown = self._bytes()
        return found, {kind: max(0.0, grown[kind] - before[kind]) / times for kind in grown}

    def done(self, deployment: str) -> Run:
        """Run a deployment, due now, with all feeds due, and wait until it is done."""
        self._let_all_be_due()
        (of,) = (one for one in self.post("/deployments/filter") if one["name"] == deployment)
        began_s = time.perf_counter()
        run = self.post(f"/deployments/{of['id']}/create_flow_run", state={"type": "SCHEDULED"})
        peaks: dict[str, float] = {"VmHWM": 0, "RssAnon": 0}

        def ended() -> Mapping[str, Any] | None:
            for of, mb in _memory_mb(run["id"]).items():
                peaks[of] = max(mb, peaks.get(of, 0))
            found: dict[str, Any] = httpx2.get(f"{self.api}/flow_runs/{run['id']}", trust_env=False).json()
            return found if found.get("state_type") in _ENDED else None

        found = _until(ended, f"the run of {deployment} to end")
        if found["state_type"] != "COMPLETED":
            raise ValueError(f"{deployment}: {found['state']['message']}")
        wall_s = time.perf_counter() - began_s
        return Run({"tasks": self._tasks(run["id"]), "wall_s": wall_s, **peaks}, 0, 0)

    def post(self, path: str, **body: Any) -> Any:
        """Ask Prefect's server, which says 503 while its database is busy."""

        def answered() -> httpx2.Response | None:
            answer = httpx2.post(f"{self.api}{path}", json=body, timeout=60, trust_env=False)
            return None if answer.status_code == 503 else answer

        answer = _until(answered, f"an answer to {path}")
        answer.raise_for_status()
        return answer.json()

    def _tasks(self, flow_run_id: str) -> int:
        # The server notes task runs a moment after they are done.
        time.sleep(3)
        return int(self.post("/task_runs/count", flow_runs={"id": {"any_": [flow_run_id]}}))

    def _let_all_be_due(self) -> None:
        from pipelines import home as homes

        home = homes.opened(self.home)
        with home.database.writing() as db:
            db.execute("UPDATE polls SET due_at = polled_at")

    def _bytes(self) -> dict[str, float]:
        """Bytes in use by events, and by what is kept for longer; after what is in flight has come to rest."""
        time.sleep(8)  # events are kept in groups, every few seconds
        with closing(sqlite3.connect(f"file:{self.home / 'prefect' / 'prefect.db'}?mode=ro", uri=True)) as db:
            sizes = db.execute("SELECT name, sum(payload) FROM dbstat GROUP BY name").fetchall()
        # Half of what a row takes is the page around it, and how full pages are depends on chance: their payload and a
        # half more is what they take in the long run.
        of_events = sum(size for name, size in sizes if "event" in name)
        return {"events": 1.5 * of_events, "kept": 1.5 * (sum(size for _, size in sizes) - of_events)}


@contextmanager
def _up(folder: Path, addresses: Sequence[str]) -> Iterator[_Up]:
    from curate import sources
    from pipelines import home as homes
    from storage import sources as stored

    home = homes.make(folder, "Bench", "en", lambda: datetime.now(UTC))
    with home.database.writing() as db:
        stored.add(db, [sources.feed(address) for address in addresses], home.clock())
    port, web = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | {
        "DUIDING_FETCH_ALLOW": "127.0.0.0/8",
        "DUIDING_FETCH__HOST_GAP_S": "0",
        "DUIDING_WEB__PORT": str(web),
        "DUIDING_PUBLIC_URL": f"http://{HOST}:{web}",
    }
    command = [sys.executable, "-m", "pipelines.cli", "--home", str(folder), "up", "--port", str(port)]
    with (folder / "up.log").open("wb") as log:
        started = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        up = _Up(folder, f"http://{HOST}:{port}/api")
        _until(lambda: _ready(up, started), "everything to be up")
        yield up
    finally:
        started.terminate()
        started.wait(timeout=60)


def _ready(up: _Up, started: "subprocess.Popen[bytes]") -> bool | None:
    if started.poll() is not None:
        raise ValueError((up.home / "up.log").read_text())
    try:
        return bool(up.post("/work_pools/duiding/workers/filter")) or None
    except httpx2.HTTPError:
        return None


def _until(found: Callable[[], T | None], what: str) -> T:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if (value := found()) is not None:
            return value
        time.sleep(0.1)
    raise TimeoutError(f"waited {_PATIENCE_S:.0f} s in vain for {what}")


def _memory_mb(flow_run_id: str) -> dict[str, float]:
    """Return what the process of a flow run holds (MB): at most with files that it shares, and of its own now.

    Processes that it starts to read feeds are not counted.
    """
    found = {"VmHWM": 0.0, "RssAnon": 0.0}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
            if f"PREFECT__FLOW_RUN_ID={flow_run_id}".encode() not in environment or b"multiprocessing" in command:
                continue
            status = (folder / "status").read_text()
        except OSError:  # it has ended, or is another user's
            continue
        for row in status.splitlines():
            of, _, size = row.partition(":")
            if of in found:
                found[of] = max(found[of], int(size.split()[0]) / 1000)
    return found
