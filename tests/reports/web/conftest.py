"""One week for each test, made once and copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.web import rounds
from reports.web.site import Site
from storage.database import Database
from tests.kept_open import kept_open
from tests.reports.web import builders
from tests.reports.web.builders import Clock, World


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the sample week."""
    return builders.world(tmp_path_factory.mktemp("week")).db.path


@pytest.fixture(autouse=True)
def open_() -> Iterator[None]:
    """Open the week once a test."""
    with kept_open():
        yield


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the pages without reading ahead for a first visitor: that takes longer than most tests."""

    async def nothing(_: Site) -> None:
        return

    monkeypatch.setattr(rounds, "warm", nothing)


@pytest.fixture
def world(made: Path, tmp_path: Path) -> World:
    """A fresh copy of the sample week."""
    path = tmp_path / "duiding.duckdb"
    shutil.copy2(made, path)
    return builders.around(Database(path), Clock())
