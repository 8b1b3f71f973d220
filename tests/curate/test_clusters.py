"""Clusters: what belongs together, and that nothing but the articles decides it."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate import clusters, models
from curate.clusters import Group, Method, Text, Ties
from tests.curate import builders as b

HARBOUR = "Het havenschip Adelaar liep vast bij Terneuzen, meldt schipper Wieger Dekker in een gesprek over de sluis."
HARBOUR_TOO = "In de sluis van Terneuzen zit het schip Adelaar vast; volgens Wieger Dekker duurt het bergen dagen."
HARBOUR_EN = "The vessel Adelaar has been stuck near Terneuzen since dawn, skipper Wieger Dekker said on board."
CHOIR = "Een koor uit Dokkum zingt zonder dirigent, en Baukje Sikkema schreef op hoe stemmen elkaar vinden."
CHOIR_TOO = "Hoe zingt een koor in Dokkum zonder dirigent? De aantekeningen van Baukje Sikkema over stemmen."
LONER = "Bijenhouders in het dal tellen korven na een natte zomer en delen raten met beginners."


def flat(count: int, size: int = 4) -> NDArray[np.float32]:
    """Vectors without a word to say: all zero."""
    return np.zeros((count, size), dtype=np.float32)


def ids_of(found: Sequence[Group]) -> set[frozenset[str]]:
    return {frozenset(member.id for member in group.members) for group in found}


def week() -> list[Text]:
    return [
        b.text("a", "Schip vast bij Terneuzen", HARBOUR, "Courant"),
        b.text("b", "Sluis dicht", HARBOUR_TOO, "Bode"),
        b.text("c", "Vessel stuck", HARBOUR_EN, "Herald", "en"),
        b.text("d", "Zonder dirigent", CHOIR, "Courant"),
        b.text("e", "Koor", CHOIR_TOO, "Bode"),
        b.text("f", "Bijen", LONER, "Courant"),
    ]


# ------------------------------------------------------------ what belongs together


def test_articles_on_one_matter_are_together_across_languages_and_a_loner_is_in_no_group() -> None:
    assert ids_of(clusters.groups(week(), flat(6))) == {frozenset("abc"), frozenset("de")}


def test_the_largest_group_comes_first() -> None:
    assert [len(group.members) for group in clusters.groups(week(), flat(6))] == [3, 2]


def test_a_group_of_one_source_comes_after_those_of_several() -> None:
    blog = [b.text(f"x{number}", "Recept", f"{LONER} deel {number}", "Een blog") for number in range(5)]
    found = clusters.groups([*week()[:5], *blog], flat(10))
    assert [len(group.members) for group in found] == [3, 2, 5]


def test_vectors_alone_join_what_shares_no_word() -> None:
    same = np.tile(np.asarray([1, 0], dtype=np.float32), (2, 1))
    texts = [b.text("a", "Water", "rivier dijk"), b.text("b", "River", "flood levee")]
    assert clusters.groups(texts, same) == ()
    by_vectors = Method(embedding=1, words=0, names=0)
    assert ids_of(clusters.groups(texts, same, by_vectors)) == {frozenset("ab")}


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_articles_make_no_group(count: int) -> None:
    assert clusters.groups(week()[:count], flat(count)) == ()


@pytest.mark.parametrize("body", [HARBOUR, "kort", "Amersfoort"])
def test_articles_that_are_all_the_same_are_one_group_with_full_scores(body: str) -> None:
    texts = [b.text(f"a{number}", body, body, source=f"s{number}") for number in range(30)]
    vectors = np.tile(np.asarray([0.6, 0.8], dtype=np.float32), (30, 1))
    (group,) = clusters.groups(texts, vectors)
    assert len(group.members) == 30
    assert all(0.45 <= member.score <= 1 for member in group.members)


def test_articles_without_a_word_and_without_a_vector_stay_apart() -> None:
    assert clusters.groups([b.text("a"), b.text("b"), b.text("c", "…", "— ? !")], flat(3)) == ()


def test_an_empty_article_does_not_disturb_the_others() -> None:
    assert ids_of(clusters.groups([*week(), b.text("g")], flat(7))) == {frozenset("abc"), frozenset("de")}


def test_titles_alone_are_told_by_their_vectors_in_a_language_that_the_model_reads() -> None:
    near = np.asarray([[1, 0], [0.9, 0.435889], [0, 1]], dtype=np.float32)
    titles = [("a", "Harbour pilots walk out"), ("b", "Strike at the port"), ("c", "Bees return")]
    english = [b.text(key, title, language="en") for key, title in titles]
    assert ids_of(clusters.groups(english, near)) == {frozenset("ab")}
    dutch = [b.text(key, title, language="nl") for key, title in titles]
    assert clusters.groups(dutch, near) == ()
    multilingual = clusters.method_for(models.profile(models.ADVISED))
    assert ids_of(clusters.groups(dutch, near, multilingual)) == {frozenset("ab")}


def test_forty_languages_at_once_are_grouped_by_their_names() -> None:
    languages = [f"{first}{second}" for first in "abcd" for second in "abcdefghij"]
    texts = [
        b.text(
            f"{language}{number}", f"w{language}", f"{language}wa Zeewolde{language} {language}wb", language, language
        )
        for language in languages
        for number in range(2)
    ]
    found = clusters.groups(texts, flat(80))
    assert ids_of(found) == {frozenset({f"{language}0", f"{language}1"}) for language in languages}


def test_a_text_of_a_megabyte_is_read_by_its_beginning() -> None:
    long = [b.text(key, "Schip vast", f"{HARBOUR} {'vulling ' * 130_000}") for key in "ab"]
    endless = b.text("c", "Zonder spatie", "x" * 1_000_000)
    assert ids_of(clusters.groups([*long, endless], flat(3))) == {frozenset("ab")}


def test_of_very_many_articles_fewer_words_count() -> None:
    few = Method(many=5, most_words=6, most_names=4)
    assert ids_of(clusters.groups(week(), flat(6), few)) == ids_of(clusters.groups(week(), flat(6)))


# ------------------------------------------------------------ the order decides nothing


def sample(count: int, seed: int) -> tuple[list[Text], NDArray[np.float32]]:
    """Texts of a few words from a small vocabulary, so that many are near each other, and vectors to match."""
    rng = random.Random(seed)  # noqa: S311
    names = [f"Naam{letter}" for letter in "abcdefgh"]
    plain = [f"woord{letter}" for letter in "abcdefghijkl"]
    texts = [
        b.text(
            f"t{number:03d}",
            " ".join(rng.sample(plain, 2)),
            f"x {' '.join(rng.sample(names, 2) + rng.sample(plain, 3))}",
            source=rng.choice(["Courant", "Bode", "Herald"]),
        )
        for number in range(count)
    ]
    vectors = np.asarray([[rng.gauss(0, 1) for _ in range(5)] for _ in texts])
    return texts, np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 50), data=st.data())
def test_a_clustering_does_not_depend_on_the_order_of_the_articles(seed: int, data: st.DataObject) -> None:
    texts, vectors = sample(16, seed)
    order = data.draw(st.permutations(range(16)))
    again = clusters.groups([texts[row] for row in order], vectors[order])
    assert again == clusters.groups(texts, vectors)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 500))
def test_every_article_is_in_at_most_one_group_and_ranks_count_from_nought(seed: int) -> None:
    texts, vectors = sample(20, seed)
    found = clusters.groups(texts, vectors)
    inside = [member.id for group in found for member in group.members]
    assert len(inside) == len(set(inside))
    assert set(inside) <= {one.id for one in texts}
    for group in found:
        assert len(group.members) >= 2
        assert [member.rank for member in group.members] == list(range(len(group.members)))
        assert all(0 <= member.score <= 1 for member in group.members)
        assert len(group.keywords) <= 5


# ------------------------------------------------------------ what people said wins


def test_articles_that_people_put_together_are_together() -> None:
    found = clusters.groups(week(), flat(6), ties=Ties(together=frozenset({("f", "d"), ("gone", "a")})))
    assert ids_of(found) == {frozenset("abc"), frozenset("def")}


def test_articles_that_people_put_apart_are_apart() -> None:
    found = clusters.groups(week(), flat(6), ties=Ties(apart=frozenset({("c", "a"), ("b", "c")})))
    assert ids_of(found) == {frozenset("ab"), frozenset("de")}


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 500), data=st.data())
def test_ties_hold_whatever_the_likeness(seed: int, data: st.DataObject) -> None:
    texts, vectors = sample(14, seed)
    pair = st.tuples(*[st.sampled_from([one.id for one in texts])] * 2).filter(lambda two: two[0] != two[1])
    apart = data.draw(st.frozensets(pair, max_size=6))
    together = data.draw(st.frozensets(pair, max_size=3))
    found = clusters.groups(texts, vectors, Method(cut=0.1), Ties(together, apart))
    group = {member.id: number for number, one in enumerate(found) for member in one.members}
    assert not any(group.get(one, one) == group.get(other, other) for one, other in apart)
    if not apart:
        assert all(group[one] == group[other] for one, other in together)


# ------------------------------------------------------------ who represents a group


def test_the_first_articles_shown_come_from_different_sources() -> None:
    texts = [b.text(f"c{number}", "Schip vast", HARBOUR, "Courant") for number in range(4)]
    texts += [b.text("x", "Sluis", HARBOUR_TOO, "Bode"), b.text("y", "Vessel", HARBOUR_EN, "Herald", "en")]
    (group,) = clusters.groups(texts, flat(6), Method(cut=0.05))
    source = {one.id: one.source for one in texts}
    assert {source[member.id] for member in group.members[:3]} == {"Courant", "Bode", "Herald"}
    assert [source[member.id] for member in group.members[3:]] == ["Courant"] * 3


def test_within_a_source_the_most_central_article_comes_first_and_gives_the_title() -> None:
    texts = [one if one.source != "Bode" else b.text(one.id, one.title, one.text) for one in week()[:2]]
    texts += [b.text("z", "Alles over de sluis", f"{HARBOUR} {HARBOUR_TOO}")]
    (group,) = clusters.groups(texts, flat(3))
    assert group.members[0].id == "z"
    assert group.title == "Alles over de sluis"
    assert [member.score for member in group.members] == sorted((one.score for one in group.members), reverse=True)
