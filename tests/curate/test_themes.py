"""Themes: which of this week's clusters goes on with which matter of before, and what became of the others."""

from itertools import permutations
from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate import themes
from curate.bonds import Bond
from curate.clusters import Ties as ArticleTies
from curate.errors import UsageError
from curate.themes import Change, Fresh, Known, Matched, Ties


def fresh(*ids: str) -> list[Fresh]:
    """Clusters with an article of their own each."""
    return [Fresh(one, f"label of {one}", frozenset({f"article of {one}"})) for one in ids]


def known(*ids: str) -> list[Known]:
    return [Known(one) for one in ids]


def bond(likeness: float, of_cluster: float = 1.0, of_theme: float = 1.0) -> Bond:
    return Bond(likeness, of_cluster, of_theme, cosine=0.8)


def tied(bonds: dict[str, float | Bond], alike: float = 0) -> Ties:
    """Bonds by "cluster theme", and how alike the themes t and u are."""
    made = {(key.split()[0], key.split()[1]): b if isinstance(b, Bond) else bond(b) for key, b in bonds.items()}
    return Ties(made, {frozenset("tu"): alike}, cut=0.2)


def goes_on(found: Matched) -> dict[str, str]:
    return {one.cluster_id: one.theme_id for one in found.matches if one.kind == "survive"}


def kinds(found: Matched) -> dict[str, str]:
    return {one.cluster_id: one.kind for one in found.matches}


def test_a_cluster_goes_on_with_the_theme_it_is_bound_to() -> None:
    (found,) = themes.matched(fresh("c"), known("t", "u"), {}, tied({"c t": 0.4})).matches
    assert (found.theme_id, found.label, found.kind, found.score) == ("t", "label of c", "survive", 0.4)


def test_a_cluster_without_a_bond_begins_a_theme_with_an_identity_of_its_own() -> None:
    first, second = themes.matched(fresh("c", "d"), known("t"), {}, tied({})).matches
    assert (first.kind, first.score) == ("new", 1.0)
    assert len({first.theme_id, second.theme_id, "t", "c", "d"}) == 5


def test_the_match_is_the_best_for_all_and_not_for_the_first() -> None:
    ties = tied({"both x": 0.5, "both y": 0.45, "only x": 0.4})
    assert goes_on(themes.matched(fresh("both", "only"), known("x", "y"), {}, ties)) == {"both": "y", "only": "x"}


def test_a_theme_of_which_two_clusters_are_left_split() -> None:
    found = themes.matched(fresh("c", "d"), known("t"), {}, tied({"c t": 0.5, "d t": bond(0.3, 0.7, 0.3)}))
    assert kinds(found) == {"c": "survive", "d": "split_from"}
    assert found.changes == (Change("split_from", found.matches[1].theme_id, "t", 0.3),)
    assert found.matches[1].score == 0.3
    assert found.sentence == "Themes: 1 go on, 1 split off."


@pytest.mark.parametrize("weak", [bond(0.3, 0.69, 1.0), bond(0.3, 1.0, 0.29)])
def test_a_cluster_of_which_little_was_in_the_theme_did_not_split_from_it(weak: Bond) -> None:
    found = themes.matched(fresh("c", "d"), known("t"), {}, tied({"c t": 0.5, "d t": weak}))
    assert kinds(found) == {"c": "survive", "d": "new"}
    assert found.changes == ()


def test_a_theme_whose_articles_lie_in_the_cluster_of_another_went_up_in_it() -> None:
    ties = tied({"c t": 0.5, "c u": bond(0.3, 0.3, 0.7)}, alike=0.1)
    found = themes.matched(fresh("c"), known("t", "u"), {}, ties)
    assert goes_on(found) == {"c": "t"}
    assert found.changes == (Change("merged_into", "u", "t", 0.3),)
    assert found.sentence == "Themes: 1 go on, 1 went up in another."


@pytest.mark.parametrize(
    ("theme", "weak", "alike"),
    [
        (Known("u", is_named=True), bond(0.3), 0.3),
        (Known("u", seen_lately=False), bond(0.3), 0.3),
        (Known("u"), bond(0.3), 0.09),
        (Known("u"), bond(0.3, 1.0, 0.69), 0.3),
        (Known("u"), bond(0.3, 0.29, 1.0), 0.3),
    ],
)
def test_what_people_named_what_sleeps_and_what_is_only_near_goes_up_in_nothing(
    theme: Known, weak: Bond, alike: float
) -> None:
    found = themes.matched(fresh("c"), [Known("t"), theme], {}, tied({"c t": 0.5, "c u": weak}, alike))
    assert found.changes == ()


def test_a_week_done_again_keeps_the_themes_that_it_began() -> None:
    begun = {"b": frozenset({"article of c", "gone"}), "e": frozenset({"elsewhere"})}
    found = themes.matched(fresh("c", "d"), [], begun, tied({}))
    assert found.matches[0].theme_id == "b"
    assert kinds(found) == {"c": "new", "d": "new"}
    assert found.matches[1].theme_id not in begun


def test_an_earlier_theme_wins_over_one_that_the_week_began() -> None:
    found = themes.matched(fresh("c"), known("t"), {"b": frozenset({"article of c"})}, tied({"c t": 0.3}))
    assert goes_on(found) == {"c": "t"}


