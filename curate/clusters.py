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
from typing import TYPE_CHECKING

from curate import labels, likeness, linkage, occurrences, vocabulary
from curate.likeness import Features
from curate.occurrences import Occurrences

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
    most_words: int = 128
    """Different words of an article that count, its rarest: bounds the cost of one article."""
    most_names: int = 64
    exact_up_to: int = 10_000
    """Articles up to which the groups are those of one average-link tree."""
    slack: float = 0.1
    """Above that, groups join that are within this share of each other's nearest: a tenth of the rounds."""


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


def groups(
    texts: Sequence[Text], vectors: "NDArray[np.float32]", method: Method = Method(), ties: Ties = Ties()
) -> tuple[Group, ...]:
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
    words, names = occurrences.words_and_names(read)
    features = _features(words, names, np.asarray(vectors, dtype=np.float32)[order], method)
    found = _linked(features, [text.id for text in by_id], method, ties)
    inside = [[read[row] for row in rows] for rows in found]
    keywords = labels.setting_apart(
        inside,
        words.spread(),
        len(read),
        {text.source for text in texts},
        languages=[[by_id[row].language for row in rows] for rows in found],
    )
    scores = _scores(found, features)
    made = [_group(rows, by_id, score, label) for rows, score, label in zip(found, scores, keywords, strict=True)]
    return tuple(sorted(made, key=lambda group: (-len(group.members), group.members[0].id)))


def features(texts: Sequence[Text], vectors: "NDArray[np.float32]", method: Method = Method()) -> Features:
    """Return what ``groups`` compares, row i for ``texts[i]``: the dot product of two rows is how alike they are (0-1).

    The texts come in the order of their ids, so that ties between equally rare words fall the same way every time.
    """
    read = [vocabulary.beginning(text.title, text.text, method.first_words) for text in texts]
    words, names = occurrences.words_and_names(read)
    return _features(words, names, vectors, method)


def _features(words: Occurrences, names: Occurrences, vectors: "NDArray[np.float32]", method: Method) -> Features:
    """Put the three views side by side, so that the dot product of two rows is their similarity."""
    import numpy as np
    from scipy.sparse import csr_array, hstack

    # The square root, since a weight comes into a dot product from both sides.
    views = [
        words.weighed(method.most_words) * np.float32(method.words**0.5),
        names.weighed(method.most_names) * np.float32(method.names**0.5),
    ]
    return Features(csr_array(hstack(views, format="csr")), vectors * np.float32(method.embedding**0.5))


def _linked(features: Features, ids: Sequence[str], method: Method, ties: Ties) -> list[list[int]]:
    """Return the rows of each group of two or more."""
    row = {one: place for place, one in enumerate(ids)}
    slack = 0.0 if len(ids) <= method.exact_up_to else method.slack
    pairs = likeness.near(features, method.cut, method.embedding)
    together, apart = (
        {(row[one], row[other]) for one, other in chosen if one in row and other in row and one != other}
        for chosen in (ties.together, ties.apart)
    )
    name = linkage.average_link(features, pairs, method.cut, slack, together, apart)
    inside: dict[int, list[int]] = {}
    for place, first in enumerate(name.tolist()):
        inside.setdefault(first, []).append(place)
    return [rows for rows in inside.values() if len(rows) > 1]


def _scores(found: Sequence[Sequence[int]], features: Features) -> list[list[float]]:
    """Return for each member of each group its mean similarity to the others."""
    import numpy as np
    from scipy.sparse import csr_array

    rows = np.asarray([row for group in found for row in group], dtype=np.int64)
    sizes = np.asarray([len(group) for group in found], dtype=np.int64)
    group, place = np.repeat(np.arange(len(found)), sizes), np.arange(len(rows))
    members = features.at(rows)
    parts = csr_array((np.ones(len(rows), dtype=np.float32), (group, place)), shape=(len(found), len(rows)))
    both = members.beside(members.joined(parts))
    others = both.products(place, len(rows) + group) - both.products(place, place)
    score = np.round(np.clip(others / (sizes[group] - 1), 0, 1).astype(np.float64), 4)
    return [part.tolist() for part in np.split(score, np.cumsum(sizes)[:-1])] if found else []


def _group(rows: Sequence[int], texts: Sequence[Text], score: Sequence[float], keywords: tuple[str, ...]) -> Group:
    central = sorted(range(len(rows)), key=lambda k: (-score[k], texts[rows[k]].id))
    shown = _from_different_sources(central, [texts[row] for row in rows])
    members = tuple(Member(texts[rows[k]].id, rank, score[k]) for rank, k in enumerate(shown))
    return Group(members, keywords, texts[rows[shown[0]]].title)


def _from_different_sources(central: Sequence[int], texts: Sequence[Text]) -> list[int]:
    """Order by centrality, but every source gets its best article in before any source gets a second one."""
    turn: Counter[str] = Counter()
    turns = []
    for place, k in enumerate(central):
        turns.append((turn[texts[k].source], place, k))
        turn[texts[k].source] += 1
    return [k for _, _, k in sorted(turns)]
