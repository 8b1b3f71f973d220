"""Whom the harness may kill: the programs of its own home, and no others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.soak import programs


@contextmanager
def started(home: Path, *words: str, **around: str) -> Iterator[int]:
    """A program that does nothing but be there, with these words on its command line."""
    command = [sys.executable, "-c", "print(flush=True); input()", *words]
    environment = {**os.environ, "DUIDING_HOME": str(home), **around}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe) as program:
        assert program.stdout
        program.stdout.readline()
        yield program.pid
        program.kill()


@pytest.mark.parametrize(
    ("words", "around", "kind"),
    [
        (("prefect", "server", "start"), {}, "server"),
        (("prefect", "worker", "start", "--pool", "duiding"), {}, "worker"),
        (("pipelines.cli", "web"), {}, "web"),
        (("pipelines.cli", "up", "--port", "4300"), {}, "up"),
        (("prefect.engine",), {"PREFECT__FLOW_RUN_ID": "1"}, "flow"),
    ],
)
def test_a_program_is_known_by_its_home_and_its_words(
    tmp_path: Path, words: tuple[str, ...], around: dict[str, str], kind: str
) -> None:
    with ExitStack() as running:
        ours = running.enter_context(started(tmp_path / "ours", *words, **around))
        running.enter_context(started(tmp_path / "another", *words, **around))
        assert [one.pid for one in programs.of_kind(tmp_path / "ours", kind)] == [ours]


def test_what_a_flow_started_to_read_pages_with_is_not_its_own_program(tmp_path: Path) -> None:
    with started(tmp_path, "spawn_main", PREFECT__FLOW_RUN_ID="1"):
        assert [one.kind for one in programs.of_home(tmp_path)] == ["flow"]
        assert programs.of_kind(tmp_path, "flow") == ()


def test_who_is_killed_is_gone(tmp_path: Path) -> None:
    with started(tmp_path, "web"):
        assert programs.kill(programs.of_kind(tmp_path, "web")) == 1
    assert programs.of_home(tmp_path) == ()
