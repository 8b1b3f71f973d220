"""The annotation form: what it offers, what stands in it at first, and what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

from curate import annotations
from curate.annotations import REVIEW_DAYS, TITLE_MAX, Annotation, Checked, Offered, Style, Words
from curate.cards import Card
from curate.people import LANGUAGES, Person
from reports.web.boards import Entry
from storage.askables import Askable
from storage.themes import Choice

TEXTS = ("so_what", "title", "relation_why", "missing", "missing_url", "question", "experiment", "ask_else")
"""What a person typed, in the order of the page: given back whenever it could not be kept."""
ORDER = ("verdict", "so_what", "title", "ripeness", "language", "relation", "relation_to", "relation_why",
         "key_articles", "missing", "missing_url", "question", "experiment", "review_on", "checked", "distance",
         "links_to", "ask_who", "ask_else", "moves", "style", "byline")  # fmt: skip
"""Fields in the order of the page, so that problems are listed as one meets them."""
_QUICK = frozenset(ORDER[: ORDER.index("key_articles")])


@dataclass(frozen=True, slots=True)
class Menu:
    """What a form offers to choose from."""

    themes: tuple[Choice, ...]
    people: tuple[Askable, ...]

    def offered(self, entry: Entry, voices: frozenset[str], last: Annotation | None) -> Offered:
        """Return the ids that may come back from the form about a cluster, those of the last words among them.

        ``voices`` are the ids of what others said.
        """
        words = last.words if last else None
        return Offered(
            voices=voices,
            articles=tuple(one.article_id for one in entry.card.articles),
            people=frozenset(one.person_id for one in self.people).union(words.ask_who if words else ()),
            themes=frozenset(one.theme_id for one in self.themes).union(words.links_to if words else ()),
        )


def first_values(card: Card, person: Person, last: Annotation | None, today: date) -> dict[str, str]:
    """Return what the form shows before anything is typed: the person's last words, else modest defaults.

    The machine's title is offered when it fits; cut short it would pass for a person's.
    """
    if last:
        return values_of(last) | ({} if last.words.review_on else {"review_on": _later(today)})
    offered = card.title if len(card.title) <= TITLE_MAX else ""
    blank = dict.fromkeys(ORDER, "")
    return blank | {
        "title": offered,
        "ripeness": "half_baked",
        "byline": person.byline,
        "language": person.language,
        "review_on": _later(today),
        "seen_version": "0",
    }


def _later(today: date) -> str:
    return (today + timedelta(days=REVIEW_DAYS)).isoformat()


def values_of(one: Annotation) -> dict[str, str]:
    """Return the form that an annotation came from."""
    words = {field.name: _written(getattr(one.words, field.name)) for field in fields(Words)}
    return {name: words.get(name, "") for name in ORDER} | {
        "language": one.language,
        "seen_version": str(one.version),
    }


def _written(value: object) -> str:
    """Return a field as a form sends it."""
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value) if value else ""


def sent_values(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was sent, with every field of the page present and everything typed kept as it was."""
    return {name: form.get(name, "") for name in (*ORDER, "seen_version")}


def checked(form: Mapping[str, str], offered: Offered) -> Checked:
    """Check the whole form: the words, and the language they are written in."""
    result = annotations.checked(form, offered)
    if form.get("language") in LANGUAGES:
        return result
    return Checked(None, {**result.problems, "language": "problem.language"})


def in_page_order(problems: Mapping[str, str]) -> dict[str, str]:
    """Return problems as they are met on the page."""
    return {name: problems[name] for name in ORDER if name in problems}


def has_folded(values: Mapping[str, str]) -> bool:
    """Whether a value (or a problem) stands in the folded part of the form, which is then shown open."""
    always = {"review_on", "byline"}  # filled in from the start
    return any(values.get(name) for name in ORDER if name not in _QUICK | always)


def seen_version(form: Mapping[str, str]) -> int:
    """Return the version of the person's own words that the form was made from; 0 for none or nonsense."""
    text = form.get("seen_version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def suggested_style(entry: Entry, last: Annotation | None) -> Style:
    """Return how the cluster might be shown: by age of its theme, links, and sources; a start, not a finding."""
    if entry.history and entry.history.weeks >= 4:
        return "chronology"
    if last and last.words.links_to:
        return "mashup"
    if entry.card.size <= 3:
        return "distillation"
    return "elevation" if entry.mix.sources >= 5 else "aggregation"
