"""records of articles (JSON lines) | check each | keep | fold copies"""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curate import articles, ids, languages, mojibake, sources, texts, urls
from curate.articles import Article, Entry
from curate.errors import ParseError, UsageError
from curate.sources import Source
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.steps.ingest import fold_copies
from storage import articles as stored_articles
from storage import entries
from storage import sources as stored_sources
from storage.articles import Stored
from storage.database import Session
from storage.entries import Attachment
from storage.runs import Run

_BATCH = 100
_YEARS = range(1800, 2101)
"""A date outside them is a slip, and weeks cannot be reckoned at the ends of the calendar."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought; ``refused`` says of each bad line its number and what is wrong with it."""

    new: int
    known: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One record, read: its article, the entry that brings it, and the source that stands for its outlet."""

    article: Article
    entry: Entry
    source: Source
    canonical_url: str


def import_articles(home: Home, file: Path, notify: Notify = silent) -> Imported:
    """Keep the articles of a JSON-lines file, plain or gzip; known addresses are not doubled.

    Records are ``{url, title, text, published_at, language, source[, id]}``. Bad lines are left out and reported.
    """
    run = start_run(home, "import", file=file.name)
    refused: list[str] = []
    lines: list[_Line] = []
    new = known = 0
    for number, record in _records(file):
        try:
            lines.append(_line(record, home.clock(), home.settings.language))
        except ParseError as error:
            refused.append(f"line {number}: {error}")
        if len(lines) == _BATCH:
            added = _keep(home, lines, run)
            new, known, lines = new + added, known + len(lines) - added, []
            notify("articles", number, number)
    added = _keep(home, lines, run)
    fold_copies(home, run.id)
    outcome = Imported(new + added, known + len(lines) - added, tuple(refused))
    finish_run(home, run, f"{outcome.new} new articles, {outcome.known} known, {len(refused)} lines refused.")
    return outcome


def _records(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield (number, line) in bytes: one that is not UTF-8 is a bad line, not a bad file."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as rows:
            for number, row in enumerate(rows, start=1):
                if row.strip():
                    yield number, row
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{file} cannot be read as JSON lines: {error}. Check the file.") from None


def _line(row: bytes, now: datetime, language: str) -> _Line:
    try:
        record = json.loads(row)
    except (ValueError, RecursionError):
        raise ParseError("unreadable", "this is not JSON in UTF-8; write one object a line.") from None
    if not isinstance(record, dict):
        raise ParseError("unreadable", "this is not an object; write {url, title, text, …}.")
    url = urls.canonical(str(record.get("url") or ""))
    if not url:
        raise ParseError("unreadable", f"url is {str(record.get('url'))[:80]!r}; give an http(s) address.")
    return _read(record, url, now, language)


def _read(record: dict[str, Any], url: str, now: datetime, language: str) -> _Line:
    said_title, said_text = str(record.get("title") or ""), texts.clean(str(record.get("text") or ""))
    prior = str(record.get("language") or "")[:2].lower() or None
    title, text = mojibake.repair(said_title, prior), mojibake.repair(said_text, prior)
    if not title.text.strip() and not text.text.strip():
        raise ParseError("unreadable", "title and text are both empty; give at least one.")
    source = sources.imported(texts.one_line(str(record.get("source") or urls.host_of(url)), 200))
    external_id = str(record["id"]) if record.get("id") is not None else None
    article = Article(
        id=articles.article_id(url),
        url=url,
        published_at=_moment(record.get("published_at")) or now,
        first_seen_at=now,
        language=prior or languages.detect(f"{title.text}\n{text.text[:2000]}", language),
        text_from="import",
        title=texts.one_line(title.text),
        author=texts.one_line(str(record.get("author") or ""), 200),
        text=text.text,
        raw_text=said_text if text.changes else None,
        repairs=(*title.changes, *text.changes),
        external_id=external_id,
        teaser=not text.text,
    )
    return _Line(article, _entry(article, source, str(record["url"])), source, url)


def _moment(said: Any) -> datetime | None:
    if said is None or said == "":
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        shown = str(said)[:40]
        raise ParseError("unreadable", f"published_at is {shown!r}; write a moment like 2026-11-16T08:00:00Z.")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _entry(article: Article, source: Source, url: str) -> Entry:
    return Entry(
        id=articles.entry_id(source.id, article.url),
        source_id=source.id,
        via="import",
        guid=article.external_id,
        url=url,
        canonical_url=article.url,
        published_at=article.published_at,
        first_seen_at=article.first_seen_at,
        title=article.title,
        author=article.author,
        language=article.language,
        text="",  # the article has it, word for word
        truncated=True,
        content_hash=ids.of(article.title, article.text),
    )


def _keep(home: Home, lines: list[_Line], run: Run) -> int:
    with home.database.writing() as db:
        return _keep_batch(db, list({line.article.id: line for line in lines}.values()), run)


def _keep_batch(db: Session, lines: list[_Line], run: Run) -> int:
    known = stored_articles.by_addresses(db, [line.canonical_url for line in lines])
    new = [line for line in lines if line.canonical_url not in known]
    article_of = {line.entry.id: known.get(line.canonical_url, line.article.id) for line in lines}
    stored_sources.add(db, [line.source for line in lines], run.started_at)
    entries.add(db, [line.entry for line in lines], run.id)
    stored_articles.keep(
        db, [Stored(line.article, (line.canonical_url,), None) for line in new], run.started_at, run.id
    )
    stored_articles.surface(db, [(article_of[line.entry.id], line.entry) for line in lines], run.id)
    entries.attach(db, [Attachment(line.entry.id, article_of[line.entry.id]) for line in lines])
    return len(new)
