"""One real ``duiding up``, behind an auth string: what it starts, what it shows, what it survives, what it leaves."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, sync_playwright
from pydantic import SecretStr

from curate import sources
from pipelines import together
from pipelines.home import Home
from pipelines.together import preparing
from storage import sources as stored_sources
from tests.browser.looking import CHROMIUM
from tests.pipelines.at_home import home_at
from tests.pipelines.at_work import Up, is_free, until

pytestmark = [pytest.mark.prefect, pytest.mark.real_files, pytest.mark.timeout(420)]

AUTH = "operator:een-lange-zin-van-niemand"


@pytest.fixture(scope="module")
def silent() -> Iterator[socket.socket]:
    """A site that takes connections and never answers: who asks it is at work for as long as it may wait."""
    with socket.socket() as listening:
        listening.bind(("127.0.1.1", 0))
        listening.listen()
        yield listening


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, silent: socket.socket) -> Iterator[Up]:
    home = home_at(tmp_path_factory.mktemp("up") / "home", lambda: datetime.now(UTC))
    with home.database.writing() as db:
        host, port = silent.getsockname()
        stored_sources.add(db, [sources.feed(f"http://{host}:{port}/feed", "De Zwijger")], home.clock())
    started = Up(home, AUTH, DUIDING_FETCH__TOTAL_S="300")
    try:
        started.ready()
        yield started
    finally:
        started.stop()


def at_work(up: Up) -> str:
    """Let a flow begin that stays at work, and return the id of its run."""
    run = up.start_flow("hourly")
    until(lambda: up.state(run) == "RUNNING", "the flow to be at work")
    return run


def test_it_says_once_where_everything_is(up: Up) -> None:
    ready = up.ready()
    assert ready["pages"] == f"http://127.0.0.1:{up.web}"
    assert ready["flows"] == f"http://127.0.0.1:{up.port}"
    assert "Stop with Ctrl-C" in ready["message"]
    assert httpx2.get(ready["pages"], trust_env=False).status_code < 500
    assert httpx2.get(ready["flows"], trust_env=False).status_code == 200
    assert len(up.said.read_text().splitlines()) == 1


def test_who_has_no_auth_string_gets_nothing_of_prefect(up: Up) -> None:
    api = f"http://127.0.0.1:{up.port}/api"
    for headers in ({}, {"Authorization": "Basic " + base64.b64encode(b"operator:geraden").decode()}):
        for path in ("/flow_runs/filter", "/deployments/filter", "/work_pools/filter"):
            assert httpx2.post(api + path, json={}, headers=headers, trust_env=False).status_code == 401, path
    assert up.api.post("/work_pools/filter")[0]["name"] == together.POOL


def test_another_site_that_is_open_beside_may_not_read_the_api(up: Up) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = httpx2.options(f"http://127.0.0.1:{up.port}/api/flow_runs/filter", headers=asked, trust_env=False)
    assert "access-control-allow-origin" not in answer.headers


def test_nothing_listens_beyond_this_machine(up: Up) -> None:
    listening = {address for pid in up.processes() for address in _listening(pid)}
    assert {port for _, port in listening} >= {up.port, up.web}
    assert {address for address, _ in listening} == {"127.0.0.1"}


def test_the_auth_string_stands_in_no_arguments_and_no_logs(up: Up) -> None:
    password = AUTH.partition(":")[2]
    everything = [*up.processes().values(), up.said.read_text(), up.told.read_text()]
    everything += [file.read_text(errors="replace") for file in (up.home.path / "log").iterdir()]
    coded = base64.b64encode(AUTH.encode()).decode()
    assert len(everything) > 8
    assert not [text for text in everything if password in text or coded in text]


def test_every_line_has_the_name_of_its_part_and_stands_in_a_file(up: Up) -> None:
    lines = up.told.read_text().splitlines()
    assert {line.partition("|")[0].strip() for line in lines} <= {"server", "setup", "flows", "pages", "up"}
    assert "flows  | Worker 'duiding' started!" in lines
    assert "Worker 'duiding' started!" in (up.home.path / "log" / "flows.log").read_text()


def test_preparing_again_doubles_nothing_and_sets_right_what_was_changed(up: Up) -> None:
    def automations() -> list[dict[str, object]]:
        found: list[dict[str, object]] = up.api.post("/automations/filter")
        return [one for one in found if one["name"] == preparing.ZOMBIES]

    (before,) = automations()
    defined = {key: before[key] for key in ("name", "description", "actions")}
    changed = {**defined, "trigger": {**before["trigger"], "within": 600}, "enabled": False}  # type: ignore[dict-item]
    up.api.put(f"/automations/{before['id']}", **changed)
    up.api.post("/automations/", **changed)  # a double, as a repeated `prefect automation create` makes
    said = _prepared(up.environment | together.environment(_as_up_has_it(up)))
    (after,) = automations()
    assert after["trigger"]["within"] == 3 * together.HEARTBEAT_S  # type: ignore[index]
    assert not after["enabled"], "an operator had switched it off"
    assert "was changed" in said
    assert len(up.api.post("/deployments/filter")) == 5


def test_a_second_one_in_the_same_home_names_the_first(up: Up) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "--home", str(up.home.path), "up"]
    second = subprocess.run(command, env=up.environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 2
    assert f"as process {up.program.pid}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_prefects_pages_ask_nothing_outside(up: Up) -> None:
    started: list[str] = []

    def swept() -> str | None:
        # One that meets the sweep on the schedule is cancelled.
        if not started or up.state(started[-1]) == "CANCELLED":
            started.append(up.start_flow("sweep"))
        return started[-1] if up.state(started[-1]) == "COMPLETED" else None

    run = until(swept, "a sweep to end")
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        coded = base64.b64encode(AUTH.encode()).decode()
        page.add_init_script(f"localStorage.setItem('prefect-password', {json.dumps(coded)})")
        shown = [_shown(page, f"http://127.0.0.1:{up.port}{path}") for path in (*PAGES, f"/runs/flow-run/{run}")]
        browser.close()
    assert len(set(shown)) == len(shown), "a page showed what another did: it did not load"
    inside = (f"http://127.0.0.1:{up.port}/", "data:", "blob:")
    assert [url for url in asked if not url.startswith(inside)] == []


PAGES = ("/dashboard", "/runs", "/deployments", "/artifacts", "/automations")


def test_a_worker_that_is_killed_takes_its_flows_along_and_the_next_run_begins(up: Up) -> None:
    run = at_work(up)
    flow = up.pid_of("prefect.engine")
    worker = up.pid_of("prefect worker start")
    assert flow
    assert worker
    os.kill(worker, signal.SIGKILL)
    until(lambda: up.state(run) == "CRASHED", "the run to be freed")
    until(lambda: not Path(f"/proc/{flow}").exists(), "its process to be ended")
    up.again = at_work(up)
    assert up.pid_of("prefect worker start") != worker


def test_a_server_that_is_killed_comes_back_with_its_worker(up: Up) -> None:
    run = up.again or at_work(up)
    server, worker = up.pid_of("prefect server start"), up.pid_of("prefect worker start")
    assert server
    assert worker
    os.kill(server, signal.SIGKILL)
    until(lambda: (now := up.pid_of("prefect worker start")) and now != worker, "another worker")
    assert up.state(run) == "CRASHED"
    at_work(up)


def test_one_signal_stops_everything_within_ten_seconds_and_leaves_nothing(up: Up) -> None:
    assert up.pid_of("prefect.engine")
    began_s = time.monotonic()
    up.program.send_signal(signal.SIGINT)
    assert up.program.wait(timeout=30) == 0
    assert time.monotonic() - began_s < 10
    assert up.processes() == {}
    assert is_free(up.port)
    assert is_free(up.web)
    assert not together.scratch_of(up.home).exists()
    assert up.told.read_text().splitlines()[-1] == "up     | Everything is stopped."


def _shown(page: Page, url: str) -> str:
    page.goto(url)
    # The list of pages alone has some 120 signs; what the page itself shows comes later.
    page.wait_for_function("document.body.innerText.length > 150", timeout=90_000)
    page.wait_for_load_state("networkidle", timeout=90_000)
    return page.inner_text("body")


def _prepared(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "pipelines.together.preparing"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout


def _as_up_has_it(up: Up) -> Home:
    prefect = up.home.settings.prefect.model_copy(update={"port": up.port, "auth": SecretStr(AUTH)})
    return replace(up.home, settings=up.home.settings.model_copy(update={"prefect": prefect}))


def _listening(pid: int) -> set[tuple[str, int]]:
    """Addresses on which a process listens, from what the kernel says of its sockets."""
    try:
        held = {str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()}
        tables = [Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    except OSError:
        return set()
    rows = [line.split() for table in tables for line in table]
    return {_address(row[1]) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held}


def _address(coded: str) -> tuple[str, int]:
    host, port = coded.split(":")
    raw = bytes.fromhex(host)
    words = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return socket.inet_ntop(socket.AF_INET if len(words) == 4 else socket.AF_INET6, words), int(port, 16)
