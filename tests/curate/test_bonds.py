"""How strongly groups of articles hang together."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate import bonds, clusters
from curate.clusters import Text
from curate.likeness import Features

RENT = "De huurder betwist de huurverhoging bij de huurcommissie in Zaanstad"
CARE = "Een zorgrobot loopt door het verpleeghuis van Deventer"


def features(*said: str) -> Features:
    """Articles as the clustering sees them, without vectors that say anything."""
    texts = [Text(f"a{n}", one, f"{one}. {one} zegt {n}", f"bron {n}", "nl") for n, one in enumerate(said)]
    return clusters.features(texts, np.ones((len(said), 1), dtype=np.float32))


def pairwise(found: Features) -> NDArray[np.float32]:
    rows = np.arange(found.count)
    left, right = np.repeat(rows, found.count), np.tile(rows, found.count)
    return found.products(left, right).reshape(found.count, -1)


def test_the_likeness_of_two_groups_is_the_mean_over_all_pairs() -> None:
    made = features(RENT, RENT, CARE, CARE, f"{RENT} en {CARE}")
    likeness = pairwise(made)
    found = bonds.between(made, {"c": [0, 4]}, {"t": [1, 2], "u": [2, 3]}, at=0.0, near=0.2)
    assert np.isclose(found["c", "t"].likeness, likeness[np.ix_([0, 4], [1, 2])].mean(), atol=1e-4)
    assert np.isclose(found["c", "u"].likeness, likeness[np.ix_([0, 4], [2, 3])].mean(), atol=1e-4)


def test_a_bond_tells_which_share_of_each_side_lies_with_the_other() -> None:
    made = features(RENT, RENT, CARE, RENT, RENT)
    bond = bonds.between(made, {"c": [0, 1, 2]}, {"t": [3, 4]}, at=0.2, near=0.4)["c", "t"]
    assert (bond.of_cluster, bond.of_theme) == (0.6667, 1.0)
    assert bond.cosine == 1.0


def test_what_is_not_alike_enough_has_no_bond() -> None:
    made = features(RENT, RENT, CARE, CARE)
    assert bonds.between(made, {"c": [0, 1]}, {"t": [2, 3]}, at=0.2, near=0.2) == {}
    assert bonds.between(made, {}, {"t": [2, 3]}, at=0.0, near=0.2) == {}
    assert bonds.between(made, {"c": [0]}, {}, at=0.0, near=0.2) == {}


def test_themes_on_one_matter_are_alike() -> None:
    made = features(RENT, RENT, CARE, CARE)
    assert bonds.alike(made, {"a": [0], "b": [1], "c": [2, 3]}, at=0.4).keys() == {frozenset("ab")}
    assert bonds.alike(made, {}, at=0.4) == {}


def test_a_lone_article_is_near_the_groups_on_its_matter() -> None:
    made = features(RENT, RENT, CARE, RENT, CARE)
    groups = {"rent": [0, 1], "care": [2]}
    assert [(row, group) for row, group, _ in bonds.near(made, [3, 4], groups, at=0.4)] == [(3, "rent"), (4, "care")]
    assert list(bonds.near(made, [], groups, at=0.4)) == []
    assert list(bonds.near(made, [3], {}, at=0.4)) == []


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(6)))
def test_the_order_of_articles_changes_nothing(order: list[int]) -> None:
    said = [RENT, f"{RENT} morgen", CARE, f"{CARE} vandaag", f"{RENT} {CARE}", "Een fiets in de tuin"]
    made, turned = features(*said), features(*(said[row] for row in order))
    place = {row: at for at, row in enumerate(order)}
    ours, theirs = {"c": [0, 2], "d": [5]}, {"t": [1, 3], "u": [4]}
    found = bonds.between(made, ours, theirs, at=0.0, near=0.2)
    again = bonds.between(
        turned,
        {one: [place[row] for row in rows] for one, rows in ours.items()},
        {one: [place[row] for row in rows] for one, rows in theirs.items()},
        at=0.0,
        near=0.2,
    )
    assert found.keys() == again.keys()
    assert all(abs(found[pair].likeness - again[pair].likeness) < 2e-4 for pair in found)
