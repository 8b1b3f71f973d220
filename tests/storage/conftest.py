"""A database for each test, made once and copied."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from storage import database
from storage.database import Database, Session
from tests.storage.builders import NOW


class _TestIsOver(Exception):  # noqa: N818  # not an error: it makes the session roll back
    """The test has seen what it wanted to see."""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest schema."""
    return database.create(tmp_path_factory.mktemp("made") / "duiding.duckdb", NOW).path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """Where this test's database stands."""
    return Path(shutil.copy2(made, tmp_path / "duiding.duckdb"))


@pytest.fixture
def store(path: Path) -> Database:
    """This test's database."""
    return Database(path)


@pytest.fixture
def db(path: Path) -> Iterator[Session]:
    """A session that writes to this test's database. Its transaction is rolled back, which is faster than a commit."""
    with suppress(_TestIsOver), Database(path).writing() as session:
        yield session
        raise _TestIsOver
