"""Lists of readers in and out, and the commands about one reader."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.readers import STATES, Wishes
from pipelines.cli.readers import _write_csv
from pipelines.home import Home
from pipelines.steps import readers
from storage import subscribers
from storage.subscribers import Enrolled
from tests.pipelines.at_home import NOW, fingerprint, one, write
from tests.pipelines.conftest import Duiding, refused

FAIR = "signed up at the fair"


def listed(tmp_path: Path, *lines: str, name: str = "list.csv") -> Path:
    file = tmp_path / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def themed(home: Home) -> None:
    insert = "INSERT INTO themes (theme_id, label, first_week, last_week, run_id, name) VALUES "
    rent = "('a1b2', 'huur, boete', '2026-W46', '2026-W47', 'run', 'Wonen')"
    care = "('c3', 'zorg', '2026-W47', '2026-W47', 'run', NULL)"
    write(home, lambda db: db.execute(f"{insert} {rent}, {care}"))


def test_a_preview_counts_and_shows_and_writes_nothing(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    duiding("subscribers", "add", "known@example.org")
    duiding("subscribers", "add", "left@example.org")
    duiding("subscribers", "remove", "left@example.org")
    duiding("subscribers", "forget", "gone@example.org")
    names = ("known", "left", "gone", "new", "new")
    file = listed(tmp_path, "email,name", *(f"{name}@example.org,N" for name in names))
    before, files = fingerprint(home), sorted(tmp_path.iterdir())
    said = duiding("subscribers", "import", file, "--consent", FAIR, "--preview", "--json")
    assert said.code == 3
    kinds = {kind: said.json[kind] for kind in ("new", "known", "left", "forgotten", "complained")}
    assert kinds == {"new": 1, "known": 1, "left": 1, "forgotten": 1, "complained": 0}
    assert said.json["refused"] == ["row 6: new@example.org stands in row 5 already."]
    assert [row["email"] for row in said.json["first"]] == [f"{name}@example.org" for name in names[:4]]
    shown = duiding("subscribers", "import", file, "--consent", FAIR, "--preview").out
    assert "Nothing was written." in shown
    assert "Not read: the columns name." in shown
    assert fingerprint(home) == before
    assert sorted(tmp_path.iterdir()) == files


def test_where_consent_comes_from_is_kept_from_the_row_the_option_or_the_name_of_the_list(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    assert duiding("subscribers", "import", listed(tmp_path, "email", "c@b.example", name="fair.csv")).code == 0
    both = listed(tmp_path, "email,consent", "a@b.example,a form of 2019", "b@b.example,", name="both.csv")
    said = duiding("subscribers", "import", both, "--json")
    assert (said.code, said.json["new"], len(said.json["refused"])) == (3, 1, 1)
    duiding("subscribers", "import", both, "--consent", FAIR)
    found = duiding("subscribers", "list", "--json").json["subscribers"]
    assert {each["email"]: each["consent"] for each in found} == {
        "a@b.example": "a form of 2019",
        "b@b.example": FAIR,
        "c@b.example": "fair.csv, imported by the operator",
    }


def test_a_list_says_language_how_often_and_themes(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    themed(home)
    lines = [
        "E-mail;Taal;every;themes",
        "a@b.example;English;maand;wonen|c3",
        "b@b.example;fr;;",
        "c@b.example;;;sport",
    ]
    said = duiding("subscribers", "import", listed(tmp_path, *lines), "--consent", FAIR)
    assert "1 of them have a language that is not spoken here" in said.out
    with home.database.reading() as db:
        a, b = (subscribers.by_email(db, f"{name}@b.example") for name in "ab")
    assert a
    assert b
    assert (a.wishes, b.wishes) == (Wishes("en", "month", ("a1b2", "c3")), Wishes("nl", "issue"))


def test_refused_rows_stand_beside_the_list_and_can_be_mended_and_taken_in(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    file = listed(tmp_path, "email,note", "good@b.example,x", "a..b@b.example,=1+1", "", "c@b.example,x,too long")
    said = duiding("subscribers", "import", file, "--consent", FAIR)
    assert said.code == 3
    beside = tmp_path / "list.refused.csv"
    assert str(beside) in said.out
    with beside.open(newline="") as opened:
        rows = list(csv.reader(opened))
    assert [row[0] for row in rows] == ["row", "3", "5"]
    assert rows[1][1:] == ["'a..b@b.example' is not an e-mail address. Write it like name@example.org.",
                           "a..b@b.example", "'=1+1"]  # fmt: skip
    beside.write_text(beside.read_text().replace("a..b@", "a.b@"))
    again = duiding("subscribers", "import", beside, "--consent", FAIR, "--json").json
    assert (again["new"], len(again["refused"]), again["ignored_columns"]) == (1, 1, ["row", "reason", "note"])


def test_a_list_that_cannot_be_read_to_its_end_keeps_nobody(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"email\n" + b"".join(b"r%d@b.example\n" % n for n in range(6000)) + b"\xff\n")
    assert "UTF-8" in refused(duiding("subscribers", "import", file, "--consent", FAIR))
    assert one(home, "SELECT count(*) FROM subscribers") == 0


def test_a_list_longer_than_a_batch_is_kept_whole_and_once(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_BATCH", 50)
    file = listed(tmp_path, "email", *(f"r{n}@b.example" for n in range(333)), "r7@b.example")
    told: list[tuple[str, int, int]] = []
    done = readers.import_csv(home, file, FAIR, lambda *said: told.append(said))
    assert (done.counts["new"], len(done.refused)) == (333, 1)
    assert told[-1] == ("readers", 334, 335)
    again = readers.import_csv(home, file, FAIR)
    assert (again.counts["new"], again.counts["known"]) == (0, 333)
    assert one(home, "SELECT count(*) FROM subscribers") == 333


def test_what_an_interrupted_import_kept_is_known_to_the_next(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_BATCH", 50)
    file = listed(tmp_path, "email", *(f"r{n}@b.example" for n in range(200)))

    def stop(what: str, done: int, total: int) -> None:
        if done == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        readers.import_csv(home, file, FAIR, stop)
    done = readers.import_csv(home, file, FAIR)
    assert (done.counts["new"], done.counts["known"]) == (100, 100)


def test_a_complaint_keeps_an_address_out_until_the_operator_brings_it_back(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    duiding("subscribers", "forget", "mia@example.org")
    write(home, lambda db: db.execute("UPDATE suppressions SET reason = 'complaint'"))
    file = listed(tmp_path, "email", "mia@example.org")
    assert duiding("subscribers", "import", file, "--consent", FAIR, "--json").json["complained"] == 1
    assert not duiding("subscribers", "add", "mia@example.org", "--json").json["added"]
    assert "--consent" in refused(duiding("subscribers", "restore", "mia@example.org"))
    assert duiding("subscribers", "restore", "Mia@example.org", "--consent", "wrote to me").code == 0
    (found,) = duiding("subscribers", "list", "--json").json["subscribers"]
    assert (found["email"], found["state"], found["consent"]) == ("mia@example.org", "active", "wrote to me")


def test_a_reader_is_added_removed_and_brought_back(home: Home, duiding: Duiding) -> None:
    themed(home)
    duiding("subscribers", "add", "mia@example.org", "--every", "month", "--theme", "a1", "--language", "en")
    with home.database.reading() as db:
        before = subscribers.by_email(db, "mia@example.org")
    assert before
    assert before.wishes == Wishes("en", "month", ("a1b2",))
    assert duiding("subscribers", "remove", "mia@example.org").code == 0
    (left,) = duiding("subscribers", "list", "--json").json["subscribers"]
    assert left["state"] == "unsubscribed"
    duiding("subscribers", "restore", "mia@example.org", "--consent", "wrote to me")
    with home.database.reading() as db:
        assert subscribers.by_email(db, "mia@example.org") == before


@pytest.mark.parametrize(
    "arguments",
    [
        "add a@b.example --every daily",
        "add a@b.example --theme unknown",
        "add a..b@b.example",
        "remove nobody@example.org",
        "remove nobody",
        "restore nobody --consent x",
    ],
)
def test_wrong_words_get_one_sentence_and_change_nothing(home: Home, duiding: Duiding, arguments: str) -> None:
    before = fingerprint(home)
    refused(duiding("subscribers", *arguments.split()))
    assert fingerprint(home) == before


def test_an_export_of_nobody_is_a_list_that_can_be_taken_back(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    duiding("subscribers", "export", "--out", out)
    assert out.read_text().startswith("email,language,every,themes,state,consent")
    assert duiding("subscribers", "import", out, "--json").json["new"] == 0


# --- round trip ------------------------------------------------------------------------------------------------------

LOCALS = st.text(alphabet="abc123+-='_/", min_size=1, max_size=10)
WORDS = st.text(alphabet="=+-@'\"a;,| \n\t\r\u2028é<", max_size=25).map(lambda text: f"{text}x")
MOMENTS = st.datetimes(NOW.replace(tzinfo=None, year=2000), NOW.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=NOW.tzinfo)
)


@st.composite
def enrolled(draw: st.DrawFn) -> Enrolled:
    email = f"{draw(LOCALS)}@example.org"
    follows = tuple(sorted(draw(st.sets(st.sampled_from(["a1b2", "c3"])))))
    wishes = Wishes(draw(st.sampled_from(["nl", "en"])), draw(st.sampled_from(["issue", "month"])), follows)
    one = subscribers.wishing(email, wishes, draw(st.sampled_from(STATES)))
    consent = readers.readerlists.texts.one_line(draw(WORDS))
    version, moments = draw(st.sampled_from(["", "2026-11"])), st.none() | MOMENTS
    return Enrolled(one, consent, version, draw(moments), draw(MOMENTS), draw(moments))


def exported(home: Home) -> str:
    with home.database.reading() as db:
        records: list[dict[str, Any]] = [
            {**each, "themes": "|".join(each["themes"])} for each in subscribers.export(db)
        ]
    out = io.StringIO(newline="")
    _write_csv(records, out, subscribers.FIELDS)
    return out.getvalue()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(enrolled(), max_size=6, unique_by=lambda one: one.subscriber.email))
def test_an_export_is_taken_back_unchanged(home: Home, rows: list[Enrolled]) -> None:
    if one(home, "SELECT count(*) FROM themes") == 0:
        themed(home)
    write(home, lambda db: (db.execute("DELETE FROM subscribers"), subscribers.enrol(db, rows)))
    before = exported(home)
    write(home, lambda db: db.execute("DELETE FROM subscribers"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_text(before, encoding="utf-8", newline="")
        done = readers.import_csv(home, file, "")
    assert (done.counts["new"], [each.sentence for each in done.refused]) == (len(rows), [])
    assert exported(home) == before
