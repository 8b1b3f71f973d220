"""A home: making it, finding it, its clock, its secret, its runs."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from curate.errors import UsageError
from pipelines import home as homes
from pipelines import settings
from pipelines.home import Home
from pipelines.steps import imports
from tests.pipelines.at_home import NOW, Story, jsonl, one, rows, week_of_articles


@pytest.fixture(autouse=True)
def _no_settings_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DUIDING_")]:
        monkeypatch.delenv(name)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_home_holds_settings_sources_secret_and_database(tmp_path: Path, story: Story) -> None:
    made = homes.make(tmp_path / "a" / "b", 'Ons "net"\twerk', "en", story)
    assert made.settings.name == 'Ons "net"\twerk'
    assert made.settings.language == "en"
    assert {file.name for file in made.path.iterdir()} >= {"duiding.toml", "sources.opml", "secret", "duiding.duckdb"}
    assert made.inbox.is_dir()
    assert one(made, "SELECT count(*) FROM sources") == 0


def test_making_a_home_twice_keeps_everything(tmp_path: Path, story: Story) -> None:
    first = homes.make(tmp_path, "Eerste", "nl", story)
    imports.import_articles(first, jsonl(tmp_path / "week.jsonl", week_of_articles()))
    (tmp_path / "sources.opml").write_text("<opml/>")
    listed = {file.name for file in tmp_path.iterdir()}
    names = ("duiding.toml", "secret", "sources.opml")
    before = {name: (tmp_path / name).read_bytes() for name in names}
    again = homes.make(tmp_path, "Tweede", "en", story)
    assert again.settings.name == "Eerste"
    assert {name: (tmp_path / name).read_bytes() for name in names} == before
    assert {file.name for file in tmp_path.iterdir()} == listed, "nothing half-written is left lying about"
    assert one(again, "SELECT count(*) FROM articles") == 9


def test_what_others_on_the_machine_must_not_read_is_private(tmp_path: Path, story: Story) -> None:
    before = os.umask(0o022)
    try:
        made = homes.make(tmp_path / "home", "Net", "nl", story)
    finally:
        os.umask(before)
    assert mode(made.path) == 0o700
    assert mode(made.path / "secret") == 0o600
    assert mode(made.database.path) == 0o600
    assert mode(made.outbox) == 0o700
    assert mode(made.inbox) == 0o700
    assert mode(made.path / "duiding.toml") & 0o077 == 0, "it may hold the mail server's password"


def test_access_that_an_operator_gave_is_kept(tmp_path: Path, story: Story) -> None:
    made = homes.make(tmp_path, "Net", "nl", story)
    for path in (made.database.path, made.outbox, made.inbox):
        path.chmod(0o770)
    homes.make(tmp_path, "Net", "nl", story)
    assert {mode(path) for path in (made.database.path, made.outbox, made.inbox)} == {0o770}


def test_a_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path, story: Story) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "home"):
        with pytest.raises(UsageError, match="file"):
            homes.make(path, "Net", "nl", story)


def test_a_name_that_no_file_can_hold_leaves_nothing_half_written(tmp_path: Path, story: Story) -> None:
    with pytest.raises(UsageError, match="name"):
        homes.make(tmp_path, "Net\udcff", "nl", story)
    assert homes.make(tmp_path, "Net", "nl", story).settings.name == "Net"


@pytest.mark.parametrize("name", ["\x7f", "a\nb", "#", "{x}", "😀", "\\", '"""', "\u2028"])
def test_any_other_name_is_kept_as_it_is(tmp_path: Path, story: Story, name: str) -> None:
    assert homes.make(tmp_path, name, "nl", story).settings.name == name


def test_a_secret_differs_from_home_to_home_and_is_never_empty(tmp_path: Path, story: Story) -> None:
    secrets = {homes.make(tmp_path / name, "Net", "nl", story).secret for name in "abc"}
    assert len(secrets) == 3
    assert all(len(secret) >= 32 for secret in secrets)


