"""The sentences that people read, in Dutch and English, and the dates and numbers as each language writes them.

Sentences stand in ``words/<name>.<language>.toml``: flat keys, one sentence each, ``{name}`` for what is filled in. All
files of a language are one vocabulary. A sentence that depends on a number has two keys, ``key.one`` and ``key.other``.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from curate.people import LANGUAGES, Language
from curate.weeks import Week

_LOCALES: Mapping[Language, str] = {"nl": "nl_NL", "en": "en_GB"}
"""British English: the day before the month and a clock of 24 hours, as in Dutch."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language's sentences; call it with a key. A template's missing value is a KeyError, as a missing key is."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence with its values filled in; KeyError for an unknown key or a missing value."""
        return self.sentences[key].format(**values)

    def __contains__(self, key: object) -> bool:
        return key in self.sentences

    def count(self, key: str, n: int, /, **values: object) -> str:
        """Return ``key.one`` or ``key.other`` as this language counts, with ``{n}`` written out."""
        return self(f"{key}.{self.locale.plural_form(n)}", n=self.number(n), **values)

    @property
    def locale(self) -> Locale:
        """Babel's description of the language."""
        return Locale.parse(_LOCALES[self.language])

    def number(self, n: float) -> str:
        """Return a number with this language's marks: 12.345 or 12,345."""
        return format_decimal(n, locale=self.locale)

    def day(self, when: date | datetime, zone: ZoneInfo) -> str:
        """Return ``maandag 16 november 2026``; an aware moment is first brought to the zone."""
        on = when.astimezone(zone).date() if isinstance(when, datetime) else when
        return format_date(on, "full", locale=self.locale).replace(",", "")

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """Return the day and the time in the zone, which is named: ``maandag 16 november 2026, 09:00 (CET)``."""
        local = at.astimezone(zone)
        return f"{self.day(at, zone)}, {format_time(local, 'HH:mm', locale=self.locale)} ({local.tzname()})"

    def month(self, on: date) -> str:
        """Return ``november 2026``."""
        return format_date(on, "MMMM y", locale=self.locale)

    def week(self, week: Week) -> str:
        """Return the days of an ISO week: ``16–22 november 2026``."""
        first, last = week.starts_at.date(), date.fromisocalendar(week.year, week.number, 7)
        end = format_date(last, "long", locale=self.locale)
        if first.month == last.month:
            return f"{first.day}–{end}"
        begin = "d MMMM" if first.year == last.year else "long"
        return f"{format_date(first, begin, locale=self.locale)} – {end}"

    def listed(self, parts: Iterable[str]) -> str:
        """Return ``a, b en c``."""
        return format_list(list(parts), locale=self.locale)

    def languages(self, codes: Iterable[str]) -> str:
        """Return ``Nederlands en Engels`` for language codes; what no one knows is "een andere taal", once and last."""
        names = dict.fromkeys(self.name_of(code) for code in codes)
        return self.listed(sorted(names, key=lambda name: name == self("language.other")))

    def name_of(self, code: str) -> str:
        """Return the name of a language in this language, or "een andere taal" for a code that no one knows."""
        try:
            return Locale.parse(code).get_language_name(self.locale) or self("language.other")
        except (UnknownLocaleError, ValueError, TypeError):
            return self("language.other")


@cache
def words(language: Language) -> Words:
    """Return the sentences of a language; ValueError for another language, or when two files hold the same key."""
    if language not in LANGUAGES:
        raise ValueError(f"There are no words in {language!r}; there are in {', '.join(LANGUAGES)}.")
    sentences: dict[str, str] = {}
    folder = resources.files("reports").joinpath("words")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(f".{language}.toml"):
            _merge(sentences, _flat(tomllib.loads(file.read_text(encoding="utf-8"))), file.name)
    return Words(language, MappingProxyType(sentences))


def _merge(sentences: dict[str, str], more: dict[str, str], name: str) -> None:
    if twice := sentences.keys() & more.keys():
        raise ValueError(f"{name} holds keys that another file holds too: {', '.join(sorted(twice))}.")
    sentences.update(more)


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """TOML reads ``issue.one_voice`` as a table in a table; a key is the whole path."""
    flat: dict[str, str] = {}
    for name, value in table.items():
        key = f"{before}{name}"
        flat |= _flat(value, f"{key}.") if isinstance(value, Mapping) else {key: str(value)}
    return flat
