"""The flows on a real Prefect server: deployed from prefect.yaml, scheduled, run by a process worker."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from curate import opml, people, sources
from curate.findings import Finding
from pipelines import home as homes
from pipelines import leftovers, together
from pipelines.demo.world import World, week_ends_at
from pipelines.diagnoses.flows import of_server
from pipelines.home import Home
from pipelines.prefect_api import PrefectApi
from storage import people as stored_people
from storage import sources as stored_sources
from tests.pipelines import office as offices

pytestmark = [pytest.mark.prefect, pytest.mark.real_files, pytest.mark.timeout(420)]

T = TypeVar("T")
PLANTED = "Zk9-planted-4711"
SECRETS = """
[smtp]
host = "127.0.0.1"
port = {port}
user = "us"
password = "{planted}"
tls = "none"
[bounces]
host = "127.0.0.1"
port = 9
user = "us"
password = "{planted}"
tls = "none"
"""
PATIENCE_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(found: Callable[[], T | None], what: str, patience_s: float = PATIENCE_S) -> T:
    """Wait for a condition of the outside world and return what it gives."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if (value := found()) is not None:
            return value
        time.sleep(0.3)
    raise AssertionError(f"waited {patience_s:.0f} s in vain for {what}")


class Running:
    """Everything that ``duiding up`` starts, in a home of the sample world."""

    def __init__(self, home: Home, port: int) -> None:
        self.home = home
        self.api = f"http://127.0.0.1:{port}/api"

    def post(self, path: str, **body: Any) -> Any:
        def answered() -> httpx2.Response | None:
            answer = httpx2.post(f"{self.api}{path}", json=body, timeout=30, trust_env=False)
            # Prefect's own client does the same: 503 says that its database is busy and will not be for long.
            return None if answer.status_code == 503 else answer

        answer = until(answered, f"an answer to {path}", 60)
        answer.raise_for_status()
        return answer.json()

    def set(self, sections: str) -> None:
        """Add sections to the settings, in place of those added before."""
        file = self.home.path / "duiding.toml"
        file.write_text(file.read_text().partition("# added\n")[0] + "# added\n" + sections)

    def runs(self, flow: str, *states: str) -> list[dict[str, Any]]:
        wanted = {"state": {"type": {"any_": list(states)}}} if states else {}
        found: list[dict[str, Any]] = self.post("/flow_runs/filter", flows={"name": {"any_": [flow]}}, flow_runs=wanted)
        return found


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("flows") / "home"
    port, web = free_port(), free_port()
    with World(week_ends_at("2026-W46")) as world:
        home = homes.make(folder, "Flows", "nl", lambda: datetime.now(UTC))
        with home.database.writing() as db:
            feeds = [sources.feed(one.url, one.title) for one in opml.read(world.opml())]
            stored_sources.add(db, feeds, home.clock())
        settings = {"DUIDING_FETCH_ALLOW": world.allowance, "DUIDING_FETCH__HOST_GAP_S": "0.02"}
        environment = {
            **os.environ,
            **settings,
            "DUIDING_WEB__PORT": str(web),
            "DUIDING_PUBLIC_URL": f"http://127.0.0.1:{web}",
        }
        environment.pop("PREFECT_API_URL", None)
        log = (folder.parent / "up.log").open("wb")
        started = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", "--home", str(folder), "up", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
        running = Running(home, port)
        try:
            until(lambda: ready(running, started), "everything to be up")
            yield running
        finally:
            started.terminate()
            started.wait(timeout=30)
            log.close()


def ready(running: Running, started: "subprocess.Popen[bytes]") -> bool | None:
    assert started.poll() is None, (running.home.path.parent / "up.log").read_text()
    try:
        workers = running.post("/work_pools/duiding/workers/filter")
    except httpx2.HTTPError:
        return None
    return True if workers else None


