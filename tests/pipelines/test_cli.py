"""The command line: the contract of names, of JSON, of exit codes, and one clear line for whatever is wrong."""

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
    Post,
    Story,
    fingerprint,
    jsonl,
    linkedin_zip,
    one,
    prose,
    serve_feed,
    week_of_articles,
    write,
)
from tests.pipelines.conftest import Duiding, Said
from tests.pipelines.faulty_sites import Site, answer

COMMANDS = (
    "init",
    "sources add",
    "sources import",
    "sources export",
    "sources list",
    "sources check",
    "sources disable",
    "linkedin import",
    "articles import",
    "ingest",
    "week run",
    "cluster",
    "people add",
    "people list",
    "people remove",
    "link",
    "remind",
    "publish",
    "send",
    "subscribers import",
    "subscribers add",
    "subscribers list",
    "subscribers export",
    "subscribers forget",
    "export",
    "web",
    "up",
    "sql",
    "status",
    "doctor",
    "migrate",
    "backup",
    "restore",
    "themes list",
    "demo",
)


def refused(said: Said, code: int = 2) -> str:
    """The one line on stderr of a command that failed with this exit code."""
    assert said.code == code, said
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("duiding: ")
    return line.removeprefix("duiding: ")


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


# --- sources and ingest ----------------------------------------------------------------------------------------------


