"""Articles: one canonical address, its text, once; and who brought it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate import articles, copies, urls
from curate.articles import Article, Entry
from curate.cards import Copy
from curate.clusters import Text
from curate.copies import Sketched
from curate.errors import NotFoundError, UsageError
from curate.weeks import Week
from storage import entries, removals
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Stored:
    """An article to keep, the addresses that lead to it, and the fetch it was read from."""

    article: Article
    canonical_urls: tuple[str, ...]
    fetch_id: str | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """An article that has, or once had, the same text as another; ``still`` says which."""

    article_id: str
    url: str
    title: str
    text: str
    text_hash: str
    still: bool


@dataclass(frozen=True, slots=True)
class Named:
    """An article that a person named: its id, what it is a copy of, and when it was published (aware UTC)."""

    id: str
    copy_of: str | None
    published_at: datetime


def by_addresses(db: Session, canonical_urls: Sequence[str]) -> dict[str, str]:
    """Return the article ids of those canonical addresses that are known."""
    return {row[0]: row[1] for row in db.rows("articles.by_addresses", canonical_urls=list(canonical_urls))}


def keep(db: Session, stored: Sequence[Stored], now: datetime, run_id: str) -> None:
    """Keep articles; one that is known gets its new words, and the earliest of its dates."""
    latest = list({one.article.id: one for one in stored}.values())
    kept = [one.article for one in latest]
    columns = "article_id url published_at first_seen_at language text_from teaser text_hash external_id".split()
    rows = [
        (
            one.article.id,
            one.article.url,
            one.article.published_at,
            one.article.first_seen_at,
            one.article.language,
            one.article.text_from,
            one.article.teaser,
            one.article.text_hash,
            one.article.external_id,
            one.fetch_id,
            run_id,
        )
        for one in latest
    ]
    db.bulk("articles.add", [*columns, "fetch_id", "run_id"], rows)
    addresses = {url: one.article.id for one in stored for url in one.canonical_urls}
    db.bulk("articles.add_addresses", ("canonical_url", "article_id"), list(addresses.items()))
    db.bulk(
        "articles.add_texts",
        "article_id stored_at title author text raw_text repairs run_id".split(),
        [(a.id, now, a.title, a.author, a.text, a.raw_text, _json(a.repairs), run_id) for a in kept],
    )
    db.bulk(
        "articles.add_sketches",
        "article_id stored_at text_hash hashes".split(),
        [(a.id, now, a.text_hash, list(copies.sketch(a.text))) for a in kept],
    )


def surface(db: Session, brought: Sequence[tuple[str, Entry]], run_id: str) -> None:
    """Note that entries brought articles: (article id, entry) each; and let an earlier date count.

    What a person withdrew while its page was being read brings nothing, and an article that only they brought goes.
    """
    theirs = [entry.id for _, entry in brought if entry.person_id]
    withdrawn = frozenset(theirs) - (entries.known_ids(db, theirs) if theirs else frozenset())
    rows = [
        (
            articles.surfacing_id(article_id, entry.id),
            article_id,
            entry.via,
            entry.source_id,
            entry.person_id,
            entry.id,
            entry.published_at or entry.first_seen_at,
            entry.url or entry.guid or "",
            run_id,
        )
        for article_id, entry in brought
        if entry.id not in withdrawn
    ]
    columns = "surfacing_id article_id via source_id person_id entry_id surfaced_at evidence run_id".split()
    db.bulk("articles.surface", columns, rows)
    late = {article_id for article_id, entry in brought if entry.id in withdrawn}
    removals.articles(db, removals.unbrought(db, late) if late else ())


def bring_forward(db: Session, dates: Sequence[tuple[str, datetime]]) -> None:
    """Let an earlier date of another source count: (article id, published_at) each."""
    earliest: dict[str, datetime] = {}
    for article_id, moment in dates:
        earliest[article_id] = min(moment, earliest.get(article_id, moment))
    db.bulk("articles.bring_forward", ("article_id", "published_at"), list(earliest.items()))


def sketches(db: Session, since: datetime, until: datetime) -> tuple[Sketched, ...]:
    """Return the articles published in a stretch of time as the search for copies sees them."""
    rows = db.rows("articles.sketches", since=since, until=until)
    return tuple(_sketched(row) for row in rows)


def bearing(db: Session, text_hashes: Sequence[str]) -> tuple[Bearer, ...]:
    """Return the articles whose text is, or once was, one with these hashes."""
    rows = db.rows("articles.bearing", text_hashes=list(text_hashes)) if text_hashes else []
    return tuple(Bearer(*row) for row in rows)


def whole(db: Session, article_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these articles are known with more than a teaser."""
    return frozenset(row[0] for row in db.rows("articles.whole", article_ids=list(article_ids)))


