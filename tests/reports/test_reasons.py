"""Why articles stand together, said plainly."""

from dataclasses import replace

import pytest

from curate.people import Language
from curate.reasons import Reasons, Shared, Weakest
from reports import reasons
from reports.words import words
from tests.reports import builders as b

WHY = Reasons(5, (Shared("Mentora", 5), Shared("Deltakade", 5), Shared("docenten", 4)), 0.4, None, None, (), ())


def said(why: Reasons | None, language: Language = "nl") -> str:
    found = reasons.told(replace(b.card(), reasons=why), words(language))
    return " ".join(found.sentences) if found else ""


def test_names_that_all_mention_come_first_and_then_what_most_mention() -> None:
    assert said(WHY) == "Alle 5 noemen Mentora en Deltakade. 4 van de 5 noemen docenten."
    assert said(WHY, "en") == "All 5 mention Mentora and Deltakade. 4 of the 5 mention docenten."


def test_of_two_articles_both_mention_it() -> None:
    two = replace(WHY, size=2, shared=(Shared("Mentora", 2),))
    assert said(two) == "Beide noemen Mentora."
    assert said(two, "en") == "Both mention Mentora."


@pytest.mark.parametrize(
    ("changes", "nl", "en"),
    [
        ({"shared": ()}, "Ze lijken op elkaar in hun woorden", "They are alike in their words"),
        ({"halves": (("a", "b", "c"), ("d", "e"))}, "zijn het er twee: 3 en 2 artikelen", "two: 3 and 2 articles"),
        ({"joined": ("a", "b")}, "2 artikelen staan bij elkaar omdat iemand", "2 articles are together because"),
        ({"parted": ("a",)}, "1 artikel is door iemand uit het netwerk van andere", "1 article was set apart"),
    ],
)
def test_what_a_reader_should_know_is_said_in_both_languages(changes: dict[str, object], nl: str, en: str) -> None:
    why = replace(WHY, **changes)  # type: ignore[arg-type]
    assert nl in said(why)
    assert en in said(why, "en")


def test_no_figure_of_similarity_is_said() -> None:
    assert "0" not in said(replace(WHY, weakest=Weakest("a", 0.21, 0.19)))


def test_the_least_certain_article_is_named_while_it_is_there() -> None:
    card = b.card()
    last = card.articles[-1]
    for article, expected in ((last.article_id, last), ("gone", None)):
        found = reasons.told(replace(card, reasons=replace(WHY, weakest=Weakest(article, 0.2, 0.2))), words("nl"))
        assert found
        assert found.weakest == expected


def test_without_reasons_nothing_is_said() -> None:
    assert reasons.told(b.card(), words("nl")) is None
