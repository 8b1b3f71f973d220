"""Cells that a spreadsheet would run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import cells

BEGINNINGS = ["", "'", "''", "=", "+1", "-x@b.example", "@sum", "\t=", "\r=", "'=", "'+x@b.example"]
TEXTS = st.builds("".join, st.tuples(st.sampled_from(BEGINNINGS), st.text(max_size=20)))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(a)", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_is_text_to_a_spreadsheet(text: str) -> None:
    assert cells.defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "'t Hoekje", "'s avonds"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert cells.defused(text) == cells.fused(text) == text


@given(text=TEXTS)
def test_what_is_defused_is_read_back_exactly(text: str) -> None:
    assert cells.fused(cells.defused(text)) == text
    assert cells.defused(text)[:1] not in {*"=+-@\t\r"}
