"""What readers say back: what in an issue can be answered, with which forms, and the rules of those forms.

An answer is about one thing in one issue. ``about`` names it in addresses: ``question``, ``experiment``, ``c-`` with
the id of an item's cluster, ``a-`` with the id of an article that got no meaning yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from curate import texts, urls
from curate.answered import CHOICES, Choice, Kind
from curate.issues import Asked, Issue, Item, Link
from curate.people import ABOUT_MAX, NAME_MAX

Decision = Literal["show", "thank", "aside", "accept", "ask"]
"""Show in the next issue; thank and keep; set aside; let an offer stand; ask the writer of a mail whether we may."""

ANSWERABLE_FOR = timedelta(days=60)
"""How long after freezing an issue can be answered."""
SENTENCE_MAX, WHY_MAX, MEANING_MAX, URL_MAX, REPLY_MAX, NOTE_MAX = 500, 300, 600, 2000, 2000, 200
"""Characters."""
_LOOKED_AT = 8192
"""Characters of a field that is too long anyway."""

DECISIONS: Mapping[Kind, tuple[Decision, ...]] = {
    "signal": ("show", "thank", "aside"),
    "answer": ("show", "thank", "aside"),
    "source": ("show", "thank", "aside"),
    "offer": ("accept", "thank", "aside"),
    "report": ("show", "thank", "aside"),
    "meaning": ("show", "thank", "aside"),
    "reply": ("ask", "thank", "aside"),
}
"""What a catalyst may do with each kind. A mail was written to us, not to all readers: its writer is asked first."""

FIELDS = ("choice", "text", "url", "happened", "next", "name")
"""What a form may hold, in the order of the page."""
_NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "signal": ("choice",),
    "answer": ("text",),
    "source": ("url", "text"),
    "offer": ("text", "name"),
    "report": ("text", "happened"),
    "meaning": ("text",),
    "reply": ("text",),
}
_LONGEST: Mapping[Kind, int] = {
    "signal": WHY_MAX,
    "answer": SENTENCE_MAX,
    "source": WHY_MAX,
    "offer": ABOUT_MAX,
    "report": SENTENCE_MAX,
    "meaning": MEANING_MAX,
    "reply": REPLY_MAX,
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they stand in the issue."""

    text: str
    language: str
    byline: str
    """Empty for a voice without name."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing in an issue that can be answered."""

    about: str
    kinds: tuple[Kind, ...]
    """The forms it has; the first one is what the issue asks."""
    title: str
    """What it is called, or the question itself."""
    language: str
    """Of the title; empty when nobody knows."""
    theme_id: str
    quotes: tuple[Quote, ...] = ()
    """What people said of it, apart from the title."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader filled in, cleaned and within the rules."""

    choice: Choice | Literal[""] = ""
    text: str = ""
    """The sentence; why; what for; what was tried; what it means. What it is follows from the kind."""
    url: str = ""
    happened: str = ""
    next: str = ""
    name: str = ""
    """What they want to be called; empty: a reader."""
    may_show: bool = False
    """Whether it may stand in an issue, in their words."""
    wants_thanks: bool = False
    """Whether they want a mail that says what was done with it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A form after checking: ``words`` when all is well, else ``problems``, keys of the words files by field name."""

    words: Words | None
    problems: Mapping[str, str] = field(default_factory=dict)


def most(kind: Kind) -> int:
    """Return how many characters the sentence of a form may have."""
    return _LONGEST[kind]


def is_open(issue: Issue, now: datetime) -> bool:
    """Whether an issue can still be answered."""
    return now < datetime.fromisoformat(issue.frozen_at) + ANSWERABLE_FOR


def matters(issue: Issue) -> tuple[Matter, ...]:
    """Return everything in an issue that can be answered, in its order."""
    themes = {one.cluster_id: one.theme_id for one in issue.items}
    asked = [
        _asked("question", "answer", issue.question, themes),
        _asked("experiment", "report", issue.experiment, themes),
    ]
    return (
        *(_of_item(one) for one in issue.items),
        *(one for one in asked if one),
        *(_of_link(one) for one in issue.unannotated),
    )


def matter(issue: Issue, about: str) -> Matter | None:
    """Return the thing in an issue that ``about`` names."""
    return next((one for one in matters(issue) if one.about == about), None)


def about_item(cluster_id: str) -> str:
    """Return how an item is named in addresses."""
    return f"c-{cluster_id}"


def about_link(article_id: str) -> str:
    """Return how an article without meaning is named in addresses."""
    return f"a-{article_id}"


def checked(kind: Kind, form: Mapping[str, str]) -> Checked:
    """Read a form as it was sent. What a person meant is never guessed: an unknown choice is a problem."""
    value = {name: _tidy(form.get(name, "")) for name in FIELDS}
    value |= {name: " ".join(value[name].split()) for name in ("url", "name")}
    problems = _problems(kind, value)
    if problems:
        return Checked(None, {name: problems[name] for name in FIELDS if name in problems})
    has = set(_NEEDED[kind]) | {"text", "name"} | ({"next"} if kind == "report" else set())
    kept = {name: value[name] if name in has else "" for name in FIELDS}
    # Who offers to be asked is named in the issue, or the offer would mean nothing: the form says so.
    may_show = kind == "offer" or bool(form.get("may_show"))
    return Checked(Words(**kept, may_show=may_show, wants_thanks=bool(form.get("wants_thanks"))))  # type: ignore[arg-type]  # the choice is checked


def _problems(kind: Kind, value: Mapping[str, str]) -> dict[str, str]:
    empty = {name: f"problem.answer_{name}" for name in _NEEDED[kind] if not value[name]}
    longest = {"text": most(kind), "happened": SENTENCE_MAX, "next": SENTENCE_MAX, "name": NAME_MAX}
    long = {name: f"problem.answer_{name}_long" for name, limit in longest.items() if len(value[name]) > limit}
    wrong = {}
    if kind == "signal" and value["choice"] not in CHOICES:
        wrong["choice"] = "problem.answer_choice"
    if kind == "source" and value["url"] and not is_address(value["url"]):
        wrong["url"] = "problem.answer_url_wrong"
    return empty | long | wrong


def is_address(url: str) -> bool:
    """Whether this is a web address that may stand in a page. It is never fetched, so LinkedIn's are welcome too."""
    return len(url) <= URL_MAX and " " not in url and urls.safe_link(url) is not None


def _tidy(text: str) -> str:
    """Return the text without signs that nobody sees."""
    return texts.clean(text[:_LOOKED_AT])


def _of_item(item: Item) -> Matter:
    first: Kind = item.act or "signal"
    others: tuple[Kind, ...] = ("signal", "source", "offer") if item.theme_id else ("signal", "source")
    shown = item.voices[:2] if item.differ else item.voices[:1]
    quotes = tuple(Quote(one.so_what, one.language, one.byline) for one in shown)
    kinds = (first, *(one for one in others if one != first))
    return Matter(about_item(item.cluster_id), kinds, item.title, "", item.theme_id, quotes)


def _asked(about: str, kind: Kind, asked: Asked | None, themes: Mapping[str, str]) -> Matter | None:
    if asked is None:
        return None
    return Matter(about, (kind,), asked.text, asked.language, themes.get(asked.cluster_id, ""))


def _of_link(link: Link) -> Matter:
    return Matter(about_link(link.article_id), ("meaning",), link.title, link.language, "")
