"""Quotations that stand in none of the articles of their cluster: a hint on the desk and after saving, never a bar."""

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from curate import quotations
from curate.annotations import Annotation
from curate.cards import Card
from curate.quotations import Unfound
from reports.web.site import site_of
from storage import articles
from storage.database import Session

_MOST_ARTICLES = 120
"""Of a cluster, the first ones, that are looked through."""

Said = Sequence[tuple[Card, Sequence[Annotation]]]
"""Clusters, each with what was said about it."""


async def unfound(request: Request, said: Said) -> dict[str, tuple[Unfound, ...]]:
    """Return the quotations that stand in no article of their cluster, by annotation id. Reads nothing without any."""
    quoting = [(card, [one for one in those if quotations.quoted(one.words.so_what)]) for card, those in said]
    wanted = [(card, those) for card, those in quoting if those]
    if not wanted:
        return {}
    read = await site_of(request).desk.read(lambda db: [_texts(db, card) for card, _ in wanted])
    return await run_in_threadpool(lambda: _judged(wanted, read))


def _texts(db: Session, card: Card) -> list[str]:
    ids = [one.article_id for one in card.articles[:_MOST_ARTICLES]]
    return [f"{one.title}\n{one.text}" for one in articles.by_ids(db, ids)]


def _judged(said: Said, read: Sequence[Sequence[str]]) -> dict[str, tuple[Unfound, ...]]:
    judged = {
        one.id: quotations.unfound(one.words.so_what, texts)
        for (_, those), texts in zip(said, read, strict=True)
        for one in those
    }
    return {annotation_id: found for annotation_id, found in judged.items() if found}
