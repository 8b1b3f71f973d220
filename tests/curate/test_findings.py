"""What an installation is told about itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import findings, models
from curate.findings import Finding

ENGLISH = "all-MiniLM-L6-v2"


def test_much_text_in_a_language_that_the_model_does_not_know_is_warned_of_with_what_to_do() -> None:
    found = findings.of_languages({"nl": 30, "en": 60, "de": 10}, ENGLISH)
    assert found.grade == "warning"
    assert "40% of the articles" in found.sentence
    assert "nl 30%, de 10%" in found.sentence
    assert models.ADVISED in found.sentence
    assert "duiding embed --all" in found.sentence


@pytest.mark.parametrize(
    ("counts", "model"),
    [
        ({"en": 81, "nl": 19}, ENGLISH),
        ({"nl": 100}, models.ADVISED),
        ({"nl": 100}, "een-eigen-model"),
        ({"en": 20, "und": 500}, ENGLISH),
        ({"nl": 9}, ENGLISH),
        ({}, ENGLISH),
    ],
)
def test_little_of_it_or_a_model_that_may_know_it_is_fine(counts: dict[str, int], model: str) -> None:
    assert findings.of_languages(counts, model).grade == "fine"


def test_of_forty_languages_the_three_largest_are_named() -> None:
    counts = {f"{first}{second}": 5 for first in "abcd" for second in "qrstuvwxyz"} | {"nl": 9, "de": 8}
    sentence = findings.of_languages(counts, ENGLISH).sentence
    assert "(nl 4%, de 4%, aq 2%, and others)" in sentence


@given(st.dictionaries(st.sampled_from(["nl", "en", "de", "und"]), st.integers(0, 1000)))
def test_any_counts_give_one_sentence(counts: dict[str, int]) -> None:
    found = findings.of_languages(counts, ENGLISH)
    assert found.sentence.endswith(".")
    assert "\n" not in found.sentence


def test_a_slow_machine_is_told_how_to_become_faster() -> None:
    slow, usual, swift = (findings.of_speed("torch fp32", per_s) for per_s in (3, 25, 90))
    assert [one.grade for one in (slow, usual, swift)] == ["warning", "fine", "fine"]
    assert "duiding[fast]" in slow.sentence
    assert "duiding[fast]" not in findings.of_speed("openvino bf16", 90).sentence


def test_only_what_is_broken_breaks() -> None:
    warning, broken = Finding("a", "warning", "A."), Finding("b", "broken", "B.")
    assert not findings.is_broken([warning])
    assert findings.is_broken([warning, broken])
