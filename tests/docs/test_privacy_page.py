"""The page about privacy names every table and column that says who somebody is, and no other."""

import re
from datetime import UTC, datetime
from pathlib import Path

from storage import database
from storage.database import Database
from tests.docs import pages

WHO = re.compile(r"person_id|subscriber_id|email|email_hash|author|ask_who|ask_else|\w+_by")
NAMES = {("people", "name"), ("answer_words", "name"), ("reader_askables", "name"), ("relay_words", "name")}
"""Columns called ``name`` that hold one of a person; themes and migrations have names too."""


def in_the_database(folder: Path) -> set[tuple[str, str]]:
    """Every (table, column) that says who."""
    file = folder / "duiding.duckdb"
    database.create(file, datetime.now(UTC))
    with Database(file).reading() as db:
        columns = db.execute(
            "SELECT table_name, column_name FROM duckdb_columns()"
            " WHERE table_name IN (SELECT table_name FROM duckdb_tables())"
        )
    return {(table, column) for table, column in columns if WHO.fullmatch(column)} | NAMES & {*columns}


def on_the_page() -> set[tuple[str, str]]:
    """Every (table, column) of the list."""
    section = pages.text_of("docs/privacy.md").split("## Where it stands\n")[1].split("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    found = [(re.findall(r"`(\w+)`", row[1]), re.findall(r"`(\w+)`", row[2])) for row in rows]
    return {(table, column) for tables, columns in found for table in tables for column in columns}


def test_every_table_and_column_about_people_stands_on_the_page(tmp_path: Path) -> None:
    there = in_the_database(tmp_path)
    assert len(there) > 40
    assert there - on_the_page() == set()
    assert on_the_page() - there == set()
