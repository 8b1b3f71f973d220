"""Clusters: which articles of a week tell about the same matter. Machine-made proposals; meaning comes from people.

The similarity of two articles mixes three views: the embedding (what it is about), the words, and what does not change
with the language: names and numbers. Average-link clustering joins two groups as long as the mean similarity between
their articles reaches ``Method.cut``. On labelled news this mix does better than density clustering of the embeddings
alone, and it joins Dutch and English articles that an English model would keep apart (docs/clustering.md has the
figures and how to repeat them).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curate import labels, likeness, linkage, occurrences, refining, representatives, vocabulary
from curate.likeness import Features
from curate.models import Profile
from curate.occurrences import Occurrences
from curate.refining import Refinement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCORED = 500
"""Groups whose scores are made at once: bounds memory."""


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
    """The parameters of a clustering, stored with its run: weights of the views, and when groups join."""

    embedding: float = 0.15
    words: float = 0.35
    names: float = 0.45
    titles: float = 0.1
    embedding_of_titles: float = 0.6
    """Weight of the embedding where there is little more than a title: too few words to tell by."""
    title_words: int = 15
    text_words: int = 30
    """Words up to which an article is as good as a title, and from which it is a text."""
    reads: tuple[str, ...] | None = ("en",)
    """Languages (ISO 639-1) in which the model can be trusted with a title; None: all."""
    cut: float = 0.24
    """Mean similarity above background (0-1) below which two groups stay apart."""
    background: float = 0.5
    """Part of an article's mean similarity to all that are not near it that is taken off its similarity to each."""
    nearby: float = 0.2
    """Similarity from which an article is near, and no background: a week may hold only two, on one matter."""
    refinement: Refinement = field(default_factory=Refinement)
    first_words: int = 300
    """Words of the text that count: news says what it is about at the start. The model itself reads about 200."""
    most_words: int = 96
    """Different words of an article that count, its rarest: bounds the cost of one article."""
    most_names: int = 48
    many: int = 20_000
    """Above so many articles half as many words and names of each count: two thirds of the time and memory."""
    exact_up_to: int = 3_000
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
    """Return the groups of two or more articles, those of most sources first; articles in none are singletons.

    ``vectors`` is (n, d) float32, unit length (or zero), row i for ``texts[i]``. The result does not depend on the
    order of the rows: they are sorted by id first, and ids decide ties.
    """
    if len(texts) < 2:
        return ()
    order = sorted(range(len(texts)), key=lambda row: texts[row].id)
    by_id = [texts[row] for row in order]
    read = [vocabulary.beginning(text.title, text.text, method.first_words) for text in by_id]
    terms = _Terms.of(by_id, read)
    features = terms.features(vectors[order], _embedding(by_id, read, method), method)
    found = _linked(features, by_id, terms, method, ties)
    inside = [[read[row] for row in rows] for rows in found]
    keywords = labels.setting_apart(
        inside,
        terms.words.spread(),
        len(read),
        {text.source for text in texts},
        languages=[[by_id[row].language for row in rows] for rows in found],
    )
    scores = _scores(found, features)
    made = [_group(rows, by_id, score, label) for rows, score, label in zip(found, scores, keywords, strict=True)]
    source = {text.id: text.source for text in texts}
    return tuple(sorted(made, key=lambda group: _standing(group, source)))


def _standing(group: Group, source: Mapping[str, str]) -> tuple[int, int, str]:
    """Order groups by sources, then by size: one blog's posts in one template are alike, and no week's matter."""
    sources = {source[one.id] for one in group.members}
    return -len(sources), -len(group.members), group.members[0].id


def features(texts: Sequence[Text], vectors: "NDArray[np.float32]", method: Method = Method()) -> Features:
    """Return what ``groups`` compares, row i for ``texts[i]``: the dot product of two rows is how alike they are.

    The texts come in the order of their ids, so that ties between equally rare words fall the same way every time.
    """
    read = [vocabulary.beginning(text.title, text.text, method.first_words) for text in texts]
    return _Terms.of(texts, read).features(vectors, _embedding(texts, read, method), method)


