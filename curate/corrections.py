"""Corrections: what people said against the machine. These articles belong together, or these belong apart.

One act of a person speaks of several articles and is kept as pairs, so that it lives on when one of them goes. A later
act wins over an earlier one that it contradicts, also by way of others: whoever says that a and b are apart takes back
that a and c, and c and b, were one.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Literal

from curate import ids, texts
from curate.clusters import Ties
from curate.errors import UsageError

Kind = Literal["together", "apart"]
Pair = tuple[str, str]
"""Two article ids, the lower one first."""

MOST = 100
"""Articles on one side of an act at most: an act is kept as pairs, and nobody oversees more."""
WHY_MAX = 600
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class Act:
    """What one person said at one moment, as pairs of different articles; ``id`` is its identity."""

    id: str
    kind: Kind
    pairs: frozenset[Pair]

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of all articles it speaks of, sorted."""
        return tuple(sorted({one for pair in self.pairs for one in pair}))

    @property
    def sides(self) -> tuple[tuple[str, ...], ...]:
        """The groups of ids it puts against each other; a single one when all belong together."""
        if self.kind == "together":
            return (self.articles,)
        across = {one: {*self._across(one)} for one in self.articles}
        alike: dict[frozenset[str], list[str]] = {}
        for one in self.articles:
            alike.setdefault(frozenset(across[one]), []).append(one)
        return tuple(tuple(side) for side in alike.values())

    def _across(self, article: str) -> Iterator[str]:
        return (one if article == other else other for one, other in self.pairs if article in (one, other))


def act(kind: Kind, pairs: frozenset[Pair], person_id: str, made_at: datetime) -> Act:
    """Return what a person says at a moment."""
    return Act(
        ids.of("act", kind, person_id, made_at.isoformat(), *(one for pair in sorted(pairs) for one in pair)),
        kind,
        pairs,
    )


def reason(text: str) -> str:
    """Return a person's reason as it is kept; raises UsageError when there is none, or when it is a whole story."""
    said = texts.clean(text)
    if not said:
        raise UsageError("Say why, in a sentence: others will want to know.")
    if len(said) > WHY_MAX:
        raise UsageError(f"The reason has {len(said)} characters. Say it in {WHY_MAX} at most.")
    return said


def together(articles: Collection[str]) -> frozenset[Pair]:
    """Return the pairs that say: all of these belong together. Raises UsageError for fewer than two, or too many."""
    return _among(articles, "To join articles, name at least two different ones.")


def apart(articles: Collection[str], others: Collection[str] = ()) -> frozenset[Pair]:
    """Return the pairs that say: none of these belongs with one of the others, or with each other if there are none.

    Raises UsageError when there is nothing to part, when an article stands on both sides, or for too many.
    """
    if not others:
        return _among(articles, "To part articles, name at least two different ones, or others to part them from.")
    if not articles:
        raise UsageError("Name at least one article to part from the others.")
    if both := {*articles} & {*others}:
        raise UsageError(f"{min(both)} stands on both sides. An article cannot be parted from itself.")
    _check_size(articles, others)
    return frozenset(_pair(one, other) for one in articles for other in others)


def in_force(acts: Sequence[Act]) -> Ties:
    """Return what holds of these acts, the earliest first: no two ties of the result contradict each other.

    Of an earlier joining those stay together whom the later acts treat alike: after "a, b, c and d belong together" and
    "a is apart from b", c and d are still together, and the machine says with whom.
    """
    forest: dict[str, str] = {}
    joined: set[Pair] = set()
    parted: set[Pair] = set()
    for act in reversed(acts):
        if act.kind == "apart":
            parted |= {pair for pair in act.pairs if _root(forest, pair[0]) != _root(forest, pair[1])}
            continue
        alike = _against(act, forest, parted)
        kept = {pair for pair in act.pairs if alike[pair[0]] == alike[pair[1]]}
        joined |= kept
        for one, other in kept:
            forest[_root(forest, one)] = _root(forest, other)
    return Ties(frozenset(joined), frozenset(parted))


def _against(act: Act, forest: dict[str, str], parted: set[Pair]) -> dict[str, frozenset[str]]:
    """Return for each article of an act which wholes of the same act are apart from it, by their roots."""
    own = {_root(forest, one) for one in act.articles}
    apart_of: dict[str, set[str]] = {root: set() for root in own}
    for pair in parted:
        one, other = (_root(forest, end) for end in pair)
        if one in own and other in own:
            apart_of[one].add(other)
            apart_of[other].add(one)
    return {one: frozenset(apart_of[_root(forest, one)]) for one in act.articles}


def _root(forest: dict[str, str], article: str) -> str:
    while (above := forest.get(article, article)) != article:
        forest[article] = forest.get(above, above)
        article = above
    return article


def _among(articles: Collection[str], too_few: str) -> frozenset[Pair]:
    different = {*articles}
    if len(different) < 2:
        raise UsageError(too_few)
    _check_size(different)
    return frozenset(combinations(sorted(different), 2))


def _check_size(*sides: Collection[str]) -> None:
    if (most := max(map(len, sides))) > MOST:
        raise UsageError(f"{most} articles are too many for one correction. Name {MOST} at most.")


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
