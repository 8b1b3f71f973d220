"""Second thoughts about groups: what one threshold for all gets wrong, mended where the group itself says so.

A group whose articles fall into two when what they all share is left aside is two look-alike events; an article that
was left alone but is clearly nearest to one group belongs to it; and two or three articles that are each other's
nearest by far are one matter, though less alike than a threshold asks. docs/clustering.md says what each step gains.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curate.likeness import Compared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Refinement:
    """When a group is split or joined after all; shares are of the cut."""

    split_from: int = 6
    """Articles from which a group may fall in two."""
    split_to: int = 200
    """A larger group stays whole: nobody reads it article by article."""
    side: int = 3
    """Articles that each part must have: smaller ones are mostly one source, or one language."""
    between: float = 0.375
    """Split when the mean likeness between the parts is below this share of that inside the looser one."""
    attach: float = 0.7
    """An article alone joins a group from this share of the cut."""
    attach_margin: float = 1.2
    """And when it is so many times as near to it as to anything else."""
    join: float = 0.8
    """Two small groups join from this share of the cut."""
    join_margin: float = 1.5
    small: int = 3
    together: int = 5
    """Articles that a small group has at most, and two that join."""


def split(
    rows: Sequence[int], views: Sequence[Any], how: Refinement, together: Collection[tuple[int, int]] = ()
) -> list[list[int]]:
    """Return the group as it is, or as the two that it falls into when what all its articles share is left aside.

    ``views`` are (n, terms) sparse matrices of ones over all articles. Pairs ``together`` stay in one part.
    """
    import numpy as np

    if not how.split_from <= len(rows) <= how.split_to:
        return [list(rows)]
    near = np.asarray(sum(_within(view[np.asarray(rows)]) for view in views) / len(views))
    parts = _two(near, how.side)
    if parts is None:
        return [list(rows)]
    one, other, whole_one = parts
    looser = min(_mean_within(near, one), _mean_within(near, other))
    if near[np.ix_(one, other)].mean() >= how.between * looser:
        return [list(rows)]
    sides = [[row for row, inside in zip(rows, whole_one, strict=True) if inside is side] for side in (True, False)]
    parted = {(left in sides[0]) is not (right in sides[0]) for left, right in together if {left, right} <= set(rows)}
    return [list(rows)] if True in parted else sides


def _within(holds: Any) -> "NDArray[np.float64]":
    """Return (m, m) the likeness of a group's articles; a term weighs by how few of these articles hold it."""
    import numpy as np
    from scipy.sparse import csr_array

    holders = np.bincount(holds.indices, minlength=holds.shape[1])
    weight = np.where(holders > 1, np.log(holds.shape[0] / np.maximum(holders, 1)), 0)
    rows = csr_array((weight[holds.indices], holds.indices, holds.indptr), shape=holds.shape)
    near = (rows @ rows.T).toarray()
    length = np.sqrt(near.diagonal())
    length[length == 0] = 1
    return np.asarray(near / length[:, None] / length[None, :])


def _two(near: "NDArray[np.float64]", side: int) -> "tuple[NDArray[np.int64], NDArray[np.int64], list[bool]] | None":
    """Return the two parts of the topmost fork of the group's tree of which both have ``side`` articles, or None.

    The third value says for every article whether it goes with the first part; those that were peeled off above the
    fork go with the nearer.
    """
    import numpy as np
    from scipy.cluster.hierarchy import linkage, to_tree

    node = to_tree(linkage((2 - near)[np.triu_indices(len(near), 1)], method="average"))
    while not node.is_leaf() and min(node.left.count, node.right.count) < side:
        node = node.left if node.left.count > node.right.count else node.right
    if node.is_leaf():
        return None
    one, other = (np.sort(np.asarray(child.pre_order(), dtype=np.int64)) for child in (node.left, node.right))
    first = near[:, one].mean(axis=1) >= near[:, other].mean(axis=1)
    first[one], first[other] = True, False
    return one, other, first.tolist()


def _mean_within(near: "NDArray[np.float64]", rows: "NDArray[np.int64]") -> float:
    inside = near[rows][:, rows]
    return float((inside.sum() - inside.diagonal().sum()) / (len(rows) * (len(rows) - 1)))


# ------------------------------------------------------------ joining what was left


