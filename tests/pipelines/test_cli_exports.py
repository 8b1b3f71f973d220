"""Commands that show and copy what is stored: export, sql, backup, restore, status."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from curate.annotations import Words
from curate.people import person
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import publishing, rounds, sending
from storage import annotations, clusters, people, subscribers
from storage.annotations import Author
from tests.pipelines.at_home import (
    NOW,
    WEEK,
    HashEncoder,
    Story,
    fingerprint,
    one,
    write,
)
from tests.pipelines.conftest import Duiding, refused

# --- export ----------------------------------------------------------------------------------------------------------

FIELDS = {
    "articles": "id url title author language published_at week sources text text_from teaser copy_of",
    "entries": "source guid title url article published_at first_seen_at",
    "sources": "url kind title state error_kind error since polled_at entries articles",
    "annotations": "week cluster theme catalyst version verdict so_what title ripeness relation to language written_at",
    "deliveries": "issue week subscriber state attempts message_id sent_at error",
    "clusters": "week cluster theme label keywords article url title copy_of rank score",
    "themes": "theme name label named week status sources of_sources expected z articles clusters changes",
    "digest": "number week network items question unannotated",
}


@pytest.fixture(scope="module")
def published_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which 2026-W47 went all the way: asked, spoken, published, sent as files."""
    from tests.pipelines.at_home import moved

    home = moved(filled, tmp_path_factory.mktemp("published") / "home", Story())
    anna, mia = person("anna@example.org", "=Anna", "catalyst", "nl"), subscribers.subscriber("mia@example.org", "nl")
    write(home, lambda db: people.add(db, anna, NOW))
    write(home, lambda db: subscribers.add(db, mia, "test", NOW))
    rounds.run_week(home, Week.parse(WEEK), model=HashEncoder())
    with home.database.reading() as db:
        cluster = clusters.cards_of_round(db, WEEK)[0].cluster_id
    words = Words("keep", "+ Dit zegt dat huurders straks zelf moeten bewijzen wat mis is.", "@titel", "working_view")
    write(home, lambda db: annotations.save(db, words, Author(cluster, WEEK, anna.id, "nl"), NOW))
    publishing.publish(home, Week.parse(WEEK))
    sending.send(home)
    return home


@pytest.fixture
def published(published_once: Home, tmp_path: Path, duiding: Duiding) -> Home:
    from tests.pipelines.at_home import moved

    return moved(published_once, tmp_path / "home", Story())


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_kind_is_exported_in_every_format(published: Home, duiding: Duiding, tmp_path: Path, kind: str) -> None:
    lines = [json.loads(line) for line in duiding("export", kind).out.splitlines()]
    assert lines
    assert set(lines[0]) >= set(FIELDS[kind].split())
    for form in ("jsonl", "csv", "parquet"):
        said = duiding("export", kind, "--format", form, "--out", tmp_path / form, "--json")
        assert (said.code, said.json["records"]) == (0, len(lines)), said
    assert [json.loads(line) for line in (tmp_path / "jsonl").read_text().splitlines()] == lines
    with (tmp_path / "csv").open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(lines)
    assert set(read[0]) == set(lines[0])
    table = pq.read_table(tmp_path / "parquet")
    assert (table.num_rows, set(table.column_names)) == (len(lines), set(lines[0]))


def test_the_object_of_export_holds_its_records(published: Home, duiding: Duiding) -> None:
    assert len(duiding("export", "articles", "--json").json["records"]) == 9
    assert duiding("export", "articles", "--week", "2026-W46", "--json").json["records"] == []
    assert len(duiding("export", "clusters", "--week", WEEK, "--json").json["records"]) == 9


def test_cells_that_a_spreadsheet_would_run_are_defused_and_all_other_formats_are_exact(
    published: Home, duiding: Duiding, tmp_path: Path
) -> None:
    (row,) = csv.DictReader(io.StringIO(duiding("export", "annotations", "--format", "csv").out))
    assert (row["catalyst"], row["title"], row["so_what"][:3]) == ("'=Anna", "'@titel", "'+ ")
    (line,) = duiding("export", "annotations").out.splitlines()
    assert json.loads(line)["catalyst"] == "=Anna"
    duiding("export", "annotations", "--format", "parquet", "--out", tmp_path / "x")
    assert pq.read_table(tmp_path / "x").to_pylist()[0]["catalyst"] == "=Anna"


