"""Words and names, and the matrices made of them."""

import pytest

from curate import vocabulary


def test_words_are_compared_without_case_accents_and_small_words() -> None:
    assert vocabulary.words_of("De Coördinator zegt: een ÉÉN-op-één gesprek, it’s the coordinator’s idea") == [
        *("coordinator", "een-op-een", "gesprek", "coordinator", "idea"),
    ]


@pytest.mark.parametrize("word", ["de", "één", "zouden", "the", "it's", "won't", "monday", "zaterdag"])
def test_dutch_and_english_small_words_say_nothing(word: str) -> None:
    assert vocabulary.words_of(word) == []


@pytest.mark.parametrize("word", ["dutch", "english", "leren", "learning", "gemeente", "war"])
def test_words_with_a_matter_are_kept(word: str) -> None:
    assert vocabulary.words_of(word) == [word]


def test_a_name_is_a_capital_inside_a_sentence_or_a_number_of_two_digits() -> None:
    text = (
        "Titel\nGisteren kwam Fenna aan. Daarna sprak zij 412 mensen in Leeuwarden, 6,4 procent van 7. ‘Goed,’ zei ze."
    )
    assert vocabulary.names_of(text) == ["fenna", "412", "leeuwarden", "6.4"]


def test_names_are_the_same_in_both_languages() -> None:
    dutch = vocabulary.names_of("Zij werkt bij Deltakade in Vlissingen en telde 1.200 verslagen.")
    english = vocabulary.names_of("She works at Deltakade’s college, Vlissingen, counting 1,200 reports.")
    assert set(dutch) == set(english) == {"deltakade", "vlissingen", "1.200"}


def test_the_beginning_is_one_line_of_title_and_the_first_words() -> None:
    assert vocabulary.beginning("Een\ntitel", "een  twee\n\ndrie vier", 3) == "Een titel\neen twee drie"
