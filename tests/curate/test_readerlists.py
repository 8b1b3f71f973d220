"""Lists of readers as tables."""

from datetime import UTC, datetime

import pytest

from curate import readerlists
from curate.errors import UsageError
from curate.readerlists import Listed, Reading
from curate.readers import Wishes

HEAD = ["Name", "E-mail address", "Language", "every", "themes", "consent", "state", "added_at"]
THEMES = {"a1b2": "a1b2", "betaalbaar wonen": "a1b2", "c3d4": "c3d4", "zorg": "c3d4"}


def read(**cells: str) -> Listed:
    head = [name for name in HEAD if name != "consent" or "consent" in cells]
    row = [{"e_mail": "mia@example.org", **cells}.get(name.lower().replace("-", "_").split()[0], "") for name in head]
    return readerlists.read(row, Reading(readerlists.columns(head), THEMES, "nl", "fair of 2025"))


def test_columns_are_known_by_several_names_and_others_are_left_aside() -> None:
    found = readerlists.columns(["\tNaam ", "E-MAIL", "Taal", "Hoe vaak", "Thema's", "consent_version"])
    assert found.place == {"email": 1, "language": 2, "every": 3, "themes": 4, "consent_version": 5}
    assert found.ignored == ("Naam",)


@pytest.mark.parametrize(("head", "said"), [(["name"], "no column email"), ([], "none"), (["email", "e-mail"], "more")])
def test_a_head_that_cannot_be_read_is_refused(head: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        readerlists.columns(head)


def test_a_row_says_what_a_reader_wants() -> None:
    one = read(language="English", every="maand", themes="Betaalbaar Wonen; c3d4 | zorg", consent="a form of 2019")
    assert one.wishes == Wishes("en", "month", ("a1b2", "c3d4"))
    assert (one.email, one.consent, one.state) == ("mia@example.org", "a form of 2019", "active")


def test_what_a_row_leaves_open_is_the_lists_own() -> None:
    one = read()
    assert (one.wishes, one.consent, one.added_at) == (Wishes("nl"), "fair of 2025", None)
    assert one.is_language_known


def test_a_language_that_is_not_spoken_here_is_told_and_refuses_nobody() -> None:
    one = read(language="fr")
    assert (one.wishes.language, one.is_language_known) == ("nl", False)


def test_moments_are_utc() -> None:
    assert read(added_at="2026-11-18T09:30:00+01:00").added_at == datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
    assert read(added_at="2026-11-18").added_at == datetime(2026, 11, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"e_mail": "a..b@x.org"}, "not an e-mail address"),
        ({"e_mail": ""}, "not an e-mail address"),
        ({"e_mail": "é@x.org"}, "only plain letters"),
        ({"every": "daily"}, "Write issue or month"),
        ({"themes": "sport"}, "no one theme 'sport'"),
        ({"state": "Utrecht"}, "is not a state"),
        ({"added_at": "yesterday"}, "is not a moment"),
    ],
)
def test_a_bad_row_is_refused_in_one_sentence(cells: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read(**cells)
    assert "\n" not in str(caught.value)


def test_a_row_that_is_longer_than_its_head_is_refused() -> None:
    reading = Reading(readerlists.columns(["email"]), {}, "nl", "x")
    with pytest.raises(UsageError, match="more cells"):
        readerlists.read(["a@b.example", "nl"], reading)


def test_without_a_source_of_consent_nobody_is_taken() -> None:
    reading = Reading(readerlists.columns(["email", "consent"]), {}, "nl")
    with pytest.raises(UsageError, match="consent"):
        readerlists.read(["a@b.example", " "], reading)
