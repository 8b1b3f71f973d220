"""One part by itself, under systemd or in a container: the real program, with the environment of the home."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from curate.errors import UsageError
from pipelines.home import Home
from pipelines.prefect_api import PrefectError
from pipelines.together import alone
from tests.pipelines.at_home import Story, moved
from tests.pipelines.conftest import Duiding, refused


class BecameError(Exception):
    """Instead of becoming another program."""


def become(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], dict[str, str]]:
    """What a part would be: its words and its environment."""
    became: list[tuple[list[str], dict[str, str]]] = []

    def execve(_file: str, words: list[str], around: dict[str, str]) -> None:
        became.append((words, around))
        raise BecameError

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(os, "chdir", lambda _: None)
    with pytest.raises(BecameError):
        alone.become(home, name)
    return became[0]


def test_a_part_gets_all_of_prefect_from_the_settings_of_the_home(
    bare: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = moved(bare, tmp_path / "home", Story(), '[prefect]\nport = 4699\nauth = "operator:a long secret"\n')
    words, around = become(home, "server", monkeypatch)
    assert words[-2:] == ["server", "start"]
    assert around["DUIDING_HOME"] == str(home.path)
    assert around["PREFECT_SERVER_API_PORT"] == "4699"
    assert around["PREFECT_SERVER_API_AUTH_STRING"] == "operator:a long secret"
    assert "a long secret" not in " ".join(words)
    assert become(home, "setup", monkeypatch)[0][-1] == "pipelines.together.preparing"
    assert become(home, "pages", monkeypatch)[0][-1] == "web"


def test_the_flows_do_not_begin_before_what_a_crash_left_is_freed(bare: Home, tmp_path: Path) -> None:
    home = moved(bare, tmp_path / "home", Story(), "[prefect]\nport = 4698\n")
    with pytest.raises(PrefectError, match="4698"):
        alone.become(home, "flows")


def test_an_unknown_part_and_an_open_door_are_refused(
    bare: Home, tmp_path: Path, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUIDING_PREFECT__AUTH")
    home = moved(bare, tmp_path / "home", Story(), '[prefect]\nhost = "0.0.0.0"\n')
    with pytest.raises(UsageError, match=r"prefect\.auth"):
        alone.become(home, "server")
    wide = moved(bare, tmp_path / "wide", Story(), '[web]\nhost = "0.0.0.0"\n')
    with pytest.raises(UsageError, match="public_url"):
        alone.become(wide, "pages")
    assert "server, setup, flows, pages" in refused(duiding("up", "--only", "worker"))


def test_the_pages_run_by_themselves_and_end_when_they_are_asked_to(bare: Home, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = moved(bare, tmp_path / "home", Story(), f"[web]\nport = {port}\n")
    words = [sys.executable, "-m", "pipelines.cli", "--home", str(home.path), "up", "--only", "pages"]
    started = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}/healthz") and time.monotonic() < until and started.poll() is None:
            time.sleep(0.1)
        assert answers(f"http://127.0.0.1:{port}/healthz")
        started.send_signal(signal.SIGTERM)
        assert started.wait(20) in (0, -signal.SIGTERM)
    finally:
        started.kill()
        started.wait()


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.read() == b"ok\n")
    except (URLError, OSError):
        return False
