"""What a newer export no longer holds, and archives in the inbox that wait for their owner."""

from pathlib import Path
from typing import Any

import pytest

from pipelines import archives
from pipelines.home import Home
from pipelines.steps import exports
from storage import consents
from tests.pipelines.at_home import (
    NOW,
    consented,
    one,
    rows,
    write,
)
from tests.pipelines.conftest import Duiding
from tests.pipelines.exports_of import (
    COMMENTS,
    MIA,
    NUMBER,
    ONLY_LARGE,
    SHARES,
    archive,
    article,
    comment,
    in_inbox,
    share,
)


@pytest.mark.usefixtures("quick")
def test_a_row_that_a_newer_complete_export_lacks_is_marked_and_brings_nothing(home: Home, tmp_path: Path) -> None:
    own = {"Articles/Articles/a.html": article("Eigen stuk", "eigen")}
    larger = archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1) + share(2), **own, **ONLY_LARGE}, month=6)
    newer = archive(tmp_path / "2.zip", {"Shares.csv": SHARES + share(2), **ONLY_LARGE}, month=7)
    exports.import_export(home, larger, MIA)
    done = exports.import_export(home, newer, MIA)
    assert (done.new, done.withdrawn) == (0, 1), "articles are absent as a whole: that may be another part"
    gone = rows(home, "SELECT guid, withdrawn_at, page_state, article_id FROM entries WHERE withdrawn_at IS NOT NULL")
    assert gone == [(f"urn:li:share:{NUMBER + 1}", NOW, "none", None)]
    assert exports.import_export(home, larger, MIA).new == 0
    assert one(home, "SELECT count(*) FROM entries WHERE withdrawn_at IS NOT NULL") == 1, "an old one undoes nothing"
    again = archive(tmp_path / "3.zip", {"Shares.csv": SHARES + share(1) + share(2), **ONLY_LARGE}, month=8)
    exports.import_export(home, again, MIA)
    assert rows(home, "SELECT DISTINCT page_state, withdrawn_at FROM entries WHERE activity = 'share'") == [
        ("waiting", None)
    ]


@pytest.mark.usefixtures("quick")
def test_an_own_article_that_was_deleted_goes_and_comes_back_with_its_row(home: Home, tmp_path: Path) -> None:
    def large(month: int, *names: str) -> Path:
        files = {f"Articles/Articles/{name}.html": article(name.title(), name) for name in names}
        return archive(tmp_path / f"{month}.zip", {**files, **ONLY_LARGE}, month=month)

    exports.import_export(home, large(6, "een", "twee"), MIA)
    exports.import_export(home, large(7, "twee"), MIA)
    assert rows(home, "SELECT title FROM article_texts") == [("Twee",)]
    exports.import_export(home, large(8, "een", "twee"), MIA)
    assert sorted(rows(home, "SELECT title FROM article_texts")) == [("Een",), ("Twee",)]
    assert one(home, "SELECT count(*) FROM surfacings") == 2


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "newer",
    [
        ({"Shares.csv": SHARES + share(2)}, 7),
        ({"Shares.csv": SHARES + share(2), **ONLY_LARGE}, 5),
        ({"Shares.csv": SHARES + share(2) + "half,een,rij\n", **ONLY_LARGE}, 7),
        ({"Shares.csv": "geen kolommen", **ONLY_LARGE}, 7),
        ({"Comments.csv": COMMENTS + comment(1), **ONLY_LARGE}, 7),
        ({"Shares.csv": SHARES + share(1, audience="CONNECTIONS") + share(2), **ONLY_LARGE}, 7),
    ],
    ids=["partial", "older", "with a broken row", "unreadable", "of another kind", "not public any more"],
)
def test_nothing_is_marked_when_an_export_does_not_surely_say_so(
    home: Home, tmp_path: Path, newer: tuple[dict[str, str], int]
) -> None:
    before = archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1) + share(2), **ONLY_LARGE}, month=6)
    exports.import_export(home, before, MIA)
    files, month = newer
    assert exports.import_export(home, archive(tmp_path / "2.zip", files, month=month), MIA).withdrawn == 0
    assert one(home, "SELECT count(*) FROM entries WHERE withdrawn_at IS NOT NULL") == 0


# The inbox


@pytest.mark.usefixtures("quick", "warm")
def test_without_consent_an_archive_waits_unopened_and_everybody_is_told(
    home: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = in_inbox(home, {"Shares.csv": SHARES + share(1)})

    def opened(*_: object) -> None:
        raise AssertionError("it must not be opened")

    monkeypatch.setattr(archives, "read", opened)
    said = duiding("ingest", "--json")
    assert said.code == 0, "waiting is no failure"
    assert (said.json["exports"], said.json["exports_refused"]) == (0, [])
    (sentence,) = said.json["exports_waiting"]
    for word in (str(file), "mia@example.org has not agreed", "/my/linkedin", f"duiding linkedin import {file}"):
        assert word in sentence
    assert sentence in duiding("ingest").out
    assert duiding("status", "--json").json["exports_waiting"] == [sentence]
    assert sentence in duiding("status").out
    told = [exports.told(each) for each in exports.take_inbox(home)]
    assert "waits unopened" in told[0]
    assert "example.org" not in told[0]
    assert file.exists()
    assert one(home, "SELECT count(*) FROM runs WHERE kind = 'linkedin'") == 0


@pytest.mark.usefixtures("quick")
def test_exactly_what_was_consented_to_is_taken(home: Home) -> None:
    consented(home, MIA, "comments", "shares", "audience:CONNECTIONS")
    in_inbox(
        home,
        {
            "Shares.csv": SHARES + share(1, "Openbaar") + share(2, "Besloten", audience="CONNECTIONS"),
            "Comments.csv": COMMENTS + comment(1, "Mijn reactie"),
            "Articles/Articles/a.html": article("Eigen stuk", "eigen"),
        },
    )
    (done,) = exports.take_inbox(home)
    assert isinstance(done, exports.Imported)
    assert {text for (text,) in rows(home, "SELECT text FROM entry_texts")} == {"Besloten", "Mijn reactie"}
    assert one(home, "SELECT count(*) FROM consents") == 3


@pytest.mark.usefixtures("quick")
def test_a_consent_that_is_taken_back_while_the_archive_is_read_keeps_it_out(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    mia = consented(home, MIA)
    file = in_inbox(home, {"Shares.csv": SHARES + share(1)})
    read = archives.read

    def read_and_withdraw(*arguments: Any) -> Any:
        write(home, lambda db: consents.withdraw(db, mia.id, exports.CONSENT, NOW))
        return read(*arguments)

    monkeypatch.setattr(archives, "read", read_and_withdraw)
    (waiting,) = exports.take_inbox(home)
    assert isinstance(waiting, exports.Waiting)
    assert file.exists()
    assert one(home, "SELECT count(*) FROM entries") == 0
    assert one(home, "SELECT count(*) FROM consents WHERE withdrawn_at IS NULL") == 0


@pytest.mark.usefixtures("quick")
def test_an_earlier_import_is_a_consent_for_what_comes_later(home: Home, tmp_path: Path) -> None:
    exports.import_export(home, archive(tmp_path / "1.zip", {"Shares.csv": SHARES + share(1)}), MIA)
    in_inbox(home, {"Shares.csv": SHARES + share(1) + share(2)})
    (done,) = exports.take_inbox(home)
    assert isinstance(done, exports.Imported)
    assert done.new == 1
