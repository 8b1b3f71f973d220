"""Cards: what is counted on them."""

from dataclasses import replace

from curate.cards import Card, CardArticle
from tests.curate.builders import card, card_article


def of_articles(*articles: CardArticle) -> Card:
    return replace(card(), articles=articles)


def test_a_card_is_as_large_as_its_articles_whatever_is_folded_under_them() -> None:
    assert of_articles(card_article("a", copies=7), card_article("b")).size == 2


def test_sources_are_named_once_in_order_of_appearance() -> None:
    shown = tuple(card_article(str(n), source=name) for n, name in enumerate(["De Krant", "Blad", "De Krant", "Aap"]))
    assert of_articles(*shown).sources == ("De Krant", "Blad", "Aap")


def test_languages_come_by_how_many_articles_speak_them_and_ties_by_their_code() -> None:
    shown = tuple(card_article(str(n), language=code) for n, code in enumerate(["nl", "en", "de", "nl", "en"]))
    assert of_articles(*shown).languages == ("en", "nl", "de")


def test_a_card_without_articles_counts_nothing() -> None:
    empty = of_articles()
    assert (empty.size, empty.sources, empty.languages) == (0, (), ())