@dataclass(frozen=True, slots=True)
class _Between:
    """Pairs of groups of which one is small, both ways, and their mean likeness above background."""

    of_row: "NDArray[np.int64]"
    """The number of each row's group."""
    size: "NDArray[np.int64]"
    one: "NDArray[np.int64]"
    other: "NDArray[np.int64]"
    mean: "NDArray[np.float64]"

    def nearest(self, eligible: "NDArray[np.bool_]") -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
        """Return for each group the place of its nearest eligible pair (-1: none), and the highest of its other means.

        Of equals the lower number is the nearer.
        """
        import numpy as np

        best, following = np.full(len(self.size), -1), np.zeros(len(self.size))
        order = np.lexsort((self.other, -self.mean, self.one))
        chosen = order[eligible[order]]
        groups, place = np.unique(self.one[chosen], return_index=True)
        best[groups] = chosen[place]
        rest = np.ones(len(self.one), dtype=bool)
        rest[best[groups]] = False
        np.maximum.at(following, self.one[rest], self.mean[rest])
        return best, following


def joined(
    compared: Compared,
    name: "NDArray[np.int64]",
    cut: float,
    how: Refinement,
    apart: Collection[tuple[int, int]] = (),
) -> "NDArray[np.int64]":
    """Return the names of groups after single articles joined their group, and then small groups each other."""
    import numpy as np

    left, right = np.asarray(sorted(apart), dtype=np.int64).reshape(-1, 2).T
    for chosen in (_to_attach, _to_join):
        groups = _between(compared, name, how.small)
        # What joins another is joined by nothing: a group has one place to go.
        into = np.arange(len(groups.size))
        for one, other in chosen(groups, cut, how):
            into[one] = other
            if (into[groups.of_row[left]] == into[groups.of_row[right]]).any():
                into[one] = one
        name = _lowest_rows(into[groups.of_row])
    return name


def _to_attach(groups: _Between, cut: float, how: Refinement) -> list[tuple[int, int]]:
    """Return single articles and the group that each clearly belongs to."""
    import numpy as np

    best, following = groups.nearest(groups.size[groups.other] > 1)
    alone = np.flatnonzero((groups.size == 1) & (best >= 0))
    mean = groups.mean[best[alone]]
    near = (mean >= how.attach * cut) & (mean >= how.attach_margin * following[alone])
    return list(zip(alone[near].tolist(), groups.other[best[alone[near]]].tolist(), strict=True))


def _to_join(groups: _Between, cut: float, how: Refinement) -> list[tuple[int, int]]:
    """Return small groups that are each other's nearest by far, the lower number second."""
    import numpy as np

    best, following = groups.nearest(np.ones(len(groups.one), dtype=bool))
    one = np.flatnonzero(best >= 0)
    other = groups.other[best[one]]
    mutual = (best[other] >= 0) & (groups.other[best[other]] == one) & (one < other)
    small = (np.maximum(groups.size[one], groups.size[other]) <= how.small) & (
        groups.size[one] + groups.size[other] <= how.together
    )
    mean = groups.mean[best[one]]
    far = mean >= how.join_margin * np.maximum(following[one], following[other])
    chosen = mutual & small & far & (mean >= how.join * cut)
    return list(zip(other[chosen].tolist(), one[chosen].tolist(), strict=True))


def _between(compared: Compared, name: "NDArray[np.int64]", small: int) -> _Between:
    """Return the mean likeness of all pairs of groups that share a known pair of articles and of which one is small."""
    import numpy as np
    from scipy.sparse import csr_array

    _, of_row, size = np.unique(name, return_inverse=True, return_counts=True)
    count, pairs = len(size), compared.pairs
    left, right = of_row[pairs.left], of_row[pairs.right]
    wanted = (left != right) & (np.minimum(size[left], size[right]) <= small)
    key = np.sort(np.minimum(left, right)[wanted] * count + np.maximum(left, right)[wanted])
    key = key[np.diff(key, prepend=-1) > 0]
    left, right = key // count, key % count
    parts = csr_array((np.ones(len(name), dtype=np.float32), (of_row, np.arange(len(name)))), shape=(count, len(name)))
    background = np.bincount(of_row, weights=compared.background, minlength=count) / size
    likeness = compared.features.joined(parts).products(left, right) / (size[left] * size[right])
    mean = likeness - background[left] - background[right]
    both = np.concatenate([left, right]), np.concatenate([right, left])
    return _Between(of_row, size, *both, np.concatenate([mean, mean]))


def _lowest_rows(group: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Name each group after its lowest row."""
    import numpy as np

    _, first, of_row = np.unique(group, return_index=True, return_inverse=True)
    return np.asarray(first[of_row], dtype=np.int64)