def test_a_secret_that_is_missing_or_empty_signs_nothing(home: Home) -> None:
    for spoil in (lambda file: file.write_bytes(b""), Path.unlink):
        spoil(home.path / "secret")
        with pytest.raises(UsageError, match="secret"):
            _ = home.secret


def test_the_secret_of_the_settings_comes_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_SECRET", "van buiten")
    assert homes.opened(home.path).secret == b"van buiten"
    assert "van buiten" not in repr(homes.opened(home.path))


def test_a_database_may_lie_elsewhere(tmp_path: Path, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_DB", str(tmp_path / "away" / "x.duckdb"))
    assert homes.make(tmp_path / "home", "Net", "nl", story).database.path == tmp_path / "away" / "x.duckdb"
    assert (tmp_path / "away" / "x.duckdb").exists()
    monkeypatch.setenv("DUIDING_DB", "data/y.duckdb")
    assert homes.opened(tmp_path / "home").database.path == tmp_path / "home" / "data" / "y.duckdb"


# --- which home ------------------------------------------------------------------------------------------------------


def test_the_home_given_comes_before_the_environment_and_that_before_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="--home"):
        homes.found(None, {})
    (tmp_path / settings.FILE).touch()
    assert homes.found(None, {}) == tmp_path
    assert homes.found(None, {"DUIDING_HOME": ""}) == tmp_path
    assert homes.found(None, {"DUIDING_HOME": "named"}) == Path("named")
    assert homes.found(Path("given"), {"DUIDING_HOME": "named"}) == Path("given")


def test_programs_without_a_command_line_find_the_home_that_the_environment_names(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIDING_HOME", str(home.path))
    monkeypatch.setenv("DUIDING_NOW", "2026-11-16")
    assert homes.here().path == home.path
    assert homes.here().clock() == datetime(2026, 11, 16, tzinfo=UTC)


# --- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    ["2026-11-23T05:00:00Z", "2026-11-23T06:00:00+01:00", "2026-11-23T05:00:00", "2026-11-23 05:00", "20261123T050000"],
)
def test_the_clock_stands_still_where_the_environment_puts_it(said: str) -> None:
    clock = homes.clock_of({"DUIDING_NOW": said})
    assert clock() == clock() == NOW
    assert clock().tzinfo is UTC


@pytest.mark.parametrize("environment", [{}, {"DUIDING_NOW": ""}])
def test_without_it_the_clock_is_the_real_one(environment: dict[str, str]) -> None:
    assert abs(homes.clock_of(environment)() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("said", ["yesterday", "2026-13-01", "2026-W47x", "1763874000", "0001-01-01T00:00:00+10:00"])
def test_a_moment_that_is_none_is_told_with_an_example(said: str) -> None:
    with pytest.raises(UsageError, match=r"DUIDING_NOW is .*2026-11-16T06:00:00\+01:00"):
        homes.clock_of({"DUIDING_NOW": said})


# --- runs ------------------------------------------------------------------------------------------------------------


def test_a_run_is_kept_at_its_start_and_finished_with_its_outcome(
    home: Home, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "flow-1")
    run = homes.start_run(home, "cluster", ("hashes", "7"), week="2026-W47", since=NOW)
    started = rows(home, "SELECT kind, started_at, finished_at, model, model_revision, flow_run_id, outcome FROM runs")
    assert started == [("cluster", NOW, None, "hashes", "7", "flow-1", None)]
    assert '"week": "2026-W47"' in one(home, "SELECT parameters FROM runs")
    assert one(home, "SELECT code_version FROM runs") == homes.code_version()
    story.later(minutes=5)
    homes.finish_run(home, run, "Nine articles.")
    assert rows(home, "SELECT finished_at, outcome FROM runs") == [(story.now, "Nine articles.")]


def test_two_runs_that_start_in_one_moment_are_two(home: Home) -> None:
    assert homes.start_run(home, "send").id != homes.start_run(home, "send").id
    assert one(home, "SELECT count(*) FROM runs") == 2
