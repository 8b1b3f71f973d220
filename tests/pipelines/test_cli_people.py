"""Commands about people, subscribers and weeks: the good is kept, the rest is told."""

import csv
import io
from pathlib import Path

import pytest

from pipelines.home import Home
from tests.pipelines.at_home import (
    WEEK,
    fingerprint,
    one,
)
from tests.pipelines.conftest import Duiding, refused

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
        "people invite nobody --role editor",
        "people invite a@b.example --role koning",
        "people invite a@b.example --role editor --language fr",
        "subscribers add a@@b.example",
        "subscribers add a@b.example --language fr",
        "subscribers forget nobody",
    ],
)
def test_unknown_people_and_wrong_addresses_are_refused(home: Home, duiding: Duiding, arguments: str) -> None:
    before = fingerprint(home)
    refused(duiding(*arguments.split()))
    assert fingerprint(home) == before


def test_somebody_is_invited_by_a_link_that_is_printed(home: Home, duiding: Duiding) -> None:
    said = duiding("people", "invite", "Nina@Example.org", "--role", "member", "--language", "en", "--json").json
    assert said["link"].startswith(f"{home.settings.public_url}/welcome/")
    assert said["link"].endswith("?lang=en")
    assert (said["email"], said["role"]) == ("nina@example.org", "member")
    again = duiding("people", "invite", "nina@example.org", "--role", "editor")
    assert "/welcome/" in again.out
    assert one(home, "SELECT count(*) FROM welcomes WHERE withdrawn_at IS NULL") == 1
    assert one(home, "SELECT count(*) FROM people") == 0


def test_who_is_known_needs_no_invitation(home: Home, duiding: Duiding) -> None:
    duiding("people", "add", "anna@example.org", "--name", "Anna", "--role", "catalyst")
    before = fingerprint(home)
    assert "duiding link anna@example.org" in refused(
        duiding("people", "invite", "Anna@example.org", "--role", "editor")
    )
    assert fingerprint(home) == before


def test_who_is_removed_may_take_their_name_along_and_come_back(home: Home, duiding: Duiding) -> None:
    add = ("people", "add", "anna@example.org", "--name", "Anna", "--role", "catalyst")
    duiding(*add)
    said = duiding("people", "remove", "anna@example.org", "--withdraw-name")
    assert "without their name" in said.out
    assert one(home, "SELECT count(*) FROM people WHERE name = 'Anna' OR email = 'anna@example.org'") == 0
    assert duiding(*add).code == 0
    (listed,) = duiding("people", "list", "--json").json["people"]
    assert (listed["email"], listed["name"]) == ("anna@example.org", "Anna")


def test_a_list_of_subscribers_keeps_the_good_rows(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    duiding("subscribers", "add", "known@example.org")
    duiding("subscribers", "forget", "gone@example.org")
    file = tmp_path / "lijst.csv"
    lines = ["Naam;E-mail;Language", "A;Anna@Example.org ;en", "B;known@example.org;nl", "C;geen adres;nl"]
    lines += ["D;anna@example.org;nl", "E;gone@example.org;nl", "F;;", "G;ben@example.org;", "H"]
    file.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    said = duiding("subscribers", "import", file, "--consent", "signed up at the fair", "--json")
    assert said.code == 3
    assert (said.json["new"], said.json["known"], said.json["forgotten"]) == (2, 1, 1)
    assert [refusal.split(":")[0] for refusal in said.json["refused"]] == ["row 4", "row 5", "row 7", "row 9"]
    assert said.json["ignored_columns"] == ["Naam"]
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
    for name in ("x.csv", "none.csv"):
        refused(duiding("subscribers", "import", tmp_path / name, "--consent", "asked for it"))
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
