"""Average linkage by rounds, against the whole tree of scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from curate import likeness
from curate.likeness import Compared, Features, Pairs
from curate.linkage import average_link


def drawn(count: int, seed: int, width: int = 12) -> Features:
    """Features of rows around a few centres, half of them sparse, half dense."""
    rng = np.random.default_rng(seed)
    centres = rng.random((4, width)) * (rng.random((4, width)) < 0.5)
    rows = centres[rng.integers(0, 4, count)] + 0.7 * rng.random((count, width)) * (rng.random((count, width)) < 0.4)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    half = width // 2
    return Features(csr_array(rows[:, :half].astype(np.float32)), np.asarray(rows[:, half:], dtype=np.float32))


def likenesses(features: Features) -> NDArray[np.float64]:
    whole = np.concatenate([features.sparse.toarray(), features.dense], axis=1).astype(np.float64)
    return np.asarray(whole @ whole.T)


def linked(features: Features, cut: float, **options: object) -> list[int]:
    compared = likeness.compared(features, cut, background=0.0, nearby=1.0)
    return average_link(compared, cut, **options).tolist()  # type: ignore[arg-type]


def parts(names: list[int]) -> set[frozenset[int]]:
    return {frozenset(row for row, name in enumerate(names) if name == one) for one in names}


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 40), st.integers(0, 10_000), st.sampled_from([0.3, 0.5, 0.7, 0.9]))
def test_groups_are_those_of_the_whole_tree(count: int, seed: int, cut: float) -> None:
    features = drawn(count, seed)
    distance = np.clip(1 - likenesses(features), 0, None)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    heights = np.sort(tree[:, 2])
    # Equal heights may fall either way by rounding.
    if np.abs(heights - (1 - cut)).min() > 1e-5 and np.diff(heights, append=9).min() > 1e-6:
        assert parts(linked(features, cut)) == parts(fcluster(tree, 1 - cut, "distance").tolist())


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 40), st.integers(0, 10_000), st.sampled_from([0.0, 0.1, 0.5]))
def test_no_two_groups_could_still_join(count: int, seed: int, slack: float) -> None:
    features, cut = drawn(count, seed), 0.6
    found = [sorted(one) for one in parts(linked(features, cut, slack=slack))]
    near = likenesses(features)
    for place, one in enumerate(found):
        for other in found[:place]:
            assert near[np.ix_(one, other)].mean() < cut + 1e-5


def test_a_group_is_named_after_its_lowest_row() -> None:
    same = Features(
        csr_array(np.asarray([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=np.float32)), np.zeros((4, 1), np.float32)
    )
    assert linked(same, 0.5) == [0, 1, 0, 1]


@settings(deadline=None, max_examples=40)
@given(st.integers(4, 25), st.integers(0, 10_000), st.sampled_from([0.0, 0.3]), st.data())
def test_rows_kept_apart_are_never_in_one_group(count: int, seed: int, slack: float, data: st.DataObject) -> None:
    row = st.integers(0, count - 1)
    pairs = st.sets(st.tuples(row, row).filter(lambda two: two[0] != two[1]), max_size=8)
    apart, together = data.draw(pairs), data.draw(pairs)
    names = linked(drawn(count, seed), 0.2, slack=slack, together=together, apart=apart)
    assert not any(names[one] == names[other] for one, other in apart)


def test_rows_forced_together_take_the_mean_of_both_to_others() -> None:
    rows = np.eye(4, dtype=np.float32)
    features = Features(csr_array(rows), np.zeros((4, 1), np.float32))
    assert linked(features, 0.5, together={(3, 1), (1, 2)}) == [0, 1, 1, 1]
    assert linked(features, 0.5, together={(1, 2), (2, 3)}, apart={(3, 1)}) == [0, 1, 1, 3]


def test_without_pairs_every_row_stays_alone() -> None:
    none = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    assert average_link(Compared(drawn(5, 1), none, np.zeros(5)), 0.3).tolist() == list(range(5))


# ------------------------------------------------------------ which pairs are found


def pairs_of(found: Pairs) -> set[tuple[int, int]]:
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 40), st.integers(0, 10_000), st.sampled_from([0.2, 0.5, 0.8]))
def test_all_pairs_that_are_alike_enough_are_found_once(count: int, seed: int, at_least: float) -> None:
    features = drawn(count, seed)
    found, near = likeness.near(features, at_least), likenesses(features)
    sure = {
        (one, other) for one in range(count) for other in range(one + 1, count) if near[one, other] > at_least + 1e-4
    }
    assert sure <= pairs_of(found)
    assert len(pairs_of(found)) == len(found.left)
    assert (np.abs(near[found.left, found.right] - found.likeness) < 1e-4).all()
    assert (found.left < found.right).all()


def test_many_rows_are_looked_for_around_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are the same find each other however many there are."""
    monkeypatch.setattr(likeness, "_COMPARED_AT_ONCE", 100)
    monkeypatch.setattr(likeness, "_AROUND", 40)
    rng = np.random.default_rng(1)
    one = rng.standard_normal((300, 16)).astype(np.float32)
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    features = Features(csr_array((600, 1), dtype=np.float32), np.concatenate([one, one]))
    found = pairs_of(likeness.near(features, 0.99))
    assert {(row, row + 300) for row in range(300)} <= found


def test_common_words_find_no_pair_beyond_the_budget_but_count_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.zeros((50, 26), dtype=np.float32)
    rows[:, 0] = 0.6
    rows[np.arange(50), 1 + np.arange(50) // 2] = 0.8
    features = Features(csr_array(rows), np.zeros((50, 1), np.float32))
    assert len(likeness.near(features, 0.3).left) == 50 * 49 / 2
    monkeypatch.setattr(likeness, "_BUDGET", 1000)
    found = likeness.near(features, 0.3)
    assert pairs_of(found) == {(row, row + 1) for row in range(0, 50, 2)}
    assert np.allclose(found.likeness, 1)


def test_long_rows_and_many_pairs_have_the_same_products(monkeypatch: pytest.MonkeyPatch) -> None:
    features, rows = drawn(30, 3), np.random.default_rng(2).integers(0, 30, (2, 400))
    expected = likenesses(features)[rows[0], rows[1]]
    monkeypatch.setattr(likeness, "_PAIRS_AT_ONCE", 7)
    monkeypatch.setattr(likeness, "_LONG_ROW", 3)
    assert np.allclose(features.products(*rows), expected, atol=1e-5)
