"""Identities: the same parts, the same id; anything else, another."""

import re

from hypothesis import given
from hypothesis import strategies as st

from curate import ids

PARTS = st.lists(st.text(alphabet=st.characters(exclude_characters="\x1f")), min_size=1, max_size=4)


def test_an_id_stays_what_it_was_in_every_version_of_this_program() -> None:
    assert ids.of("source", "https://example.org/feed") == "008acb18f0f9a6695b140217ca6b9fac"


@given(parts=PARTS)
def test_an_id_is_thirty_two_hexadecimal_characters(parts: list[str]) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", ids.of(*parts))


@given(one=PARTS, other=PARTS)
def test_ids_differ_exactly_when_parts_differ(one: list[str], other: list[str]) -> None:
    assert (ids.of(*one) == ids.of(*other)) is (one == other)


def test_parts_are_not_run_together() -> None:
    assert len({ids.of("ab", "c"), ids.of("a", "bc"), ids.of("abc"), ids.of("c", "ab")}) == 4


def test_half_a_character_does_not_break_an_id() -> None:
    assert len(ids.of("\ud800")) == 32
