"""Labels: what a person sees of a cluster before anything else."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import labels, vocabulary
from tests.curate.test_clusters import CHOIR, CHOIR_TOO, HARBOUR, HARBOUR_EN, HARBOUR_TOO, LONER

TOWN = (
    "Raad stemt over de boete\nIn Utrecht wil wethouder Jansen een boete voor huur. De boete volgt snel.",
    "De boete komt er\nVolgens wethouder Jansen krijgt Utrecht snel een boete. Bewoners betalen huur.",
)


def label(texts: Sequence[str], *others: str, left_out: Sequence[str] = ()) -> tuple[str, ...]:
    (words,) = labels.setting_apart([texts], *spread([*texts, *others]), left_out)
    return words


def spread(texts: Sequence[str]) -> tuple[Counter[str], int]:
    return Counter(word for text in texts for word in set(vocabulary.words_of(text))), len(texts)


def read(*bodies: str) -> list[str]:
    return [f"Bericht {number}\nIn het nieuws: {body}" for number, body in enumerate(bodies)]


def test_names_and_words_of_titles_come_before_other_words() -> None:
    words = label(TOWN, *read(CHOIR, LONER))
    assert set(words[:3]) == {"Utrecht", "Jansen", "boete"}


def test_words_that_only_one_text_holds_are_not_shown() -> None:
    assert "Bewoners" not in label(TOWN)
    assert label(["Sluis dicht\nrust", "Koor zingt\nhonger"]) == ()


def test_a_label_has_at_most_five_keywords() -> None:
    texts = [f"{' '.join(f'onderwerp{letter}' for letter in 'abcdefghij')}\nrest {number}" for number in range(2)]
    assert len(label(texts)) <= 5


def test_words_that_are_always_written_together_are_one_keyword() -> None:
    words = label(read(HARBOUR, HARBOUR_TOO, HARBOUR_EN), *read(CHOIR, CHOIR_TOO, LONER))
    assert "Wieger Dekker" in words
    assert not {"Wieger", "Dekker"} & set(words)


def test_a_small_word_that_belongs_to_a_name_is_shown_with_it() -> None:
    texts = ["Bezoek\nWij gingen naar De Terp toe.", "Verslag\nIn ziekenhuis De Terp was rust.", "Nog\nBij De Terp."]
    assert label(texts)[0] == "De Terp"


@pytest.mark.parametrize(
    ("one", "other"), [("badge", "badges"), ("school", "scholen"), ("China", "Chinese"), ("oogst", "oogstvrijdag")]
)
def test_two_forms_of_a_word_are_shown_once(one: str, other: str) -> None:
    words = label([f"Kop\nalles over {one} met {other} erbij", f"Kop\nnogmaals {other} voor {one} hier"])
    assert len({one.lower(), other.lower()} & {word.lower() for word in words}) == 1


@pytest.mark.parametrize(("one", "other"), [("Iran", "Irak"), ("water", "wet"), ("dijk", "dorp")])
def test_different_words_are_both_shown(one: str, other: str) -> None:
    words = label([f"Kop\nalles over {one} met {other} erbij", f"Kop\nnogmaals {other} voor {one} hier"])
    assert {one, other} <= set(words)


def test_the_name_of_a_source_is_never_shown() -> None:
    texts = ["Boete | Avond Echo\nDit las Avond Echo in Utrecht.", "Boete\nVolgens Avond Echo wil Utrecht een boete."]
    assert {"Avond Echo", "Avond", "Echo"} & {*label(texts)}
    words = label(texts, left_out=["Avond Echo"])
    assert {"Utrecht", "boete"} <= set(words)
    assert not any(part in word for word in words for part in ("Avond", "Echo"))


def test_a_word_keeps_its_own_meaning_when_a_source_happens_to_bear_it() -> None:
    texts = ["Google betaalt\nDe rechter dwingt Google tot betalen.", "Boete voor Google\nEn Google betaalt niet."]
    assert "Google" in label(texts, left_out=["Google Research Weekly"])


def test_a_name_keeps_its_capital_and_another_word_loses_that_of_its_title() -> None:
    texts = [
        "Dramatic Rescue In Utrecht\nThe rescue in Utrecht went well.",
        "A Rescue\nPeople of Utrecht saw a rescue.",
    ]
    assert {"Utrecht", "rescue"} <= set(label(texts))


def test_an_english_possessive_is_not_part_of_a_word() -> None:
    texts = ["Jupiter's moon\nOn Jupiter’s moon is water.", "Moon\nWater near Jupiter, on a moon."]
    assert "Jupiter" in label(texts)


def test_small_words_and_numbers_are_never_keywords() -> None:
    texts = ["Because The 2026\nBecause of the 2026 people.", "Because 2026\nThe people because of 2026."]
    assert label(texts) == ()


@settings(deadline=None, max_examples=40)
@given(order=st.permutations(range(5)))
def test_a_label_does_not_depend_on_the_order_of_the_texts(order: list[int]) -> None:
    texts = read(HARBOUR, HARBOUR_TOO, HARBOUR_EN, CHOIR, CHOIR_TOO)
    assert label([texts[row] for row in order]) == label(texts)


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.text(max_size=60), max_size=5), sources=st.lists(st.text(max_size=10), max_size=3))
def test_any_text_gives_a_label_without_small_words_and_with_what_stands_in_it(
    texts: list[str], sources: list[str]
) -> None:
    for words in labels.setting_apart([texts], *spread(texts), sources):
        assert len(words) <= 5
        folded = {vocabulary.folded(word) for text in texts for word in vocabulary.WORD.findall(text)}
        for word in words:
            assert {vocabulary.folded(part) for part in word.split(" ")} <= folded
            assert vocabulary.folded(word) not in vocabulary.stop_words()


def test_verbs_adverbs_and_the_furniture_of_sites_are_no_keywords() -> None:
    texts = [
        "Gemeente kondigt boete aan\nUtrecht meldt een boete. Lees meer artikelen in de nieuwsbrief.",
        "Boete gemeld\nZo meldt Utrecht: de boete komt. Lees onze artikelen of de nieuwsbrief.",
    ]
    assert set(label(texts)) == {"Utrecht", "boete"}
    assert "quickly" not in label(["Dyke\nthe dyke quickly", "Dyke\nquickly a dyke"])


def test_a_part_of_longer_names_is_no_keyword_of_its_own() -> None:
    texts = [
        "Naar Mars\nZo zegt het European Space Agency dat Mars en slaap. Het Rover Agency wacht op slaap.",
        "Slaap op Mars\nEen plan van de Mars Exploration Agency voor slaap. En Rover Agency twijfelt.",
    ]
    assert "Agency" not in label(texts)
    assert {"Mars", "slaap"} <= set(label(texts))


def test_words_of_a_lesser_language_are_no_keywords_but_names_are() -> None:
    dutch = [
        "Sluis dicht\nIn Delft is de sluis dicht.",
        "Sluis kapot\nDe sluis van Delft.",
        "De sluis\nIn Delft: sluis.",
    ]
    english = ["Lock shut\nIn Delft a lock shut.", "The lock\nA lock at Delft."]
    texts = [*dutch, *english]
    (mixed,) = labels.setting_apart([texts], *spread([*texts, LONER]), languages=[["nl", "nl", "nl", "en", "en"]])
    assert {"Delft", "sluis"} <= set(mixed), mixed
    assert "lock" not in mixed
    (other,) = labels.setting_apart([texts[1:]], *spread(texts), languages=[["nl", "nl", "en", "en"]])
    assert {"sluis", "lock"} <= set(other), "where no language leads, none is a lesser one"


def test_a_shouted_word_is_written_as_usual() -> None:
    texts = ["Dijk\nIn Delft is ALARM geslagen: alarm, alarm.", "Dijk\nEn alarm in Delft. ALARM."]
    assert "alarm" in label(texts)


def test_of_very_many_groups_less_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Kop {name}\nDe {'rust ' * 60} van Utrecht en de boete." for name in ("eerst", "dan")]
    assert "Utrecht" in label(texts)
    monkeypatch.setattr(labels, "_ALL_READ", 1)
    assert "Utrecht" not in label(texts)
