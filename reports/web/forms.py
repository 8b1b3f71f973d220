"""The annotation form: what stands in it at first, and what was sent."""

from collections.abc import Mapping
from dataclasses import fields

from curate import annotations
from curate.annotations import TITLE_MAX, Annotation, Checked, Words
from curate.cards import Card
from curate.people import LANGUAGES, Person
from reports.web.threads import Thread

TEXTS = ("so_what", "title", "question", "experiment", "relation_why")
"""What a person typed, in the order of the page: given back whenever it could not be kept."""
ORDER = ("verdict", "so_what", "title", "ripeness", "language", "relation", "relation_to", "relation_why", "byline",
         "question", "experiment")  # fmt: skip
"""Fields in the order of the page, so that problems are listed as one meets them."""
_FOLDED = frozenset({"byline", "question", "experiment"})


def first_values(card: Card, person: Person, thread: Thread) -> dict[str, str]:
    """Return what the form shows before anything is typed: the person's last words, else modest defaults.

    The machine's title is offered when it fits; cut short it would pass for a person's.
    """
    if thread.last:
        return values_of(thread.last)
    offered = card.title if len(card.title) <= TITLE_MAX else ""
    blank = dict.fromkeys(ORDER, "")
    return blank | {
        "title": offered,
        "ripeness": "half_baked",
        "byline": "name",
        "language": person.language,
        "seen_version": "0",
    }


def values_of(one: Annotation) -> dict[str, str]:
    """Return the form that an annotation came from."""
    words = {field.name: getattr(one.words, field.name) or "" for field in fields(Words)}
    return words | {"language": one.language, "seen_version": str(one.version)}


def sent_values(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was sent, with every field of the page present and everything typed kept as it was."""
    return {name: form.get(name, "") for name in (*ORDER, "seen_version")}


def checked(form: Mapping[str, str], earlier: frozenset[str]) -> Checked:
    """Check the whole form: the words, and the language they are written in."""
    result = annotations.checked(form, earlier)
    if form.get("language") in LANGUAGES:
        return result
    return Checked(None, {**result.problems, "language": "problem.language"})


def in_page_order(problems: Mapping[str, str]) -> dict[str, str]:
    """Return problems as they are met on the page."""
    return {name: problems[name] for name in ORDER if name in problems}


def has_folded(problems: Mapping[str, str]) -> bool:
    """Whether a problem stands in the folded part of the form, which is then shown open."""
    return bool(_FOLDED & problems.keys())


def seen_version(form: Mapping[str, str]) -> int:
    """Return the version of the person's own words that the form was made from; 0 for none or nonsense."""
    text = form.get("seen_version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
