"""What a catalyst says a cluster means: the form, its rules, and the order in which voices are shown.

The rules are those of Jarche and Klein (docs/domain.md): a tag alone is no meaning, the first voice has no special
rank, and disagreement is typed and kept, never averaged.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from curate import texts

Verdict = Literal["keep", "not_now", "not_relevant", "wrong_cluster"]
Ripeness = Literal["half_baked", "working_view", "well_tested"]
Relation = Literal["adds", "questions", "contrasts", "reframes", "supports"]
Byline = Literal["name", "role", "anonymous"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
RIPENESSES: tuple[Ripeness, ...] = get_args(Ripeness)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
BYLINES: tuple[Byline, ...] = get_args(Byline)

DIFFERING: frozenset[Relation] = frozenset({"questions", "contrasts", "reframes"})
"""Relations that make a place where we differ."""

SO_WHAT_MIN, SO_WHAT_MAX = 40, 600
TITLE_MAX, QUESTION_MAX, EXPERIMENT_MAX, WHY_MAX = 80, 200, 300, 200
MAX_VOICES_SHOWN = 3


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


@dataclass(frozen=True, slots=True)
class Checked:
    """A form after checking: ``words`` when all is well, else ``problems`` by field name.

    A problem is the key of a sentence in the words files, so that it is said in the reader's language.
    """

    words: Words | None
    problems: Mapping[str, str]


def checked(form: Mapping[str, str], earlier: Iterable[str] = ()) -> Checked:
    """Read a form as it was sent; ``earlier`` are the annotation ids that a relation may point at.

    Unknown choices are problems, not defaults: what a person meant is never guessed.
    """
    value = {name: _tidy(text) for name, text in form.items()}
    problems = _choice_problems(value) | _text_problems(value) | _relation_problems(value, frozenset(earlier))
    return Checked(None, problems) if problems else Checked(_words(value), {})


def _tidy(text: str) -> str:
    """Return the text without signs that nobody sees: forty of them are no sentence."""
    return "\n".join(" ".join(line.split()) for line in texts.clean(text).splitlines())


def _choice_problems(value: Mapping[str, str]) -> dict[str, str]:
    choices: dict[str, tuple[str, ...]] = {"verdict": VERDICTS, "ripeness": RIPENESSES}
    optional: dict[str, tuple[str, ...]] = {"byline": BYLINES, "relation": RELATIONS}
    missing = {name: f"problem.{name}" for name, known in choices.items() if value.get(name) not in known}
    return missing | {
        name: f"problem.{name}" for name, known in optional.items() if value.get(name) and value[name] not in known
    }


def _text_problems(value: Mapping[str, str]) -> dict[str, str]:
    problems = {}
    so_what = value.get("so_what", "")
    if len(so_what) > SO_WHAT_MAX:
        problems["so_what"] = "problem.so_what_long"
    elif value.get("verdict") == "keep" and len(so_what) < SO_WHAT_MIN:
        problems["so_what"] = "problem.so_what_short" if so_what else "problem.so_what_empty"
    for name, most in {
        "title": TITLE_MAX,
        "question": QUESTION_MAX,
        "experiment": EXPERIMENT_MAX,
        "relation_why": WHY_MAX,
    }.items():
        if len(value.get(name, "")) > most:
            problems[name] = f"problem.{name}_long"
    return problems


def _relation_problems(value: Mapping[str, str], earlier: frozenset[str]) -> dict[str, str]:
    relation, other = value.get("relation"), value.get("relation_to")
    if relation and other not in earlier:
        return {"relation_to": "problem.relation_to"}
    return {}


def _words(value: Mapping[str, str]) -> Words:
    relation = value.get("relation") or None
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
        experiment=value.get("experiment", ""),
    )


def latest(annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """Keep each catalyst's last version per cluster, in order of writing.

    An answer to somebody's earlier version is an answer to their last one: it would else lose what it answers.
    """
    said = sorted(annotations, key=lambda one: (one.version, one.written_at, one.id))
    last = {(one.cluster_id, one.person_id): one for one in said}
    newest = {one.id: last[one.cluster_id, one.person_id].id for one in said}
    answered = [_answering(one, newest) for one in last.values()]
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
