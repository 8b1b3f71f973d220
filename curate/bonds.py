"""Bonds: how strongly a week's clusters, single articles and lasting themes hang together.

The measure is the likeness that makes the clusters: its mean over the articles of two groups, so that an English report
goes on with a Dutch one by the names that both hold. The background that a clustering takes off is not known across
weeks and stays in: bonds ask for a little more than the cut (docs/themes.md has the figures beside those of shared
window groups and of centroids).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curate.likeness import Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Rows = Mapping[str, Sequence[int]]
"""Ids of groups, each with the rows of its articles in the features; no group is empty."""
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Bond:
    """What holds a cluster and a theme together, and why."""

    likeness: float
    """Mean similarity between their articles (0-1): the score."""
    of_cluster: float
    """Share of the cluster's articles that lie with the theme's (0-1)."""
    of_theme: float
    """Share of the theme's articles that lie with the cluster's (0-1)."""
    cosine: float
    """Of the means of their vectors, which are always of one model."""


def between(features: Features, clusters: Rows, themes: Rows, at: float, near: float) -> dict[tuple[str, str], Bond]:
    """Return the bonds of likeness ``at`` or more by (cluster id, theme id).

    An article lies with a group when its mean similarity to the group's articles reaches ``near``.
    """
    import numpy as np

    if not clusters or not themes:
        return {}
    ours, theirs = _middles(features, clusters), _middles(features, themes)
    likeness, cosine = _products(ours, theirs), _cosines(ours.dense, theirs.dense)
    ids, theme_ids = list(clusters), list(themes)
    found = {}
    for row, column in np.argwhere(likeness >= at).tolist():
        cluster_id, theme_id = ids[row], theme_ids[column]
        found[cluster_id, theme_id] = Bond(
            likeness=round(float(likeness[row, column]), 4),
            of_cluster=_share(features.at(list(clusters[cluster_id])), theirs.at([column]), near),
            of_theme=_share(features.at(list(themes[theme_id])), ours.at([row]), near),
            cosine=round(float(cosine[row, column]), 4),
        )
    return found


def alike(features: Features, groups: Rows, at: float) -> dict[frozenset[str], float]:
    """Return the mean likeness of each pair of groups in which it reaches ``at``."""
    import numpy as np

    if not groups:
        return {}
    middles, ids = _middles(features, groups), list(groups)
    likeness = _products(middles, middles)
    pairs = np.argwhere(np.triu(likeness >= at, k=1)).tolist()
    return {frozenset((ids[one], ids[other])): round(float(likeness[one, other]), 4) for one, other in pairs}


def near(features: Features, rows: Sequence[int], groups: Rows, at: float) -> Iterator[tuple[int, str, float]]:
    """Yield (row, group id, mean similarity to its articles) wherever one of these rows reaches ``at`` with a group."""
    import numpy as np

    if not groups:
        return
    middles, ids = _middles(features, groups), list(groups)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        piece = list(rows[start : start + _ROWS_AT_ONCE])
        likeness = _products(features.at(piece), middles)
        for row, column in np.argwhere(likeness >= at).tolist():
            yield piece[row], ids[column], round(float(likeness[row, column]), 4)


def _middles(features: Features, groups: Rows) -> Features:
    """Return the mean of each group's rows: their products are the mean likenesses between groups."""
    import numpy as np
    from scipy.sparse import csr_array

    sizes = np.asarray([len(rows) for rows in groups.values()])
    group = np.repeat(np.arange(len(groups)), sizes)
    rows = np.asarray([row for inside in groups.values() for row in inside])
    share = (1 / sizes[group]).astype(np.float32)
    return features.joined(csr_array((share, (group, rows)), shape=(len(groups), features.count)))


def _products(left: Features, right: Features) -> "NDArray[np.float32]":
    import numpy as np

    # In double precision, since in single the sum of a sparse row may differ by the order of what stands beside it.
    sparse = (left.sparse.astype(np.float64) @ right.sparse.astype(np.float64).T).toarray()
    return np.asarray(sparse + left.dense @ right.dense.T, dtype=np.float32)


def _share(articles: Features, group: Features, near: float) -> float:
    return round(float((_products(articles, group) >= near).mean()), 4)


def _cosines(left: "NDArray[np.float32]", right: "NDArray[np.float32]") -> "NDArray[np.float32]":
    return _unit(left) @ _unit(right).T


def _unit(rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np

    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0), dtype=np.float32)
