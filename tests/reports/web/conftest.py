"""One week for each test, made once and copied."""

import shutil
from pathlib import Path

import pytest

from storage.database import Database
from tests.reports.web import builders
from tests.reports.web.builders import Clock, World


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the sample week."""
    return builders.world(tmp_path_factory.mktemp("week")).db.path


@pytest.fixture
def world(made: Path, tmp_path: Path) -> World:
    """A fresh copy of the sample week."""
    path = tmp_path / "duiding.duckdb"
    shutil.copy2(made, path)
    return builders.around(Database(path), Clock())
