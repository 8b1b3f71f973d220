"""The command line: the contract of names, of JSON, of exit codes, and one clear line for whatever is wrong."""

import io
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.home import Home
from tests.pipelines.conftest import Duiding, refused

COMMANDS = (
    "init",
    "sources add",
    "sources import",
    "sources export",
    "sources list",
    "sources check",
    "sources coverage",
    "sources disable",
    "sources enable",
    "links add",
    "linkedin import",
    "articles import",
    "ingest",
    "week run",
    "cluster",
    "clusters show",
    "clusters join",
    "clusters part",
    "clusters corrections",
    "clusters undo",
    "people add",
    "people list",
    "people remove",
    "embed",
    "link",
    "remind",
    "publish",
    "send",
    "subscribers import",
    "subscribers add",
    "subscribers list",
    "subscribers export",
    "subscribers remove",
    "subscribers restore",
    "subscribers forget",
    "export",
    "web",
    "up",
    "sql",
    "status",
    "doctor",
    "upkeep",
    "migrate",
    "backup",
    "restore",
    "themes list",
    "themes show",
    "themes name",
    "themes suggestions",
    "themes accept",
    "themes refuse",
    "demo",
)


# --- names and help --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_contract_is_there_and_explains_itself(duiding: Duiding, command: str) -> None:
    said = duiding(*command.split(), "--help")
    assert said.code == 0
    assert f"Usage: duiding {command}" in said.out
    assert said.err == ""


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("init", "--name --language"),
        ("linkedin import", "--person --preview --allow"),
        ("ingest", "--all"),
        ("week run", "--week"),
        ("cluster", "--week --from --to"),
        ("people add", "--name --role --language"),
        ("remind", "--week"),
        ("publish", "--week --dry-run"),
        ("send", "--week --only"),
        ("export", "--week --format --out --copies"),
        ("sql", "--write"),
        ("restore", "--yes"),
        ("demo", "--out"),
    ],
)
def test_commands_have_the_options_of_the_contract(duiding: Duiding, command: str, options: str) -> None:
    said = duiding(*command.split(), "--help")
    assert [option for option in options.split() if f"{option} " not in said.out] == []


def test_a_group_without_a_command_shows_what_there_is(duiding: Duiding) -> None:
    for arguments in ((), ("sources",), ("week",), ("themes",)):
        said = duiding(*arguments)
        assert said.code == 2
        assert said.out == ""
        assert "Commands:" in said.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("bogus", "No such command 'bogus'"),
        ("people ad x", "Did you mean 'add'?"),
        ("people add", "EMAIL"),
        ("people add a@b.example --role editor", "--name"),
        ("week run --wek 2026-W47", "--wek"),
        ("week run --week", "--week"),
        ("cluster --from yesterday", "--from"),
        ("backup", "FILE"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(home: Home, duiding: Duiding, arguments: str, told: str) -> None:
    assert told in refused(duiding(*arguments.split()))


def test_the_version_can_be_asked(duiding: Duiding) -> None:
    said = duiding("--version")
    assert (said.code, said.out.split()[0]) == (0, "duiding")


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


HEAVY = "torch sklearn scipy numpy prefect duckdb pyarrow sentence_transformers trafilatura feedparser httpx2 starlette"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from pipelines.cli import run; code = run(['--help']); "
        f"print(code, *sorted(set({HEAVY.split()!r}) & set(sys.modules)))"
    )
    assert run_python(code).splitlines()[-1] == "0"


def test_importing_the_flows_never_loads_the_model_libraries() -> None:
    code = (
        "import sys; import pipelines.ingest, pipelines.weekly, pipelines.remind, pipelines.publish; "
        "print(*sorted({'torch', 'sklearn', 'sentence_transformers', 'transformers'} & set(sys.modules)))"
    )
    assert run_python(code).strip() == ""


# --- which home ------------------------------------------------------------------------------------------------------


def test_the_home_may_be_named_anywhere(
    home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DUIDING_HOME")
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ("--home", home.path, "status"),
        ("status", "--home", home.path),
        ("status", f"--home={home.path}"),
        ("people", "--home", home.path, "list"),
    ):
        assert duiding(*arguments).code == 0
    assert "--home" in refused(duiding("status"))
    monkeypatch.chdir(home.path)
    assert duiding("status").code == 0


def test_a_home_that_is_none_is_told(duiding: Duiding, tmp_path: Path) -> None:
    assert "duiding init" in refused(duiding("status", "--home", tmp_path / "nowhere"))
    (tmp_path / "file").touch()
    assert "duiding init" in refused(duiding("status", "--home", tmp_path / "file"))


def test_a_home_whose_database_is_gone_is_told(home: Home, duiding: Duiding) -> None:
    home.database.path.unlink()
    for command in ("status", "people list", "subscribers add a@b.example"):
        assert "duiding init" in refused(duiding(*command.split()), code=1)


def test_a_misspelt_setting_is_told(home: Home, duiding: Duiding) -> None:
    file = home.path / "duiding.toml"
    file.write_text(file.read_text() + '[smtp]\nhots = "x"\n')
    assert "'smtp.host'" in refused(duiding("status"))


def test_a_database_of_a_newer_program_is_left_alone(home: Home, duiding: Duiding) -> None:
    with duckdb.connect(str(home.database.path)) as connection:
        connection.execute("INSERT INTO schema_versions VALUES (9999, '9999_later.sql', now()::TIMESTAMP)")
    before = home.database.path.read_bytes()
    for command in ("status", "ingest", "migrate", "people add a@b.example --name A --role editor"):
        assert "newer" in refused(duiding(*command.split()))
    assert home.database.path.read_bytes() == before


def test_a_clock_that_is_none_is_told(home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIDING_NOW", "gisteren")
    assert "gisteren" in refused(duiding("status"))


# --- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        "status",
        "sources list",
        "sources add https://a.example/feed",
        "sources export",
        "sources check",
        "sources coverage",
        "ingest",
        "ingest --all",
        "people list",
        "people add a@b.example --name Anna --role catalyst",
        "subscribers add a@b.example",
        "subscribers list",
        "subscribers export",
        "subscribers forget a@b.example",
        "themes list",
        "migrate",
        "send",
        "export articles",
        "export digest",
        "sql",
    ],
)
def test_json_is_exactly_one_object_wherever_it_stands(
    home: Home, duiding: Duiding, warm: None, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 1 AS een; \nSELECT 'x' AS twee, NULL AS niets;\n"))
    first, *rest = arguments.split()
    said = duiding(first, "--json", *rest)
    assert said.code == 0, said
    assert isinstance(said.json, dict)
    assert said.err == ""
    assert isinstance(duiding(*arguments.split(), "--json").json, dict)


def test_json_of_a_failure_leaves_stdout_empty(home: Home, duiding: Duiding) -> None:
    refused(duiding("--json", "link", "nobody@b.example"))


def test_words_after_two_dashes_are_no_options(home: Home, duiding: Duiding) -> None:
    assert "--json" in refused(duiding("sources", "add", "--", "--json"))


def test_the_record_of_init(duiding: Duiding, tmp_path: Path) -> None:
    said = duiding("init", tmp_path / "nieuw", "--name", "Ons net", "--language", "en", "--json")
    assert said.code == 0
    assert Path(said.json["database"]).exists()
    assert 'name = "Ons net"' in (tmp_path / "nieuw" / "duiding.toml").read_text()
    assert "'de'" in refused(duiding("init", tmp_path / "x", "--language", "de"))
    assert not (tmp_path / "x").exists()
