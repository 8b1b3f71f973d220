"""Themes: which of this week's clusters goes on with which matter of before."""

from itertools import permutations
from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate import themes
from curate.themes import SURVIVES_AT, Centre


def centre(id: str, *towards: float, label: str = "") -> Centre:
    """A centre in the direction given, of unit length."""
    vector = np.asarray(towards, dtype=np.float32)
    return Centre(id, label or f"label of {id}", np.asarray(vector / np.linalg.norm(vector), dtype=np.float32))


def turned(id: str, cosine: float) -> Centre:
    """A centre that has this cosine with the first axis."""
    return centre(id, cosine, (1 - cosine**2) ** 0.5)


def theme_of(found: tuple[themes.Match, ...]) -> dict[str, str]:
    return {one.cluster_id: one.theme_id for one in found if one.kind == "survive"}


def test_a_cluster_near_a_theme_goes_on_with_it_and_the_score_is_their_cosine() -> None:
    (found,) = themes.matched([turned("c", 0.9)], [centre("t", 1, 0)])
    assert (found.cluster_id, found.theme_id, found.kind, found.score) == ("c", "t", "survive", 0.9)


def test_below_the_threshold_a_theme_begins_with_an_identity_of_its_own() -> None:
    (found,) = themes.matched([turned("c", SURVIVES_AT - 0.01)], [centre("t", 1, 0)])
    assert (found.kind, found.score) == ("new", 1.0)
    assert found.theme_id not in ("t", "c")
    assert themes.matched([turned("c", SURVIVES_AT - 0.01)], [])[0].theme_id == found.theme_id


def test_at_the_threshold_a_theme_survives() -> None:
    assert themes.matched([turned("c", 0.8)], [centre("t", 1, 0)], at=0.7999)[0].kind == "survive"


def test_the_match_is_the_best_for_all_and_not_for_the_first() -> None:
    clusters = [centre("near both", 1, 1), centre("near x only", 1, 0.2)]
    known = [centre("x", 1, 0.35), centre("y", 0.3, 1)]
    assert theme_of(themes.matched(clusters, known)) == {"near both": "y", "near x only": "x"}


def test_a_theme_goes_on_in_one_cluster_only() -> None:
    found = themes.matched([turned("c", 0.95), turned("d", 0.9)], [centre("t", 1, 0)])
    assert [(one.cluster_id, one.kind) for one in found] == [("c", "survive"), ("d", "new")]


def test_a_match_bears_the_label_of_its_cluster_in_the_order_of_the_clusters() -> None:
    found = themes.matched([turned("c", 0.9), turned("d", -0.5)], [centre("t", 1, 0, label="old")])
    assert [one.label for one in found] == ["label of c", "label of d"]


@pytest.mark.parametrize("known", [[], [centre("t", 1, 0)]])
def test_no_cluster_gives_no_match(known: list[Centre]) -> None:
    assert themes.matched([], known) == ()


def test_a_theme_without_a_vector_takes_no_cluster() -> None:
    empty = Centre("t", "", np.zeros(2, dtype=np.float32))
    assert themes.matched([turned("c", 0.9)], [empty])[0].kind == "new"


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 1000), clusters=st.integers(0, 4), known=st.integers(0, 4))
def test_no_other_assignment_is_better(seed: int, clusters: int, known: int) -> None:
    rng = np.random.default_rng(seed)
    ours = [centre(f"c{n}", *rng.normal(size=3)) for n in range(clusters)]
    before = [centre(f"t{n}", *rng.normal(size=3)) for n in range(known)]
    found = themes.matched(ours, before, at=0.3)
    assert [one.cluster_id for one in found] == [one.id for one in ours]
    assert len(theme_of(found)) == len(set(theme_of(found).values()))
    assert len({one.theme_id for one in found}) == len(found)
    total = sum(one.score for one in found if one.kind == "survive")
    slots = [*before, *(None for _ in ours)]
    best = max((gain(ours, chosen) for chosen in permutations(slots, len(ours))), default=0.0)
    assert isclose(total, best, abs_tol=1e-3)


def gain(ours: list[Centre], chosen: tuple[Centre | None, ...]) -> float:
    pairs = [float(one.vector @ theme.vector) for one, theme in zip(ours, chosen, strict=True) if theme is not None]
    return sum(cosine for cosine in pairs if cosine >= 0.3)


def test_a_centre_is_of_unit_length_and_lies_between_its_articles() -> None:
    middle = themes.centre(np.eye(2, dtype=np.float32))
    assert np.allclose(middle, [0.5**0.5, 0.5**0.5])
    assert middle.dtype == np.float32


def test_opposite_articles_have_a_centre_without_direction() -> None:
    opposite: NDArray[np.float32] = np.asarray([[1, 0], [-1, 0]], dtype=np.float32)
    assert not themes.centre(opposite).any()
