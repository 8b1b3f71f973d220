"""The database that stays open for a test refuses what a real one would."""

from pathlib import Path

import duckdb
import pytest

from storage import database
from tests.kept_open import kept_open
from tests.storage.builders import NOW


def test_a_session_that_only_reads_cannot_write(tmp_path: Path) -> None:
    with kept_open():
        store = database.create(tmp_path / "duiding.duckdb", NOW)
        with store.reading() as db:
            with pytest.raises(duckdb.InvalidInputException, match="only reads"):
                db.execute("DELETE FROM people WHERE true")
            with pytest.raises(duckdb.InvalidInputException, match="only reads"):
                db.bulk("articles.add_addresses", ("canonical_url", "article_id"), [("https://a.example", "a")])
        with store.writing() as db:
            db.execute("DELETE FROM people WHERE true")