def addresses(db: Session, article_id: str) -> tuple[str, ...]:
    """Return the canonical addresses that lead to an article."""
    return tuple(row[0] for row in db.rows("articles.addresses", article_id=article_id))


def span_of_runs(db: Session, run_ids: Sequence[str]) -> tuple[datetime, datetime] | None:
    """Return the earliest and latest publication among the articles that runs wrote; None when they wrote none."""
    first, last = db.rows("articles.span_of_runs", run_ids=list(run_ids))[0]
    return (first, last) if first else None


def fold(db: Session, changes: dict[str, str | None]) -> None:
    """Note which articles are copies of which."""
    db.bulk("articles.fold", ("article_id", "copy_of"), list(changes.items()))


def of_time(db: Session, since: datetime, until: datetime) -> tuple[Text, ...]:
    """Return the articles published in a stretch of time, copies folded, as the clustering sees them."""
    return tuple(Text(*row) for row in db.rows("articles.of_time", since=since, until=until))


def published_between(db: Session) -> tuple[datetime, datetime] | None:
    """Return when the earliest and the latest article were published, or None when there are none."""
    ((first, last),) = db.rows("articles.published_between")
    return (first, last) if first else None


def languages(db: Session, since: datetime, until: datetime) -> dict[str, int]:
    """Return how many articles of a stretch of time are in each language, copies left out."""
    return {row[0]: row[1] for row in db.rows("articles.languages", since=since, until=until)}


def by_ids(db: Session, article_ids: Sequence[str]) -> tuple[Text, ...]:
    """Return articles by id, without their source."""
    return tuple(Text(*row) for row in db.rows("articles.by_ids", article_ids=list(article_ids)))


def counted(db: Session, week: str) -> int:
    """Return how many articles a week brought, copies counted once."""
    span = Week.parse(week)
    return int(db.rows("articles.counted", since=span.starts_at, until=span.ends_at)[0][0])


def titles(db: Session, article_ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of articles by id."""
    return {row[0]: row[1] for row in db.rows("articles.titles", article_ids=list(article_ids))}


def copies_of(db: Session, article_ids: Sequence[str]) -> dict[str, tuple[Copy, ...]]:
    """Return the near-identical articles of some, by the id of the one they copy."""
    found: dict[str, list[Copy]] = {}
    for original, url, title, source, language in db.rows("articles.copies_of", article_ids=list(article_ids)):
        found.setdefault(original, []).append(Copy(url, title, source or urls.host_of(url), language))
    return {original: tuple(copies) for original, copies in found.items()}


def named(db: Session, reference: str) -> Named:
    """Return the article that a person means by its id, the beginning of its id, or an address.

    Raises NotFoundError when there is none and UsageError when a beginning fits several.
    """
    said = reference.strip()
    address = urls.canonical(said) or ""
    at_address = urls.article_id(said) if address else ""
    found = db.rows("articles.named", beginning=said, canonical_url=address, at_address=at_address) if said else []
    if not found:
        raise NotFoundError(f"There is no article {reference!r}. `duiding export clusters` has ids and addresses.")
    if len(found) > 1 and not address and found[0][0] != said:
        raise UsageError(f"{reference!r} is the beginning of several article ids. Give more of it.")
    return Named(*found[0])


def totals(db: Session) -> tuple[int, int]:
    """Return (all articles, copies among them)."""
    row = db.rows("articles.totals")[0]
    return int(row[0]), int(row[1])


def export(db: Session, week: Week | None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export articles``, copies left out."""
    return _export(db, week, copies=False)


def export_with_copies(db: Session, week: Week | None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export articles --copies``."""
    return _export(db, week, copies=True)


def _export(db: Session, week: Week | None, *, copies: bool) -> Iterator[dict[str, Any]]:
    since, until = (week.starts_at, week.ends_at) if week else (None, None)
    fields = "article url title author language published_at sources text text_from teaser copy_of external_id".split()
    for row in db.rows("articles.export", since=since, until=until, copies=copies):
        record = dict(zip(fields, row, strict=True))
        article_id, external_id = record.pop("article"), record.pop("external_id")
        yield {
            "id": external_id or article_id,
            "article": article_id,
            **record,
            "week": str(Week.of(record["published_at"])),
        }


def _sketched(row: Row) -> Sketched:
    article_id, url, title, published_at, first_seen_at, own, teaser, text_hash, hashes, copy_of = row
    return Sketched(
        id=article_id,
        site=urls.host_of(url),
        title=title,
        published_at=published_at,
        first_seen_at=first_seen_at,
        own=own,
        teaser=teaser,
        text_hash=text_hash,
        hashes=tuple(hashes),
        copy_of=copy_of,
    )


def _json(repairs: Sequence[tuple[str, str]]) -> str | None:
    return json.dumps(repairs, ensure_ascii=False) if repairs else None