def test_an_export_of_nothing_is_empty_in_every_format(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    for form in ("jsonl", "csv", "parquet"):
        assert duiding("export", "articles", "--format", form, "--out", tmp_path / form).code == 0
    assert (tmp_path / "jsonl").read_text() == ""
    assert pq.read_table(tmp_path / "parquet").num_rows == 0


def test_exports_that_cannot_be_are_told(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    for arguments in ("export koeken", "export articles --format xls", "export articles --format parquet"):
        refused(duiding(*arguments.split()))
    for form in ("jsonl", "csv", "parquet"):
        refused(duiding("export", "articles", "--format", form, "--out", tmp_path / "none" / "x"))


# --- looking inside, backup and restore ------------------------------------------------------------------------------


def test_the_shell_answers_statements_and_goes_on_after_a_wrong_one(
    week: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT count(*) AS n\nFROM articles;\nSELECT nee;\nSELECT 1 AS een"))
    said = duiding("sql")
    assert said.code == 3
    assert said.out == "n\n9\neen\n1\n"
    (line,) = said.err.splitlines()
    assert "nee" in line


@pytest.mark.real_files
def test_the_shell_changes_nothing_unless_told_to(
    week: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = "DELETE FROM sources;"
    monkeypatch.setattr("sys.stdin", io.StringIO(statement))
    said = duiding("sql")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert one(week, "SELECT count(*) FROM sources") == 3
    monkeypatch.setattr("sys.stdin", io.StringIO(statement))
    assert duiding("sql", "--write").code == 0
    assert one(week, "SELECT count(*) FROM sources") == 0


def test_the_shell_gives_its_answers_as_json(week: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = "SELECT count(*) AS n, max(published_at) AS last FROM articles;\nSELECT [1, 2] AS lijst;\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(statements))
    first, second = duiding("sql", "--json").json["answers"]
    assert first == {"columns": ["n", "last"], "rows": [[9, "2026-11-19T08:00:00"]]}
    assert second == {"columns": ["lijst"], "rows": [[[1, 2]]]}


def test_a_statement_may_be_given_with_the_command(week: Home, duiding: Duiding) -> None:
    said = duiding("sql", "SELECT count(*) AS n FROM articles; SELECT 'een;twee' AS t")
    assert (said.code, said.out) == (0, "n\n9\nt\neen;twee\n")
    assert duiding("sql", "SELECT 1 AS een", "--json").json["answers"] == [{"columns": ["een"], "rows": [[1]]}]


def test_a_semicolon_inside_words_ends_no_statement(
    week: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 'een;\ntwee' AS t;\n\n"))
    said = duiding("sql")
    assert (said.code, said.out) == (0, "t\neen; twee\n")


def test_the_shell_says_which_tables_there_are_and_what_they_hold(week: Home, duiding: Duiding) -> None:
    tables = duiding("sql", ".tables", "--json").json["answers"][0]["rows"]
    assert ["articles", "table", 9] in tables
    assert ["standing_clusters", "view", None] in tables
    columns = duiding("sql", ".schema articles", "--json").json["answers"][0]["rows"]
    assert ["article_id", "VARCHAR"] in [row[:2] for row in columns]
    assert duiding("sql", ".help").err.startswith("Statements end with a semicolon")
    said = duiding("sql", ".quit\nSELECT 1;")
    assert (said.code, said.out) == (0, "")
    assert "no .bogus here" in duiding("sql", ".bogus").err


@pytest.mark.real_files
def test_a_backup_can_be_put_back(week: Home, duiding: Duiding, tmp_path: Path) -> None:
    file = tmp_path / "kopie.duckdb"
    said = duiding("backup", file, "--json")
    assert (said.code, said.json["bytes"]) == (0, file.stat().st_size)
    before = fingerprint(week)
    duiding("subscribers", "add", "later@example.org")
    assert fingerprint(week) != before
    said = duiding("restore", file, "--json")
    assert said.code == 0
    assert fingerprint(week) == before
    with duckdb.connect(said.json["kept"], read_only=True) as kept:
        assert kept.execute("SELECT count(*) FROM subscribers").fetchone() == (1,)


def test_copies_of_the_database_are_as_private_as_itself(week: Home, duiding: Duiding, tmp_path: Path) -> None:
    duiding("backup", tmp_path / "kopie.duckdb")
    duiding("restore", tmp_path / "kopie.duckdb")
    assert (tmp_path / "kopie.duckdb").stat().st_mode & 0o077 == 0
    assert week.database.path.stat().st_mode & 0o077 == 0


def test_backups_that_cannot_be_are_told_and_nothing_is_touched(week: Home, duiding: Duiding, tmp_path: Path) -> None:
    before = fingerprint(week)
    (tmp_path / "there").write_text("x")
    refused(duiding("backup", tmp_path / "there"))
    refused(duiding("backup", tmp_path / "none" / "x"), code=1)
    refused(duiding("restore", tmp_path / "there"))
    refused(duiding("restore", tmp_path / "none"))
    refused(duiding("restore", tmp_path))
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute("CREATE TABLE t (x INTEGER)")
    refused(duiding("restore", tmp_path / "other.duckdb"))
    assert (tmp_path / "there").read_text() == "x"
    assert fingerprint(week) == before


def test_the_status_counts_what_is_there(published: Home, duiding: Duiding) -> None:
    record = duiding("status", "--json").json
    assert (record["articles"], record["sources"], record["issues"], record["deliveries"]) == (9, 3, 1, {"sent": 1})
    assert {run["kind"] for run in record["runs"]} >= {"import", "cluster", "round", "publish", "send"}
    assert "Deliveries: 1 sent." in duiding("status").out
    assert duiding("themes", "list", "--json").json["themes"]


def test_the_demo_refuses_a_folder_that_holds_something_else(duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "mijn").mkdir()
    (tmp_path / "mijn" / "brief.txt").write_text("bewaar mij")
    refused(duiding("demo", "--out", tmp_path / "mijn"))
    assert (tmp_path / "mijn" / "brief.txt").read_text() == "bewaar mij"


def test_a_reader_who_has_had_enough_ends_the_export_quietly(week: Home) -> None:
    command = f"{sys.executable} -m pipelines.cli --home {week.path} export articles | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (len(done.stdout), done.stderr) == (10, "")
