"""Reasons: why the articles of a cluster stand together, and where it is weakest. Machine-made, and shown as such."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from curate import vocabulary
from curate.clusters import Group, Ties

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_IN_HALVES, MOST_IN_HALVES = 4, 60
"""Articles of a cluster in which two halves are looked for: fewer have none, and more are seldom one matter anyway."""
THREAD = 0.5
"""Share of the likeness within the looser half below which the two halves hang together by a thread."""
_WORDS_COMPARED = 100
_LONG, _ENDING = 5, 2
"""A word of so many letters is met in a longer form of itself too (badge, badges), by so many letters at most."""

_NO_TIES = Ties()

Halves = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Shared:
    """A name or word as it is usually written, and how many articles of the cluster hold it."""

    word: str
    articles: int


@dataclass(frozen=True, slots=True)
class Weakest:
    """The article that is least like the others: its mean similarity to them, and how far that is below the mean."""

    article: str
    score: float
    below: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a cluster is one. Similarities are between 0 and 1; articles are given by id."""

    size: int
    shared: tuple[Shared, ...]
    """What sets the cluster apart and two articles or more hold, most widely held first."""
    cohesion: float
    """Mean similarity of the articles to each other."""
    weakest: Weakest | None
    """None when two articles are all there is, or all are equally near."""
    halves: Halves | None
    """Two parts, the larger first, that have little in common with each other; None when it is one whole."""
    joined: tuple[str, ...]
    """Articles that people said belong with others of the cluster."""
    parted: tuple[str, ...]
    """Articles that people said do not belong with some that are elsewhere."""


def of(group: Group, texts: Sequence[str], ties: Ties = _NO_TIES) -> Reasons:
    """Return the reasons of a group; ``texts`` are those of its members, as ``vocabulary.beginning`` gives them."""
    scores = [one.score for one in group.members]
    ids = [one.id for one in group.members]
    cohesion = sum(scores) / len(scores)
    return Reasons(
        size=len(ids),
        shared=_shared(group.keywords, texts),
        cohesion=round(cohesion, 4),
        weakest=_weakest(group, cohesion),
        halves=_halves(ids, texts),
        joined=_of_people(ties.together, ids, within=True),
        parted=_of_people(ties.apart, ids, within=False),
    )


def to_json(reasons: Reasons) -> str:
    """Return the reasons as one line of JSON."""
    return json.dumps(asdict(reasons), ensure_ascii=False)


def from_json(text: str) -> Reasons:
    """Return what :func:`to_json` wrote."""
    read: dict[str, Any] = json.loads(text)
    halves = read["halves"]
    return Reasons(
        size=read["size"],
        shared=tuple(Shared(**one) for one in read["shared"]),
        cohesion=read["cohesion"],
        weakest=Weakest(**read["weakest"]) if read["weakest"] else None,
        halves=(tuple(halves[0]), tuple(halves[1])) if halves else None,
        joined=tuple(read["joined"]),
        parted=tuple(read["parted"]),
    )


def _shared(keywords: Sequence[str], texts: Sequence[str]) -> tuple[Shared, ...]:
    read = [vocabulary.folded(text) for text in texts]
    counted = [Shared(word, sum(_holds(text, vocabulary.folded(word)) for text in read)) for word in keywords]
    return tuple(sorted((one for one in counted if one.articles > 1), key=lambda one: -one.articles))


def _holds(text: str, phrase: str) -> bool:
    """Say whether a folded text holds a folded phrase, or its last word in a slightly longer form."""
    longer = _ENDING if len(phrase) >= _LONG else 0
    return any(
        (start == 0 or not text[start - 1].isalnum()) and _letters_after(text, start + len(phrase)) <= longer
        for start in _found(text, phrase)
    )


def _found(text: str, phrase: str) -> Iterator[int]:
    start = text.find(phrase)
    while start >= 0:
        yield start
        start = text.find(phrase, start + 1)


def _letters_after(text: str, at: int) -> int:
    return next((n for n in range(_ENDING + 1) if not text[at + n : at + n + 1].isalnum()), _ENDING + 1)


def _weakest(group: Group, cohesion: float) -> Weakest | None:
    least = min(group.members, key=lambda one: (one.score, one.id))
    if len(group.members) < 3 or least.score >= cohesion - 0.0001:
        return None
    return Weakest(least.id, least.score, round(cohesion - least.score, 4))


def _of_people(pairs: Collection[tuple[str, str]], ids: Sequence[str], *, within: bool) -> tuple[str, ...]:
    """Return the articles of which people said something about another one within the cluster, or outside of it."""
    inside = {*ids}
    said = (pair for pair in pairs if inside & {*pair} and (inside >= {*pair}) is within)
    return tuple(sorted(inside & {*chain.from_iterable(said)}))


def _halves(ids: Sequence[str], texts: Sequence[str]) -> Halves | None:
    """Return the two parts into which a cluster falls most easily, when they share little; order changes nothing."""
    if not FEWEST_IN_HALVES <= len(ids) <= MOST_IN_HALVES:
        return None
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    rows = sorted(range(len(ids)), key=ids.__getitem__)
    near = _likeness([texts[row] for row in rows])
    sides = fcluster(linkage(squareform(1 - near, checks=False), "average"), 2, "maxclust")
    first, second = ([place for place, side in enumerate(sides) if side == one] for one in (1, 2))
    if min(len(first), len(second)) < 2:
        return None
    across = near[first][:, second].mean()
    if across >= THREAD * min(_mean_within(near, first), _mean_within(near, second)):
        return None
    larger, smaller = sorted((first, second), key=lambda half: (-len(half), half))
    return tuple(ids[rows[place]] for place in larger), tuple(ids[rows[place]] for place in smaller)


def _likeness(texts: Sequence[str]) -> "NDArray[np.float64]":
    """Return the (n, n) cosines of the beginnings; 1 on the diagonal.

    Over words or over names, whichever are more alike: two languages share only the names.
    """
    import numpy as np

    read = [" ".join(text.split(maxsplit=_WORDS_COMPARED)[:_WORDS_COMPARED]) for text in texts]
    words = _cosines([{*vocabulary.words_of(text)} for text in read])
    near = np.maximum(words, _cosines([{*vocabulary.names_of(text)} for text in read]))
    np.fill_diagonal(near, 1)
    return near


def _cosines(held: Sequence[set[str]]) -> "NDArray[np.float64]":
    """Return how much of what two or more hold is the same: (n, n), between 0 and 1."""
    import numpy as np

    column = {word: place for place, word in enumerate(sorted({*chain.from_iterable(held)}))}
    matrix = np.zeros((len(held), len(column) or 1))
    for row, words in enumerate(held):
        matrix[row, [column[word] for word in words]] = 1
    matrix = matrix[:, matrix.sum(axis=0) > 1]
    norm = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(norm > 0, norm, 1)
    return np.clip(matrix @ matrix.T, 0, 1)


def _mean_within(near: "NDArray[np.float64]", rows: Sequence[int]) -> float:
    n = len(rows)
    return float((near[rows][:, rows].sum() - n) / (n * (n - 1)))
