"""The layout of a week's map: where clusters lie, near ones near. The same week always gives the same map."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def positions(centroids: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Lay clusters on a map: (n, d) centroids to (n, 2) places between 0 and 1, near ones near.

    Principal components, with signs fixed, so that the same week always gives the same map.
    """
    import numpy as np

    n = len(centroids)
    if n < 3:
        return np.asarray([[(k + 1) / (n + 1), 0.5] for k in range(n)], dtype=np.float32).reshape(n, 2)
    centred = centroids - centroids.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    flat = left[:, :2] * size[:2]
    for axis in range(2):
        if flat[np.abs(flat[:, axis]).argmax(), axis] < 0:
            flat[:, axis] *= -1
    low, high = flat.min(axis=0), flat.max(axis=0)
    return np.asarray(0.08 + 0.84 * (flat - low) / np.where(high > low, high - low, 1), dtype=np.float32)
