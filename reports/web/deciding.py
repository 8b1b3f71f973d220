"""Answers of readers in front of catalysts: what waits, and what is done with it. Nothing is published before this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import answered, texts, urls
from curate.answered import Signals
from curate.answers import DECISIONS, NOTE_MAX, Decision
from curate.people import Person
from reports.answered import signalled
from reports.web import visitors
from reports.web.site import check_form, page, site_of, typed
from reports.words import words
from storage import answers
from storage.answers import About, Act, Answer, Decided
from storage.database import Session

PATH = "/answers"
_MOST_DECIDED = 40
_MOST_WORDED = 60
"""Answers with words on one page; the others come up as these are decided about."""
_MOST_AT_ONCE = 500
"""Signals that one press decides about: their ids must fit in a form."""
_TOLD = ("decided", "both", "gone", "shown", "cannot")


@dataclass(frozen=True, slots=True)
class Group:
    """What waits about one thing in one issue."""

    about: About
    worded: tuple[Answer, ...]
    heap: tuple[Answer, ...]
    """Signals without a sentence that may be shown: they are decided about together."""

    @property
    def signals(self) -> Signals | None:
        """What may be told of the heap."""
        return answered.signals(one.words.choice for one in self.heap)


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything on the page."""

    person: Person
    groups: tuple[Group, ...]
    is_cut: bool
    """Whether more wait than the page shows."""
    decided: tuple[Decided, ...]
    acts: Mapping[str, tuple[Act, ...]]
    """Everything that was decided, by answer."""


async def show(request: Request) -> Response:
    """GET /answers: what waits, by what it is about, and what was decided lately."""
    told = request.query_params.get("told", "")
    queue = await site_of(request).desk.read(lambda db: _queue(db, request))
    return _page(request, queue, told=told if told in _TOLD else "", name=request.query_params.get("name", ""))


async def decide(request: Request) -> Response:
    """POST /answers: keep what a catalyst decides about the ``answers`` named, beside what others decided."""
    form = await typed(request)
    check_form(request, form)
    note, site = texts.one_line(form.get("note", ""), NOTE_MAX * 2), site_of(request)
    problem = _problem(form, note)
    if problem:
        queue = await site.desk.read(lambda db: _queue(db, request))
        return _page(request, queue, form=form, problem=problem)
    told, name = await site.desk.write(lambda db: _decided(db, request, form, note))
    return RedirectResponse(f"{PATH}?told={told}{_named(name)}", 303)


def _decided(db: Session, request: Request, form: Mapping[str, str], note: str) -> tuple[str, str]:
    """Decide about each of the answers; return what is to be told, and who decided meanwhile."""
    config = site_of(request).config
    person, now = _catalyst(db, request), config.clock()
    told, name = "gone", ""
    for answer_id in form.get("answers", "").split()[:_MOST_AT_ONCE]:
        answer = answers.by_id(db, answer_id)
        if answer is None:
            continue
        why_not = _why_not(db, answer, form.get("do", ""))
        if why_not:
            told = why_not if told == "gone" else told
            continue
        decision: Decision = form["do"]  # type: ignore[assignment]  # one of DECISIONS, or there would be a reason
        before = answers.decide(db, answer, (decision, note), person.id, now)
        is_news = before is not None and before.place > _number(form.get("seen", ""))
        told = "both" if is_news or told == "both" else "decided"
        name = before.name if before is not None and is_news else name
    return told, name


def _why_not(db: Session, answer: Answer, do: str) -> str:
    if do not in DECISIONS[answer.about.kind] or (do == "show" and not may_be_shown(answer)):
        return "cannot"
    if do == "ask" and not (answer.is_sure and answer.subscriber_id and answer.about.number):
        return "cannot"
    return "shown" if answers.is_shown(db, answer.id) else ""


def may_be_shown(answer: Answer) -> bool:
    """Whether it may stand in an issue; a signal counts also when its sentence may not."""
    return answer.words.may_show or answer.about.kind == "signal"


def offered(answer: Answer) -> tuple[Decision, ...]:
    """Return what can be done with an answer."""
    can_ask = answer.is_sure and answer.subscriber_id and answer.about.number
    return tuple(
        one
        for one in DECISIONS[answer.about.kind]
        if (one != "show" or may_be_shown(answer)) and (one != "ask" or can_ask)
    )


def _problem(form: Mapping[str, str], note: str) -> str:
    if len(note) > NOTE_MAX:
        return "problem.decide_note_long"
    # Signals without words have no writer who could read it.
    return "problem.decide_note" if not note and form.get("do") == "show" and "heap" not in form else ""


def _queue(db: Session, request: Request) -> Queue:
    person = _catalyst(db, request)
    waiting, decided = answers.waiting(db), answers.decided(db, _MOST_DECIDED)
    worded = [one for one in waiting if not _is_wordless(one)]
    shown = [one for one in waiting if _is_wordless(one) or one in worded[:_MOST_WORDED]]
    acts = answers.acts(db, [one.answer.id for one in decided])
    return Queue(person, _groups(shown), len(worded) > _MOST_WORDED, decided, acts)


def _is_wordless(answer: Answer) -> bool:
    return answer.about.kind == "signal" and not answer.words.text


def _groups(waiting: Sequence[Answer]) -> tuple[Group, ...]:
    groups = []
    for _, together in groupby(waiting, key=lambda one: (one.about.number, one.about.about)):
        found = tuple(together)
        heap = tuple(one for one in found if _is_wordless(one))
        groups.append(Group(found[0].about, tuple(one for one in found if one not in heap), heap))
    return tuple(groups)


def _catalyst(db: Session, request: Request) -> Person:
    config = site_of(request).config
    return visitors.catalyst(visitors.person(db, request, config, config.clock()))


def _page(
    request: Request,
    queue: Queue,
    *,
    told: str = "",
    name: str = "",
    form: Mapping[str, str] | None = None,
    problem: str = "",
) -> Response:
    w = words(visitors.language_of(request, site_of(request).config.language, queue.person))
    values = {
        "queue": queue,
        "told": told,
        "by": texts.one_line(name),
        "typed": form or {},
        "problem": problem,
        "note_max": NOTE_MAX,
        "offered": offered,
        "may_be_brought": lambda url: bool(urls.safe_link(url)) and not urls.is_never_fetched(url),
        "signalled": lambda signals: signalled(signals, w),
        "most_at_once": _MOST_AT_ONCE,
    }
    return page(request, "answers.html", values, person=queue.person, status=422 if problem else 200)


def _named(name: str) -> str:
    return f"&{urlencode({'name': name})}" if name else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
