"""The first articles shown stand for the whole cluster."""

from hypothesis import given
from hypothesis import strategies as st

from curate import representatives


def order(sources: str, languages: str = "") -> list[int]:
    """The order of rows that come the most central first, a letter per source and per language."""
    return representatives.order(range(len(sources)), [*sources], [*(languages or "n" * len(sources))])


def test_the_most_central_article_comes_first_and_then_each_source_has_its_best_one() -> None:
    assert order("AAABBC") == [0, 3, 5, 1, 4, 2]


def test_a_language_with_a_fair_share_stands_among_the_first_three() -> None:
    assert order("ABCDEF", "nnnnee") == [0, 1, 4, 2, 3, 5]


def test_a_language_that_comes_by_itself_moves_nothing() -> None:
    assert order("ABCDEF", "nennnn") == [0, 1, 2, 3, 4, 5]


def test_one_stray_article_in_another_language_waits_for_its_turn() -> None:
    assert order("ABCDEF", "nnnnne") == [0, 1, 2, 3, 4, 5]


def test_a_source_that_writes_in_two_languages_may_come_twice_so_that_both_are_seen() -> None:
    assert order("AAAA", "nnnd") == [0, 1, 3, 2]


def test_of_four_languages_three_are_seen_first() -> None:
    assert order("ABCDE", "nnedf") == [0, 2, 3, 1, 4]


def test_a_cluster_of_nothing_has_no_order() -> None:
    assert representatives.order([], [], []) == []


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("ned")), max_size=12))
def test_every_article_is_shown_once_and_the_most_central_one_first(articles: list[tuple[str, str]]) -> None:
    sources, languages = [one for one, _ in articles], [one for _, one in articles]
    found = representatives.order(range(len(articles)), sources, languages)
    assert sorted(found) == list(range(len(articles)))
    assert found[:1] == [0][: len(articles)]
    fair = {one for one in languages if languages.count(one) >= representatives.SHARE * len(languages)}
    assert len(fair) > 3 or fair <= {languages[row] for row in found[:3]} or len(found) < 3
