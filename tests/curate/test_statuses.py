"""How a theme stands, from the sources that told of it."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import statuses
from curate.statuses import Measured, Past, Standing, Status

ALL = frozenset(f"s{n}" for n in range(20))
"""The sources of a usual week."""


def told(count: int) -> frozenset[str]:
    """So many sources; the first ones are always the same."""
    return frozenset(f"s{n}" for n in range(count))


def week(count: int, articles: int = 100, sources: frozenset[str] = ALL) -> Measured:
    """A week in which so many sources told of the theme."""
    return Measured(articles, sources, {"t": told(count)} if count else {})


def stands(
    *counts: int,
    before: Status | None = "steady",
    age: int = 9,
    measured: int = 30,
    silent: frozenset[str] = frozenset(),
) -> Standing:
    """How the theme stands after weeks with so many sources."""
    weeks = [week(count) for count in counts]
    return statuses.of_week(weeks, silent, {"t": Past(before, age)}, measured_weeks=measured)["t"]


def test_the_numbers_are_those_of_the_rule() -> None:
    found = stands(4, 4, 4, 4, 4, 4, 4, 4, 8)
    assert (found.sources, found.of_sources, found.expected) == (8, 20, 4.0)
    assert found.z == round((8 - 4) / 5**0.5, 2)


def test_weeks_without_the_theme_count_as_nothing_and_only_eight_of_them() -> None:
    assert stands(20, 0, 0, 0, 0, 0, 0, 4, 4, 5).expected == 1.0


@pytest.mark.parametrize(
    ("counts", "age", "status"),
    [
        ((3,), 1, "emerging"),
        ((0, 3, 3), 3, "emerging"),
        ((2,), 1, "too_early"),
        ((3, 3, 3, 3), 4, "steady"),
        ((4, 4, 4, 4, 4, 4, 4, 4, 8), 9, "growing"),
        ((4, 4, 4, 4, 4, 4, 4, 5, 6), 9, "steady"),
        ((4, 4, 4, 4, 4, 3, 4, 5, 6), 9, "growing"),
        ((8, 8, 8, 8, 8, 8, 8, 8, 3), 9, "fading"),
        ((4, 4, 4, 4, 4, 7, 6, 5, 4), 9, "fading"),
        ((1, 0, 0, 0), 9, "fading"),
        ((2, 1, 0, 0, 0, 0), 9, "dormant"),
        ((2, 0, 0, 0, 0, 1), 9, "dormant"),
        ((2, 0, 0, 0, 0, 2), 9, "returned"),
        ((2, 0, 0, 0, 0, 2, 2), 9, "steady"),
        ((1, 1, 1, 0, 0, 1), 9, "steady"),
    ],
)
def test_each_status_has_its_rule(counts: tuple[int, ...], age: int, status: Status) -> None:
    assert stands(*counts, age=age).status == status


def test_a_theme_that_slept_on_the_word_of_one_source_is_back_with_two() -> None:
    assert stands(2, 0, 0, 0, 0, 1, 2, before="dormant").status == "returned"


@pytest.mark.parametrize(("measured", "status"), [(4, "too_early"), (5, "steady")])
def test_nothing_is_said_in_the_first_four_weeks(measured: int, status: Status) -> None:
    found = stands(3, 3, 3, 3, measured=measured)
    assert (found.status, found.sources, found.frozen) == (status, 3, None)


def test_in_a_thin_week_a_theme_keeps_the_status_it_had_and_says_why() -> None:
    weeks = [week(6) for _ in range(8)]
    thin, usual = ([*weeks, week(0, articles=count, sources=told(5))] for count in (39, 40))
    past = {"t": Past("growing", 9)}
    found = statuses.of_week(thin, frozenset(), past, measured_weeks=9)["t"]
    assert (found.status, found.sources, found.frozen) == ("growing", 0, "a thin week: 39 articles, usual are 100")
    assert statuses.of_week(usual, frozenset(), past, measured_weeks=9)["t"].frozen is None
    new = statuses.of_week(thin, frozenset(), {"t": Past(None, 1)}, measured_weeks=9)["t"]
    assert new.status == "too_early"


def test_an_outage_of_sources_is_not_a_fading_theme() -> None:
    out = told(10) - told(2)
    weeks = [week(10) for _ in range(8)] + [week(2, sources=ALL - out)]
    past = {"t": Past("steady", 9)}
    assert statuses.of_week(weeks, frozenset(), past, measured_weeks=9)["t"].status == "fading"
    found = statuses.of_week(weeks, out, past, measured_weeks=9)["t"]
    assert (found.status, found.sources, found.of_sources, found.expected) == ("steady", 2, 12, 2.0)


def test_a_week_without_any_source_says_little_and_fails_at_nothing() -> None:
    empty = Measured(0, frozenset(), {})
    past = {"t": Past(None, 1)}
    assert statuses.of_week([empty], frozenset(), past, measured_weeks=1)["t"] == Standing(
        "too_early", 0, 0, None, None
    )
    assert statuses.of_week([empty] * 9, frozenset(), past, measured_weeks=9)["t"].expected == 0.0


@given(st.lists(st.integers(0, 20), min_size=1, max_size=9), st.integers(1, 9), st.integers(0, 20))
def test_a_theme_that_does_not_fade_does_not_with_more_sources_either(counts: list[int], age: int, more: int) -> None:
    *before, now = counts
    few, many = (stands(*before, count, age=age).status for count in (now, min(20, now + more)))
    assert few in ("fading", "dormant") or many != "fading"


def test_other_themes_and_their_order_change_nothing() -> None:
    weeks = [Measured(10, ALL, {"a": told(n), "b": told(5)}) for n in (1, 2, 3, 4, 5, 6)]
    found = [
        statuses.of_week(weeks, frozenset(), {one: Past("steady", 6) for one in some}, measured_weeks=20)
        for some in permutations("abc")
    ]
    assert all(each == found[0] for each in found)
    assert found[0]["a"].status == "growing"
    assert found[0]["c"].status == "dormant"
