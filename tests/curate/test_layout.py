"""The map of a week."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from curate import layout, themes


def week(clusters: int, articles: int, seed: int = 0, d: int = 16) -> tuple[Any, Any, list[int]]:
    """Centres, vectors and who is in which cluster; a third of the articles are single."""
    rng = np.random.default_rng(seed)
    topics = rng.normal(size=(max(clusters, 1), d))
    cluster_of = [n % clusters if clusters and n < max(2 * articles // 3, clusters) else -1 for n in range(articles)]
    rows = [(topics[k] if k >= 0 else 0) + rng.normal(size=d) * 0.4 for k in cluster_of]
    vectors = np.asarray([row / np.linalg.norm(row) for row in rows], dtype=np.float32).reshape(articles, d)
    inside = np.asarray(cluster_of)
    centres = [themes.centre(vectors[inside == k]) for k in range(clusters)]
    return np.asarray(centres, dtype=np.float32).reshape(clusters, d), vectors, cluster_of


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_everything_has_a_place_on_the_map_and_the_order_of_the_rows_decides_nothing(data: st.DataObject) -> None:
    clusters = data.draw(st.integers(0, 12))
    articles = data.draw(st.integers(2 * clusters, 40))
    centres, vectors, cluster_of = week(clusters, articles, data.draw(st.integers(0, 100)))
    places, spots = layout.of(centres, vectors, cluster_of)
    assert (places.shape, spots.shape) == ((clusters, 2), (articles, 2))
    for found in (places, spots):
        assert np.isfinite(found).all()
        assert ((found >= 0) & (found <= 1)).all()
    rows = data.draw(st.permutations(range(articles)))
    turned = data.draw(st.permutations(range(clusters)))
    new = {old: place for place, old in enumerate(turned)} | {-1: -1}
    again, spots_again = layout.of(centres[turned], vectors[rows], [new[cluster_of[row]] for row in rows])
    assert again.tobytes() == places[turned].tobytes()
    assert spots_again.tobytes() == spots[rows].tobytes()


def test_clusters_that_are_alike_lie_near_each_other_and_their_articles_around_them() -> None:
    rng = np.random.default_rng(1)
    topics = np.repeat(rng.normal(size=(5, 24)), 6, axis=0) * 2 + rng.normal(size=(30, 24)) * 0.5
    vectors = np.asarray(topics / np.linalg.norm(topics, axis=1, keepdims=True), dtype=np.float32)
    places, spots = layout.of(vectors, np.repeat(vectors, 2, axis=0), np.repeat(np.arange(30), 2).tolist())
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    same = np.arange(30)[:, None] // 6 == np.arange(30)[None] // 6
    assert away[same & (away > 0)].mean() < 0.5 * away[~same].mean()
    assert np.linalg.norm(spots - np.repeat(places, 2, axis=0), axis=1).max() < 0.15


def test_a_single_article_lies_by_the_cluster_it_is_most_like() -> None:
    centres, vectors, cluster_of = week(8, 48, seed=5)
    stray = np.asarray([centres[3] / np.linalg.norm(centres[3])], dtype=np.float32)
    places, spots = layout.of(centres, np.concatenate([vectors, stray]), [*cluster_of, -1])
    away = np.linalg.norm(places - spots[-1], axis=1)
    assert away.argmin() == 3


def test_neighbours_on_the_map_are_neighbours_in_truth_more_than_on_principal_components() -> None:
    for seed in range(3):
        centres, vectors, cluster_of = week(60, 240, seed)
        places, _ = layout.of(centres, vectors, cluster_of)
        flat = PCA(2).fit_transform(centres)
        ours, theirs = (trustworthiness(centres, one, n_neighbors=5, metric="cosine") for one in (places, flat))
        assert ours > theirs


def test_the_map_is_used_whole() -> None:
    centres, vectors, cluster_of = week(80, 240)
    places, _ = layout.of(centres, vectors, cluster_of)
    for axis in (0, 1):
        line = np.sort(places[:, axis])
        assert (line[0], line[-1]) == (layout.MARGIN, 1 - layout.MARGIN)
        assert max(after - before for before, after in pairwise(line)) < 0.12


def test_more_clusters_than_are_laid_lie_by_the_likest_of_them() -> None:
    count = layout.MOST_LAID + 50
    centres, vectors, cluster_of = week(count, 2 * count)
    twin = centres.copy()
    twin[-1] = centres[0]
    places, _ = layout.of(twin, vectors, cluster_of)
    assert np.linalg.norm(places[-1] - places[0]) < 0.2
    assert ((places >= 0) & (places <= 1)).all()


@pytest.mark.parametrize("clusters", [1, 2, 3, 5, 7])
def test_clusters_that_are_all_the_same_lie_on_the_map_too(clusters: int) -> None:
    vectors = np.full((2 * clusters, 4), 0.5, dtype=np.float32)
    places, spots = layout.of(vectors[:clusters], vectors, [n % clusters for n in range(2 * clusters)])
    for found in (places, spots):
        assert np.isfinite(found).all()
        assert ((found >= 0) & (found <= 1)).all()


def test_articles_without_a_vector_lie_on_the_map_too() -> None:
    vectors = np.zeros((4, 4), dtype=np.float32)
    places, spots = layout.of(vectors[:1], vectors, [0, 0, -1, -1])
    assert np.isfinite(places).all()
    assert np.isfinite(spots).all()