def method_for(model: Profile) -> Method:
    """Return the parameters for the vectors of a model."""
    return Method(reads=None if model.languages is None else tuple(sorted(model.languages)))


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the articles say: words and names of their beginnings, and the words of their titles."""

    words: Occurrences
    names: Occurrences
    titles: Occurrences

    @classmethod
    def of(cls, texts: Sequence[Text], read: Sequence[str]) -> "_Terms":
        titles, _ = occurrences.words_and_names([" ".join(text.title.split()) for text in texts])
        return cls(*occurrences.words_and_names(read), titles)

    def features(self, vectors: "NDArray[np.float32]", embedding: "NDArray[np.float32]", method: Method) -> Features:
        """Put the views side by side, so that the dot product of two rows is their similarity.

        ``embedding`` is (n,) the weight of each row's vector.
        """
        import numpy as np
        from scipy.sparse import csr_array, hstack

        part = 2 if len(vectors) > method.many else 1
        # The square root, since a weight comes into a dot product from both sides.
        views = [
            terms.weighed(most) * np.float32(weight**0.5)
            for terms, most, weight in (
                (self.words, method.most_words // part, method.words),
                (self.names, method.most_names // part, method.names),
                (self.titles, method.most_words // part, method.titles),
            )
        ]
        beside = hstack(views, format="csr")
        # Half the memory of what scipy takes for places; products are faster for it.
        places = beside.indices.astype(np.int32), beside.indptr.astype(np.int32)
        dense = np.multiply(vectors, np.sqrt(embedding)[:, None], dtype=np.float32)
        return Features(csr_array((beside.data, *places), shape=beside.shape), dense)


def _embedding(texts: Sequence[Text], read: Sequence[str], method: Method) -> "NDArray[np.float32]":
    """Return (n,) the weight of each embedding: more for a title alone, if the model knows its language."""
    import numpy as np

    words = [one.count(" ") + 2 for one in read]
    weight = np.interp(words, [method.title_words, method.text_words], [method.embedding_of_titles, method.embedding])
    known = [method.reads is None or text.language in method.reads for text in texts]
    return np.where(known, weight, method.embedding).astype(np.float32)


def _linked(features: Features, texts: Sequence[Text], terms: _Terms, method: Method, ties: Ties) -> list[list[int]]:
    """Return the rows of each group of two or more."""
    import numpy as np

    slack = 0.0 if len(texts) <= method.exact_up_to else method.slack
    together, apart = _rows(ties.together, texts), _rows(ties.apart, texts)
    compared = likeness.compared(features, method.cut, method.background, method.nearby)
    name = linkage.average_link(compared, method.cut, slack, together, apart)
    parts = [part for rows in _by_name(name) for part in _parts(rows, texts, terms, method, together)]
    for part in parts:
        name[np.asarray(part)] = part[0]
    name = refining.joined(compared, name, method.cut, method.refinement, apart)
    return [rows for rows in _by_name(name) if len(rows) > 1]


def _parts(
    rows: Sequence[int], texts: Sequence[Text], terms: _Terms, method: Method, together: Collection[tuple[int, int]]
) -> list[list[int]]:
    """Split a group in two look-alike events if it is that; in several languages only names can tell."""
    languages = {texts[row].language for row in rows}
    views = [terms.names.holds] if len(languages) > 1 else [terms.words.holds, terms.names.holds]
    return refining.split(rows, views, method.refinement, together)


def _rows(pairs: Collection[tuple[str, str]], texts: Sequence[Text]) -> set[tuple[int, int]]:
    row = {text.id: place for place, text in enumerate(texts)}
    return {(row[one], row[other]) for one, other in pairs if one in row and other in row and one != other}


def _by_name(name: "NDArray[np.int64]") -> list[list[int]]:
    inside: dict[int, list[int]] = {}
    for row, first in enumerate(name.tolist()):
        inside.setdefault(first, []).append(row)
    return list(inside.values())


def _scores(found: Sequence[Sequence[int]], features: Features) -> list[list[float]]:
    """Return for each member of each group its mean similarity to the others."""
    return [
        score for start in range(0, len(found), _SCORED) for score in _scored(found[start : start + _SCORED], features)
    ]


def _scored(found: Sequence[Sequence[int]], features: Features) -> list[list[float]]:
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
    return [part.tolist() for part in np.split(score, np.cumsum(sizes)[:-1])]


def _group(rows: Sequence[int], texts: Sequence[Text], score: Sequence[float], keywords: tuple[str, ...]) -> Group:
    central = sorted(range(len(rows)), key=lambda k: (-score[k], texts[rows[k]].id))
    sources, languages = [texts[row].source for row in rows], [texts[row].language for row in rows]
    shown = representatives.order(central, sources, languages)
    members = tuple(Member(texts[rows[k]].id, rank, score[k]) for rank, k in enumerate(shown))
    return Group(members, keywords, texts[rows[shown[0]]].title)
