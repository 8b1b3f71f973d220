"""Assignments: whom a round asks about what. A few clusters each, by interest and load, and one from outside.

Nobody is asked about more than they have ten minutes for; no cluster waits for somebody who happens to look; and one of
the few lies outside what a person follows, because a network that only hears itself is no filter.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import dist
from typing import Literal

from curate import ids
from curate.people import Language

Reason = Literal["interest", "load", "outside", "handed_over"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cluster that may be asked about, in the order of the round."""

    cluster_id: str
    theme_id: str
    languages: tuple[str, ...]
    position: tuple[float, float]
    """On the map, both between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Catalyst:
    """What is known of somebody who may be asked."""

    person_id: str
    language: Language
    follows: frozenset[str] = frozenset()
    """Themes they chose to follow."""
    spoke_on: frozenset[str] = frozenset()
    """Themes they gave meaning to lately."""
    brought: frozenset[str] = frozenset()
    """Clusters with an article that they brought themselves."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One cluster asked of one person; ``place`` is its order on their board, 1 first."""

    person_id: str
    cluster_id: str
    place: int
    reason: Reason


FOLLOWS, SPOKE_ON, BROUGHT, OWN_LANGUAGE = 1.0, 0.7, 0.5, 0.1
"""How much each tells of somebody's interest; the strongest counts, and one's own language decides between equals."""
_LOAD, _ORDER = 0.6, 0.2
"""What it costs that others are asked already (per fair share of them), and to stand low in the round."""


def interest(one: Catalyst, cluster: Candidate) -> float:
    """Return how near a cluster is to what somebody follows, from 0 to 1.1."""
    known = (
        FOLLOWS * (cluster.theme_id in one.follows),
        SPOKE_ON * (cluster.theme_id in one.spoke_on),
        BROUGHT * (cluster.cluster_id in one.brought),
    )
    return max(known) + OWN_LANGUAGE * (one.language in cluster.languages)


def assigned(
    clusters: Sequence[Candidate],
    people: Sequence[Catalyst],
    most: int,
    week: str,
    asked_before: Mapping[str, int] | None = None,
) -> tuple[Assignment, ...]:
    """Return what is asked of each of these people: at most ``most`` clusters.

    ``asked_before`` counts who is asked about a cluster already. Everybody chooses in turn, in an order that differs
    from week to week, so that nobody always gets what is left. The order of ``people`` changes nothing.
    """
    load = Counter(dict(asked_before or {}))
    turns = sorted(people, key=lambda one: ids.of("turn", week, one.person_id))
    fair = max(1.0, len(turns) * most / max(1, len(clusters)))
    chosen: dict[str, list[tuple[Candidate, Reason]]] = {one.person_id: [] for one in turns}
    from_outside = 1 if len(clusters) > most else 0
    for _ in range(most - from_outside):
        for one in turns:
            if found := _nearest(clusters, one, chosen[one.person_id], load, fair):
                load[found.cluster_id] += 1
                is_known = interest(one, found) >= BROUGHT
                chosen[one.person_id].append((found, "interest" if is_known else "load"))
    for one in turns[: len(turns) * from_outside]:
        if found := _farthest(clusters, one, chosen[one.person_id], load, fair):
            load[found.cluster_id] += 1
            chosen[one.person_id].append((found, "outside"))
    place = {cluster.cluster_id: at for at, cluster in enumerate(clusters)}
    return tuple(
        Assignment(one.person_id, cluster.cluster_id, at, reason)
        for one in turns
        for at, (cluster, reason) in enumerate(_in_order(chosen[one.person_id], place), start=1)
    )


_Chosen = Sequence[tuple[Candidate, Reason]]


def _nearest(
    clusters: Sequence[Candidate], one: Catalyst, chosen: _Chosen, load: Counter[str], fair: float
) -> Candidate | None:
    own = {cluster.cluster_id for cluster, _ in chosen}
    left = [(at, cluster) for at, cluster in enumerate(clusters) if cluster.cluster_id not in own]

    def worth(placed: tuple[int, Candidate]) -> float:
        at, cluster = placed
        return interest(one, cluster) - _LOAD * load[cluster.cluster_id] / fair - _ORDER * at / len(clusters)

    return max(left, key=worth)[1] if left else None


def _farthest(
    clusters: Sequence[Candidate], one: Catalyst, chosen: _Chosen, load: Counter[str], fair: float
) -> Candidate | None:
    """Return a cluster they have no tie with, far on the map from what they have, that few are asked about."""
    own = {cluster.cluster_id for cluster, _ in chosen}
    left = [cluster for cluster in clusters if cluster.cluster_id not in own]
    strange = [cluster for cluster in left if interest(one, cluster) < BROUGHT] or left

    def worth(cluster: Candidate) -> float:
        nearest = min((dist(cluster.position, other.position) for other, _ in chosen), default=0.0)
        return nearest - _LOAD * load[cluster.cluster_id] / fair

    return max(strange, key=worth) if strange else None


def _in_order(chosen: _Chosen, place: Mapping[str, int]) -> _Chosen:
    """What is near comes first, in the order of the round; what is from outside last."""
    return sorted(chosen, key=lambda one: (one[1] == "outside", one[1] != "interest", place[one[0].cluster_id]))
