"""What a catalyst says a cluster means: the form, its rules, and the order in which voices are shown.

The rules are those of Jarche and Klein (docs/domain.md): a tag alone is no meaning, the first voice has no special
rank, and disagreement is typed and kept, never averaged.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

from curate import texts, urls

Verdict = Literal["keep", "not_now", "not_relevant", "wrong_cluster"]
Ripeness = Literal["half_baked", "working_view", "well_tested"]
Relation = Literal["adds", "questions", "contrasts", "reframes", "supports"]
Byline = Literal["name", "role", "anonymous"]
Move = Literal["filter", "validate", "synthesize", "present", "customize", "connect", "experiment"]
"""Ways of adding value: the first five are Ross Dawson's, as relayed by Harold Jarche (docs/domain.md)."""
Check = Literal["not_checked", "read_source", "cross_checked", "tried_myself"]
Distance = Literal["first_hand", "about_first_hand", "aggregation", "unknown"]
Style = Literal["aggregation", "distillation", "elevation", "mashup", "chronology"]
"""Rohit Bhargava's five models of curation, as the layout of an item."""
Outcome = Literal["still_holds", "sharpened", "changed_my_mind", "disproved"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
RIPENESSES: tuple[Ripeness, ...] = get_args(Ripeness)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
BYLINES: tuple[Byline, ...] = get_args(Byline)
MOVES: tuple[Move, ...] = get_args(Move)
CHECKS: tuple[Check, ...] = get_args(Check)
DISTANCES: tuple[Distance, ...] = get_args(Distance)
STYLES: tuple[Style, ...] = get_args(Style)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

DIFFERING: frozenset[Relation] = frozenset({"questions", "contrasts", "reframes"})
"""Relations that make a place where we differ."""

SO_WHAT_MIN, SO_WHAT_MAX = 40, 600
TITLE_MAX, QUESTION_MAX, EXPERIMENT_MAX, WHY_MAX = 80, 200, 300, 200
MISSING_MAX, URL_MAX, ASK_MAX = 300, 2000, 200
KEYS_MAX = 3
"""Articles that one person may call must-reads."""
REVIEW_DAYS = 28
"""An experiment is looked at again after so many days, unless its author says otherwise."""
MAX_VOICES_SHOWN = 3

SEVERAL = ("moves", "key_articles", "ask_who", "links_to")
"""Fields of a form that may be chosen several times: their values come joined by spaces."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a catalyst filled in, cleaned and within the rules. Lengths are characters."""

    verdict: Verdict
    so_what: str
    title: str
    ripeness: Ripeness
    byline: Byline = "name"
    relation: Relation | None = None
    relation_to: str | None = None
    """The annotation id that ``relation`` speaks about."""
    relation_why: str = ""
    question: str = ""
    experiment: str = ""
    moves: tuple[Move, ...] = ()
    checked: Check | Literal[""] = ""
    distance: Distance | Literal[""] = ""
    key_articles: tuple[str, ...] = ()
    """Article ids, in the order of the cluster."""
    missing: str = ""
    """Which voice is missing, or contradicts this."""
    missing_url: str = ""
    review_on: date | None = None
    """When the experiment is looked at again; None without one."""
    ask_who: tuple[str, ...] = ()
    """Ids of people who said that they may be asked."""
    ask_else: str = ""
    """Somebody else who could be asked: for the operator only, never published."""
    links_to: tuple[str, ...] = ()
    """Theme ids."""
    style: Style | Literal[""] = ""
    outcome: Outcome | Literal[""] = ""
    """What became of the version before, when this one answers "does this still hold?"; else empty."""
    outcome_why: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a form offers to choose from; what is not offered cannot be chosen. All are ids."""

    voices: frozenset[str] = frozenset()
    """Annotations that a relation may point at."""
    articles: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Annotation:
    """One saved version of a catalyst's words; never changed afterwards, a correction is a next version."""

    id: str
    cluster_id: str
    week: str
    person_id: str
    catalyst: str
    version: int
    """1, 2, …, counted per catalyst and cluster."""
    words: Words
    language: str
    """The language the words are written in, ``nl`` or ``en``."""
    written_at: datetime
    written_on: str = ""
    """The cluster it was written about, when people merged that one into ``cluster_id`` since; else empty."""

    @property
    def thread_id(self) -> tuple[str, str]:
        """What its versions have in common: the cluster it was written about, and its author."""
        return (self.written_on or self.cluster_id, self.person_id)


@dataclass(frozen=True, slots=True)
class Checked:
    """A form after checking: ``words`` when all is well, else ``problems`` by field name.

    A problem is the key of a sentence in the words files, so that it is said in the reader's language.
    """

    words: Words | None
    problems: Mapping[str, str]


def checked(form: Mapping[str, str], offered: Offered = Offered()) -> Checked:
    """Read a form as it was sent, with what it offered to choose from.

    Unknown choices are problems, not defaults: what a person meant is never guessed.
    """
    value = {name: _tidy(text) for name, text in form.items()}
    problems = (
        _choice_problems(value)
        | _text_problems(value)
        | _relation_problems(value, offered.voices)
        | _several_problems(value, offered)
        | _address_problems(value)
        | _date_problems(value)
    )
    return Checked(None, problems) if problems else Checked(_words(value, offered), {})


def _tidy(text: str) -> str:
    """Return the text without signs that nobody sees: forty of them are no sentence."""
    return "\n".join(" ".join(line.split()) for line in texts.clean(text).splitlines())


_NEEDED: dict[str, tuple[str, ...]] = {"verdict": VERDICTS, "ripeness": RIPENESSES}
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "byline": BYLINES,
    "relation": RELATIONS,
    "checked": CHECKS,
    "distance": DISTANCES,
    "style": STYLES,
}
_LONGEST = {
    "title": TITLE_MAX,
    "question": QUESTION_MAX,
    "experiment": EXPERIMENT_MAX,
    "relation_why": WHY_MAX,
    "missing": MISSING_MAX,
    "ask_else": ASK_MAX,
}


