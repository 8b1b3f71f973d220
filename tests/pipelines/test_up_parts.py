"""The parts of ``duiding up`` one by one, with small programs in the place of Prefect's."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import DuidingError
from pipelines import home as homes
from pipelines import together
from pipelines.home import Home
from pipelines.together import deaths, marks, watching
from pipelines.together.deaths import Deaths
from pipelines.together.logs import File, View, in_plain_words
from pipelines.together.parts import Part, Running
from tests.pipelines.at_work import until

ENVIRONMENT = {"PATH": os.environ["PATH"]}
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
)
# Starts another in a session of its own, as a worker starts a flow run, which outlives it.
BRANCHED = (
    f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], start_new_session=True).wait()"
)


def python(code: str, name: str = "flows") -> Part:
    return Part(name, [sys.executable, "-c", code], ENVIRONMENT)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def view(home: Home, said: list[str]) -> Iterator[View]:
    (home.path / "log").mkdir()
    made = View(home.path / "log", said.append)
    yield made
    made.close()
    marks.end(home.path)


def test_what_a_part_started_elsewhere_ends_with_it(home: Home, view: View) -> None:
    part = Running(python(BRANCHED), home.path, "t", view.hear)
    until(lambda: len(marks.found(home.path, "t")) == 2, "both processes")
    part.ask_to_stop()
    assert part.wait(5)
    (left,) = marks.found(home.path, "t", "flows")
    assert part.end() == 1
    assert not Path(f"/proc/{left.pid}").exists() or _is_zombie(left.pid)
    assert part.exit_code == -signal.SIGTERM


def test_only_what_is_meant_is_ended(home: Home, view: View, tmp_path: Path) -> None:
    sleeping = "import time; time.sleep(600)"
    one = Running(python(sleeping), home.path, "old", view.hear)
    other = Running(python(sleeping, "server"), home.path, "new", view.hear)
    elsewhere = Running(python(sleeping), tmp_path, "old", view.hear)
    try:
        assert marks.end(home.path, "old") == 1
        assert (one.wait(5), other.exit_code, elsewhere.exit_code) == (True, None, None)
        assert marks.end(home.path, part="flows") == 0
        assert marks.end(home.path) == 1
        assert other.wait(5)
        assert elsewhere.exit_code is None
    finally:
        assert elsewhere.end() == 1


def test_when_it_is_killed_itself_its_warden_ends_everything(home: Home) -> None:
    code = f"""
