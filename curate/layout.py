"""The layout of a week's map: clusters with near ones near, their articles around them, single ones beside their kin.

Clusters are laid by t-SNE (van der Maaten & Hinton 2008), exact, from principal components as the start, so nothing is
random. Rows are put in an order of their own first: the same week gives the same map to the last bit, in whatever order
it comes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARGIN = 0.06
"""Part of the map's width and height that stays free at each side."""
MOST_LAID = 400
"""Clusters laid by their likeness to each other; further ones lie by the likest of these."""
_FEWEST_LAID = 6
"""Fewer points have no neighbourhoods to keep."""
_STEPS, _EXAGGERATED, _NEIGHBOURS = 400, 80, 8.0
_STARTS, _MOST_TRIED, _COMPARED = (0.01, 0.1, 1.0), 100, 5
"""How wide the components are at the start. Few points easily get stuck: for so many at most each start is tried, and
the map is taken on which most of the five neighbours of each are neighbours in truth."""
_BY_TURN = 0.5
_NEAREST = 3
_AROUND = 0.035
"""Distance of the outermost articles from the centre of a small cluster; it grows with the root of the size."""
_BLOCK = 4096

Places = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def of(centres: "NDArray[np.float32]", vectors: "NDArray[np.float32]", cluster_of: Sequence[int]) -> Places:
    """Return places (c, 2) of clusters and (n, 2) of articles, float64 between 0 and 1.

    ``centres`` is (c, d), ``vectors`` (n, d), unit length or zero; ``cluster_of[i]`` is the row of article i's cluster,
    or -1 for a single one.
    """
    import numpy as np

    inside = np.asarray(cluster_of, dtype=np.int64).reshape(-1)
    sizes = np.bincount(inside[inside >= 0], minlength=len(centres))
    places = _clusters(np.asarray(centres, dtype=np.float64), sizes)
    return places, _articles(places, np.asarray(centres, np.float32), np.asarray(vectors, np.float32), inside, sizes)


def _clusters(centres: "NDArray[np.float64]", sizes: "NDArray[np.int64]") -> "NDArray[np.float64]":
    import numpy as np

    # The order of the rows decides nothing: the largest first, then by their numbers.
    order = np.lexsort((*centres.T[::-1], -sizes)) if len(centres) else np.arange(0)
    ordered = centres[order]
    laid = _laid(ordered[:MOST_LAID])
    rest = _beside(laid, ordered[:MOST_LAID], ordered[MOST_LAID:]) if len(ordered) > MOST_LAID else laid[:0]
    places = np.empty((len(centres), 2))
    places[order] = np.concatenate([laid, rest])
    return places


def _articles(
    places: "NDArray[np.float64]",
    centres: "NDArray[np.float32]",
    vectors: "NDArray[np.float32]",
    inside: "NDArray[np.int64]",
    sizes: "NDArray[np.int64]",
) -> "NDArray[np.float64]":
    """Lay articles around the centre of their cluster, the less like it the farther, single ones between clusters."""
    import numpy as np

    if not len(places):
        return _without_clusters(np.asarray(vectors, np.float64))
    alone = inside < 0
    home = np.where(alone, 0, inside)
    lean = _components(np.asarray(vectors, np.float64))
    base = places[home]
    if alone.any():
        base[alone] = _beside(places, np.asarray(centres, np.float64), vectors[alone])
    middle = np.stack([np.bincount(home[~alone], lean[~alone, axis], len(places)) for axis in (0, 1)], axis=1)
    offset = lean - (middle / np.maximum(sizes, 1)[:, None])[home]
    offset[alone] = lean[alone]
    away = 1 - np.clip(np.einsum("ij,ij->i", vectors, centres[home], dtype=np.float64), 0, 1)
    length = np.linalg.norm(offset, axis=1, keepdims=True)
    direction = np.divide(offset, length, out=np.zeros_like(offset), where=length > 1e-9)
    reach = _AROUND * np.where(alone, 1.0, np.sqrt(np.maximum(sizes, 1))[home]) * np.where(alone, 1.0, away)
    return np.asarray(np.clip(base + direction * np.minimum(reach, 0.15)[:, None], 0, 1)).round(6)


