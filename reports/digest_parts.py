"""How the parts around the voices of an issue are told: standings, then and now, whom to ask, what was put right.

As everywhere in an issue, only the words around what people said follow the reader's language.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from curate.issue_parts import Correction, LookedBack, Missing, SaidBefore, Standing, WhoToAsk
from curate.issues import Issue, Item
from curate.weeks import Week
from reports.templating import one_line
from reports.words import Words

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Chip:
    """The status of a theme and the numbers behind it."""

    status: str
    numbers: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of somebody with what stands around them."""

    intro: str
    text: str
    language: str
    href: str = ""
    link: str = ""
    """What the link is called; empty when there is none."""


@dataclass(frozen=True, slots=True)
class ThenNow:
    """Earlier words, and what has become of them."""

    outcome: str
    about: str
    then: Quoted
    now: str
    """Empty when the words are the same."""
    why: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to ask, with where; an empty ``href`` where that is not offered."""

    name: str
    about: str
    link: str
    href: str


@dataclass(frozen=True, slots=True)
class Around:
    """What is told around one item."""

    chip: Chip | None
    brought: str
    missing: tuple[Quoted, ...]
    ask: tuple[Asked, ...]
    looked_back: tuple[ThenNow, ...]
    provenance: str
    """Where its sentences come from; empty where that is not offered."""


@dataclass(frozen=True, slots=True)
class Bases:
    """Where links of the issue begin; empty where they are not offered."""

    issues: str
    """The list of issues, to which a number is added."""
    ask: str
    """To which the id of somebody who may be asked is added."""
    provenance: str


def lighter(issue: Issue) -> Iterator[Issue]:
    """Yield the issue with less and less around its voices; what leaves first is what its page tells as well."""
    issue = replace(issue, looked_back=())
    yield issue
    issue = replace(issue, items=tuple(replace(one, looked_back=()) for one in issue.items))
    yield issue
    issue = replace(issue, items=tuple(replace(one, missing=()) for one in issue.items))
    yield issue
    issue = replace(issue, said_before=None, tried=None, unannotated=())
    yield issue
    yield replace(issue, items=tuple(replace(one, ask=(), links=one.links[:1]) for one in issue.items))


def around_item(item: Item, place: int, bases: Bases, w: Words) -> Around:
    """Return what is told around the item at a place, 1 being the first."""
    return Around(
        chip=_chip(item.standing, w) if item.standing else None,
        brought=w.count("issue.brought_by", item.brought_by) if item.brought_by else "",
        missing=tuple(_missing(one, w) for one in item.missing),
        ask=tuple(_asked(one, bases, w) for one in item.ask),
        looked_back=tuple(then_now(one, bases, w) for one in item.looked_back),
        provenance=f"{bases.provenance}#item-{place}" if bases.provenance else "",
    )


def then_now(one: LookedBack, bases: Bases, w: Words) -> ThenNow:
    """Return how a look back is told."""
    title = one_line(one.title)
    return ThenNow(
        outcome=w(f"issue.outcome.{one.outcome}", name=byline(one.byline, one.shown_as, w)),
        about=w("issue.about", title=f"“{title}”") if title else "",
        then=_in_issue(w("issue.then", week=_number_of(one.week)), (one.then, one.language), one.number, bases, w),
        now=one.now,
        why=one_line(one.why),
        language=one.language,
    )


def tried(issue: Issue, bases: Bases, w: Words) -> ThenNow | None:
    """Return what became of an earlier experiment."""
    one = issue.tried
    if one is None:
        return None
    told, week = then_now(one, bases, w), _number_of(one.week)
    then = _in_issue(w("issue.tried_then", week=week), (one.then, one.language), one.number, bases, w)
    return ThenNow(told.outcome, "", then, "", told.why, told.language)


def said_before(one: SaidBefore | None, bases: Bases, w: Words) -> Quoted | None:
    """Return how an older voice is told, with the issue it stood in."""
    if one is None:
        return None
    intro = w("issue.said_before_in", name=byline(one.byline, one.shown_as, w), week=_number_of(one.week))
    if one_line(one.title):
        about = w("issue.about", title=f"“{one_line(one.title)}”")
        intro = f"{intro}, {about}"
    return _in_issue(intro, (one.so_what, one.language), one.number, bases, w)


def corrections(those: Sequence[Correction], bases: Bases, w: Words) -> tuple[Quoted, ...]:
    """Return how corrections of earlier issues are told."""
    told = []
    for one in those:
        intro = w("issue.correction_of", number=one.number, week=_number_of(one.week)) if one.week else ""
        told.append(_in_issue(intro, (one.text, one.language), one.number, bases, w))
    return tuple(told)


def review_day(issue: Issue, w: Words) -> str:
    """Return when an experiment is looked back at; empty when it says no day."""
    day = issue.experiment.review_on if issue.experiment else ""
    return w("issue.review_on", day=w.day(date.fromisoformat(day), _UTC)) if day else ""


def byline(name: str, shown_as: str, w: Words) -> str:
    """Return what stands for a person: the name, or the words for who shows none."""
    if shown_as == "name" and name:
        return name
    return w("voice.anonymous" if shown_as == "anonymous" else "voice.role")


def moment(text: str) -> datetime:
    """Read a moment of an issue."""
    return datetime.fromisoformat(text)


def _chip(standing: Standing, w: Words) -> Chip | None:
    if not standing.status:
        return None
    articles = w.count("card.articles", standing.articles)
    if standing.before is None:
        return Chip(w(f"status.{standing.status}"), articles)
    numbers = w("issue.standing_numbers", articles=articles, before=w.number(standing.before))
    return Chip(w(f"status.{standing.status}"), numbers)


def _missing(one: Missing, w: Words) -> Quoted:
    by = w("issue.missing_by", name=one.byline) if one.byline else w("issue.missing_by_someone")
    return Quoted(by, one_line(one.text), one.language, one.url, w("issue.missing_link") if one.url else "")


def _asked(one: WhoToAsk, bases: Bases, w: Words) -> Asked:
    href = f"{bases.ask}/{one.askable_id}" if bases.ask else ""
    return Asked(one.name, one_line(one.about), w("issue.ask_link", name=one.name), href)


def _in_issue(intro: str, said: tuple[str, str], number: int, bases: Bases, w: Words) -> Quoted:
    text, language = said
    if not (number and bases.issues):
        return Quoted(intro, text, language)
    return Quoted(intro, text, language, f"{bases.issues}/{number}", w("issue.then_in", number=number))


def _number_of(week: str) -> int:
    return Week.parse(week).number
