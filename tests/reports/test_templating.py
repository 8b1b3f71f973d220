"""Text from outside on its way into a template: what no reader can see does not get through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from reports import templating

_UNSEEN = "\x00\x08\x0b\x1b\x1f\x7f\x85\x9f\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\ufff9\ufffb\ufffe\ud83d"


@pytest.mark.parametrize("sign", _UNSEEN, ids=lambda sign: f"{ord(sign):04x}")
def test_a_sign_that_nobody_sees_is_dropped_from_any_text(sign: str) -> None:
    assert templating.readable(f"a{sign}b") == "ab"
    assert templating.one_line(f"a{sign}b") in ("ab", "a b")


@given(st.text())
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    shown = templating.readable(text)
    assert templating.readable(shown) == shown
    assert [sign for sign in text if sign.isprintable() or sign == "\n"] == [
        sign for sign in shown if sign.isprintable() or sign == "\n"
    ]


@given(st.text())
def test_one_line_has_single_spaces_and_no_ends(text: str) -> None:
    line = templating.one_line(text)
    assert line == " ".join(line.split())
    assert templating.one_line(line) == line


def test_markup_and_numbers_pass() -> None:
    assert templating.readable(Markup("<b>\u202e</b>")) == Markup("<b>\u202e</b>")
    assert templating.readable(3) == 3
