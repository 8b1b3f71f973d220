"""The issue: built from the voices of one round, frozen once, rendered in many faces.

An issue holds data only, no markup and no interface words, so that mail, page and JSON show the same sentences and a
reader's language changes nothing but the words around them. Every sentence carries the ids that lead back to who said
it and what they had read.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from curate import annotations as voices_of
from curate import answered, calls, candidates
from curate.annotations import Annotation, Relation, Ripeness
from curate.answered import Answered
from curate.calls import Act, Fit
from curate.candidates import Candidate, Earlier, Sorted
from curate.cards import Card, CardArticle
from curate.issue_parts import (
    Correction,
    LookedBack,
    Missing,
    SaidBefore,
    Standing,
    WhoToAsk,
    filled,
    issue_parts_from,
    item_parts_from,
)
from curate.plans import Plan

MAX_UNANNOTATED = 3

_LATER_IN_ITEM = frozenset("week act standing brought_by missing ask looked_back".split())
_LATER_IN_ASKED = frozenset({"review_on"})
_LATER_IN_ISSUE = frozenset("thin answers said_before tried looked_back".split())
"""Fields that the first issues did not have: they stand in the JSON of those that have them."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One catalyst's published annotation."""

    annotation_id: str
    byline: str
    """A name, or empty when the catalyst chose to be shown by role or not at all; see ``shown_as``."""
    shown_as: str
    """``name``, ``role`` or ``anonymous``."""
    so_what: str
    language: str
    ripeness: Ripeness
    relation: Relation | None
    answers: str
    """The byline of the voice that ``relation`` speaks about; empty when there is none or it has no name."""
    answers_id: str
    """The annotation id of that voice; empty when there is none."""
    relation_why: str
    written_at: str
    """ISO moment, UTC."""


@dataclass(frozen=True, slots=True)
class Link:
    """One article to read, with the copies folded under it."""

    article_id: str
    url: str
    title: str
    source: str
    language: str
    copies: int


