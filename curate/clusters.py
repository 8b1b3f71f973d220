"""Clusters: which articles of a week tell about the same matter. Machine-made proposals; meaning comes from people.

The similarity of two articles mixes three views: the embedding (what it is about), the words, and what does not change
with the language: names and numbers. Average-link clustering joins two groups as long as the mean similarity between
their articles reaches ``Method.cut``. On labelled news this mix does better than density clustering of the embeddings
alone, and it joins Dutch and English articles that an English model would keep apart (docs/clustering.md has the
figures and how to repeat them).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curate import labels, vocabulary

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
    words: float = 0.4
    names: float = 0.5
    cut: float = 0.2
    """Mean similarity (0-1) below which two groups stay apart."""
    first_words: int = 300
    """Words of the text that count: news says what it is about at the start. The model itself reads about 200."""
    block: int = 512
    """Rows compared at once: bounds memory to ``block * n`` numbers."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What people said against the machine, as pairs of article ids; it wins over every similarity.

    Pairs apart win over chains of pairs together; ids of articles that are not clustered now are passed over.
    """

    together: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()


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

    @property
    def label(self) -> str:
        """Its first words, or its title when it has none."""
        return ", ".join(self.keywords[:3]) or self.title


def groups(texts: Sequence[Text], vectors: "NDArray[np.float32]", method: Method = Method()) -> tuple[Group, ...]:
    """Return the groups of two or more articles, largest first; articles in none are singletons.

    ``vectors`` is (n, d) float32, unit length (or zero), row i for ``texts[i]``. The result does not depend on the
    order of the rows: they are sorted by id first, and ids decide ties.
    """
    import numpy as np

    if len(texts) < 2:
        return ()
    order = sorted(range(len(texts)), key=lambda row: texts[row].id)
    by_id = [texts[row] for row in order]
    read = [vocabulary.beginning(text.title, text.text, method.first_words) for text in by_id]
    views = _Views(np.asarray(vectors, dtype=np.float32)[order], read, method)
    found = [rows for part in _parts(views, method) for rows in _average_link(part, views, method)]
    inside = [[read[row] for row in rows] for rows in found]
    keywords = labels.setting_apart(inside, read, {text.source for text in texts})
    made = [_group(rows, by_id, views, words) for rows, words in zip(found, keywords, strict=True)]
    return tuple(sorted(made, key=lambda group: (-len(group.members), group.members[0].id)))


class _Views:
    """The three views side by side, so that the dot product of two rows is their similarity."""

    def __init__(self, vectors: "NDArray[np.float32]", read: Sequence[str], method: Method) -> None:
        from scipy.sparse import hstack

        words, names = vocabulary.word_matrix(read), vocabulary.name_matrix(read)
        # The square root, since a weight comes into a dot product from both sides.
        self._dense = vectors * method.embedding**0.5
        self._sparse = hstack([words * method.words**0.5, names * method.names**0.5]).tocsr()

    @property
    def rows(self) -> int:
        """How many articles there are."""
        return len(self._dense)

    def between(self, rows: Any, others: Any) -> "NDArray[np.float32]":
        """Return the (rows, others) float32 similarities, between 0 and 1; both are slices or lists of rows."""
        import numpy as np

        near = self._dense[rows] @ self._dense[others].T
        near += (self._sparse[rows] @ self._sparse[others].T).toarray()
        return np.asarray(np.clip(near, 0, 1), dtype=np.float32)


def _parts(views: _Views, method: Method) -> list[list[int]]:
    """Split the rows where no pair reaches the cut: two groups without such a pair can never average above it.

    So the tree may be built per part with the same result, and memory mostly stays far below n x n.
    """
    import numpy as np

    part = np.arange(views.rows)
    for start in range(0, views.rows, method.block):
        near = views.between(slice(start, start + method.block), slice(start, None)) >= method.cut
        left, right = np.nonzero(near)
        part = _joined(part, left + start, right + start)
    inside: dict[int, list[int]] = {}
    for row, name in enumerate(part.tolist()):
        inside.setdefault(name, []).append(row)
    return [rows for rows in inside.values() if len(rows) > 1]


def _joined(part: "NDArray[np.int_]", left: "NDArray[np.int_]", right: "NDArray[np.int_]") -> "NDArray[np.int_]":
    """Name the parts anew after joining those of ``left[i]`` and ``right[i]``."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = int(part.max()) + 1
    graph = coo_array((np.ones(len(left), dtype=np.int8), (part[left], part[right])), shape=(size, size))
    _, name = connected_components(graph, directed=False)
    return np.asarray(name)[part]


def _average_link(rows: list[int], views: _Views, method: Method) -> list[list[int]]:
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(_distances(rows, views, method), method="average")
    split: dict[int, list[int]] = {}
    for row, name in zip(rows, fcluster(tree, t=1 - method.cut, criterion="distance").tolist(), strict=True):
        split.setdefault(name, []).append(row)
    return [group for group in split.values() if len(group) > 1]


def _distances(rows: list[int], views: _Views, method: Method) -> "NDArray[np.float64]":
    """Return 1 - similarity of all pairs, in the flat order of ``scipy.spatial.distance.pdist``."""
    import numpy as np

    n, filled = len(rows), 0
    flat = np.empty(n * (n - 1) // 2)
    for start in range(0, n, method.block):
        near = views.between(rows[start : start + method.block], rows[start:])
        for place, line in enumerate(near, start=1):
            flat[filled : filled + len(line) - place] = 1 - line[place:]
            filled += len(line) - place
    return flat


def _group(rows: list[int], texts: Sequence[Text], views: _Views, keywords: tuple[str, ...]) -> Group:
    score = _scores(rows, views)
    central = sorted(range(len(rows)), key=lambda k: (-score[k], texts[rows[k]].id))
    shown = _from_different_sources(central, [texts[row] for row in rows])
    members = tuple(Member(texts[rows[k]].id, rank, score[k]) for rank, k in enumerate(shown))
    return Group(members, keywords, texts[rows[shown[0]]].title)


def _scores(rows: list[int], views: _Views) -> list[float]:
    near = views.between(rows, rows)
    return [round(float(one), 4) for one in (near.sum(axis=1) - near.diagonal()) / (len(rows) - 1)]


def _from_different_sources(central: Sequence[int], texts: Sequence[Text]) -> list[int]:
    """Order by centrality, but every source gets its best article in before any source gets a second one."""
    turn: Counter[str] = Counter()
    turns = []
    for place, k in enumerate(central):
        turns.append((turn[texts[k].source], place, k))
        turn[texts[k].source] += 1
    return [k for _, _, k in sorted(turns)]
