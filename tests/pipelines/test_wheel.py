"""The wheel that users install: built, put into an empty environment, and run from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("curate", "storage", "reports", "pipelines")


def run(*command: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    around = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DUIDING", "PIP"))}
    parts = [str(part) for part in command]
    return subprocess.run(parts, env=around, capture_output=True, text=True, check=False, cwd=folder)


def pip(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree."""
    folder = tmp_path_factory.mktemp("dist")
    built = pip("wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    if built.returncode and "No matching distribution found for hatchling" in built.stderr:
        pytest.skip("hatchling, which builds the wheel, is not installed and cannot be fetched")
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("duiding-*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel, and beside it only what the wheel depends on; returns its programs."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    done = pip("--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    assert done.returncode == 0, done.stderr
    # Installing all dependencies anew takes minutes. A path in a .pth file comes after the environment's own packages,
    # and the .pth files in it (that of this source tree among them) are not read.
    (own,) = (folder / "lib").glob("python*/site-packages")
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_four_rooms(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    ours = {
        file.relative_to(ROOT).as_posix()
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert ours - names == set()
    for kind in (
        "curate/stopwords.txt",
        "storage/sql/articles.sql",
        "storage/migrations/0001_first.sql",
        "reports/templates/web/board.html",
        "reports/templates/digest/mail.mjml",
        "reports/words/web.nl.toml",
        "reports/words/web.en.toml",
        "reports/static/duiding.css",
        "pipelines/demo/articles.toml",
        "pipelines/demo/linkedin/Shares.csv",
        "pipelines/prefect.yaml",
        "pipelines/py.typed",
    ):
        assert kind in names


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        roots = {name.split("/")[0] for name in packed.namelist()}
        metadata = packed.read(next(name for name in packed.namelist() if name.endswith("METADATA"))).decode()
    assert roots == {*ROOMS, wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"}
    assert "duckdb<2,>=1.5.5" in metadata.replace(" ", "")


def test_the_packages_come_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = (
        "import curate, storage, reports, pipelines, json\n"
        "from pipelines.together import deployments_file\n"
        "from reports.words import words\n"
        "from storage import migrations, queries\n"
        "rooms = [room.__file__ for room in (curate, storage, reports, pipelines)]\n"
        "print(json.dumps([*rooms, str(deployments_file()), len(queries.of('articles')), migrations.newest()]))"
    )
    done = run(installed / "python", "-c", code, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    *files, statements, newest = json.loads(done.stdout)
    assert all(Path(file).is_relative_to(installed.parent) for file in files), files
    assert Path(files[-1]).is_file()
    assert statements > 5
    assert newest >= 1


def test_the_installed_command_explains_itself_and_makes_a_home(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "duiding", "--help", folder=tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert "Usage: duiding" in said.stdout
    made = run(installed / "duiding", "init", "huis", "--name", "Ons net", folder=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert (tmp_path / "huis" / "duiding.duckdb").exists()
    status = run(installed / "duiding", "--home", "huis", "status", "--json", folder=tmp_path)
    assert json.loads(status.stdout)["sources"] == 0
    checked = run(installed / "duiding", "sources", "check", "--json", folder=tmp_path / "huis")
    assert json.loads(checked.stdout)["sources"] == []
