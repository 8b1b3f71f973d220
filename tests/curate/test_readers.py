"""What readers choose on a form."""

import pytest

from curate import readers
from curate.readers import Wishes

FORM = {"email": " Mia@Example.org", "language": "en", "every": "month", "theme-b": "on", "theme-a": "on"}


def test_a_form_says_who_and_what() -> None:
    found = readers.asked(FORM, ["a", "b", "c"])
    assert (found.email, found.problems) == ("mia@example.org", {})
    assert found.wishes == Wishes("en", "month", ("a", "b"))


def test_only_what_is_offered_can_be_followed() -> None:
    assert readers.ticked(FORM | {"theme-": "on", "x": "y"}, ["b", "c"]) == ("b",)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"email": "mia"}, {"email": "sign_in.problem"}),
        ({"language": "fr"}, {"language": "problem.own_language"}),
        ({"every": "day"}, {"every": "problem.every"}),
        ({"email": "", "language": "", "every": ""}, {"email", "language", "every"}),
    ],
)
def test_what_is_wrong_is_told_for_each_field(changes: dict[str, str], problem: object) -> None:
    found = readers.asked(FORM | changes, [])
    assert found.wishes is None or not found.email
    assert (found.problems if isinstance(problem, dict) else set(found.problems)) == problem
