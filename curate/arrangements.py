"""Arrangements: what people do to the clusters of a week by hand, on top of the machine's.

An article stands where the last act that names it put it, so that one can be undone without replaying the others. Each
act also says which articles belong together or apart (``curate/corrections.py``): that outlives this clustering.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from curate import corrections, ids, texts
from curate.cards import Card
from curate.corrections import MOST, Kind, Pair

Deed = Literal["move", "drop", "split", "merge"]
DEEDS: tuple[Deed, ...] = get_args(Deed)

WHY_MAX = 200
"""Characters of a reason."""
_STANDING_FOR = 3
"""Articles that stand for a cluster when another is put with them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants done to a cluster; ``other_id`` is where to, for a move and a merge."""

    deed: str
    cluster_id: str
    articles: tuple[str, ...]
    other_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One act on clusters; ``articles`` are those whose place it says."""

    id: str
    deed: Deed
    cluster_id: str
    other_id: str
    """Where they go: what is moved or merged into, what is split off; empty for a drop."""
    articles: tuple[str, ...]
    why: str
    ties: tuple[tuple[Kind, frozenset[Pair]], ...]
    """What it says about articles, for every later clustering."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An arrangement when the wish can be done, else the key of a sentence that says what is wrong."""

    arrangement: Arrangement | None
    problem: str = ""


def checked(wish: Wish, cards: Mapping[str, Card], person_id: str, made_at: datetime) -> Checked:
    """Return the act that does what a person wants, given the clusters as they stand, by id.

    To move or split off everything is to merge or to do nothing; to drop everything would leave a cluster of nothing.
    """
    card, why = cards.get(wish.cluster_id), " ".join(texts.clean(wish.why).split())
    if problem := _problem(wish, card, cards, why):
        return Checked(None, problem)
    assert card  # noqa: S101  # _problem saw to it
    inside = tuple(one.article_id for one in card.articles)
    chosen = inside if wish.deed == "merge" else tuple(one for one in inside if one in set(wish.articles))
    deed: Deed = "merge" if wish.deed == "move" and len(chosen) == len(inside) else _deed(wish.deed)
    said = ids.of("arrangement", deed, wish.cluster_id, wish.other_id, person_id, made_at.isoformat(), *chosen)
    other_id = {"drop": "", "split": ids.of("cluster", said)}.get(deed, wish.other_id)
    rest = tuple(one for one in inside if one not in set(chosen))
    target = tuple(one.article_id for one in cards[other_id].articles) if other_id in cards else ()
    return Checked(Arrangement(said, deed, wish.cluster_id, other_id, chosen, why, _ties(deed, chosen, rest, target)))


def _deed(text: str) -> Deed:
    return next(deed for deed in DEEDS if deed == text)


def _problem(wish: Wish, card: Card | None, cards: Mapping[str, Card], why: str) -> str:
    inside = {one.article_id for one in card.articles} if card else set()
    chosen, is_whole = set(wish.articles), wish.deed == "merge"
    goes_nowhere = wish.other_id not in cards or wish.other_id == wish.cluster_id
    found = {
        "problem.deed": wish.deed not in DEEDS,
        "problem.cluster_gone": card is None,
        "problem.none_chosen": not is_whole and not chosen,
        "problem.articles_gone": not is_whole and not chosen <= inside,
        "problem.all_drop": wish.deed == "drop" and chosen == inside,
        "problem.all_split": wish.deed == "split" and chosen == inside,
        "problem.elsewhere": wish.deed in ("move", "merge") and goes_nowhere,
        "problem.deed_why": not why,
        "problem.deed_why_long": len(why) > WHY_MAX,
    }
    return next((problem for problem, is_so in found.items() if is_so), "")


def _ties(
    deed: Deed, chosen: tuple[str, ...], rest: tuple[str, ...], target: tuple[str, ...]
) -> tuple[tuple[Kind, frozenset[Pair]], ...]:
    """Return what an act says about articles: the chosen are apart from the rest, and belong with the target."""
    with_them = {
        "move": (*chosen, *target[:_STANDING_FOR]),
        "merge": (*chosen, *target),
        "split": chosen,
        "drop": (),
    }[deed][:MOST]
    ties: list[tuple[Kind, frozenset[Pair]]] = []
    if rest:
        ties.append(("apart", corrections.apart(chosen[:MOST], rest[:MOST])))
    if len(set(with_them)) > 1:
        ties.append(("together", corrections.together(with_them)))
    return tuple(ties)


def follows(moves: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return where the words about a cluster stand, given (from, to) in order; the last one from a cluster counts.

    What was merged on is followed to its end; a circle, which only undoing can make, ends where it began.
    """
    last = dict(moves)
    return {one: _end(one, last) for one in last}


def _end(start: str, last: Mapping[str, str]) -> str:
    seen = [start]
    while (following := last.get(seen[-1])) is not None:
        if following in seen:
            return start
        seen.append(following)
    return seen[-1]