@dataclass(frozen=True, slots=True)
class Item:
    """One cluster that people gave meaning to."""

    cluster_id: str
    theme_id: str
    title: str
    titled_by: str
    """``catalyst`` or ``machine``: a machine's title is shown as such."""
    label: str
    voices: tuple[Voice, ...]
    differ: bool
    """Whether a voice questions, contrasts or reframes another."""
    links: tuple[Link, ...]
    articles: int
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    week: str = ""
    """The week it was given meaning in, when it was held over from there; empty for the issue's own."""
    act: Act | Literal[""] = ""
    """The one thing that it asks of the reader; empty in issues from before this was chosen."""
    standing: Standing | None = None
    """How its theme stands; None when it has none, or was not in the week."""
    brought_by: int = 0
    """How many people of the network brought its articles, besides the feeds. Readers never see who."""
    missing: tuple[Missing, ...] = ()
    ask: tuple[WhoToAsk, ...] = ()
    looked_back: tuple[LookedBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question or experiment that a catalyst puts to the readers."""

    annotation_id: str
    text: str
    language: str
    byline: str
    cluster_id: str
    review_on: str = ""
    """The day on which an experiment is looked at again, ISO; empty for a question."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Number N of the digest; its JSON form is what is frozen."""

    number: int
    week: str
    network: str
    frozen_at: str
    """ISO moment, UTC."""
    run_id: str
    articles: int
    """Articles that came in, copies counted once."""
    clusters: int
    sources: int
    languages: tuple[str, ...]
    items: tuple[Item, ...]
    question: Asked | None
    experiment: Asked | None
    unannotated: tuple[Link, ...]
    """At most three links that passed the filter and got no meaning yet."""
    corrections: tuple[Correction, ...] = ()
    """What was put right about earlier issues since the one before this."""
    thin: bool = False
    """Whether it is a short issue, and says so: less than the network's usual, and not padded."""
    answers: tuple[Answered, ...] = ()
    """What readers answered to earlier issues, as far as catalysts put it here."""
    said_before: SaidBefore | None = None
    tried: LookedBack | None = None
    """What became of an earlier issue's experiment."""
    looked_back: tuple[LookedBack, ...] = ()
    """Of voices of earlier issues whose theme is not in this one."""

    @property
    def frozen_on(self) -> date:
        """The day on which it was frozen, in UTC."""
        return datetime.fromisoformat(self.frozen_at).date()


@dataclass(frozen=True, slots=True)
class Frame:
    """What an issue is about, apart from its content."""

    number: int
    week: str
    network: str
    frozen_at: datetime
    run_id: str
    thin_below: int = 0
    """An issue with fewer items than this is a short one."""


def build(
    frame: Frame,
    cards: Sequence[Card],
    annotations: Sequence[Annotation],
    articles: int,
    plan: Plan | None = None,
    earlier: Earlier | None = None,
) -> Issue:
    """Return the issue for these clusters and everything that was said about them and about what was held over.

    ``cards`` come in the order of the round, ``articles`` counts the week's articles without copies. Without a plan
    the issue is what :func:`curate.candidates.sort` makes of the voices.
    """
    plan, earlier = plan or Plan(), earlier or Earlier()
    sorted_ = candidates.sort(cards, annotations, plan, earlier)
    experiment = _asked(sorted_, "experiment", plan.experiment)
    spoken_of = {one.cluster_id for one in annotations}
    silent = [card for card in cards if card.cluster_id not in spoken_of]
    return Issue(
        number=frame.number,
        week=frame.week,
        network=frame.network,
        frozen_at=frame.frozen_at.isoformat(),
        run_id=frame.run_id,
        articles=articles,
        clusters=len(cards),
        sources=len({name for card in cards for name in card.sources}),
        languages=_languages(cards),
        items=_items(sorted_, experiment, earlier),
        question=_asked(sorted_, "question", plan.question),
        experiment=experiment,
        unannotated=tuple(_link(card.articles[0]) for card in silent[:MAX_UNANNOTATED] if card.articles),
        thin=len(sorted_.items) < frame.thin_below,
        answers=earlier.answers,
    )


def to_json(issue: Issue) -> str:
    """Return the frozen form: the same issue always gives the same bytes.

    What most issues do not have (a week that an item was held over from, being short) stands in those that have it, and
    so does what older issues did not know.
    """
    value = asdict(issue)
    value["items"] = [filled(item, _LATER_IN_ITEM) for item in value["items"]]
    for name in ("question", "experiment"):
        value[name] = value[name] and filled(value[name], _LATER_IN_ASKED)
    return json.dumps(filled(value, _LATER_IN_ISSUE), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Issue:
    """Read what :func:`to_json` wrote."""
    value: dict[str, Any] = json.loads(text)
    return Issue(
        **{
            **value,
            "languages": tuple(value["languages"]),
            "items": tuple(_item_from(item) for item in value["items"]),
            "question": Asked(**value["question"]) if value["question"] else None,
            "experiment": Asked(**value["experiment"]) if value["experiment"] else None,
            "unannotated": tuple(Link(**link) for link in value["unannotated"]),
            "answers": tuple(answered.from_value(one) for one in value.get("answers", ())),
            **issue_parts_from(value),
        }
    )


def _item_from(value: dict[str, Any]) -> Item:
    return Item(
        **{
            **value,
            "voices": tuple(Voice(**voice) for voice in value["voices"]),
            "links": tuple(Link(**link) for link in value["links"]),
            "sources": tuple(value["sources"]),
            "languages": tuple(value["languages"]),
            **item_parts_from(value),
        }
    )


def _items(sorted_: Sorted, experiment: Asked | None, earlier: Earlier) -> tuple[Item, ...]:
    items = [_item(one) for one in sorted_.items]
    fits = [
        Fit(
            differ=item.differ,
            is_tried=experiment is not None and experiment.cluster_id == item.cluster_id,
            misses=any(voice.words.missing for voice in one.shown),
            is_open=bool(item.theme_id) and item.theme_id not in earlier.well_asked,
        )
        for one, item in zip(sorted_.items, items, strict=True)
    ]
    return tuple(replace(item, act=act) for item, act in zip(items, calls.chosen(fits), strict=True))


def _item(one: Candidate) -> Item:
    by_id = {each.id: each for each in one.shown}
    voices = tuple(_voice(each, by_id) for each in one.shown)
    return Item(
        cluster_id=one.card.cluster_id,
        theme_id=one.card.theme_id,
        title=one.title,
        titled_by="catalyst" if one.named_by else "machine",
        label=one.card.label,
        voices=voices,
        differ=any(each.relation in voices_of.DIFFERING for each in voices),
        links=tuple(_link(article) for article in one.links),
        articles=one.card.size,
        sources=one.card.sources,
        languages=one.card.languages,
        week=one.week,
    )


def _voice(one: Annotation, others: dict[str, Annotation]) -> Voice:
    words = one.words
    answered = others.get(words.relation_to or "") if words.relation_to != one.id else None
    return Voice(
        annotation_id=one.id,
        byline=byline(one),
        shown_as=words.byline,
        so_what=words.so_what,
        language=one.language,
        ripeness=words.ripeness,
        relation=words.relation if answered else None,
        answers=byline(answered) if answered else "",
        answers_id=answered.id if answered else "",
        relation_why=words.relation_why if answered else "",
        written_at=one.written_at.isoformat(),
    )


def byline(one: Annotation) -> str:
    """Return the name under a voice; empty when its author shows none, or has taken it off since."""
    return one.catalyst if one.words.byline == "name" else ""


def _link(article: CardArticle) -> Link:
    return Link(article.article_id, article.url, article.title, article.source, article.language, article.copies)


def _asked(sorted_: Sorted, field: str, wanted: str | None) -> Asked | None:
    """The one that the editor chose while it is there, else the first; none when the editor wants none."""
    if wanted == "":
        return None
    given = [one for one in sorted_.heard if getattr(one.words, field)]
    chosen = sorted_.newest.get(wanted or "", wanted)
    for one in sorted(given, key=lambda one: one.id != chosen):
        review_on = one.words.review_on if field == "experiment" else None
        return Asked(
            annotation_id=one.id,
            text=getattr(one.words, field),
            language=one.language,
            byline=byline(one),
            cluster_id=one.cluster_id,
            review_on=review_on.isoformat() if review_on else "",
        )
    return None


def _languages(cards: Sequence[Card]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for card in cards:
        for article in card.articles:
            counts[article.language] = counts.get(article.language, 0) + 1
    return tuple(sorted(counts, key=lambda code: (-counts[code], code)))
