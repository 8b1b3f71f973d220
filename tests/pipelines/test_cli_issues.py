"""Notes beside issues, on the command line."""

from pathlib import Path

import pytest

from curate.issues import Issue
from pipelines.home import Home
from storage import issues
from tests.pipelines.at_home import WEEK, fingerprint
from tests.pipelines.conftest import Duiding, refused
from tests.reports import builders as b


def frozen(home: Home) -> Issue:
    made = b.issue(week=WEEK, number=1)
    with home.database.writing() as db:
        issues.freeze(db, made, home.clock())
    return made


def test_a_note_stands_beside_the_issue_and_the_issue_stays(home: Home, duiding: Duiding, tmp_path: Path) -> None:
    frozen(home)
    before = duiding("export", "digest", "--week", WEEK).out
    said = duiding("issue", "correct", WEEK, "--text", "Het was  2024.", "--language", "nl", "--json").json
    assert (said["number"], said["week"], said["place"]) == (1, WEEK, 1)
    assert duiding("issue", "correct", WEEK, "--text", "Nee, 2025.").code == 0
    listed = duiding("issue", "notes", "--json").json["notes"]
    assert [(one["text"], one["by"]) for one in listed] == [("Het was 2024.", "operator"), ("Nee, 2025.", "operator")]
    assert duiding("export", "digest", "--week", WEEK).out == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("2026-W01", "--text", "Het was 2024."),
        ("2026-W99", "--text", "Het was 2024."),
        (WEEK, "--text", " \u200b"),
        (WEEK, "--text", "woord " * 120),
        (WEEK, "--text", "Het was 2024.", "--language", "fr"),
        (WEEK,),
    ],
)
def test_what_is_no_note_is_refused(home: Home, duiding: Duiding, arguments: tuple[str, ...]) -> None:
    frozen(home)
    before = fingerprint(home)
    refused(duiding("issue", "correct", *arguments))
    assert fingerprint(home) == before
