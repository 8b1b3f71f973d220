"""The map of a week."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import layout


@settings(deadline=None)
@given(st.data())
def test_every_cluster_has_a_place_on_the_map_and_always_the_same_one(data: st.DataObject) -> None:
    count, seed = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 100))
    centroids: Any = np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)
    places = layout.positions(centroids)
    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= 1)).all()
    assert (places == layout.positions(centroids.copy())).all()


def test_clusters_that_are_alike_lie_near_each_other() -> None:
    one, other = np.eye(6, dtype=np.float32)[:2]
    places = layout.positions(np.stack([one, one * 0.99 + other * 0.01, other, other * 0.98 + one * 0.02]))
    assert np.linalg.norm(places[0] - places[1]) < 0.1 < np.linalg.norm(places[0] - places[2])


def test_clusters_that_are_all_the_same_lie_on_the_map_too() -> None:
    places = layout.positions(np.ones((5, 3), dtype=np.float32))
    assert np.isfinite(places).all()
    assert ((places >= 0) & (places <= 1)).all()