def _choice_problems(value: Mapping[str, str]) -> dict[str, str]:
    missing = {name: f"problem.{name}" for name, known in _NEEDED.items() if value.get(name) not in known}
    return missing | {
        name: f"problem.{name}" for name, known in _OPTIONAL.items() if value.get(name) and value[name] not in known
    }


def _text_problems(value: Mapping[str, str]) -> dict[str, str]:
    problems = {}
    so_what = value.get("so_what", "")
    if len(so_what) > SO_WHAT_MAX:
        problems["so_what"] = "problem.so_what_long"
    elif value.get("verdict") == "keep" and len(so_what) < SO_WHAT_MIN:
        problems["so_what"] = "problem.so_what_short" if so_what else "problem.so_what_empty"
    too_long = {name for name, most in _LONGEST.items() if len(value.get(name, "")) > most}
    return problems | {name: f"problem.{name}_long" for name in too_long}


def _relation_problems(value: Mapping[str, str], earlier: frozenset[str]) -> dict[str, str]:
    relation, other = value.get("relation"), value.get("relation_to")
    if relation and other not in earlier:
        return {"relation_to": "problem.relation_to"}
    if not relation and value.get("relation_why"):
        return {"relation": "problem.relation_unsaid"}
    return {}


def _several_problems(value: Mapping[str, str], offered: Offered) -> dict[str, str]:
    known: dict[str, Container[str]] = {
        "moves": MOVES,
        "key_articles": offered.articles,
        "ask_who": offered.people,
        "links_to": offered.themes,
    }
    problems = {
        name: f"problem.{name}"
        for name, choices in known.items()
        if any(one not in choices for one in _of(value, name))
    }
    if len(_of(value, "key_articles")) > KEYS_MAX:
        problems["key_articles"] = "problem.key_articles_many"
    return problems


def _address_problems(value: Mapping[str, str]) -> dict[str, str]:
    address = value.get("missing_url", "")
    if address and (len(address) > URL_MAX or urls.safe_link(address) is None):
        return {"missing_url": "problem.missing_url"}
    return {}


def _date_problems(value: Mapping[str, str]) -> dict[str, str]:
    try:
        _date(value.get("review_on", ""))
    except ValueError:
        return {"review_on": "problem.review_on"}
    return {}


def _of(value: Mapping[str, str], name: str) -> list[str]:
    """Return what was chosen of several, each once."""
    return list(dict.fromkeys(value.get(name, "").split()))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _words(value: Mapping[str, str], offered: Offered) -> Words:
    relation, experiment = value.get("relation") or None, value.get("experiment", "")
    keys = set(_of(value, "key_articles"))
    return Words(
        verdict=value["verdict"],  # type: ignore[arg-type]  # checked above to be one of VERDICTS
        so_what=value.get("so_what", ""),
        title=" ".join(value.get("title", "").split()),
        ripeness=value["ripeness"],  # type: ignore[arg-type]  # checked above
        byline=value.get("byline") or "name",  # type: ignore[arg-type]  # checked above
        relation=relation,  # type: ignore[arg-type]  # checked above
        relation_to=value.get("relation_to") if relation else None,
        relation_why=value.get("relation_why", ""),
        question=value.get("question", ""),
        experiment=experiment,
        moves=tuple(one for one in MOVES if one in _of(value, "moves")),
        checked=value.get("checked", ""),  # type: ignore[arg-type]  # checked above
        distance=value.get("distance", ""),  # type: ignore[arg-type]  # checked above
        key_articles=tuple(one for one in offered.articles if one in keys),
        missing=value.get("missing", ""),
        missing_url=value.get("missing_url", ""),
        review_on=_date(value.get("review_on", "")) if experiment else None,
        ask_who=tuple(_of(value, "ask_who")),
        ask_else=value.get("ask_else", ""),
        links_to=tuple(_of(value, "links_to")),
        style=value.get("style", ""),  # type: ignore[arg-type]  # checked above
    )


