"""Second thoughts about groups: look-alike events split, a clear nearest attached, two of a kind joined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array

from curate import refining
from curate.likeness import Compared, Features, Pairs
from curate.refining import Refinement

CUT = 0.24


def holds(*texts: str) -> csr_array:
    """Which texts hold which letters."""
    letters = sorted(set("".join(texts)))
    return csr_array(np.asarray([[letter in text for letter in letters] for text in texts], dtype=np.float32))


def compared(near: NDArray[np.float64]) -> Compared:
    """Rows whose likenesses are as in this table."""
    high, low = np.linalg.eigh(near)
    rows = (low * np.sqrt(np.maximum(high, 0))).astype(np.float32)
    left, right = np.nonzero(np.triu(near > 0.01, k=1))
    pairs = Pairs(left, right, near[left, right].astype(np.float32))
    return Compared(Features(csr_array((len(near), 1), dtype=np.float32), rows), pairs, np.zeros(len(near)))


def table(count: int, **likeness: float) -> NDArray[np.float64]:
    """``a_b=0.2`` says how alike rows a and b are, by letter; what is not said is 0."""
    near = np.eye(count)
    for pair, value in likeness.items():
        one, other = (ord(letter) - ord("a") for letter in pair.split("_"))
        near[one, other] = near[other, one] = value
    return near


# ------------------------------------------------------------ split

TWO_QUAKES = holds("qabc", "qabd", "qacd", "qwxy", "qwxz", "qxyz")
ONE_QUAKE = holds("qabc", "qabd", "qacd", "qbcd", "qabc", "qacd")


def test_a_group_that_falls_in_two_without_what_all_share_is_two_look_alikes() -> None:
    assert refining.split(range(6), [TWO_QUAKES], Refinement()) == [[0, 1, 2], [3, 4, 5]]


def test_a_group_that_hangs_together_stays_whole() -> None:
    assert refining.split(range(6), [ONE_QUAKE], Refinement()) == [[0, 1, 2, 3, 4, 5]]


@pytest.mark.parametrize("how", [Refinement(split_from=7), Refinement(split_to=5), Refinement(side=4)])
def test_small_parts_small_groups_and_very_large_ones_are_left_alone(how: Refinement) -> None:
    assert refining.split(range(6), [TWO_QUAKES], how) == [[0, 1, 2, 3, 4, 5]]


def test_a_group_is_not_split_between_what_people_put_together() -> None:
    assert refining.split(range(6), [TWO_QUAKES], Refinement(), {(0, 4)}) == [[0, 1, 2, 3, 4, 5]]
    assert refining.split(range(6), [TWO_QUAKES], Refinement(), {(0, 1)}) == [[0, 1, 2], [3, 4, 5]]


@settings(deadline=None)
@given(st.lists(st.text("abcdefq", min_size=0, max_size=5), min_size=2, max_size=12))
def test_nothing_is_lost_or_doubled_by_a_split(texts: list[str]) -> None:
    parts = refining.split(range(len(texts)), [holds(*texts, "q")], Refinement(split_from=2, side=2, between=2))
    assert sorted(row for part in parts for row in part) == list(range(len(texts)))
    assert len(parts) <= 2


# ------------------------------------------------------------ attach and join


def refined(near: NDArray[np.float64], *groups: str, apart: frozenset[tuple[int, int]] = frozenset()) -> list[int]:
    name = np.arange(len(near))
    for group in groups:
        for letter in group:
            name[ord(letter) - ord("a")] = ord(group[0]) - ord("a")
    return list(refining.joined(compared(near), name, CUT, Refinement(), apart).tolist())


def test_an_article_alone_joins_the_group_that_it_is_clearly_nearest_to() -> None:
    near = table(5, a_b=0.5, c_d=0.5, a_e=0.2, b_e=0.2, c_e=0.05, d_e=0.05)
    assert refined(near, "ab", "cd") == [0, 0, 2, 2, 0]


@pytest.mark.parametrize("to_other", [0.19, 0.2])
def test_an_article_between_two_groups_stays_alone(to_other: float) -> None:
    near = table(5, a_b=0.5, c_d=0.5, a_e=0.2, b_e=0.2, c_e=to_other, d_e=to_other)
    assert refined(near, "ab", "cd") == [0, 0, 2, 2, 4]


def test_an_article_too_far_from_its_nearest_stays_alone() -> None:
    assert refined(table(3, a_b=0.5, a_c=0.14, b_c=0.14), "ab") == [0, 0, 2]


def test_two_small_groups_that_are_nearest_by_far_join() -> None:
    near = table(4, a_b=0.5, c_d=0.5, a_c=0.2, a_d=0.2, b_c=0.2, b_d=0.2)
    assert refined(near, "ab", "cd") == [0, 0, 0, 0]
    assert refined(table(2, a_b=0.2)) == [0, 0]


def test_two_that_are_hardly_alike_do_not_join_though_nothing_is_nearer() -> None:
    assert refined(table(2, a_b=0.18)) == [0, 1]


def test_two_with_another_nearly_as_near_do_not_join() -> None:
    assert refined(table(3, a_b=0.2, b_c=0.15)) == [0, 1, 2]


def test_what_people_put_apart_is_neither_attached_nor_joined() -> None:
    near = table(3, a_b=0.5, a_c=0.2, b_c=0.2)
    assert refined(near, "ab") == [0, 0, 0]
    assert refined(near, "ab", apart=frozenset({(1, 2)})) == [0, 0, 2]
    assert refined(table(2, a_b=0.2), apart=frozenset({(0, 1)})) == [0, 1]


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 14), st.integers(0, 10_000))
def test_no_group_falls_apart_when_others_join_it(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.random((count, 4)) * (rng.random((count, 4)) < 0.4)
    near = 0.4 * rows @ rows.T
    before = np.minimum(np.arange(count), rng.integers(0, count, count))
    before = np.asarray([before[before[row]] if before[before[row]] == before[row] else row for row in range(count)])
    after = refining.joined(compared(near), before, CUT, Refinement())
    assert all(len(set(after[before == name])) == 1 for name in set(before))
    assert all(after[name] == name for name in after)
