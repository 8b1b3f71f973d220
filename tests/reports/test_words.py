"""Both languages say the same things, and numbers and dates are written as each language does."""

import hashlib
import string
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from curate.annotations import BYLINES, RELATIONS, RIPENESSES, VERDICTS
from curate.people import LANGUAGES
from curate.readers import CONSENT_VERSION
from curate.weeks import Week
from reports import words as module
from reports.words import Words, words

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AGREED_TO = {"2026-11": "321ddd34"}
"""The beginning of the hash of what readers agree to, by version: what somebody agreed to never changes."""
LATE = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    assert set(words("nl").sentences) == set(words("en").sentences)


def test_both_languages_fill_in_the_same_values() -> None:
    dutch, english = words("nl").sentences, words("en").sentences
    assert [key for key in dutch if placeholders(dutch[key]) != placeholders(english[key])] == []


def test_values_are_plain_names_so_that_no_sentence_reaches_into_them() -> None:
    names = {
        name for w in map(words, LANGUAGES) for sentence in w.sentences.values() for name in placeholders(sentence)
    }
    assert all(name.isidentifier() for name in names)


def test_a_plural_always_has_both_forms() -> None:
    keys = set(words("nl").sentences)
    one, other = ({key.removesuffix(end) for key in keys if key.endswith(end)} for end in (".one", ".other"))
    assert one == other - {"language", "voice"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_the_form_has_a_word(language: str) -> None:
    w = words(language)  # type: ignore[arg-type]
    kinds = {"verdict": VERDICTS, "ripeness": RIPENESSES, "ripeness_means": RIPENESSES, "relation": RELATIONS}
    assert all(w(f"{kind}.{choice}") for kind, choices in kinds.items() for choice in choices)
    assert all(w(f"byline.{choice}") for choice in BYLINES)
    assert all(w(f"role.{role}") for role in ("member", "catalyst", "editor", "operator"))


def test_no_sentence_of_ours_shouts() -> None:
    assert [key for w in map(words, LANGUAGES) for key, sentence in w.sentences.items() if "!" in sentence] == []


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("nl")("issue.no_such_sentence")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("nl")("issue.week")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="nl, en"):
        words("de")  # type: ignore[arg-type]


def test_the_same_key_in_two_files_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"web\.nl\.toml holds keys that another file holds too: role\.editor"):
        module._merge({"role.editor": "redacteur"}, {"role.editor": "eindredacteur"}, "web.nl.toml")


def test_values_are_not_read_as_templates() -> None:
    assert words("en")("relation_to.supports", name="{network.__class__}") == "supports {network.__class__}"


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [("nl", 0, "0 artikelen"), ("nl", 1, "1 artikel"), ("nl", 1200, "1.200 artikelen"), ("en", 1200, "1,200 articles")],
)
def test_counting_follows_the_language(language: str, n: int, expected: str) -> None:
    assert words(language).count("card.articles", n) == expected  # type: ignore[arg-type]


def test_a_moment_is_told_in_the_zone_and_names_it() -> None:
    assert words("nl").moment(LATE, AMSTERDAM) == "dinsdag 24 november 2026, 00:30 (CET)"
    assert words("en").moment(LATE, AMSTERDAM) == "Tuesday 24 November 2026, 00:30 (CET)"


def test_a_day_is_the_day_in_the_zone() -> None:
    assert words("nl").day(LATE, AMSTERDAM) == "dinsdag 24 november 2026"
    assert words("nl").day(date(2026, 11, 23), AMSTERDAM) == "maandag 23 november 2026"


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        ("2026-W47", "16–22 november 2026"),
        ("2026-W49", "30 november – 6 december 2026"),
        ("2026-W53", "28 december 2026 – 3 januari 2027"),
    ],
)
def test_a_week_is_told_as_its_days(week: str, expected: str) -> None:
    assert words("nl").week(Week.parse(week)) == expected


def test_languages_are_named_and_what_nobody_knows_is_named_once_and_last() -> None:
    w: Words = words("nl")
    assert w.languages(["nl", "en"]) == "Nederlands en Engels"
    assert words("en").languages(["nl", "en", "de"]) == "Dutch, English and German"
    assert w.languages(["", "nl", "xx", "no such thing"]) == "Nederlands en een andere taal"


def test_other_words_to_agree_to_have_another_version() -> None:
    said = "\n".join(words(language)("subscribe.consent", network="") for language in ("nl", "en"))
    assert hashlib.sha256(said.encode()).hexdigest()[:8] == AGREED_TO[CONSENT_VERSION]
