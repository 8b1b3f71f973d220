"""Likeness: features of articles whose dot product says how alike two of them are, and which pairs are worth knowing.

Because likeness is a dot product, the mean likeness between two groups is the product of their sums, divided by their
sizes: no table of all pairs is ever needed.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORTH_KNOWING = 0.4
"""Share of the likeness looked for from which a pair is kept all the same: it is asked for when groups have joined."""
_PAIRS_AT_ONCE = 20_000
_THREADS = 2
"""numpy and scipy work outside the interpreter's lock; more threads than this wait for memory."""
_LONG_ROW = 1500
"""Features from which a row is laid out whole once, and not merged anew with each other row."""
_BUDGET = 1e9
"""Multiplications that the search for pairs may take: some six seconds."""
_PAIRS, _FEWEST = 500_000, 30
"""Pairs that are kept in all, but so many for each article at least: seven hundred articles keep all pairs."""
_LEAST_SPARSE = 0.03
"""Product of the words alone from which a pair is looked at."""
_PRODUCTS_AT_ONCE = 16_000_000
_COMPARED_AT_ONCE, _AROUND = 20_000, 600
"""Vectors up to which each is compared with all, and how many more or less stand around a landmark beyond that."""


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of articles or groups: a sparse (n, v) and a dense (n, d) float32 part."""

    sparse: Any
    dense: "NDArray[np.float32]"

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.dense)

    def products(self, left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> "NDArray[np.float32]":
        """Return (k,) float32, the dot products of the rows ``left[i]`` and ``right[i]``."""
        return self.sparse_products(left, right) + self.dense_products(left, right)

    def dense_products(self, left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> "NDArray[np.float32]":
        """Return (k,) float32, what the dense parts bring to the products of these rows."""
        import numpy as np

        def piece(left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> "NDArray[np.float32]":
            return np.asarray(np.einsum("ij,ij->i", self.dense[left], self.dense[right]), dtype=np.float32)

        return _in_pieces(piece, left, right)

    def products_with_all(self) -> "NDArray[np.float64]":
        """Return (n,) float64, for each row the sum of its dot products with all others."""
        import numpy as np

        every = np.asarray(self.sparse.sum(axis=0), dtype=np.float64).ravel()
        own = self.sparse.multiply(self.sparse).sum(axis=1) + np.square(self.dense).sum(axis=1)
        return np.asarray(self.sparse @ every + self.dense @ self.dense.sum(axis=0) - own, dtype=np.float64)

    def at(self, rows: Any) -> "Features":
        """Return these rows only."""
        return Features(self.sparse[rows], self.dense[rows])

    def joined(self, parts: Any) -> "Features":
        """Return the sums of rows that ``parts`` names: a sparse (sums, n) matrix of ones."""
        from scipy.sparse import csr_array

        return Features(csr_array(parts @ self.sparse), parts @ self.dense)

    def chosen(self, rows: "NDArray[np.int64]", more: "Features") -> "Features":
        """Return these rows, those from ``count`` on being rows of ``more``."""
        import numpy as np
        from scipy.sparse import vstack

        other = rows >= self.count
        dense = self.dense[np.where(other, 0, rows)]
        dense[other] = more.dense[rows[other] - self.count]
        return Features(vstack([self.sparse, more.sparse], format="csr")[rows], dense)

    def beside(self, other: "Features") -> "Features":
        """Return these rows and those of the other below them."""
        import numpy as np
        from scipy.sparse import vstack

        return Features(vstack([self.sparse, other.sparse], format="csr"), np.concatenate([self.dense, other.dense]))

    def sparse_products(self, left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> "NDArray[np.float32]":
        """Return (k,) float32, what the sparse parts bring to the products of these rows."""
        import numpy as np

        size = np.diff(self.sparse.indptr)
        swap = size[left] < size[right]
        longer, shorter = np.where(swap, right, left), np.where(swap, left, right)
        product = np.empty(len(left), dtype=np.float32)
        long = size[longer] > _LONG_ROW
        product[~long] = _in_pieces(self._merged_products, longer[~long], shorter[~long])
        for places in _by_value(longer, np.flatnonzero(long)):
            whole = self.sparse[[longer[places[0]]]].toarray().ravel()
            product[places] = self.sparse[shorter[places]] @ whole
        return product

    def _merged_products(self, left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> "NDArray[np.float32]":
        import numpy as np

        return np.asarray(self.sparse[left].multiply(self.sparse[right]).sum(axis=1), dtype=np.float32).ravel()


_Products = Callable[["NDArray[np.int64]", "NDArray[np.int64]"], "NDArray[np.float32]"]


def _in_pieces(products: _Products, left: "NDArray[np.int64]", right: "NDArray[np.int64]") -> "NDArray[np.float32]":
    """Work piece by piece, so that memory stays small, on more than one processor when there are many."""
    import numpy as np

    starts = range(0, len(left), _PAIRS_AT_ONCE)
    if len(starts) < 2:
        return products(left, right)

    def piece(start: int) -> "NDArray[np.float32]":
        return products(left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE])

    with ThreadPoolExecutor(_THREADS) as threads:
        return np.concatenate(list(threads.map(piece, starts)))


def _by_value(values: "NDArray[np.int64]", places: "NDArray[np.int64]") -> "Iterator[NDArray[np.int64]]":
    """Yield the places of each value together."""
    import numpy as np

    if len(places):
        places = places[np.argsort(values[places], kind="stable")]
        yield from np.split(places, np.flatnonzero(np.diff(values[places])) + 1)


# ------------------------------------------------------------ which pairs


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows and how alike they are: (k,) each, ``left < right``, every pair once, in order."""

    left: "NDArray[np.int64]"
    right: "NDArray[np.int64]"
    likeness: "NDArray[np.float32]"


