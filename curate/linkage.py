"""Average linkage without a table of all pairs: groups join as long as their articles are alike enough on average.

Two groups that are each other's nearest may join in any order, since after a join no group lies nearer than the nearer
of the two did (reciprocal nearest neighbours, Murtagh 1983). So every round joins all such pairs at once. The mean
likeness of two groups comes from the sums of their features, and only groups that share a pair at or above the cut can
reach it on average; so the result is that of the whole tree, cut, as long as all those pairs are given.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curate.likeness import WORTH_KNOWING, Compared, Features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups that may still join, and the pairs of them whose likeness is known; ``left < right``, every pair once."""

    features: Features
    """Sums over the articles of each group."""
    size: "NDArray[np.float64]"
    first: "NDArray[np.int64]"
    """The lowest row of each group: its name."""
    left: "NDArray[np.int64]"
    right: "NDArray[np.int64]"
    total: "NDArray[np.float64]"
    """Sum of the likeness, above background, of all pairs of articles between the two."""
    background: "NDArray[np.float64]"
    """Of each group: what its articles have in common with everything, on average."""

    @property
    def mean(self) -> "NDArray[np.float64]":
        """The mean likeness of each pair of groups, above their background."""
        return self.total / (self.size[self.left] * self.size[self.right])


def average_link(
    compared: Compared,
    cut: float,
    slack: float = 0.0,
    together: Collection[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
) -> "NDArray[np.int64]":
    """Return (n,) the lowest row of the group that each row belongs to.

    With ``slack`` groups join also when they are within this share of each other's nearest: fewer rounds where
    thousands of articles are much alike. Rows ``together`` share a group whatever their likeness; ``apart`` wins over
    everything.
    """
    import numpy as np

    features, pairs, background = compared.features, compared.pairs, compared.background
    rows = np.arange(features.count)
    total = pairs.likeness - background[pairs.left] - background[pairs.right]
    groups = _Groups(features, np.ones(len(rows)), rows, pairs.left, pairs.right, total, background)
    name, to = rows, _forced(features.count, together, apart)
    while True:
        renamed = rows.copy()
        renamed[groups.first] = groups.first[to]
        name = renamed[name]
        groups = _after(groups, to, _names_apart(name, apart), cut)
        to = _joins(groups, cut, slack)
        if slack and _meet(groups, to, _names_apart(name, apart)):
            to = _joins(groups, cut, 0.0)
        if (to == np.arange(len(to))).all():
            return name


def _forced(count: int, together: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> "NDArray[np.int64]":
    """Return the lowest row that each row is forced to be with; a pair that would bring rows apart together is left."""
    import numpy as np

    name = np.arange(count)
    for one, other in sorted(together):
        low, high = sorted((name[one], name[other]))
        joined = np.where(name == high, low, name)
        if not any(joined[left] == joined[right] for left, right in apart):
            name = joined
    return name


def _names_apart(name: "NDArray[np.int64]", apart: Collection[tuple[int, int]]) -> "NDArray[np.int64]":
    """Return (2, k) the names of groups that must not join, the lower one first."""
    import numpy as np

    rows = np.asarray(sorted(apart), dtype=np.int64).reshape(-1, 2).T
    return np.sort(name[rows], axis=0)


# ------------------------------------------------------------ who joins


def _joins(groups: _Groups, cut: float, slack: float) -> "NDArray[np.int64]":
    """Return for each group the lowest of those that it joins now, itself when it joins none."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count, near = len(groups.size), groups.mean
    reach = np.flatnonzero(near >= cut)
    # The nearest pairs first, of equals the lower rows, as they stand already: one pair comes before all others, and
    # its two always join.
    order = reach[np.argsort(-near[reach], kind="stable")]
    left, right, mean = groups.left[order], groups.right[order], near[order]
    best = np.minimum(_first_places(left, count), _first_places(right, count))
    best = np.append(best, len(order))[:count]
    chosen = np.unique(best)
    chosen = chosen[chosen < len(order)]
    left, right, mean = left[chosen], right[chosen], mean[chosen]
    if slack:
        highest = np.append(near[order], 0.0)[best]
        agreed = mean >= (1 - slack) * np.maximum(highest[left], highest[right])
    else:
        agreed = (best[left] == chosen) & (best[right] == chosen)
    graph = coo_array((np.ones(agreed.sum()), (left[agreed], right[agreed])), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    return np.asarray(_first_places(part, count)[part])


def _first_places(values: "NDArray[np.int64]", count: int) -> "NDArray[np.int64]":
    """Return (count,) where each value stands first, ``len(values)`` for those that do not stand there."""
    import numpy as np

    place = np.full(count, len(values))
    place[values[::-1]] = np.arange(len(values))[::-1]
    return place


def _meet(groups: _Groups, to: "NDArray[np.int64]", apart: "NDArray[np.int64]") -> bool:
    """Say whether these joins would bring groups together that must stay apart."""
    import numpy as np

    where = np.full(int(max(groups.first.max(initial=0), apart.max(initial=0))) + 1, -1)
    where[groups.first] = groups.first[to]
    left, right = where[apart]
    return bool(((left == right) & (left >= 0)).any())


# ------------------------------------------------------------ what is left after joining


def _after(groups: _Groups, to: "NDArray[np.int64]", apart: "NDArray[np.int64]", cut: float) -> _Groups:
    """Return the groups after these joins; those that can join no other any more are left out."""
    import numpy as np

    count = len(to)
    size = _added(to, groups.size, count)
    left, right, total = _pairs_after(groups, to, cut)
    background = _added(to, groups.background * groups.size, count) / np.maximum(size, 1)
    mean = total / (size[left] * size[right])
    known = (mean >= WORTH_KNOWING * cut) & _may_join(groups.first[left], groups.first[right], apart)
    reach = known & (mean >= cut)
    living = np.zeros(count, dtype=bool)
    living[left[reach]] = living[right[reach]] = True
    known &= living[left] & living[right]
    kept = np.flatnonzero(living)
    number = np.cumsum(living) - 1
    return _Groups(
        _sums(groups.features, to, kept),
        size[kept],
        groups.first[kept],
        number[left[known]],
        number[right[known]],
        total[known],
        background[kept],
    )


def _pairs_after(
    groups: _Groups, to: "NDArray[np.int64]", cut: float
) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]":
    """Return the pairs after the joins, as numbers of the groups before, and the sums of their likeness.

    A pair whose known part is below the cut is left out without asking for the rest: what is not known is below the cut
    too, so the whole cannot reach it. Should it later, then because of another part that is known to.
    """
    import numpy as np

    count = len(to)
    left, right = to[groups.left], to[groups.right]
    outside = left != right
    key = np.minimum(left, right)[outside] * count + np.maximum(left, right)[outside]
    pairs, place = np.unique(key, return_inverse=True)
    total = _added(place, groups.total[outside], len(pairs))
    compared = _added(place, (groups.size[groups.left] * groups.size[groups.right])[outside], len(pairs))
    inside = np.bincount(to, minlength=count)
    left, right = pairs // count, pairs % count
    whole = inside[left] * inside[right] == np.bincount(place, minlength=len(pairs))
    kept = whole | (total >= cut * compared)
    left, right, total, some = left[kept], right[kept], total[kept], np.flatnonzero(~whole[kept])
    total[some] += _not_known(groups, to, left[some], right[some])
    return left, right, total


def _not_known(
    groups: _Groups, to: "NDArray[np.int64]", left: "NDArray[np.int64]", right: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """Return for each pair after the joins the likeness between those of its groups whose likeness was not known."""
    import numpy as np

    count = len(to)
    inside = np.bincount(to, minlength=count)
    members, begins = np.argsort(to, kind="stable"), np.cumsum(inside) - inside
    times = inside[left] * inside[right]
    pair = np.repeat(np.arange(len(left)), times)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    one = members[begins[left[pair]] + step // inside[right[pair]]]
    other = members[begins[right[pair]] + step % inside[right[pair]]]
    asked = ~_stand_in(np.minimum(one, other) * count + np.maximum(one, other), groups.left * count + groups.right)
    pair, one, other = pair[asked], one[asked], other[asked]
    background = groups.background[one] + groups.background[other]
    likeness = groups.features.products(one, other) - groups.size[one] * groups.size[other] * background
    return _added(pair, likeness, len(left))


def _stand_in(values: "NDArray[np.int64]", among: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    """Say which values stand among these, which are sorted: groups keep their order, and so do their pairs."""
    import numpy as np

    place = np.searchsorted(among, values)
    return np.asarray(np.append(among, -1)[place] == values)


def _added(place: "NDArray[np.int64]", values: Any, count: int) -> "NDArray[np.float64]":
    """Return (count,) the sum of the values at each place."""
    import numpy as np

    return np.bincount(place, weights=values, minlength=count).astype(np.float64)


def _may_join(left: "NDArray[np.int64]", right: "NDArray[np.int64]", apart: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    import numpy as np

    if not apart.size:
        return np.ones(len(left), dtype=bool)
    base = int(max(left.max(initial=0), right.max(initial=0), apart.max())) + 1
    return np.isin(np.minimum(left, right) * base + np.maximum(left, right), apart[0] * base + apart[1], invert=True)


def _sums(features: Features, to: "NDArray[np.int64]", kept: "NDArray[np.int64]") -> Features:
    """Return the sums of the kept groups; only those that were joined are added up anew."""
    import numpy as np
    from scipy.sparse import csr_array

    count = len(to)
    changed = np.flatnonzero(np.bincount(to, minlength=count)[kept] > 1)
    if not len(changed):
        return features.at(kept)
    row = np.full(count, -1)
    row[kept[changed]] = np.arange(len(changed))
    parts = np.flatnonzero(row[to] >= 0)
    ones = np.ones(len(parts), dtype=np.float32)
    new = features.joined(csr_array((ones, (row[to[parts]], parts)), shape=(len(changed), count)))
    source = kept.copy()
    source[changed] = count + np.arange(len(changed))
    return features.chosen(source, new)
