"""The issue: built from the voices of one round, frozen once, rendered in many faces.

An issue holds data only, no markup and no interface words, so that mail, page and JSON show the same sentences and a
reader's language changes nothing but the words around them. Every sentence carries the ids that lead back to who said
it and what they had read.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from curate import annotations as voices_of
from curate.annotations import Annotation, Relation, Ripeness
from curate.cards import Card, CardArticle

MAX_ITEMS = 5
MAX_LINKS = 3
MAX_UNANNOTATED = 3


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question or experiment that a catalyst puts to the readers."""

    annotation_id: str
    text: str
    language: str
    byline: str
    cluster_id: str


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
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What an issue is about, apart from its content."""

    number: int
    week: str
    network: str
    frozen_at: datetime
    run_id: str


def build(frame: Frame, cards: Sequence[Card], annotations: Sequence[Annotation], articles: int) -> Issue:
    """Return the issue for these clusters and everything that was said about them.

    ``cards`` come in the order of the round, ``articles`` counts the week's articles without copies. Clusters with
    more voices come first: where several people had something to say there is something to read. Ties keep the order.
    """
    said = {card.cluster_id: _said(card.cluster_id, annotations) for card in cards}
    kept = [card for card in cards if voices_of.is_kept(said[card.cluster_id])]
    chosen = sorted(kept, key=lambda card: -len(_voiced(said[card.cluster_id])))[:MAX_ITEMS]
    heard = [one for card in chosen for one in _voiced(said[card.cluster_id])]
    silent = [card for card in cards if not said[card.cluster_id]]
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
        items=tuple(_item(card, said[card.cluster_id]) for card in chosen),
        question=_asked(heard, "question"),
        experiment=_asked(heard, "experiment"),
        unannotated=tuple(_link(card.articles[0]) for card in silent[:MAX_UNANNOTATED] if card.articles),
    )


def to_json(issue: Issue) -> str:
    """Return the frozen form: the same issue always gives the same bytes."""
    return json.dumps(asdict(issue), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
            "corrections": tuple(value["corrections"]),
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
        }
    )


def _said(cluster_id: str, annotations: Sequence[Annotation]) -> tuple[Annotation, ...]:
    return voices_of.latest(one for one in annotations if one.cluster_id == cluster_id)


def _voiced(annotations: Sequence[Annotation]) -> tuple[Annotation, ...]:
    """A verdict without a sentence is counted nowhere and shown nowhere: a tag alone is no meaning."""
    return voices_of.in_order([one for one in annotations if one.words.so_what])


def _item(card: Card, said: Sequence[Annotation]) -> Item:
    heard = _voiced(said)
    # The form offers the machine's title: who leaves it standing has named nothing.
    named = (one.words.title for one in heard if one.words.verdict == "keep")
    title = next((name for name in named if name not in ("", card.title)), "")
    shown = _shown(heard)
    by_id = {one.id: one for one in shown}
    voices = tuple(_voice(one, by_id) for one in shown)
    return Item(
        cluster_id=card.cluster_id,
        theme_id=card.theme_id,
        title=title or card.title,
        titled_by="catalyst" if title else "machine",
        label=card.label,
        voices=voices,
        differ=any(one.relation in voices_of.DIFFERING for one in voices),
        links=tuple(_link(article) for article in card.articles[:MAX_LINKS]),
        articles=card.size,
        sources=card.sources,
        languages=card.languages,
    )


def _shown(heard: Sequence[Annotation]) -> Sequence[Annotation]:
    """Return the voices there is room for: the first ones, but where people differ always both who do."""
    known = {one.id for one in heard}
    differing = [
        one for one in heard if one.words.relation in voices_of.DIFFERING and one.words.relation_to in known - {one.id}
    ]
    both = {differing[0].id, differing[0].words.relation_to} if differing else set()
    first = sorted(heard, key=lambda one: one.id not in both)[: voices_of.MAX_VOICES_SHOWN]
    return [one for one in heard if one in first]


def _voice(one: Annotation, others: dict[str, Annotation]) -> Voice:
    words = one.words
    answered = others.get(words.relation_to or "") if words.relation_to != one.id else None
    return Voice(
        annotation_id=one.id,
        byline=_byline(one),
        shown_as=words.byline,
        so_what=words.so_what,
        language=one.language,
        ripeness=words.ripeness,
        relation=words.relation if answered else None,
        answers=_byline(answered) if answered else "",
        answers_id=answered.id if answered else "",
        relation_why=words.relation_why if answered else "",
        written_at=one.written_at.isoformat(),
    )


def _byline(one: Annotation) -> str:
    return one.catalyst if one.words.byline == "name" else ""


def _link(article: CardArticle) -> Link:
    return Link(article.article_id, article.url, article.title, article.source, article.language, article.copies)


def _asked(heard: Sequence[Annotation], field: str) -> Asked | None:
    for one in heard:
        if text := getattr(one.words, field):
            return Asked(one.id, text, one.language, _byline(one), one.cluster_id)
    return None


def _languages(cards: Sequence[Card]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for card in cards:
        for article in card.articles:
            counts[article.language] = counts.get(article.language, 0) + 1
    return tuple(sorted(counts, key=lambda code: (-counts[code], code)))