def done(up: Running, deployment: str, **parameters: str) -> dict[str, Any]:
    """Run a deployment, due now, and return how its run ended; one that meets its like on the schedule is cancelled."""
    (of,) = (one for one in up.post("/deployments/filter") if one["name"] == deployment)
    started: list[str] = []

    def ended() -> dict[str, Any] | None:
        if not started:
            due = up.post(
                f"/deployments/{of['id']}/create_flow_run", state={"type": "SCHEDULED"}, parameters=parameters
            )
            started.append(due["id"])
        found: dict[str, Any] = httpx2.get(f"{up.api}/flow_runs/{started[0]}", timeout=30, trust_env=False).json()
        if found["state_type"] == "CANCELLED":
            started.clear()
        return found if found["state_type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    return until(ended, f"a run of {deployment} to end")


def logged(up: Running, run: dict[str, Any], last: str) -> list[str]:
    """Return what a run logged, oldest first, when its last line is there."""

    def all_of_it() -> list[str] | None:
        found = up.post("/logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}}, limit=200)
        lines = [one["message"] for one in sorted(found, key=lambda one: one["timestamp"])]
        return lines if lines and last in lines[-1] else None

    return until(all_of_it, f"the last line of {run['name']} to say {last!r}", 30)


def test_every_deployment_has_a_run_ahead(up: Running) -> None:
    def ahead() -> set[str] | None:
        flows = {name for name in ("ingest", "weekly", "remind", "publish", "upkeep") if up.runs(name, "SCHEDULED")}
        return flows if len(flows) == 5 else None

    until(ahead, "scheduled runs of all five flows")
    deployments = {one["name"]: one for one in up.post("/deployments/filter")}
    assert set(deployments) == {"hourly", "monday", "wednesday", "sweep", "nightly"}
    assert all(one["schedules"][0]["schedule"]["timezone"] == "Europe/Amsterdam" for one in deployments.values())


def test_a_scheduled_ingest_goes_through_and_shows_its_sources(up: Running) -> None:
    # The hour would take too long to come: the same run, due now.
    ended = done(up, "hourly")
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    assert ended["name"].startswith("ingest ")
    artifacts = up.post("/artifacts/filter", artifacts={"key": {"any_": ["ingest-sources"]}})
    assert "9 sources asked" in artifacts[0]["description"]
    assert artifacts[0]["data"].count('"outcome"') == 9
    with up.home.database.reading() as db:
        assert [one["entries"] > 0 for one in stored_sources.export(db)] == [True] * 9


def test_doctor_sees_what_is_planned_what_is_not_and_what_is_stuck(
    up: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", up.api)
    later = Home(up.home.path, up.home.settings, up.home.database, lambda: datetime.now(UTC) + timedelta(hours=7))

    def all_well() -> list[Finding] | None:
        found = of_server(later)
        return found if [one.grade for one in found] == ["fine"] else None

    (well,) = until(all_well, "doctor to be content")
    assert well.sentence == "Each of the 5 deployments has a run ahead."
    one = {found["name"]: found for found in up.post("/deployments/filter")}
    stuck = up.post(f"/deployments/{one['monday']['id']}/create_flow_run", state={"type": "RUNNING"})
    try:
        assert stuck["name"] in next(found for found in of_server(later) if "far too long" in found.sentence).sentence
        assert not any("far too long" in found.sentence for found in of_server(up.home)), "not yet"
    finally:
        httpx2.delete(f"{up.api}/flow_runs/{stuck['id']}", timeout=30, trust_env=False)

    def seen_idle() -> Finding | None:
        # Prefect plans them anew before long.
        for run in up.runs("remind", "SCHEDULED"):
            httpx2.delete(f"{up.api}/flow_runs/{run['id']}", timeout=30, trust_env=False)
        return next((found for found in of_server(later) if found.grade == "broken"), None)

    idle = until(seen_idle, "doctor to see that nothing is planned")
    assert idle.sentence == "No run is planned for wednesday, though their schedule says so."
    assert "sqlalchemy" in idle.to_do


def test_the_night_is_a_flow_that_leaves_a_backup(up: Running) -> None:
    assert done(up, "nightly")["state_type"] == "COMPLETED"
    (copy,) = up.home.backups.iterdir()
    assert copy.stat().st_mode & 0o077 == 0


def test_deploying_again_doubles_nothing(up: Running) -> None:
    around = {**together.environment(up.home), "PREFECT_API_URL": up.api}
    subprocess.run([sys.executable, "-m", "pipelines.together.preparing"], env=around, check=True, timeout=120)
    assert len(up.post("/deployments/filter")) == 5
    names = sorted(one["name"] for one in up.post("/automations/filter"))
    assert names == ["duiding frees runs that show no sign of life", "duiding publishes a closed round"]


def test_a_sweep_with_nothing_to_do_completes(up: Running) -> None:
    assert done(up, "sweep")["state_type"] == "COMPLETED"


def test_an_idle_sweep_has_no_task_runs_and_names_what_is_planned(up: Running) -> None:
    sweep = done(up, "sweep")
    assert logged(up, sweep, "Completed")[-2] == "Nothing to publish, nothing to send."
    assert up.post("/task_runs/count", flow_runs={"id": {"any_": [sweep["id"]]}}) == 0
    for flow in ("ingest", "weekly", "remind", "publish", "upkeep"):
        names = [one["name"] for one in up.runs(flow, "SCHEDULED")]
        assert all(name.startswith(f"{flow} ") for name in names), names
    assert all(re.match(r"weekly \d{4}-W\d\d Mon ", one["name"]) for one in up.runs("weekly", "SCHEDULED"))


def test_flows_that_fail_say_what_to_do_and_tell_no_secret(up: Running) -> None:
    """A mail server that refuses the password, a mailbox that is away, and feeds whose addresses hold secrets."""
    eva = people.person("eva@example.org", "Eva Smit", "catalyst", "nl")
    with up.home.database.writing() as db:
        stored_people.add(db, eva, up.home.clock())
        hidden = f"http://reader:{PLANTED}@127.0.0.1:9/feed?key={PLANTED}"
        stored_sources.add(
            db, [sources.feed(hidden, "Away"), sources.feed(f"{hidden}&token={PLANTED}")], up.home.clock()
        )
    with offices.opened(password="another") as office:
        up.set(SECRETS.format(port=office.port, planted=PLANTED))
        ingested, asked, swept = done(up, "hourly"), done(up, "monday", week="2026-W46"), done(up, "sweep")
    assert [one["state_type"] for one in (ingested, asked, swept)] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert asked["name"].startswith("weekly 2026-W46 ")
    assert "2026-W46" in asked["tags"]
    assert re.fullmatch(
        r"The mail server \S+ refuses the user name or password \(535\)\. Correct \[smtp\] in duiding\.toml\. "
        r"Then run `duiding week run --week 2026-W46`, .*",
        asked["state"]["message"],
    )
    said = logged(up, asked, asked["state"]["message"])
    assert not any("Traceback" in line or eva.email in line for line in said)
    assert any("Away failed:" in line for line in logged(up, ingested, "Completed"))
    assert _files_with(PLANTED, up.home.path) == {"duiding.toml", "duiding.duckdb"}
    with up.home.database.reading() as db:
        told = db.execute(
            "SELECT error FROM polls UNION ALL SELECT outcome FROM runs UNION ALL SELECT error FROM deliveries"
        )
    assert PLANTED not in repr(told)


def test_the_week_stands_on_one_page_that_is_kept_up(up: Running) -> None:
    def pages() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = up.post("/artifacts/filter", artifacts={"key": {"any_": ["week-2026-w46"]}})
        return sorted(found, key=lambda one: str(one["created"]))

    up.set("")
    done(up, "monday", week="2026-W46")
    before = pages()
    assert "| Catalysts | 1 asked, 0 spoke, 1 waited for, 0 reminded |" in before[-1]["data"]
    done(up, "sweep")
    assert len(pages()) == len(before)
    done(up, "wednesday")
    assert "1 waited for, 1 reminded" in pages()[-1]["data"]
    links = up.post("/artifacts/filter", artifacts={"key": {"any_": ["board"]}})
    assert "/rounds/2026-W46" in links[0]["data"]


def _files_with(secret: str, folder: Path) -> set[str]:
    """Name the files below a folder that hold a secret; databases are read with what waits beside them."""
    files = [one for one in folder.rglob("*") if one.is_file() and not one.name.endswith(("-shm", ".lock", ".turn"))]
    assert any(one.name == "prefect.db" for one in files)
    assert any(one.suffix == ".log" for one in files)
    return {one.name.removesuffix(".wal") for one in files if secret.encode() in one.read_bytes()}


def test_runs_left_by_a_crash_are_freed(up: Running) -> None:
    deployment = next(one for one in up.post("/deployments/filter") if one["name"] == "wednesday")
    run = up.post(f"/deployments/{deployment['id']}/create_flow_run", state={"type": "PENDING"})
    up.post(f"/flow_runs/{run['id']}/set_state", state={"type": "RUNNING"}, force=True)
    assert leftovers.free(PrefectApi(up.api), together.POOL) >= 1
    assert httpx2.get(f"{up.api}/flow_runs/{run['id']}", trust_env=False).json()["state_type"] == "CRASHED"


def test_a_flow_started_without_a_server_fails_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path), "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false"}
    environment.pop("PREFECT_API_URL", None)
    code = "from pipelines.remind import remind; remind()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "PREFECT_API_URL" in done.stderr or "API URL" in done.stderr
