"""Themes: lasting identities across weeks. A week's cluster goes on with an earlier theme, or begins one.

The match is one to one, the best for all together (optimal assignment on the bonds of ``curate/bonds.py``). Strong
bonds that are left over say that a theme split, or went up in another. Vocabulary and shares after MONIC (Spiliopoulou
et al. 2006): survived, split, absorbed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from curate import ids, texts
from curate.bonds import Bond
from curate.clusters import Method
from curate.clusters import Ties as TiesOfArticles
from curate.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME_LENGTH = 80
"""Letters that the name of a theme may have."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The parameters of a matching, stored with its run; docs/themes.md has the reasons and figures."""

    above_cut: float = 1.1
    """Likeness at which a cluster goes on with a theme, in cuts of the clustering: later news drifts, and a wrong tie
    between weeks lasts longer than one within a week."""
    most: float = 0.7
    """MONIC's share for survival: so much of a part must lie with the whole that it split from or went up in."""
    part: float = 0.3
    """MONIC's share for a split: so much of the whole must lie with the part."""
    weeks_remembered: int = 26
    """A theme not seen for longer is not taken up again by the machine."""
    window_weeks: int = 3
    """Weeks before this one from which an article may still come late, and a theme go up in another."""
    exemplars: int = 10
    """Articles that stand for a theme: of its latest weeks, the best-ranked first."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A cluster of the week."""

    id: str
    label: str
    articles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """A theme of the weeks before."""

    id: str
    is_named: bool = False
    seen_lately: bool = True
    """Within the window."""


Begun = Mapping[str, frozenset[str]]
"""Themes that an earlier clustering of this very week began, with their articles: done again, they keep identity."""
Kind = Literal["survive", "new", "split_from"]