def test_a_bond_with_a_theme_that_is_no_more_counts_for_nothing() -> None:
    assert kinds(themes.matched(fresh("c"), [], {}, tied({"c gone": 0.9}))) == {"c": "new"}


def test_no_cluster_changes_nothing() -> None:
    found = themes.matched([], known("t"), {}, tied({}))
    assert found == Matched((), ())
    assert found.sentence == "Themes: none."


numbers = st.integers(0, 4)
scores = st.dictionaries(
    st.tuples(numbers, numbers),
    st.builds(bond, st.floats(0.2, 1), st.floats(0, 1), st.floats(0, 1)),
    max_size=16,
)


@settings(deadline=None)
@given(
    scores, st.dictionaries(st.frozensets(numbers, min_size=2, max_size=2), st.floats(0, 1)), st.permutations(range(5))
)
def test_every_cluster_has_one_theme_each_theme_one_cluster_and_order_changes_nothing(
    drawn: dict[tuple[int, int], Bond], pairs: dict[frozenset[int], float], order: list[int]
) -> None:
    ties = Ties(
        {(f"c{one}", f"t{other}"): b for (one, other), b in drawn.items()},
        {frozenset(f"t{one}" for one in pair): likeness for pair, likeness in pairs.items()},
    )
    begun = {f"b{n}": frozenset({f"article of c{n}", f"article of c{n + 1}"}) for n in range(3)}
    found = themes.matched(fresh(*(f"c{n}" for n in range(5))), known(*(f"t{n}" for n in range(5))), begun, ties)
    assert [one.cluster_id for one in found.matches] == [f"c{n}" for n in range(5)]
    assert len({one.theme_id for one in found.matches}) == 5
    assert not {one.theme_id for one in found.changes if one.kind == "merged_into"} & set(goes_on(found).values())
    turned = Ties(dict(reversed(ties.bonds.items())), ties.alike)
    again = themes.matched(fresh(*(f"c{n}" for n in order)), known(*(f"t{n}" for n in order)), begun, turned)
    assert set(again.matches) == set(found.matches)
    assert set(again.changes) == set(found.changes)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 1000), clusters=st.integers(0, 4), old=st.integers(0, 4))
def test_no_other_assignment_is_better(seed: int, clusters: int, old: int) -> None:
    rng = np.random.default_rng(seed)
    ours, before = [f"c{n}" for n in range(clusters)], [f"t{n}" for n in range(old)]
    likeness = {(c, t): float(rng.random()) for c in ours for t in before if rng.random() < 0.7}
    ties = Ties({pair: bond(score) for pair, score in likeness.items()})
    found = themes.matched(fresh(*ours), known(*before), {}, ties)
    total = sum(one.score for one in found.matches if one.kind == "survive")
    slots = [*before, *(None for _ in ours)]
    best = max(
        (
            sum(likeness.get((c, t), 0.0) for c, t in zip(ours, chosen, strict=True) if t)
            for chosen in permutations(slots, len(ours))
        ),
        default=0.0,
    )
    assert isclose(total, best, abs_tol=1e-9)


def test_a_name_is_one_clean_line() -> None:
    assert themes.clean_name("  Wonen\n en\u202e huren ") == "Wonen en huren"
    assert len(themes.clean_name("a" * 80)) == 80


@pytest.mark.parametrize(("text", "told"), [("", "needs a name"), (" \n-!", "needs a name"), ("a" * 81, "shorter")])
def test_what_is_no_name_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        themes.clean_name(text)


def test_a_centre_is_of_unit_length_and_lies_between_its_articles() -> None:
    middle = themes.centre(np.eye(2, dtype=np.float32))
    assert np.allclose(middle, [0.5**0.5, 0.5**0.5])
    assert middle.dtype == np.float32


def test_opposite_articles_have_a_centre_without_direction() -> None:
    opposite: NDArray[np.float32] = np.asarray([[1, 0], [-1, 0]], dtype=np.float32)
    assert not themes.centre(opposite).any()


def test_what_people_said_of_articles_wins_over_likeness() -> None:
    found = {("c1", "t1"): bond(0.9), ("c2", "t2"): bond(0.4)}
    ours, theirs = {"c1": ["a"], "c2": ["b"]}, {"t1": ["x"], "t2": ["y"]}
    said = ArticleTies(together=frozenset({("a", "y")}), apart=frozenset({("a", "x")}))
    kept = themes.corrected(found, ours, theirs, said)
    assert set(kept) == {("c1", "t2"), ("c2", "t2")}
    assert kept["c1", "t2"].likeness == 1.0
    assert goes_on(themes.matched(fresh("c1", "c2"), known("t1", "t2"), {}, Ties(kept)))["c1"] == "t2"


def test_who_parted_an_article_from_a_theme_outweighs_who_put_another_with_it() -> None:
    said = ArticleTies(together=frozenset({("a", "x")}), apart=frozenset({("b", "y")}))
    assert themes.corrected({}, {"c": ["a", "b"]}, {"t": ["x", "y"]}, said) == {}


def test_an_article_that_stands_for_two_themes_and_pairs_of_strangers_are_no_trouble() -> None:
    said = ArticleTies(together=frozenset({("a", "x"), ("q", "r")}))
    assert set(themes.corrected({}, {"c": ["a"]}, {"t": ["x"], "u": ["x"]}, said)) == {("c", "t"), ("c", "u")}
