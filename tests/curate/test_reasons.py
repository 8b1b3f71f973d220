"""Why a cluster is one, and where it is weakest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import reasons, vocabulary
from curate.clusters import Group, Member, Ties
from curate.reasons import Reasons, Shared, Weakest


def group(*scores: float, keywords: tuple[str, ...] = ()) -> Group:
    """Articles a, b, c, … with these scores."""
    members = tuple(Member(chr(ord("a") + rank), rank, score) for rank, score in enumerate(scores))
    return Group(members, keywords, "Titel")


def of(texts: list[str], *keywords: str, ties: Ties = Ties()) -> Reasons:  # noqa: B008  # a value without state
    scores = [0.5 - place / 100 for place in range(len(texts))]
    return reasons.of(group(*scores, keywords=keywords), [f"Kop\n{text}" for text in texts], ties)


def test_names_and_words_are_counted_by_article_most_widely_held_first() -> None:
    texts = ["In Delft is een docent.", "docenten in DELFT", "Naar Delft."]
    assert of(texts, "docent", "Delft").shared == (Shared("Delft", 3), Shared("docent", 2))


def test_accents_and_possessives_make_no_difference() -> None:
    assert of(["café Zoë's", "Cafe Zoe"], "café Zoë").shared == (Shared("café Zoë", 2),)
    assert of(["Zoë’s boek", "boek van Zoe"], "Zoë", "boek").shared == (Shared("Zoë", 2), Shared("boek", 2))


def test_a_word_inside_another_is_not_met() -> None:
    assert of(["de oven", "bakoven", "ovenschaal"], "oven").shared == ()


def test_what_a_single_article_holds_is_not_shared() -> None:
    assert of(["Delft", "Gouda"], "Delft", "Gouda").shared == ()


def test_the_least_like_the_others_is_the_weakest_and_it_is_said_how_far() -> None:
    found = reasons.of(group(0.5, 0.4, 0.15), ["x"] * 3)
    assert found.cohesion == 0.35
    assert found.weakest == Weakest("c", 0.15, 0.2)


@pytest.mark.parametrize("scores", [(0.4, 0.4), (0.4, 0.3), (0.4, 0.4, 0.4)])
def test_of_two_or_of_equals_none_is_the_weakest(scores: tuple[float, ...]) -> None:
    assert reasons.of(group(*scores), ["x"] * len(scores)).weakest is None


WATER = ["De sluis van Delft lekt water, zegt dijkgraaf Smit", "Dijkgraaf Smit: sluis Delft lekt veel water"]
SCHOOL = [
    "Leraren van lyceum Gouda leren samen van directeur Bos",
    "Directeur Bos en leraren leren samen: lyceum Gouda",
]


def test_two_halves_that_share_little_are_told_apart() -> None:
    assert of([WATER[0], SCHOOL[0], WATER[1], SCHOOL[1]]).halves == (("a", "c"), ("b", "d"))
    assert of([*WATER, *WATER]).halves is None
    assert of([*WATER, SCHOOL[0]]).halves is None, "one that differs is the weakest, not a half"


def test_two_languages_that_share_names_are_one_whole() -> None:
    english = ["The lock of Delft leaks, says Smit of Delft", "Leaks at Delft: keeper Smit repairs the lock"]
    assert of([*WATER, *english]).halves is None


def test_what_people_said_is_told() -> None:
    ties = Ties(frozenset({("a", "b"), ("a", "z")}), frozenset({("b", "z"), ("y", "z")}))
    found = of(["x", "x", "x"], ties=ties)
    assert (found.joined, found.parted) == (("a", "b"), ("b",))


@given(st.lists(st.text(max_size=40), min_size=2, max_size=8), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_reasons_of_any_texts_come_back_from_json_as_they_were(texts: list[str], keywords: list[str]) -> None:
    found = of([vocabulary.beginning(text, text, 20) for text in texts], *keywords)
    assert reasons.from_json(reasons.to_json(found)) == found
    assert found.size == len(texts)