def _without_clusters(vectors: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    order = np.lexsort(vectors.T[::-1]) if len(vectors) else np.arange(0)
    places = np.empty((len(vectors), 2))
    places[order] = _spread(_components(vectors[order]), _BY_TURN)
    return places


def _beside(
    places: "NDArray[np.float64]", centres: "NDArray[np.float64]", vectors: "NDArray[Any]"
) -> "NDArray[np.float64]":
    """Return a place for each vector between the clusters that it is most like, nearest to the likest of them."""
    import numpy as np

    found = np.empty((len(vectors), 2))
    nearest = min(_NEAREST, len(places))
    known = np.asarray(centres, np.float32)
    for start in range(0, len(vectors), _BLOCK):
        near = np.round(np.asarray(vectors[start : start + _BLOCK], np.float32) @ known.T, 4)
        best = np.argpartition(-near, nearest - 1, axis=1)[:, :nearest]
        weight = np.clip(np.take_along_axis(near, best, axis=1), 1e-3, None).astype(np.float64) ** 4
        found[start : start + _BLOCK] = (weight[:, :, None] * places[best]).sum(axis=1) / weight.sum(axis=1)[:, None]
    return found


def _laid(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return places on the map (n, 2) for (n, d) points, near ones near."""
    if len(points) < _FEWEST_LAID:
        return _spread(_components(points), _BY_TURN)
    if len(points) > _MOST_TRIED:
        return _spread(_stochastic_neighbours(points, _STARTS[0]), _BY_TURN)
    tried = [_components(points), *(_stochastic_neighbours(points, start) for start in _STARTS)]
    spread = [
        _spread(flat @ _turn(turn), by_turn) for by_turn in (_BY_TURN, 0.0) for flat in tried for turn in range(4)
    ]
    return max(spread, key=lambda places: _trust(points, places))


def _turn(eighth: int) -> "NDArray[np.float64]":
    """Return the (2, 2) rotation by so many eighths of a half turn: which way a map is stretched is free."""
    import numpy as np

    angle = eighth * np.pi / 4 / 2
    return np.asarray([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _trust(points: "NDArray[np.float64]", places: "NDArray[np.float64]") -> float:
    """Return how far neighbours on the map are neighbours in truth, 0 to 1 (Venna & Kaski 2001)."""
    from sklearn.manifold import trustworthiness

    # Rounded, so that of equal ones the first is taken on every machine.
    neighbours = min(_COMPARED, (len(points) - 1) // 2)
    return round(float(trustworthiness(points, places, n_neighbors=neighbours, metric="cosine")), 6)


def _components(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return the first two principal components, with signs fixed, rounded so that the order of rows says nothing."""
    import numpy as np

    flat = np.zeros((len(points), 2))
    if len(points) < 2:
        return flat
    centred = points - points.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1, 1)
    flat[:, : axes.shape[1]] = centred @ axes
    return flat.round(6)


def _stochastic_neighbours(points: "NDArray[np.float64]", start: float) -> "NDArray[np.float64]":
    import numpy as np

    n = len(points)
    wanted = _affinities(points)
    flat = _components(points)
    flat = flat / max(float(flat.std()), 1e-9) * start
    step, gains = np.zeros_like(flat), np.ones_like(flat)
    for turn in range(_STEPS):
        length = (flat**2).sum(axis=1)
        kernel = 1 / (1 + np.maximum(length[:, None] + length[None, :] - 2 * flat @ flat.T, 0))
        np.fill_diagonal(kernel, 0)
        pull = ((4 if turn < _EXAGGERATED else 1) * wanted - kernel / kernel.sum()) * kernel
        slope = 4 * (pull.sum(axis=1)[:, None] * flat - pull @ flat)
        gains = np.maximum(np.where(step * slope < 0, gains + 0.2, gains * 0.8), 0.01)
        step = (0.5 if turn < _EXAGGERATED else 0.8) * step - max(n / 12, 10) * gains * slope
        flat = flat + step
    return np.asarray(flat - flat.mean(axis=0))


def _affinities(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return how much each pair belongs together: (n, n), symmetric, of sum 1, with about eight neighbours to each."""
    import numpy as np

    n = len(points)
    length = np.linalg.norm(points, axis=1, keepdims=True)
    unit = points / np.where(length > 0, length, 1)
    away = np.clip(1 - unit @ unit.T, 0, None).round(9)
    np.fill_diagonal(away, np.inf)
    away -= away.min(axis=1, keepdims=True)
    low, high = np.zeros((n, 1)), np.full((n, 1), 1e6)
    entropy = np.log(min(_NEIGHBOURS, (n - 1) / 3))
    for _ in range(60):
        sharp = (low + high) / 2
        near = np.exp(-sharp * away)
        near /= near.sum(axis=1, keepdims=True)
        said = -(near * np.log(np.maximum(near, 1e-300))).sum(axis=1, keepdims=True)
        low, high = np.where(said > entropy, sharp, low), np.where(said > entropy, high, sharp)
    return np.asarray((near + near.T) / (2 * n))


def _spread(flat: "NDArray[np.float64]", by_turn: float) -> "NDArray[np.float64]":
    """Return the places within the map, a part (0-1) of the way by their turn, so that no far one crowds the others."""
    import numpy as np
    from scipy.stats import rankdata

    places = np.full(flat.shape, 0.5)
    for axis in range(2 if len(flat) > 1 else 0):
        line = flat[:, axis].round(6)
        if line.max() > line.min():
            turn = (rankdata(line) - 1) / (len(line) - 1)
            places[:, axis] = (1 - by_turn) * (line - line.min()) / (line.max() - line.min()) + by_turn * turn
    return (MARGIN + (1 - 2 * MARGIN) * places).round(6)
