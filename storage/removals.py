"""Taking out again what a person brought, and all that was derived from it and from nothing else.

Everything here belongs in one transaction: what is half removed points at what is gone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from curate.clusters import Text
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Let:
    """What became of the articles that some entries had brought."""

    removed: tuple[str, ...]
    stayed: tuple[str, ...]
    """Others brought these too."""


def surfacings(db: Session, entry_ids: Collection[str], hashed: Callable[[Text], str], now: datetime) -> Let:
    """Let some entries bring nothing any more: articles that nobody else brought go, the others forget them.

    ``hashed`` gives the identity under which a text was encoded. The entries themselves stay.
    """
    entries = sorted(entry_ids)
    brought = [row[0] for row in db.rows("removals.brought", entry_ids=entries)]
    db.rows("removals.surfacings", entry_ids=entries)
    removed = unbrought(db, brought)
    hashes = [hashed(Text(*row)) for row in db.rows("removals.texts", article_ids=list(removed))]
    articles(db, removed)
    _vectors(db, hashes)
    stayed = tuple(one for one in brought if one not in set(removed))
    _forget_words(db, stayed, entries, now)
    return Let(removed, stayed)


def unbrought(db: Session, article_ids: Collection[str]) -> tuple[str, ...]:
    """Return which of these articles no source and no person brings."""
    return tuple(row[0] for row in db.rows("removals.unbrought", article_ids=sorted(article_ids)))


def articles(db: Session, article_ids: Collection[str]) -> None:
    """Remove articles with their words, addresses and fetches, and from the clusters of issues not yet published.

    What people said of one against the machine goes with it, or holds for the copy that takes its place.
    """
    gone = sorted(article_ids)
    if not gone:
        return
    titles = sorted({row[1] for row in db.rows("removals.texts", article_ids=gone)})
    held = [row[0] for row in db.rows("removals.clusters_with", article_ids=gone)]
    for each in (
        "removals.inherit_corrections",
        "removals.promote_copies",
        "removals.corrections",
        "removals.from_clusters",
        "removals.suggestions",
        "removals.fetches_of_articles",
        "removals.articles",
        "removals.addresses",
        "removals.article_texts",
        "removals.sketches",
    ):
        db.rows(each, article_ids=gone)
    db.rows("removals.retitle_clusters", cluster_ids=held, titles=titles)
    db.rows("removals.forget_reasons", cluster_ids=held)
    empty = [row[0] for row in db.rows("removals.empty_clusters", cluster_ids=held)]
    for each in ("removals.clusters", "removals.theme_links"):
        db.rows(each, cluster_ids=empty)
    if empty:
        db.rows("removals.themes")


def entries(db: Session, entry_ids: Collection[str]) -> None:
    """Remove entries, whose articles were let go before, with their words and what was fetched for them alone."""
    gone = sorted(entry_ids)
    for each in ("removals.fetches_of_entries", "removals.entry_texts", "removals.entries"):
        db.rows(each, entry_ids=gone)


def source(db: Session, source_id: str) -> None:
    """Remove a person's source, whose entries were removed before."""
    db.rows("removals.source", source_id=source_id)


def _vectors(db: Session, text_hashes: Collection[str]) -> None:
    for each in ("removals.vectors", "removals.embeddings"):
        db.rows(each, text_hashes=sorted(text_hashes))


def _forget_words(db: Session, stayed: Collection[str], entry_ids: list[str], now: datetime) -> None:
    """An article that stays may have the date, an address or the very words of the entries that go."""
    kept = sorted(stayed)
    borrowing = [row[0] for row in db.rows("removals.borrowing", article_ids=kept, entry_ids=entry_ids)]
    for each in ("removals.article_texts", "removals.sketches"):
        db.rows(each, article_ids=borrowing)
    db.rows("removals.reread", article_ids=borrowing, now=now)
    db.rows("removals.redate", article_ids=kept, entry_ids=entry_ids)
    db.rows("removals.own_addresses", article_ids=kept, entry_ids=entry_ids)
