"""The mix of a cluster, in counts."""

from collections import Counter

import pytest

from curate import mixes
from curate.cards import CardArticle
from tests.curate.builders import card_article


def articles(*counts: int, copies: int = 0) -> list[CardArticle]:
    return [
        card_article(f"{source}-{n}", source=f"Bron {source}", copies=copies)
        for source, count in enumerate(counts)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("counts", "leaning"),
    [
        ((), ""),
        ((1,), ""),
        ((2,), "one_source"),
        ((9,), "one_source"),
        ((2, 1), ""),
        ((3, 1, 1), "mostly_one"),
        ((2, 2, 1), ""),
        ((10, 1, 1), "mostly_one"),
        ((4, 4, 4), "spread"),
    ],
)
def test_a_mix_is_named_only_where_there_is_enough_to_name(counts: tuple[int, ...], leaning: str) -> None:
    assert mixes.of(articles(*counts)).leaning == leaning


def test_what_is_mostly_copied_from_each_other_is_narrow() -> None:
    found = mixes.of(articles(1, 1, copies=4))
    assert (found.leaning, found.is_narrow, found.articles, found.copies) == ("copied", True, 2, 8)


def test_the_source_with_most_articles_is_named_with_its_count() -> None:
    found = mixes.of(articles(1, 4))
    assert (found.top, found.top_articles, found.sources) == ("Bron 1", 4, 2)


def test_effective_sources_as_worked_out_by_hand() -> None:
    assert round(mixes.effective_sources(Counter({"a": 10, "b": 1, "c": 1})), 2) == 1.76
    assert round(mixes.effective_sources(Counter({"a": 4, "b": 4, "c": 4})), 2) == 3.0
    assert mixes.effective_sources(Counter()) == 0
