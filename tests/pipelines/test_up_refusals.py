"""What ``duiding up`` looks at before anything starts: each refusal is one sentence, and nothing is touched."""

import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from curate.errors import UsageError
from pipelines import home as homes
from pipelines.home import Home
from pipelines.together import checks, marks
from tests.pipelines.at_home import NOW, Story, fingerprint, write
from tests.pipelines.at_work import free_port
from tests.pipelines.conftest import Duiding, refused


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Free ports for Prefect and for the pages, set in the environment."""
    prefect, web = free_port(), free_port()
    monkeypatch.setenv("DUIDING_PREFECT__PORT", str(prefect))
    monkeypatch.setenv("DUIDING_WEB__PORT", str(web))
    return prefect, web


@pytest.fixture
def untouched(home: Home, duiding: Duiding, ports: tuple[int, int]) -> Iterator[Duiding]:
    """The command in a fresh home of which afterwards nothing may run, and everything must still be there."""
    before = fingerprint(home)
    yield duiding
    assert marks.found(home.path) == []
    assert not list((home.path / "prefect").glob("*.db"))
    assert fingerprint(home) == before


@pytest.mark.parametrize(("which", "setting"), [(0, "prefect.port"), (1, "web.port")])
def test_a_port_that_is_taken_is_named_with_its_setting(
    untouched: Duiding, ports: tuple[int, int], which: int, setting: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[which]))
        taken.listen()
        said = refused(untouched("up"))
    assert f"Port {ports[which]}" in said
    assert setting in said
    assert f"DUIDING_{setting.upper().replace('.', '__')}" in said


def test_one_port_for_two_servers_is_refused(untouched: Duiding, ports: tuple[int, int]) -> None:
    assert "another port" in refused(untouched("up", "--port", ports[1]))


@pytest.mark.real_files
def test_a_database_in_the_hands_of_another_program_is_left_to_it(
    untouched: Duiding, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_PATIENCE_S", 0.2)
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(home.database.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        said = refused(untouched("up"), 1)
        other.communicate()
    assert f"process {other.pid}" in said


@pytest.mark.parametrize(("schema", "todo"), [(9999, "Upgrade this program"), (None, "duiding migrate")])
def test_a_database_of_another_version_is_refused(
    home: Home, duiding: Duiding, ports: tuple[int, int], schema: int | None, todo: str
) -> None:
    if schema:
        write(home, lambda db: db.execute("INSERT INTO schema_versions SELECT 9999, 'later', now()::TIMESTAMP"))
    else:
        write(home, lambda db: db.execute("DELETE FROM schema_versions WHERE true"))
    assert todo in refused(duiding("up"))


def test_a_disk_without_room_is_refused(untouched: Duiding, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 3 * 10**6, 3 * 10**6))
    assert "has 3 MB left" in refused(untouched("up"), 1)


@pytest.mark.parametrize("folder", ["log", "prefect"])
def test_a_folder_that_cannot_be_written_is_named(untouched: Duiding, home: Home, folder: str) -> None:
    (home.path / folder).write_text("in the way")
    assert str(home.path / folder) in refused(untouched("up"), 1)


def test_a_home_in_which_no_lock_can_be_made_is_refused(untouched: Duiding, home: Home) -> None:
    (home.path / "up.lock").mkdir()
    assert "cannot be made" in refused(untouched("up"), 1)


def test_a_clock_before_the_last_run_is_refused_unless_it_is_said_to_be_right(
    home: Home, duiding: Duiding, ports: tuple[int, int], story: Story
) -> None:
    story.later(days=2)
    homes.start_run(home, "ingest")
    said = refused(duiding("up"), 1)  # the command's own clock stands at NOW
    assert f"{NOW + timedelta(days=2):%Y-%m-%d %H:%M}" in said
    assert "--clock-is-right" in said
    checks.refuse_what_cannot_go_well(homes.opened(home.path, lambda: NOW), clock_is_right=True)


def test_a_small_step_back_of_the_clock_is_nothing() -> None:
    checks.refuse_clock_before(NOW, NOW - timedelta(minutes=4))


def test_prefect_is_not_opened_to_others_without_an_auth_string(
    untouched: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DUIDING_PREFECT__AUTH")
    monkeypatch.setenv("DUIDING_PREFECT__HOST", "0.0.0.0")  # noqa: S104  # it is refused
    assert "prefect.auth is not set" in refused(untouched("up"))


def test_a_short_password_is_refused_and_not_repeated(untouched: Duiding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_PREFECT__AUTH", "operator:kort")
    said = refused(untouched("up"))
    assert "prefect.auth" in said
    assert "kort" not in said


def test_the_pages_are_not_opened_to_others_under_an_address_of_this_machine(
    untouched: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIDING_WEB__HOST", "0.0.0.0")  # noqa: S104  # it is refused
    assert "public_url" in refused(untouched("up"))


def test_a_home_without_its_secret_is_refused(untouched: Duiding, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUIDING_SECRET")
    (home.path / "secret").unlink()
    assert "secret is missing" in refused(untouched("up"))


def test_a_missing_model_is_told_and_stops_nothing(
    home: Home, ports: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.missing_model(home) is None
    monkeypatch.setenv("DUIDING_MODEL", "of-a-friend")
    other = homes.opened(home.path, home.clock)
    checks.refuse_what_cannot_go_well(other, clock_is_right=False)
    assert "'of-a-friend' is not on this machine" in str(checks.missing_model(other))


def test_a_second_one_is_refused_while_the_first_lives_and_not_after_it(home: Home) -> None:
    lock = "import sys\nfrom pathlib import Path\nfrom pipelines import home\nfrom pipelines.together import checks\n"
    lock += "with checks.alone(home.opened(Path(sys.argv[1]))):\n    print('alone', flush=True)\n    sys.stdin.read()"
    command = [sys.executable, "-c", lock, str(home.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"alone\n"
        with pytest.raises(Exception, match=f"as process {first.pid}"), checks.alone(home):
            raise AssertionError("two at once")
        first.kill()
        first.wait()
    with checks.alone(home):
        assert Path(home.path / "up.lock").exists()


def test_another_system_is_refused_with_the_way_that_works_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs Linux"):
        checks.refuse_other_systems(tmp_path / "no-proc")
