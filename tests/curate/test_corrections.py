"""What people said against the machine, and what of it holds."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import corrections
from curate.clusters import Ties
from curate.corrections import Act, Kind
from curate.errors import UsageError


def join(articles: str) -> Act:
    return Act(f"join {articles}", "together", corrections.together(articles))


def part(articles: str, others: str = "") -> Act:
    return Act(f"part {articles} {others}", "apart", corrections.apart(articles, others))


def held(*acts: Act) -> tuple[set[str], set[str]]:
    """The pairs that are together, and those that are apart."""
    ties = corrections.in_force(acts)
    return {a + b for a, b in ties.together}, {a + b for a, b in ties.apart}


def test_joining_some_articles_ties_every_two_of_them() -> None:
    assert held(join("cab")) == ({"ab", "ac", "bc"}, set())


def test_parting_articles_from_others_ties_nothing_within_a_side() -> None:
    assert held(part("ab", "zc")) == (set(), {"az", "bz", "ac", "bc"})


def test_parting_articles_without_others_parts_them_from_each_other() -> None:
    assert held(part("abc")) == (set(), {"ab", "ac", "bc"})


def test_a_later_act_wins_over_an_earlier_one() -> None:
    assert held(part("a", "b"), join("ab")) == ({"ab"}, set())
    assert held(join("ab"), part("a", "b")) == (set(), {"ab"})


def test_a_later_act_wins_over_earlier_ones_that_contradict_it_by_way_of_others() -> None:
    assert held(part("a", "b"), join("ac"), join("cb")) == ({"ac", "bc"}, set())
    assert held(join("ac"), join("cb"), part("a", "b")) == ({"bc"}, {"ab"})


def test_of_an_earlier_joining_those_stay_together_whom_later_acts_treat_alike() -> None:
    assert held(join("abcd"), part("a", "b"))[0] == {"cd"}
    assert held(join("abcd"), part("a", "bcd"))[0] == {"bc", "bd", "cd"}
    assert held(join("ab"), part("a", "z"))[0] == {"ab"}


def test_nothing_said_is_nothing_held() -> None:
    assert corrections.in_force([]) == Ties()


@pytest.mark.parametrize(
    ("act", "sides"),
    [
        (join("bac"), (("a", "b", "c"),)),
        (part("ca", "bd"), (("a", "c"), ("b", "d"))),
        (part("b", "acd"), (("a", "c", "d"), ("b",))),
        (part("abc"), (("a",), ("b",), ("c",))),
    ],
)
def test_an_act_knows_the_sides_it_was_made_of(act: Act, sides: tuple[tuple[str, ...], ...]) -> None:
    assert sorted(act.sides) == sorted(sides)
    assert act.articles == tuple(sorted(one for side in sides for one in side))


@pytest.mark.parametrize("articles", ["", "a", "aaa"])
def test_a_single_article_cannot_be_joined_or_parted(articles: str) -> None:
    with pytest.raises(UsageError, match="at least two different"):
        corrections.together(articles)
    with pytest.raises(UsageError, match="at least two different"):
        corrections.apart(articles)


def test_an_article_cannot_be_parted_from_itself() -> None:
    with pytest.raises(UsageError, match="b stands on both sides"):
        corrections.apart("ab", "bc")
    with pytest.raises(UsageError, match="at least one article"):
        corrections.apart("", "bc")


def test_more_articles_than_anybody_oversees_are_refused() -> None:
    many = [f"a{number}" for number in range(corrections.MOST + 1)]
    for work in (lambda: corrections.together(many), lambda: corrections.apart("x", many)):
        with pytest.raises(UsageError, match="101 articles are too many"):
            work()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("together", "apart")), st.sets(st.sampled_from("abcdef"), min_size=2, max_size=4)),
        max_size=6,
    )
)
def test_what_holds_never_contradicts_itself_and_the_last_act_always_holds(said: list[tuple[Kind, set[str]]]) -> None:
    acts = [join("".join(names)) if kind == "together" else part("".join(names)) for kind, names in said]
    ties = corrections.in_force(acts)
    whole = {one: {one} for one in "abcdef"}
    for one, other in ties.together:
        both = whole[one] | whole[other]
        whole |= dict.fromkeys(both, both)
    assert not any(other in whole[one] for one, other in ties.apart)
    assert not any(pair in ties.apart for group in whole.values() for pair in combinations(sorted(group), 2))
    if acts:
        assert acts[-1].pairs <= (ties.together if acts[-1].kind == "together" else ties.apart)