import sys, time
from pathlib import Path
from pipelines.together.parts import Part, Running, Warden
home = Path(sys.argv[1])
warden = Warden(home, "t")
part = Running(Part("flows", [sys.executable, "-c", {BRANCHED!r}], {ENVIRONMENT!r}), home, "t", lambda *_: None)
print("up", flush=True)
time.sleep(600)
"""
    command = [sys.executable, "-c", code, str(home.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as up:
        assert up.stdout
        assert up.stdout.readline() == b"up\n"
        until(lambda: len(marks.found(home.path)) == 2, "the part and what it starts")
        up.kill()
        up.wait()
    until(lambda: not marks.found(home.path), "the warden to end them", 10)


def test_a_part_that_keeps_dying_ends_the_watch_with_its_last_words(
    home: Home, view: View, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deaths, "pause_s", 0.0)
    sleeping = "import time; time.sleep(600)"
    parts = {
        "server": python(sleeping, "server"),
        "pages": python("import sys; print('no bread in the house', flush=True); sys.exit(7)", "pages"),
    }
    watch = watching.Watch(home, parts, view)
    try:
        for name in parts:
            watch.begin(name)
        with pytest.raises(DuidingError, match=r"'pages' ended 5 times within 90 seconds \(exit code 7\)") as told:
            watch.watch(tuple(parts))
    finally:
        watch.stop()
    view.close()
    assert "pages.log" in str(told.value)
    assert "up     | last of pages: no bread in the house" in said
    assert (home.path / "log" / "pages.log").read_text().splitlines() == ["no bread in the house"] * 5
    assert marks.found(home.path) == []


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40))
def test_only_deaths_close_together_are_too_many(moments: list[float]) -> None:
    seen = Deaths()
    for now in sorted(moments):
        seen = seen.and_one(now)
        near = [each for each in moments if now - deaths.WITHIN_S <= each <= now]
        assert len(seen.at_s) <= len(near)
        assert seen.pause_s >= 1
        if len(near) < deaths.MOST:
            assert not seen.are_too_many


def test_pauses_grow_and_a_quiet_while_begins_anew() -> None:
    seen, pauses = Deaths(), []
    for now in (0, 10, 20, 30, 300):
        seen = seen.and_one(now)
        pauses.append(seen.pause_s)
    assert pauses == [1, 2, 4, 8, 1]
    assert not seen.are_too_many
    for now in (301, 302, 303, 304):
        seen = seen.and_one(now)
    assert seen.are_too_many


def test_the_log_says_it_in_plain_words() -> None:
    prefect = "23:03:11.123 | INFO    | prefect.worker.process.duiding - Worker 'duiding' started"
    assert in_plain_words(prefect) == "Worker 'duiding' started"
    flow = "23:03:11.123 | ERROR   | Flow run 'ingest Mon' - Nobody answers - at all"
    assert in_plain_words(flow) == "error: Nobody answers - at all"
    assert in_plain_words("INFO:     Uvicorn running") == "Uvicorn running"
    assert in_plain_words("a | b") == "a | b"


def test_a_log_keeps_within_its_size(tmp_path: Path) -> None:
    file = File(tmp_path / "flows.log", most_bytes=1_000)
    for number in range(500):
        file.write(f"line {number:04}")
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 2_200
    assert {each.name for each in tmp_path.iterdir()} == {"flows.log", "flows.log.1"}
    assert file.path.read_text().splitlines()[-1] == "line 0499"


def test_a_terminal_that_takes_nothing_holds_up_nothing(home: Home) -> None:
    (home.path / "log").mkdir()
    view = View(home.path / "log", lambda _: time.sleep(600))
    began_s = time.monotonic()
    for number in range(5_000):
        view.hear("flows", f"{number}")
    view.close()
    assert time.monotonic() - began_s < 60
    assert len((home.path / "log" / "flows.log").read_text().splitlines()) == 5_000


def test_the_servers_greeting_is_left_out(home: Home, view: View, said: list[str]) -> None:
    for line in (r" ___ ___ ___", r"|  _/ -_)  _|", "Configure Prefect to communicate with the server with:", "Ready."):
        view.hear("server", line)
    view.close()
    assert said == ["server | Ready."]


def test_what_the_operator_set_wins_but_where_it_must_not(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_UI_V2_ENABLED", "true")
    monkeypatch.setenv("PREFECT_API_URL", "https://cloud.example/api")
    monkeypatch.setenv("NO_PROXY", "intern.example")
    monkeypatch.setenv("DUIDING_PREFECT__PORT", "4277")
    around = together.environment(homes.opened(home.path))
    assert around["PREFECT_SERVER_UI_V2_ENABLED"] == "true"
    assert around["PREFECT_API_URL"] == "http://127.0.0.1:4277/api"
    assert around["NO_PROXY"].split(",") == ["intern.example", *together.LOOPBACK]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:4200/api"),  # noqa: S104  # nothing is bound
        ("::", "http://[::1]:4200/api"),
        ("10.1.2.3", "http://10.1.2.3:4200/api"),
    ],
)
def test_programs_of_this_machine_reach_an_open_server_too(
    home: Home, monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    monkeypatch.setenv("DUIDING_PREFECT__HOST", host)
    assert together.api_of(homes.opened(home.path)) == address


def test_secrets_do_not_show_in_what_is_printed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_PREFECT__AUTH", "operator:geheim-en-lang-genoeg")
    opened = homes.opened(home.path)
    assert together.auth_of(opened) == "operator:geheim-en-lang-genoeg"
    assert not re.search("geheim", repr(opened) + repr(watching.parts_of(opened)))


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
