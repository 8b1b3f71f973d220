"""Clusters: which articles of a week tell about the same matter. Machine-made proposals; meaning comes from people.

The similarity of two articles mixes three views: the embedding (what it is about), the words (TF-IDF), and what does
not change with the language: names and numbers (TF-IDF over them). Average-link clustering cuts the tree where the mean
similarity between two groups falls below ``Method.cut``. On labelled news this mix did better than density clustering
of the embeddings alone, and it joins Dutch and English articles that an English model would keep apart
(docs/clustering.md has the figures and how to repeat them).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Text:
    """One article as the clustering sees it; copies are folded before and are not here."""

    id: str
    title: str
    text: str
    source: str
    language: str


@dataclass(frozen=True, slots=True)
class Method:
    """The parameters of a clustering, stored with its run. Weights sum to 1."""

    embedding: float = 0.1
    words: float = 0.5
    names: float = 0.4
    cut: float = 0.2
    """Mean similarity (0-1) below which two groups stay apart."""
    first_words: int = 200
    """Words of the text that count: news says what it is about at the start, and the model reads no more."""
    block: int = 512
    """Rows of the similarity matrix held at once: bounds memory to ``block * n`` numbers."""


@dataclass(frozen=True, slots=True)
class Member:
    """An article in a group: rank 0 represents it best; score is its mean similarity to the others (0-1)."""

    id: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """One proposed cluster of at least two articles, with words that set it apart."""

    members: tuple[Member, ...]
    keywords: tuple[str, ...]
    title: str
    """The title of its most central article."""


def groups(texts: Sequence[Text], vectors: "NDArray[np.float32]", method: Method = Method()) -> tuple[Group, ...]:
    """Return the groups of two or more articles, largest first; articles in none are singletons.

    ``vectors`` is (n, d) float32, unit length, row i for ``texts[i]``. The result does not depend on the order of the
    rows: they are sorted by id first, and ids decide ties.
    """
    import numpy as np

    if len(texts) < 2:
        return ()
    order = sorted(range(len(texts)), key=lambda row: texts[row].id)
    sorted_texts = [texts[row] for row in order]
    views = _views(sorted_texts, np.asarray(vectors, dtype=np.float32)[order], method)
    found = [rows for part in _components(views, method) for rows in _average_link(part, views, method)]
    keywords = _keywords(sorted_texts, found, method)
    made = [_group(rows, sorted_texts, views, words) for rows, words in zip(found, keywords, strict=True)]
    return tuple(sorted(made, key=lambda group: (-len(group.members), group.members[0].id)))


class _Views:
    """The similarity of rows as a weighted sum of dot products, never held as one n x n matrix."""

    def __init__(self, parts: Iterable[tuple[float, Any]]) -> None:
        self._parts = tuple(parts)

    def block(self, rows: Sequence[int], others: Sequence[int] | None = None) -> "NDArray[np.float32]":
        """Return (len(rows), len(others) or n) float32 similarities between 0 and 1."""
        import numpy as np

        total: Any = 0
        for weight, matrix in self._parts:
            right = matrix if others is None else matrix[others]
            product = matrix[rows] @ right.T
            dense = product.toarray() if hasattr(product, "toarray") else product
            total = total + weight * np.clip(dense, 0, 1)
        return np.asarray(total, dtype=np.float32)

    @property
    def rows(self) -> int:
        """How many articles there are."""
        return int(self._parts[0][1].shape[0])


def _views(texts: Sequence[Text], vectors: "NDArray[np.float32]", method: Method) -> _Views:
    from curate import vocabulary

    read = [vocabulary.beginning(text.title, text.text, method.first_words) for text in texts]
    return _Views(
        (
            (method.embedding, vectors),
            (method.words, vocabulary.word_matrix(read)),
            (method.names, vocabulary.name_matrix(read)),
        )
    )


def _components(views: _Views, method: Method) -> list[list[int]]:
    """Split the rows where no pair reaches the cut: two groups without such a pair can never average above it.

    So the tree may be built per part with the same result, and memory stays far below n x n.
    """
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = views.rows
    left, right = [], []
    for start in range(0, n, method.block):
        rows = range(start, min(start + method.block, n))
        near = np.argwhere(views.block(list(rows)) >= method.cut)
        left.append(near[:, 0] + start)
        right.append(near[:, 1])
    pairs = (np.concatenate(left), np.concatenate(right))
    graph = coo_array((np.ones(len(pairs[0]), dtype=np.int8), pairs), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    parts: dict[int, list[int]] = {}
    for row, name in enumerate(part):
        parts.setdefault(int(name), []).append(row)
    return [rows for rows in parts.values() if len(rows) > 1]


def _average_link(rows: list[int], views: _Views, method: Method) -> list[list[int]]:
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = 1 - views.block(rows, rows)
    np.fill_diagonal(distance, 0)
    # Rounding makes the matrix differ from its mirror in the last digit; scipy refuses that.
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), method="average")
    names = fcluster(tree, t=1 - method.cut, criterion="distance")
    split: dict[int, list[int]] = {}
    for row, name in zip(rows, names, strict=True):
        split.setdefault(int(name), []).append(row)
    return [group for group in split.values() if len(group) > 1]


def _group(rows: list[int], texts: Sequence[Text], views: _Views, keywords: tuple[str, ...]) -> Group:
    near = views.block(rows, rows)
    score = (near.sum(axis=1) - near.diagonal()) / (len(rows) - 1)
    central = sorted(range(len(rows)), key=lambda k: (-round(float(score[k]), 6), texts[rows[k]].id))
    shown = _from_different_sources(central, [texts[row] for row in rows])
    members = tuple(Member(texts[rows[k]].id, rank, round(float(score[k]), 4)) for rank, k in enumerate(shown))
    return Group(members, keywords, texts[rows[shown[0]]].title)


def _from_different_sources(central: Sequence[int], texts: Sequence[Text]) -> list[int]:
    """Order by centrality, but every source gets its best article in before any source gets a second one."""
    turn: Counter[str] = Counter()
    turns = []
    for place, k in enumerate(central):
        turns.append((turn[texts[k].source], place, k))
        turn[texts[k].source] += 1
    return [k for _, _, k in sorted(turns)]


def _keywords(texts: Sequence[Text], found: Sequence[Sequence[int]], method: Method) -> list[tuple[str, ...]]:
    from curate import vocabulary

    read = [vocabulary.beginning(text.title, text.text, method.first_words) for text in texts]
    sources = {text.source for text in texts}
    return vocabulary.setting_apart([[read[row] for row in rows] for rows in found], read, sources)


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
