"""What people say about themselves."""

import pytest

from curate import own
from curate.own import Own


def test_a_form_is_read_with_its_name_on_one_line() -> None:
    form = {"name": " Anna\n de \u202eVries ", "language": "en", "byline": "role"}
    assert own.checked(form).own == Own("Anna de Vries", "en", "role")
    assert own.checked({"name": "Anna", "language": "nl"}).own == Own("Anna", "nl", "name")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = own.checked({"byline": "king"})
    assert found.own is None
    assert list(found.problems) == ["name", "language", "byline"]


@pytest.mark.parametrize(("length", "is_right"), [(1, True), (80, True), (81, False), (10**6, False)])
def test_a_name_has_a_length(length: int, is_right: bool) -> None:
    assert (own.checked({"name": "n" * length, "language": "nl"}).own is not None) == is_right


def test_what_one_may_be_asked_about_is_one_line_that_says_something() -> None:
    assert own.about(" huren\n in Delft ") == ("huren in Delft", "")
    assert own.about(" \u200b ") == ("", "problem.about_empty")
    assert own.about("x" * 120)[1] == ""
    assert own.about("x" * 121)[1] == "problem.about_long"