def reconsidered(form: Mapping[str, str], before: Words) -> Checked:
    """Read what an author says of earlier words of theirs: what became of them, in a sentence, and how it reads now.

    Who says that nothing changed leaves the words as they are; who says that they did not hold says what holds instead.
    """
    value = {name: _tidy(text) for name, text in form.items()}
    so_what, outcome, why = (value.get(name, "") for name in ("so_what", "outcome", "outcome_why"))
    found = {
        "outcome": ("problem.outcome", outcome not in OUTCOMES),
        "outcome_why": ("problem.outcome_why", not why) if len(why) <= WHY_MAX else ("problem.outcome_why_long", True),
        "so_what": ("problem.so_what_unchanged", outcome == "sharpened" and so_what == before.so_what),
        "ripeness": ("problem.ripeness", value.get("ripeness") not in RIPENESSES),
    }
    if not SO_WHAT_MIN <= len(so_what) <= SO_WHAT_MAX:
        found["so_what"] = ("problem.so_what_long" if len(so_what) > SO_WHAT_MAX else "problem.so_what_short", True)
    if problems := {name: key for name, (key, is_so) in found.items() if is_so}:
        return Checked(None, problems)
    changes: dict[str, Any] = {name: value[name] for name in ("so_what", "ripeness", "outcome", "outcome_why")}
    return Checked(replace(before, **changes), {})


def suggested_moves(words: Words) -> tuple[Move, ...]:
    """Return the ways of adding value that the filled fields speak of: for the author to take or leave."""
    shown: dict[Move, bool] = {
        "filter": bool(words.key_articles) or words.verdict != "keep",
        "validate": words.checked not in ("", "not_checked"),
        "synthesize": len(words.key_articles) >= 2,
        "present": bool(words.style),
        "customize": bool(words.question),
        "connect": bool(words.links_to or words.ask_who or words.relation),
        "experiment": bool(words.experiment),
    }
    return tuple(move for move, is_so in shown.items() if is_so)


def newest(annotations: Iterable[Annotation]) -> dict[str, str]:
    """Return, for each annotation, the id of the last version of the same thread (:attr:`Annotation.thread_id`)."""
    said = sorted(annotations, key=lambda one: (one.version, one.written_at, one.id))
    last = {one.thread_id: one.id for one in said}
    return {one.id: last[one.thread_id] for one in said}


def latest(annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """Keep each catalyst's last version per cluster, in order of writing.

    Who spoke on two clusters that were merged afterwards said two things, and both are kept.

    An answer to somebody's earlier version is an answer to their last one: it would else lose what it answers.
    """
    said = {one.id: one for one in annotations}
    last = newest(said.values())
    answered = [_answering(said[one], last) for one in set(last.values())]
    return tuple(sorted(answered, key=lambda one: (one.written_at, one.id)))


def _answering(one: Annotation, newest: Mapping[str, str]) -> Annotation:
    target = one.words.relation_to
    if target is None or newest.get(target, target) == target:
        return one
    return replace(one, words=replace(one.words, relation_to=newest[target]))


def is_kept(annotations: Sequence[Annotation]) -> bool:
    """A cluster is kept when one catalyst keeps it with a so-what; a lone "not relevant" is a voice, not a veto.

    Two or more who say that the articles do not belong together send it back instead.
    """
    wrong = sum(one.words.verdict == "wrong_cluster" for one in annotations)
    return wrong < 2 and any(one.words.verdict == "keep" and one.words.so_what for one in annotations)


def in_order(annotations: Sequence[Annotation]) -> tuple[Annotation, ...]:
    """Order voices by time, each followed directly by the voices that answer it. Never by likes."""
    known = {one.id for one in annotations}
    answers: dict[str | None, list[Annotation]] = defaultdict(list)
    for one in sorted(annotations, key=lambda a: (a.written_at, a.id)):
        target = one.words.relation_to
        answers[target if target in known and target != one.id else None].append(one)
    ordered: list[Annotation] = []
    waiting = list(reversed(answers[None]))
    while waiting:
        one = waiting.pop()
        ordered.append(one)
        waiting.extend(reversed(answers.pop(one.id, [])))
    # Two voices may answer each other in a circle; nobody's words are dropped for that.
    left = [one for one in annotations if one not in ordered]
    return (*ordered, *sorted(left, key=lambda a: (a.written_at, a.id)))