@dataclass(frozen=True, slots=True)
class Match:
    """The theme that a cluster belongs to; ``score`` is the likeness of their articles, 1 for a new theme."""

    cluster_id: str
    theme_id: str
    label: str
    kind: Kind
    score: float


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a theme: it split from the other, or went up in it; ``score`` as in Match."""

    kind: Literal["split_from", "merged_into"]
    theme_id: str
    other_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Matched:
    """One match per cluster, in their order, and what happened between themes."""

    matches: tuple[Match, ...]
    changes: tuple[Change, ...]

    def count(self, kind: Kind) -> int:
        """Return how many clusters were matched so."""
        return sum(one.kind == kind for one in self.matches)

    @property
    def sentence(self) -> str:
        """What became of the themes, for a person."""
        went_up = sum(one.kind == "merged_into" for one in self.changes)
        counts = {
            "go on": self.count("survive"),
            "new": self.count("new"),
            "split off": self.count("split_from"),
            "went up in another": went_up,
        }
        said = [f"{count} {what}" for what, count in counts.items() if count]
        return f"Themes: {', '.join(said) or 'none'}."


@dataclass(frozen=True, slots=True)
class Ties:
    """What matching knows of a week."""

    bonds: Mapping[tuple[str, str], Bond]
    """By (cluster, theme), those that are strong enough to go on."""
    alike: Mapping[frozenset[str], float] = field(default_factory=dict)
    """Mean likeness of the articles of two themes, from half a cut."""
    cut: float = Method().cut
    """Likeness at which the clustering joins two groups."""


def matched(
    clusters: Sequence[Fresh], known: Sequence[Known], begun: Begun, ties: Ties, how: Matching = Matching()
) -> Matched:
    """Return the theme of each cluster; each theme goes on in at most one cluster.

    Only pairs with a bond are matched. The order of clusters and themes changes nothing.
    """
    alive = {one.id for one in known}
    likeness = {pair: bond.likeness for pair, bond in ties.bonds.items() if pair[1] in alive}
    goes_on = _assigned(likeness)
    parents = {one.id: _parent(one.id, set(goes_on.values()), ties.bonds, how) for one in clusters}
    fresh = [one for one in clusters if one.id not in goes_on]
    own = _assigned({(one.id, theme): _jaccard(one.articles, old) for one in fresh for theme, old in begun.items()})
    matches = []
    for one in clusters:
        if theme := goes_on.get(one.id):
            matches.append(Match(one.id, theme, one.label, "survive", likeness[one.id, theme]))
            continue
        theme, parent = own.get(one.id) or ids.of("theme", one.id), parents[one.id]
        score = likeness[one.id, parent] if parent else 1.0
        matches.append(Match(one.id, theme, one.label, "split_from" if parent else "new", score))
    split = [
        Change("split_from", one.theme_id, parents[one.cluster_id] or "", one.score)
        for one in matches
        if one.kind == "split_from"
    ]
    return Matched(tuple(matches), (*split, *_absorbed(known, goes_on, ties, how)))


def corrected(
    bonds: Mapping[tuple[str, str], Bond],
    clusters: Mapping[str, Collection[str]],
    themes: Mapping[str, Collection[str]],
    said: TiesOfArticles,
) -> dict[tuple[str, str], Bond]:
    """Return the bonds between clusters and themes as people corrected them, given the articles of both.

    Where they said that an article of the cluster belongs with one of the theme, nothing is more alike; where they
    parted two, the machine may not join them. One "apart" outweighs any "together": both cannot hold for one theme.
    """
    cluster_of = {article: one for one, inside in clusters.items() for article in inside}
    themes_of: dict[str, set[str]] = {}
    for one, inside in themes.items():
        for article in inside:
            themes_of.setdefault(article, set()).add(one)
    joined, parted = (_across(pairs, cluster_of, themes_of) for pairs in (said.together, said.apart))
    certain = Bond(1.0, 1.0, 1.0, 1.0)
    return {pair: bond for pair, bond in bonds.items() if pair not in parted} | dict.fromkeys(joined - parted, certain)


def _across(
    pairs: Iterable[tuple[str, str]], cluster_of: Mapping[str, str], themes_of: Mapping[str, set[str]]
) -> set[tuple[str, str]]:
    return {
        (cluster_of[one], theme)
        for pair in pairs
        for one, other in (pair, pair[::-1])
        if one in cluster_of
        for theme in themes_of.get(other, ())
    }


def _assigned(scores: Mapping[tuple[str, str], float]) -> dict[str, str]:
    """Return pairs one to one, the best in sum, of those that score above nothing."""
    wanted = {pair: score for pair, score in scores.items() if score > 0}
    if not wanted:
        return {}
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    left, right = (sorted({pair[side] for pair in wanted}) for side in (0, 1))
    row, column = ({one: place for place, one in enumerate(side)} for side in (left, right))
    table = np.zeros((len(left), len(right)))
    for (one, other), score in wanted.items():
        table[row[one], column[other]] = score
    rows, columns = linear_sum_assignment(table, maximize=True)
    found = [(left[one], right[other]) for one, other in zip(rows.tolist(), columns.tolist(), strict=True)]
    return {one: other for one, other in found if (one, other) in wanted}


def _parent(cluster_id: str, surviving: set[str], bonds: Mapping[tuple[str, str], Bond], how: Matching) -> str | None:
    """Return the theme that a cluster split from: it goes on elsewhere, and most of the cluster belongs to it."""
    whole = {
        theme: bond.likeness
        for (cluster, theme), bond in bonds.items()
        if cluster == cluster_id and theme in surviving and bond.of_cluster >= how.most and bond.of_theme >= how.part
    }
    return max(whole, key=lambda theme: (whole[theme], theme), default=None)


def _absorbed(known: Sequence[Known], goes_on: Mapping[str, str], ties: Ties, how: Matching) -> list[Change]:
    """Return the themes that went up in another: most of it lies in the other's cluster, and the clustering would join
    it with that cluster and what the other was before, each weighing half.

    A theme that people named is theirs, and one not seen lately may only be asleep: neither goes up in another.
    """
    taken = set(goes_on.values())
    found = []
    for theme in sorted((one for one in known if one.id not in taken), key=lambda one: one.id):
        into = {
            goes_on[cluster]: bond.likeness
            for (cluster, other), bond in ties.bonds.items()
            if other == theme.id and cluster in goes_on and bond.of_theme >= how.most and bond.of_cluster >= how.part
            if bond.likeness + ties.alike.get(frozenset((theme.id, goes_on[cluster])), 0) >= 2 * ties.cut
        }
        if into and theme.seen_lately and not theme.is_named:
            taker = max(into, key=lambda one: (into[one], one))
            found.append(Change("merged_into", theme.id, taker, into[taker]))
    return found


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one else 0.0


def clean_name(text: str) -> str:
    """Return the name that a person gives a theme, on one line; raises UsageError when it is empty or too long."""
    name = texts.one_line(text, 1000)
    if not any(sign.isalnum() for sign in name):
        raise UsageError(f"A theme needs a name with a letter in it, of at most {NAME_LENGTH} letters.")
    if len(name) > NAME_LENGTH:
        raise UsageError(f"The name has more than {NAME_LENGTH} letters. Make it shorter; it stands in lists.")
    return name


def centre(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Return the mean of (n, d) vectors, scaled to unit length."""
    import numpy as np

    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length else mean, dtype=np.float32)
