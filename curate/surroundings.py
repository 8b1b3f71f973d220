"""What an issue tells around its voices: the rules by which earlier words, people to ask and corrections come in.

Everything is chosen so that the same network at the same moment gives the same issue, and a mail stays short: two
missing voices and two people to ask per item, one look back per item, and one older voice in the whole issue.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from curate.annotations import Annotation
from curate.issue_parts import Correction, LookedBack, Missing, SaidBefore, Standing, WhoToAsk
from curate.issues import Issue, Item, byline

MAX_MISSING = 2
MAX_ASKED = 2
MAX_LOOKED_BACK = 2
"""Of voices whose theme is not in the issue; an item shows one."""
WEEKS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Askable:
    """Somebody who may be asked about a theme; an empty ``theme_id`` means anything."""

    askable_id: str
    person_id: str
    name: str
    theme_id: str
    about: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A voice as it stood in an earlier issue; the name is the one it may have now."""

    number: int
    week: str
    theme_id: str
    title: str
    annotation: Annotation


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around the voices of a week."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    """By theme id."""
    brought_by: Mapping[str, int] = field(default_factory=dict)
    """People of the network who brought articles, counted, by cluster id."""
    askables: tuple[Askable, ...] = ()
    shown: tuple[Shown, ...] = ()
    """The voices of earlier issues, the newest issue first, in the issue's order."""
    tried: tuple[Shown, ...] = ()
    """The experiments of earlier issues, the newest first."""
    brought_back: frozenset[str] = frozenset()
    """Annotation ids that earlier issues brought back already."""
    looked_back: tuple[Annotation, ...] = ()
    """What authors said since the last issue when they looked again at their words, oldest first."""
    corrections: tuple[Correction, ...] = ()


def added(issue: Issue, annotations: Sequence[Annotation], around: Around) -> Issue:
    """Return the issue with what is known around its voices; ``annotations`` are all it was built from."""
    said = {one.id: one for one in annotations}
    looks = _looks(around)
    items = tuple(_item(item, said, around, (issue.number, looks)) for item in issue.items)
    themes, shown = {one.theme_id for one in items}, {one.annotation_id for item in items for one in item.looked_back}
    elsewhere = [look for theme, look in looks if theme not in themes and look.annotation_id not in shown]
    return replace(
        issue,
        items=items,
        looked_back=tuple(elsewhere[:MAX_LOOKED_BACK]),
        tried=_tried(around),
        said_before=_said_before(items, around),
        corrections=around.corrections,
    )


def _item(
    item: Item, said: Mapping[str, Annotation], around: Around, turn: tuple[int, Sequence[tuple[str, LookedBack]]]
) -> Item:
    number, looks = turn
    voices = [said[one.annotation_id] for one in item.voices if one.annotation_id in said]
    own = [_looked_again(one, said.values(), item.title) for one in voices if one.words.outcome]
    of_theme = [look for theme, look in looks if theme and theme == item.theme_id]
    return replace(
        item,
        standing=around.standings.get(item.theme_id),
        brought_by=around.brought_by.get(item.cluster_id, 0),
        missing=_missing(voices),
        ask=_asked(item, voices, around.askables, number),
        looked_back=tuple([one for one in own if one] + of_theme)[:1],
    )


def _missing(voices: Sequence[Annotation]) -> tuple[Missing, ...]:
    named = [one for one in voices if one.words.missing or one.words.missing_url]
    return tuple(
        Missing(one.id, one.words.missing, one.words.missing_url, one.language, byline(one))
        for one in named[:MAX_MISSING]
    )


def _asked(item: Item, voices: Sequence[Annotation], askables: Sequence[Askable], number: int) -> tuple[WhoToAsk, ...]:
    """Those that a voice names come first; among the others it is another one's turn in each issue.

    Who may be asked about anything is shown only where a voice names them: else they would stand under everything.
    """
    named = {person for one in voices for person in one.words.ask_who}
    of_theme = [one for one in askables if item.theme_id and one.theme_id == item.theme_id]
    known = {one.person_id for one in of_theme}
    anything = [one for one in askables if not one.theme_id and one.person_id in named - known]
    start = number % len(of_theme) if of_theme else 0
    turn = [*of_theme[start:], *of_theme[:start]]
    first = [one for one in turn if one.person_id in named]
    line = [*first, *anything, *(one for one in turn if one.person_id not in named)]
    return tuple(WhoToAsk(one.askable_id, one.name, one.about) for one in line[:MAX_ASKED])


def _looks(around: Around) -> list[tuple[str, LookedBack]]:
    """Return (theme id, then and now) of the voices of earlier issues that their authors looked at again, newest first.

    Of an author who looked twice only the last time counts.
    """
    last = {one.thread_id: one for one in around.looked_back}
    newest: dict[tuple[str, str], Shown] = {}
    for one in around.shown:
        newest.setdefault(one.annotation.thread_id, one)
    pairs = [(newest[thread], now) for thread, now in last.items() if thread in newest]
    pairs.sort(key=lambda pair: (pair[1].written_at, pair[1].id), reverse=True)
    return [(one.theme_id, _look(one, now)) for one, now in pairs if now.version > one.annotation.version]


def _look(shown: Shown, now: Annotation) -> LookedBack:
    return _then_and_now(shown.annotation, now, (shown.number, shown.week, shown.title))


def _looked_again(now: Annotation, said: Iterable[Annotation], title: str) -> LookedBack | None:
    """Return then and now of a voice in this very issue: it was held over, and its author looked at it meanwhile."""
    before = [one for one in said if one.thread_id == now.thread_id and one.version < now.version]
    then = max(before, key=lambda one: one.version, default=None)
    return _then_and_now(then, now, (0, then.week, title)) if then else None


def _then_and_now(then: Annotation, now: Annotation, stood: tuple[int, str, str]) -> LookedBack:
    number, week, title = stood
    return LookedBack(
        annotation_id=now.id,
        earlier_id=then.id,
        number=number,
        week=week,
        title=title,
        then=then.words.so_what,
        now=now.words.so_what if now.words.so_what != then.words.so_what else "",
        outcome=now.words.outcome,
        why=now.words.outcome_why,
        language=now.language,
        byline=byline(now),
        shown_as=now.words.byline,
    )


def _tried(around: Around) -> LookedBack | None:
    """Return what became of the newest experiment that its author looked at again since the last issue."""
    last = {one.thread_id: one for one in around.looked_back}
    for one in around.tried:
        now = last.get(one.annotation.thread_id)
        if now and now.version > one.annotation.version:
            return replace(_look(one, now), then=one.annotation.words.experiment, now="")
    return None


def _said_before(items: Sequence[Item], around: Around) -> SaidBefore | None:
    """Return the last voice on the first theme that was in an earlier issue, of those never brought back before.

    What its author looked at again is told as then and now, and not once more.
    """
    retold = {one.earlier_id for item in items for one in item.looked_back}
    here = {one.annotation_id for item in items for one in item.voices}
    passed = around.brought_back | retold | here
    for item in items:
        for one in around.shown:
            if item.theme_id and one.theme_id == item.theme_id:
                if one.annotation.id in passed:
                    break  # only the last word on a theme comes back, not the one before it
                return _brought_back(item, one)
    return None


def _brought_back(item: Item, one: Shown) -> SaidBefore:
    words = one.annotation.words
    return SaidBefore(
        annotation_id=one.annotation.id,
        cluster_id=item.cluster_id,
        number=one.number,
        week=one.week,
        title=one.title,
        so_what=words.so_what,
        language=one.annotation.language,
        byline=byline(one.annotation),
        shown_as=words.byline,
    )
