"""Entries: what sources say, each version kept."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from curate.articles import Entry
from curate.entries import KnownEntry
from curate.weeks import Week
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class About:
    """An entry with what became of it; ``article_id`` is None until its page was looked at."""

    entry: Entry
    article_id: str | None
    waiting: bool
    tries: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """Which article an entry speaks of; a page to be tried again has a ``due_at``."""

    entry_id: str
    article_id: str
    tries: int = 0
    due_at: datetime | None = None


def known(db: Session, source_id: str) -> tuple[KnownEntry, ...]:
    """Return a source's entries as the matcher needs them."""
    return tuple(KnownEntry(*row) for row in db.rows("entries.known", source_id=source_id))


def known_ids(db: Session, entry_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these entries are stored already."""
    return frozenset(row[0] for row in db.rows("entries.known_ids", entry_ids=list(entry_ids)))


def add(db: Session, entries: Sequence[Entry], run_id: str) -> None:
    """Keep new entries; those with an address wait for their page. One that is known stays as it is."""
    known = known_ids(db, [one.id for one in entries])
    new = {one.id: one for one in entries if one.id not in known}.values()
    columns = "entry_id source_id via guid url canonical_url published_at first_seen_at".split()
    rows = [
        (
            one.id,
            one.source_id,
            one.via,
            one.guid,
            one.url,
            one.canonical_url,
            one.published_at,
            one.first_seen_at,
            one.content_hash,
            "waiting" if one.canonical_url else "none",
            run_id,
        )
        for one in new
    ]
    db.bulk("entries.add", [*columns, "content_hash", "page_state", "run_id"], rows)
    _add_texts(db, [(one, one.first_seen_at) for one in new], run_id)


def change(db: Session, entries: Sequence[Entry], now: datetime, run_id: str) -> None:
    """Keep a next version of entries that are known; their pages are looked at again."""
    columns = "entry_id guid url canonical_url content_hash seen_at page_state".split()
    rows = [
        (
            one.id,
            one.guid,
            one.url,
            one.canonical_url,
            one.content_hash,
            now,
            "waiting" if one.canonical_url else "none",
        )
        for one in entries
    ]
    db.bulk("entries.change", columns, rows)
    _add_texts(db, [(one, now) for one in entries], run_id)


def rename(db: Session, renamed: Sequence[tuple[str, str]]) -> None:
    """Note the new guid of entries whose feed made it anew: (entry id, guid) each."""
    db.bulk("entries.rename", ("entry_id", "guid"), list(renamed))


def waiting(db: Session, now: datetime, most: int) -> tuple[str, ...]:
    """Return canonical addresses whose page is to be looked at now."""
    return tuple(row[0] for row in db.rows("entries.waiting", now=now, most=most))


def count_waiting(db: Session, now: datetime) -> int:
    """Return how many addresses wait."""
    return int(db.rows("entries.count_waiting", now=now)[0][0])


def about(db: Session, canonical_urls: Sequence[str]) -> dict[str, tuple[About, ...]]:
    """Return all that is said about each address."""
    found: dict[str, list[About]] = {}
    for row in db.rows("entries.about", canonical_urls=list(canonical_urls)):
        one = _about(row)
        found.setdefault(row[5], []).append(one)
    return {url: tuple(said) for url, said in found.items()}


def attach(db: Session, attachments: Sequence[Attachment]) -> None:
    """Note which article each entry speaks of."""
    rows = [
        (one.entry_id, one.article_id, "waiting" if one.due_at else "done", one.tries, one.due_at)
        for one in attachments
    ]
    db.bulk("entries.attach", "entry_id article_id page_state page_tries page_due_at".split(), rows)


def export(db: Session, week: Week | None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export entries``."""
    fields = "source source_url guid title url article published_at first_seen_at activity withdrawn_at".split()
    since, until = (week.starts_at, week.ends_at) if week else (None, None)
    for row in db.rows("entries.export", since=since, until=until):
        yield dict(zip(fields, row, strict=True))


def _add_texts(db: Session, entries: Iterable[tuple[Entry, datetime]], run_id: str) -> None:
    columns = "entry_id seen_at title author language text truncated raw_title raw_text repairs run_id".split()
    rows = [
        (
            one.id,
            seen_at,
            one.title,
            one.author,
            one.language,
            one.text,
            one.truncated,
            one.raw_title,
            one.raw_text,
            json.dumps(one.repairs, ensure_ascii=False) if one.repairs else None,
            run_id,
        )
        for one, seen_at in entries
    ]
    db.bulk("entries.add_texts", columns, rows)


def _about(row: Row) -> About:
    (entry_id, source_id, via, guid, url, canonical_url, published_at, first_seen_at, *said) = row
    title, author, language, text, truncated, content_hash, source_url, person_id, article_id, page_state, tries = said
    entry = Entry(
        id=entry_id,
        source_id=source_id,
        via=via,
        guid=guid,
        url=url,
        canonical_url=canonical_url,
        published_at=published_at,
        first_seen_at=first_seen_at,
        title=title,
        author=author,
        language=language,
        text=text,
        truncated=truncated,
        content_hash=content_hash,
        own=via == "import" or (via == "feed" and _site(source_url) == _site(canonical_url)),
        person_id=person_id,
    )
    return About(entry, article_id, page_state == "waiting", tries)


def _site(url: str) -> str:
    """Host and port: two sites on one machine are two."""
    return urlsplit(url).netloc.lower()
