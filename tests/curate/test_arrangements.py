"""What people do to clusters by hand, and what it says about articles."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import arrangements, corrections
from curate.arrangements import Arrangement, Wish, checked, follows
from curate.corrections import Act
from tests.curate.builders import card

NOW = datetime(2026, 11, 18, tzinfo=UTC)
CARDS = {"c1": card("c1", articles=4), "c2": card("c2", articles=5)}


def wish(deed: str, *articles: str, to: str = "", why: str = "zo hoort het") -> Wish:
    return Wish(deed, "c1", articles, to, why)


def done(*said: str, to: str = "") -> Arrangement:
    found = checked(wish(*said, to=to), CARDS, "anna", NOW)
    assert found.arrangement, found.problem
    return found.arrangement


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (wish("burn", "c1-0"), "problem.deed"),
        (Wish("drop", "gone", ("a",), "", "zo"), "problem.cluster_gone"),
        (wish("move", to="c2"), "problem.none_chosen"),
        (wish("split", "c2-0"), "problem.articles_gone"),
        (wish("drop", "c1-0", "c1-1", "c1-2", "c1-3"), "problem.all_drop"),
        (wish("split", "c1-0", "c1-1", "c1-2", "c1-3"), "problem.all_split"),
        (wish("move", "c1-0", to="c1"), "problem.elsewhere"),
        (wish("merge", to="gone"), "problem.elsewhere"),
        (wish("drop", "c1-0", why=" \u200b "), "problem.deed_why"),
        (wish("drop", "c1-0", why="x" * 201), "problem.deed_why_long"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_else_happens(asked: Wish, problem: str) -> None:
    assert checked(asked, CARDS, "anna", NOW) == arrangements.Checked(None, problem)


def test_to_move_everything_is_to_merge() -> None:
    moved = done("move", "c1-0", "c1-1", "c1-2", "c1-3", to="c2")
    assert (moved.deed, moved.other_id) == ("merge", "c2")


def test_what_is_split_off_gets_an_identity_of_its_own_each_time() -> None:
    one, other = done("split", "c1-0"), done("split", "c1-1")
    assert len({one.other_id, other.other_id, "c1"}) == 3


@pytest.mark.parametrize(
    ("said", "apart", "together"),
    [
        (done("drop", "c1-0"), 3, 0),
        (done("split", "c1-0", "c1-1"), 4, 1),
        (done("move", "c1-0", to="c2"), 3, 6),
        (done("merge", to="c2"), 0, 36),
    ],
)
def test_every_act_says_what_belongs_together_and_apart(said: Arrangement, apart: int, together: int) -> None:
    pairs = dict(said.ties)
    assert (len(pairs.get("apart", ())), len(pairs.get("together", ()))) == (apart, together)


@given(chosen=st.sets(st.integers(0, 3), min_size=1), deed=st.sampled_from(["move", "split", "drop"]))
def test_what_an_act_says_never_contradicts_itself(chosen: set[int], deed: str) -> None:
    found = checked(wish(deed, *(f"c1-{n}" for n in sorted(chosen)), to="c2"), CARDS, "anna", NOW).arrangement
    if found:
        acts = [Act(str(n), kind, pairs) for n, (kind, pairs) in enumerate(found.ties)]
        ties = corrections.in_force(acts)
        assert ties.apart == {pair for act in acts if act.kind == "apart" for pair in act.pairs}
        assert ties.together == {pair for act in acts if act.kind == "together" for pair in act.pairs}


def test_words_go_to_the_end_of_a_chain_and_a_circle_ends_where_it_began() -> None:
    assert follows([("a", "b"), ("b", "c")]) == {"a": "c", "b": "c"}
    assert follows([("a", "b"), ("a", "c")]) == {"a": "c"}
    assert follows([("a", "b"), ("b", "a")]) == {"a": "a", "b": "b"}
