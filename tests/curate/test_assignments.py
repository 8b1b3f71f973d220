"""Who is asked about what: near and far, and nobody too much."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from curate.assignments import Assignment, Candidate, Catalyst, assigned, interest

WEEK = "2026-W47"


def clusters(n: int) -> list[Candidate]:
    return [Candidate(f"c{k}", f"t{k}", ("nl",) if k % 2 else ("en",), (k / n, (k * 7 % n) / n)) for k in range(n)]


def catalysts(n: int) -> list[Catalyst]:
    return [Catalyst(f"p{k}", "nl", frozenset({f"t{k}"}), frozenset({f"t{k + 1}"})) for k in range(n)]


def of(found: tuple[Assignment, ...], person_id: str) -> list[Assignment]:
    return [one for one in found if one.person_id == person_id]


@settings(deadline=None)
@given(many=st.integers(0, 30), people=st.integers(0, 12), most=st.integers(1, 5))
def test_nobody_is_asked_too_much_or_twice_about_the_same_and_one_comes_from_outside(
    many: int, people: int, most: int
) -> None:
    found = assigned(clusters(many), catalysts(people), most, WEEK)
    for person in catalysts(people):
        mine = of(found, person.person_id)
        assert len(mine) == min(most, many) == len({one.cluster_id for one in mine})
        assert [one.place for one in mine] == list(range(1, len(mine) + 1))
        assert [one.reason for one in mine].count("outside") == (1 if many > most else 0)


@settings(deadline=None)
@given(seed=st.permutations(range(6)))
def test_the_order_of_people_changes_nothing(seed: list[int]) -> None:
    people = catalysts(6)
    assert assigned(clusters(20), [people[k] for k in seed], 5, WEEK) == assigned(clusters(20), people, 5, WEEK)


def test_what_somebody_follows_comes_first_and_what_is_from_outside_last() -> None:
    found = assigned(clusters(20), [Catalyst("p", "nl", frozenset({"t11"}), frozenset({"t13"}))], 5, WEEK)
    assert [one.cluster_id for one in found[:2]] == ["c11", "c13"]
    assert [one.reason for one in found] == ["interest", "interest", "load", "load", "outside"]


def test_what_is_from_outside_has_no_tie_with_them_when_there_is_such_a_cluster() -> None:
    follows_all_but_one = Catalyst("p", "nl", frozenset(f"t{k}" for k in range(20) if k != 7))
    (*_, last) = assigned(clusters(20), [follows_all_but_one], 5, WEEK)
    assert (last.cluster_id, last.reason) == ("c7", "outside")


def test_every_cluster_is_asked_of_somebody_when_there_are_people_enough() -> None:
    load = Counter(one.cluster_id for one in assigned(clusters(25), catalysts(12), 5, WEEK))
    assert len(load) == 25
    assert max(load.values()) <= 5


def test_who_follow_the_same_are_not_all_sent_to_the_same_few() -> None:
    alike = [Catalyst(f"p{k}", "nl", frozenset({"t0", "t1"})) for k in range(10)]
    load = Counter(one.cluster_id for one in assigned(clusters(10), alike, 5, WEEK))
    assert len(load) == 10


def test_who_comes_later_is_asked_about_what_few_were_asked() -> None:
    before = {f"c{k}": 9 for k in range(15)}
    (*_,) = found = assigned(clusters(20), [Catalyst("late", "nl")], 5, WEEK, before)
    assert {one.cluster_id for one in found} == {f"c{k}" for k in range(15, 20)}


def test_turns_differ_from_week_to_week() -> None:
    orders = {tuple(dict.fromkeys(one.person_id for one in assigned(clusters(9), catalysts(5), 2, f"2026-W{week}")))
              for week in range(10, 20)}  # fmt: skip
    assert len(orders) > 3


def test_interest_is_what_tells_most() -> None:
    cluster = Candidate("c", "t", ("nl",), (0, 0))
    assert interest(Catalyst("p", "en"), cluster) == 0
    assert interest(Catalyst("p", "nl"), cluster) < interest(Catalyst("p", "en", brought=frozenset({"c"})), cluster)
    both = Catalyst("p", "nl", frozenset({"t"}), frozenset({"t"}), frozenset({"c"}))
    assert interest(both, cluster) == 1.1