def test_a_feed_that_is_not_one_is_told_and_the_others_are_stored(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    site.replies |= {"/robots.txt": answer(status="404 Not Found"), "/page": answer(b"<html>no feed</html>")}
    good = serve_feed(site, [Post("/a", "Een", prose("een"))])
    duiding("sources", "add", f"{site.url}/page")
    duiding("sources", "add", good)
    said = duiding("ingest")
    assert said.code == 3
    assert f"{site.url}/page: " in said.out
    assert duiding("ingest", "--all", "--json").json["failed"][0]["kind"] == "not_a_feed"
    listed = {one["url"]: one for one in duiding("sources", "list", "--json").json["sources"]}
    bad = listed[f"{site.url}/page"]
    assert (bad["state"], bad["error_kind"], bad["since"]) == ("failing", "not_a_feed", NOW.isoformat())
    assert bad["error"].endswith(".")
    assert (listed[good]["state"], listed[good]["entries"], listed[good]["articles"]) == ("active", 1, 1)
    assert "not_a_feed" not in listed[good].values()
    shown = duiding("sources", "list").out
    assert "2 sources, 1 failing." in shown
    assert "failing" in shown


def test_feeds_can_be_checked_without_storing_anything(home: Home, duiding: Duiding, site: Site, warm: None) -> None:
    serve_feed(site, [Post("/a", "Een", prose("een"))])
    duiding("sources", "add", f"{site.url}/feed")
    duiding("sources", "add", f"{site.url}/none")
    before = fingerprint(home)
    said = duiding("sources", "check", "--json")
    assert said.code == 3
    assert [(one["entries"], bool(one["error"])) for one in said.json["sources"]] == [(1, False), (0, True)]
    assert fingerprint(home) == before


@pytest.mark.parametrize(
    "url", ["example.org/feed", "ftp://a.example/feed", "https://www.linkedin.com/feed", "", "javascript:alert(1)"]
)
def test_an_address_that_cannot_be_a_source_is_refused(home: Home, duiding: Duiding, url: str) -> None:
    refused(duiding("sources", "add", url))
    assert one(home, "SELECT count(*) FROM sources") == 0


def test_sources_travel_as_opml(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    for url in ("https://a.example/feed", "https://b.example/feed?a=1&b=2"):
        duiding("sources", "add", url, "--title", "Krant & co")
    file = tmp_path / "sources.opml"
    assert duiding("sources", "export", "--out", file).code == 0
    assert duiding("sources", "export").out.startswith("<?xml")
    duiding("init", tmp_path / "andere")
    said = duiding("sources", "import", file, "--home", tmp_path / "andere", "--json")
    assert (said.json["added"], said.json["known"]) == (2, 0)
    assert duiding("sources", "import", file, "--home", tmp_path / "andere", "--json").json["known"] == 2
    listed = duiding("sources", "list", "--home", tmp_path / "andere", "--json").json["sources"]
    assert {(one["url"], one["title"]) for one in listed} == {
        ("https://a.example/feed", "Krant & co"),
        ("https://b.example/feed?a=1&b=2", "Krant & co"),
    }


def test_opml_that_cannot_be_read_or_written_is_told(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "bad.opml").write_text("geen opml")
    refused(duiding("sources", "import", tmp_path / "bad.opml"), code=1)
    refused(duiding("sources", "import", tmp_path / "none.opml"))
    refused(duiding("sources", "export", "--out", tmp_path / "none" / "x.opml"))


def test_a_disabled_source_is_not_asked_and_can_be_asked_again(
    home: Home, duiding: Duiding, site: Site, warm: None
) -> None:
    url = serve_feed(site, [])
    duiding("sources", "add", url)
    assert duiding("sources", "disable", url).code == 0
    assert duiding("ingest", "--all", "--json").json["sources"] == 0
    refused(duiding("sources", "disable", "https://a.example/unknown"))
    assert duiding("sources", "add", url).code == 0
    assert duiding("ingest", "--all", "--json").json["sources"] == 1


# --- LinkedIn and articles -------------------------------------------------------------------------------------------


def test_a_zip_that_is_no_export_is_told_and_nothing_is_stored(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK nee")
    before = fingerprint(home)
    refused(duiding("linkedin", "import", tmp_path / "bad.zip", "--person", "mia@example.org"), code=1)
    refused(duiding("linkedin", "import", tmp_path / "none.zip", "--person", "mia@example.org"))
    good = linkedin_zip(tmp_path / "good.zip", [("Lees dit", "https://a.example/1")])
    refused(duiding("linkedin", "import", good, "--person", "geen adres"))
    assert fingerprint(home) == before


def test_of_several_archives_the_good_ones_are_kept(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK nee")
    good = linkedin_zip(tmp_path / "good.zip", [("Lees dit", "https://a.example/1")])
    said = duiding("linkedin", "import", tmp_path / "bad.zip", good, "--person", "mia@example.org", "--json")
    assert said.code == 3
    assert said.json["new"] == 1
    assert len(said.json["refused"]) == 1
    again = duiding("linkedin", "import", good, "--person", "mia@example.org")
    assert (again.code, again.out[:14]) == (0, "0 new entries ")


def test_a_preview_of_several_archives_is_one_object_and_keeps_nothing(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    first = linkedin_zip(tmp_path / "1.zip", [("Lees dit", "https://a.example/1")], messages="geheim\n")
    second = linkedin_zip(tmp_path / "2.zip", [("En dit", "https://a.example/2")])
    before = fingerprint(home)
    said = duiding("linkedin", "import", first, second, "--person", "mia@example.org", "--preview", "--json")
    assert [row["urls"] for row in said.json["rows"]] == [["https://a.example/1"], ["https://a.example/2"]]
    assert "messages.csv" in said.json["message"]
    shown = duiding("linkedin", "import", first, second, "--person", "mia@example.org", "--preview")
    assert "https://a.example/2" in shown.out
    assert fingerprint(home) == before


def test_bad_lines_of_articles_are_told_and_the_others_kept(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "x.jsonl", ["{", *week_of_articles()[:2], '{"url": "nee", "title": "x"}', "[]"])
    said = duiding("articles", "import", file)
    assert said.code == 3
    assert "2 new articles, 0 known already, 3 lines refused." in said.out
    assert [line for line in ("line 1:", "line 4:", "line 5:") if line not in said.out] == []
    assert duiding("articles", "import", file, "--json").json["known"] == 2


# --- people and subscribers ------------------------------------------------------------------------------------------


def test_people_come_change_and_go(home: Home, duiding: Duiding) -> None:
    assert duiding("people", "add", "Anna@Example.org", "--name", "Anna", "--role", "catalyst").code == 0
    duiding("people", "add", "anna@example.org", "--name", "Anna de Vries", "--role", "editor", "--language", "en")
    (listed,) = duiding("people", "list", "--json").json["people"]
    assert listed == {"email": "anna@example.org", "name": "Anna de Vries", "role": "editor", "language": "en"}
    link = duiding("link", "ANNA@example.org", "--json").json["link"]
    assert link.startswith(home.settings.public_url)
    assert duiding("people", "remove", "anna@example.org").code == 0
    assert duiding("people", "list", "--json").json["people"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        "link nobody@example.org",
        "people remove nobody@example.org",
        "link nobody",
        "people add nobody --name N --role editor",
        "people add a@b.example --name N --role koning",
        "people add a@b.example --name N --role member",
        "people add a@b.example --name N --role editor --language fr",
        "subscribers add a@@b.example",
        "subscribers add a@b.example --language fr",
        "subscribers forget nobody",
    ],
)
def test_unknown_people_and_wrong_addresses_are_refused(home: Home, duiding: Duiding, arguments: str) -> None:
    before = fingerprint(home)
    refused(duiding(*arguments.split()))
    assert fingerprint(home) == before


def test_a_list_of_subscribers_keeps_the_good_rows(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    duiding("subscribers", "add", "known@example.org")
    duiding("subscribers", "forget", "gone@example.org")
    file = tmp_path / "lijst.csv"
    lines = ["Naam;E-mail;Language", "A;Anna@Example.org ;en", "B;known@example.org;nl", "C;geen adres;nl"]
    lines += ["D;anna@example.org;nl", "E;gone@example.org;nl", "F;;", "G;ben@example.org;", "H"]
    file.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    said = duiding("subscribers", "import", file, "--json")
    assert said.code == 3
    assert (said.json["new"], said.json["known"]) == (2, 3)
    assert [refusal.split(":")[0] for refusal in said.json["refused"]] == ["row 4", "row 7", "row 9"]
    listed = duiding("subscribers", "list", "--json").json["subscribers"]
    assert {(each["email"], each["language"]) for each in listed} == {
        ("known@example.org", "nl"),
        ("anna@example.org", "en"),
        ("ben@example.org", "nl"),
    }


@pytest.mark.parametrize(
    "content", [b"naam,adres\nA,a@b.example\n", b"", b"e-mail\n\xe9@b.example\n", b"a@b.example\nc@d.example\n"]
)
def test_a_list_without_addresses_is_refused(home: Home, duiding: Duiding, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    refused(duiding("subscribers", "import", tmp_path / "x.csv"))
    refused(duiding("subscribers", "import", tmp_path / "none.csv"))
    assert one(home, "SELECT count(*) FROM subscribers") == 0


def test_subscribers_can_be_written_as_csv(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    duiding("subscribers", "add", "anna@example.org", "--language", "en")
    said = duiding("subscribers", "export", "--out", tmp_path / "x.csv")
    assert (said.code, "holds 1 records" in said.out) == (0, True)
    (row,) = csv.DictReader(io.StringIO(duiding("subscribers", "export").out))
    assert (row["email"], row["language"], row["state"]) == ("anna@example.org", "en", "active")
    (same,) = csv.DictReader((tmp_path / "x.csv").open(newline=""))
    assert same == row


# --- weeks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["week run", "cluster", "remind", "publish", "send", "export articles"])
def test_a_week_that_does_not_exist_is_told(home: Home, duiding: Duiding, command: str) -> None:
    for week in ("2026-W54", "2026-W00", "2027-W53", "2026-47", "47", "W47", "", "2026-W47 x"):
        refused(duiding(*command.split(), "--week", week))


def test_a_week_without_round_or_issue_is_told(home: Home, duiding: Duiding) -> None:
    for command in ("remind", "publish", "publish --dry-run"):
        assert "week run" in refused(duiding(*command.split(), "--week", WEEK))
    assert "duiding publish" in refused(duiding("send", "--week", WEEK))
    assert "duiding publish" in refused(duiding("export", "digest", "--week", WEEK))
    refused(duiding("send", "--only", "sent"))


def test_an_empty_week_opens_no_round(home: Home, duiding: Duiding) -> None:
    said = duiding("week", "run", "--week", WEEK, "--json")
    assert (said.code, said.json["clusters"], said.json["invited"]) == (0, 0, 0)
    assert one(home, "SELECT count(*) FROM rounds") == 0


def test_days_in_the_wrong_order_are_told(home: Home, duiding: Duiding) -> None:
    assert "Exchange" in refused(duiding("cluster", "--week", WEEK, "--from", "2026-11-20", "--to", "2026-11-18"))


# --- export ----------------------------------------------------------------------------------------------------------

FIELDS = {
    "articles": "id url title author language published_at week sources text text_from copy_of",
    "entries": "source guid title url article published_at first_seen_at",
    "sources": "url kind title state error_kind error since polled_at entries articles",
    "annotations": "week cluster theme catalyst version verdict so_what title ripeness relation to language written_at",
    "deliveries": "issue week subscriber state attempts message_id sent_at error",
    "clusters": "week cluster theme label keywords article url title copy_of rank score",
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
