"""Why the articles of a cluster stand together, in one or two plain sentences without figures of similarity."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from curate.cards import Card, CardArticle
from curate.reasons import Reasons
from reports.templating import one_line
from reports.words import Words

MOST_NAMED = 2
"""Groups of names and words that are said; more tell a reader nothing new."""


@dataclass(frozen=True, slots=True)
class Why:
    """What a reader is told: sentences, and the article that fits least, when there is one."""

    sentences: tuple[str, ...]
    weakest: CardArticle | None


def told(card: Card, w: Words) -> Why | None:
    """Return what is told of a card; None when its run gave no reasons."""
    if card.reasons is None:
        return None
    found = card.reasons.weakest
    weakest = next((one for one in card.articles if found and one.article_id == found.article), None)
    return Why((*_sentences(card.reasons, w),), weakest)


def _sentences(reasons: Reasons, w: Words) -> Iterator[str]:
    shared = [[*group] for _, group in groupby(reasons.shared, key=lambda one: one.articles)][:MOST_NAMED]
    for group in shared:
        yield _mention(group[0].articles, reasons.size, w.listed(one_line(one.word) for one in group), w)
    if not shared:
        yield w("why.nothing")
    if reasons.halves:
        first, second = (w.number(len(half)) for half in reasons.halves)
        yield w("why.halves", first=first, second=second)
    if reasons.joined:
        yield w.count("why.joined", len(reasons.joined))
    if reasons.parted:
        yield w.count("why.parted", len(reasons.parted))


def _mention(n: int, of: int, words: str, w: Words) -> str:
    if n < of:
        return w("why.some", n=w.number(n), of=w.number(of), words=words)
    return w("why.both", words=words) if of == 2 else w("why.all", n=w.number(n), words=words)
