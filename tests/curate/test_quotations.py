"""Whether words between quotation marks stand in what was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import quotations

READ = (
    "De wethouder zei: “Wij gaan de huur nu écht zelf bewaken, en dat is geen proef.” Daarna ging hij weg.\n"
    "Hij kwam terug. It's not the tenant's job to prove that the landlord is wrong, she wrote."
)


def unfound(text: str) -> tuple[quotations.Unfound, ...]:
    return quotations.unfound(text, (READ, "Een ander stuk over iets anders."))


@pytest.mark.parametrize(
    "text",
    [
        "Hij zegt “wij gaan de huur nu écht zelf bewaken” en dat klopt.",
        'Hij zegt "Wij gaan de huur nu écht zelf bewaken."',
        "Hij zegt „Wij gaan de huur nu écht zelf bewaken” dus.",
        "Hij zegt « Wij gaan de huur\nnu écht  zelf bewaken », zo.",
        "Zo: ‘it’s not the tenant’s job to prove’.",
        "Zo: 'It's not the tenant's job to prove'.",
        "“Wij gaan de huur […] bewaken, en dat is geen proef”",
        "“Wij gaan [hier] de huur nu écht ... en dat is geen proef”",
        "Een “eigen dossier” is “de huur bewaken”.",
        "Zonder aanhaling staat hier niets dat te vinden is, en dat mag gewoon.",
        "Anna's zus en Joosts broer's huis zeggen 't zo niet.",
    ],
)
def test_what_stands_there_or_is_no_quotation_is_not_flagged(text: str) -> None:
    assert unfound(text) == ()


def test_a_quotation_with_another_word_is_flagged_with_the_nearest_passage() -> None:
    (one,) = unfound("Hij zegt “wij gaan de huur nu misschien zelf bewaken” en dat klopt.")
    assert one.quotation == "wij gaan de huur nu misschien zelf bewaken"
    assert one.nearest == "Wij gaan de huur nu écht zelf bewaken"


def test_a_quotation_of_nothing_has_no_nearest_passage() -> None:
    (one,) = unfound("Er staat “zeven walvissen zwommen zingend langs de kade”.")
    assert one.nearest == ""


def test_parts_in_another_order_are_not_the_same() -> None:
    assert unfound("“en dat is geen proef […] wij gaan de huur”")


def test_two_quotations_are_judged_each_by_itself() -> None:
    found = unfound("“Wij gaan de huur nu écht zelf bewaken”, en “niemand heeft dit ooit zo gezegd”.")
    assert [one.quotation for one in found] == ["niemand heeft dit ooit zo gezegd"]


def test_what_is_quoted_within_a_quotation_is_judged_with_it() -> None:
    assert quotations.quoted("“zij zei ‘dat doe ik nooit meer’ en ging”") == (
        "zij zei ‘dat doe ik nooit meer’ en ging",
    )


WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéëï", min_size=1, max_size=8)


@given(st.lists(WORD, min_size=12, max_size=60), st.data())
def test_whatever_is_copied_word_for_word_is_found(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 4))
    size = data.draw(st.integers(4, len(words) - start))
    opening, closing = data.draw(st.sampled_from([("“", "”"), ("„", "”"), ("«", "»"), ("‘", "’"), ('"', '"')]))
    space = data.draw(st.sampled_from([" ", "  ", "\n", "\u00a0"]))
    copied = space.join(words[start : start + size])
    copied = data.draw(st.sampled_from([copied, copied[0].upper() + copied[1:]]))
    said = f"Er staat {opening}{copied}{closing}, dus."
    assert quotations.quoted(said)
    assert quotations.unfound(said, (" ".join(words),)) == ()


@given(st.lists(WORD, min_size=12, max_size=40), st.data())
def test_whatever_leaves_words_out_between_brackets_is_found(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(2, 5))
    second = data.draw(st.integers(first + 1, len(words) - 2))
    copied = f"{' '.join(words[:first])} […] {' '.join(words[second:])}"
    assert quotations.unfound(f"“{copied}”", (" ".join(words),)) == ()


@given(st.lists(WORD, min_size=4, max_size=20), st.data())
def test_a_word_that_is_nowhere_is_always_flagged(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    changed = [*words[:place], "QQQ9", *words[place:]]
    (one,) = quotations.unfound(f"“{' '.join(changed)}”", (" ".join(words),))
    assert one.quotation == " ".join(changed)


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_no_text_stops_it(text: str, read: list[str]) -> None:
    assert len(quotations.unfound(text, read)) <= len(quotations.quoted(text))
    assert all(one in text for one in quotations.quoted(text))
