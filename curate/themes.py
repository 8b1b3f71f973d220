"""Themes: lasting identities across weeks. A week's cluster goes on with an earlier theme, or begins a new one.

The match is by likeness of their centres, one to one, best pairs first (optimal assignment). Vocabulary after MONIC
(Spiliopoulou et al. 2006): a theme survives or a new one emerges; splits and merges are a later step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from curate import ids

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURVIVES_AT = 0.72
"""Cosine of centres from which two weeks are taken to be about the same matter (docs/clustering.md)."""


@dataclass(frozen=True, slots=True)
class Centre:
    """A cluster or theme and the mean of its articles' vectors: (d,) float32, unit length."""

    id: str
    label: str
    vector: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Match:
    """The theme that a cluster belongs to; ``score`` is the cosine for a surviving theme, 1 for a new one."""

    cluster_id: str
    theme_id: str
    label: str
    kind: Literal["survive", "new"]
    score: float


def matched(clusters: Sequence[Centre], themes: Sequence[Centre], at: float = SURVIVES_AT) -> tuple[Match, ...]:
    """Return one match per cluster, in their order; each theme goes on in at most one cluster."""
    pairs = dict(_best_pairs(clusters, themes, at))
    return tuple(
        Match(one.id, themes[pairs[row][0]].id, one.label, "survive", pairs[row][1])
        if row in pairs
        else Match(one.id, ids.of("theme", one.id), one.label, "new", 1.0)
        for row, one in enumerate(clusters)
    )


def _best_pairs(clusters: Sequence[Centre], themes: Sequence[Centre], at: float) -> list[tuple[int, tuple[int, float]]]:
    if not clusters or not themes:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    cosine = np.stack([one.vector for one in clusters]) @ np.stack([one.vector for one in themes]).T
    rows, columns = linear_sum_assignment(np.where(cosine >= at, cosine, 0), maximize=True)
    return [
        (int(row), (int(column), round(float(cosine[row, column]), 4)))
        for row, column in zip(rows, columns, strict=True)
        if cosine[row, column] >= at
    ]


def centre(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Return the mean of (n, d) vectors, scaled to unit length."""
    import numpy as np

    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, dtype=np.float32)
