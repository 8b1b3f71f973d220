"""People and their addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import people
from curate.errors import UsageError


def test_an_address_is_one_person_however_it_is_written() -> None:
    one = people.person("Ann@Example.ORG ", "Ann", "catalyst", "nl")
    assert one.email == "ann@example.org"
    assert one.id == people.person("ann@example.org", "Ann de Vries", "editor", "en").id


@pytest.mark.parametrize(
    "text",
    [
        *("", "ann", "ann@", "@example.org", "ann@example", "ann@example.", "a b@example.org", "ann@exa mple.org"),
        *("ann@example.org\nbcc: all@example.org", "Ann <ann@example.org>", "ann@example.org, bob@example.org"),
        *(
            "ann@b@example.org",
            'an"n@example.org',
            "ann;bob@example.org",
            "ann@example.org\x00",
            "an\u202en@example.org",
        ),
        f"{'a' * 250}@example.org",
        *("a..b@example.org", ".a@example.org", "a.@example.org", "a@example..org", "a@.example.org"),
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="is not an e-mail address") as caught:
        people.normal_email(text)
    assert str(caught.value).isprintable()


@given(text=st.text(max_size=60))
def test_an_accepted_address_can_stand_in_a_mail_header_and_is_accepted_again(text: str) -> None:
    try:
        email = people.normal_email(f"{text}@example.org")
    except UsageError:
        return
    assert email.isprintable()
    assert not any(sign in email for sign in ' ,;:<>()"\r\n')
    assert people.normal_email(email) == email


def test_a_name_is_one_line_without_signs_that_steer() -> None:
    assert people.person("a@example.org", " Ann \r\n de\tVries\u202e\x00 ", "member", "nl").name == "Ann de Vries"


@pytest.mark.parametrize("name", ["", "  \n", "\u200b\u202e"])
def test_a_person_without_a_name_is_refused_and_the_way_out_is_said(name: str) -> None:
    with pytest.raises(UsageError, match="--name"):
        people.person("a@example.org", name, "catalyst", "nl")


def test_members_and_operators_do_not_annotate() -> None:
    assert {"catalyst", "editor"} == people.ANNOTATING
