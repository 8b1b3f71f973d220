"""The two pages for catalysts say the same, in the words that stand on the screen."""

import re
import tomllib
from functools import cache

import pytest

from tests.docs import pages


@cache
def on_screen(language: str) -> frozenset[str]:
    """Everything that pages and mails say in a language."""
    files = (pages.ROOT / "reports" / "words").glob(f"*.{language}.toml")
    return frozenset(text for file in files for text in strings(tomllib.loads(file.read_text(encoding="utf-8"))))


def strings(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [text for one in value.values() for text in strings(one)]  # type: ignore[attr-defined]


def quoted(language: str) -> list[str]:
    """What the page gives as words on the screen: everything in italics."""
    text = pages.prose(f"docs/catalysts.{language}.md")
    return [" ".join(found.split()) for found in re.findall(r"(?<!\*)\*([^*\[]+)\*(?!\*)", text)]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_stands_on_the_screen_is_quoted_letter_for_letter(language: str) -> None:
    assert len(quoted(language)) > 15
    assert [words for words in quoted(language) if words not in on_screen(language)] == []


def test_both_languages_say_as_much() -> None:
    """The same headings, lists, rows and quotations, one for one."""
    dutch, english = (pages.text_of(f"docs/catalysts.{language}.md") for language in ("nl", "en"))
    for mark in (r"^#+ ", r"^\d\. ", r"^- ", r"^\|"):
        assert len(re.findall(mark, dutch, re.M)) == len(re.findall(mark, english, re.M)), mark
    assert len(quoted("nl")) == len(quoted("en"))