_Sparse = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.float32]"]
"""Pairs as in Pairs, with the product of their sparse parts."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows, the pairs of them that are worth knowing, and what each row has in common with everything."""

    features: Features
    pairs: Pairs
    background: "NDArray[np.float64]"
    """(n,) taken off the likeness of every pair, for both of its rows."""


def compared(features: Features, at_least: float, background: float, nearby: float) -> Compared:
    """Compare the rows: their pairs as :func:`near` finds them, and their background.

    The background of a row is the ``background`` part of its mean likeness to all rows that are not as near as
    ``nearby``. A week about one subject, or in one language, is alike all over; without this, each needed a threshold
    of its own.
    """
    import numpy as np

    pairs, count = near(features, at_least), features.count
    total = features.products_with_all()
    close = pairs.likeness >= nearby
    for side in (pairs.left, pairs.right):
        total -= np.bincount(side[close], weights=pairs.likeness[close], minlength=count)
    return Compared(features, pairs, background * total / max(1, count - 1))


def near(features: Features, at_least: float) -> Pairs:
    """Return the pairs whose likeness is ``at_least`` so high, and lower ones down to 0.4 of it that are met beside.

    Up to some ten thousand articles every word seeks pairs. Above, the most common words find none, since comparing all
    that hold them would take minutes; in the likeness of a pair that was found they count like any other.
    """
    import numpy as np

    most = max(_FEWEST, _PAIRS // max(1, features.count))
    # The highest product that the dense parts of two rows can have.
    dense_most = float(np.square(features.dense).sum(axis=1).max(initial=0))
    left, right, sparse = _by_words(features, max(_LEAST_SPARSE, (at_least - dense_most) / 2), most)
    if dense_most > at_least - _LEAST_SPARSE:
        more = _by_vectors(features.dense, at_least - _LEAST_SPARSE, most)
        left, right, sparse = _with_more(features, left, right, sparse, more)
    likeness = sparse + features.dense_products(left, right)
    kept = likeness >= WORTH_KNOWING * at_least
    return Pairs(left[kept], right[kept], likeness[kept])


def _by_words(features: Features, at_least: float, most: int) -> _Sparse:
    """Return the pairs of which the sparse product is ``at_least`` so high, the ``most`` nearest of each row."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    seeks = _affordable(features.sparse)
    seeking = csr_matrix(features.sparse[:, seeks] if not seeks.all() else features.sparse)
    if not seeking.nnz:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    if not seeks.all():
        at_least = _LEAST_SPARSE  # the words left out may bring the rest
    turned = csr_matrix(seeking.T.tocsr())
    # One more, since the nearest of a row is the row itself.
    nearest = sp_matmul_topn(seeking, turned, top_n=most + 1, threshold=at_least, n_threads=_THREADS)
    del seeking, turned  # a hundred megabytes each
    rows = np.repeat(np.arange(features.count), np.diff(nearest.indptr))
    left, right, product = _each_once(rows, nearest.indices, nearest.data, features.count)
    if not seeks.all():
        product += Features(features.sparse[:, ~seeks], features.dense).sparse_products(left, right)
    return left, right, product


def _affordable(sparse: Any) -> "NDArray[np.bool_]":
    """Say of each column whether it seeks pairs: the rarest, with which a comparison of all stays within the budget."""
    import numpy as np

    holders = np.bincount(sparse.indices, minlength=sparse.shape[1]).astype(np.float64)
    rarest = np.argsort(holders, kind="stable")
    seeks = np.empty(len(holders), dtype=bool)
    seeks[rarest] = np.cumsum(holders[rarest] ** 2) <= _BUDGET
    return seeks


def _by_vectors(dense: "NDArray[np.float32]", at_least: float, most: int) -> "NDArray[np.int64]":
    """Return (2, k) rows of pairs whose dense product is ``at_least`` so high, the ``most`` nearest of each row."""
    import numpy as np

    found = [np.zeros((2, 0), dtype=np.int64)]
    length = np.linalg.norm(dense, axis=1)
    # Two rows below this reach it with nobody but longer ones, which look for them.
    seeks = length**2 >= at_least
    for rows in _neighbourhoods(dense):
        block, seeking = max(1, _PRODUCTS_AT_ONCE // len(rows)), rows[seeks[rows]]
        for start in range(0, len(seeking), block):
            product = dense[seeking[start : start + block]] @ dense[rows].T
            if product.shape[1] > most + 1:
                lowest = np.partition(product, -most - 1, axis=1)[:, [-most - 1]]
                product[product < lowest] = -1
            left, right = np.nonzero(product >= at_least)
            found.append(np.stack([seeking[left + start], rows[right]]))
    return np.concatenate(found, axis=1)


def _neighbourhoods(dense: "NDArray[np.float32]") -> "list[NDArray[np.int64]]":
    """Return sets of rows within which to look: all, or of very many those with a landmark among their two nearest.

    Landmarks are rows drawn at even distances, so many that a neighbourhood has some hundreds of rows.
    """
    import numpy as np

    count = len(dense)
    if count <= _COMPARED_AT_ONCE:
        return [np.arange(count)]
    landmarks = dense[:: max(1, _AROUND // 2)]
    pieces = [dense[start : start + _AROUND] @ landmarks.T for start in range(0, count, _AROUND)]
    near = np.concatenate([np.argpartition(-piece, 1, axis=1)[:, :2] for piece in pieces])
    return [np.flatnonzero((near == landmark).any(axis=1)) for landmark in range(len(landmarks))]


def _each_once(
    one: "NDArray[np.int64]", other: "NDArray[np.int32]", product: "NDArray[np.float32]", count: int
) -> _Sparse:
    """Return every pair once, in order; a pair that was found from both sides has the same product in both."""
    import numpy as np

    half = one != other
    one, other, product = one[half], other[half], product[half]
    key = np.minimum(one, other) * count + np.maximum(one, other)
    order = np.argsort(key, kind="stable")
    order = order[np.diff(key[order], prepend=-1) > 0]
    return key[order] // count, key[order] % count, product[order]


def _with_more(
    features: Features,
    left: "NDArray[np.int64]",
    right: "NDArray[np.int64]",
    product: "NDArray[np.float32]",
    more: "NDArray[np.int64]",
) -> _Sparse:
    """Return these pairs and those of ``more`` (2, k), every pair once, with their sparse products."""
    import numpy as np

    count = features.count
    key = np.unique(more.min(axis=0) * count + more.max(axis=0))
    key = key[(key // count != key % count) & np.isin(key, left * count + right, invert=True)]
    found = features.sparse_products(key // count, key % count)
    key = np.concatenate([left * count + right, key])
    order = np.argsort(key)
    return key[order] // count, key[order] % count, np.concatenate([product, found])[order]
