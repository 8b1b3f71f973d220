"""rows of an export | entries of its owner's source | own articles whole | what is gone from a newer one is marked"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from curate import articles, ids, languages, sources, texts, urls
from curate.articles import Article, Entry, Via
from curate.linkedin import Activity, Export, Kind
from curate.people import Person
from curate.sources import Source
from pipelines.steps.encoding import text_hash
from storage import activities, archives, entries, removals
from storage import articles as stored_articles
from storage import sources as stored_sources
from storage.articles import Stored
from storage.database import Session
from storage.entries import Attachment
from storage.runs import Run

BRINGING: frozenset[Kind] = frozenset({"share", "article", "comment"})
"""Kinds whose addresses become articles. The others only say that their owner met a post: that stays as it is."""
_VIA: Mapping[Kind, Via] = {
    "share": "share",
    "article": "article",
    "comment": "comment",
    "saved": "saved",
    "repost": "repost",
    "reaction": "reaction",
    "vote": "vote",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What the rows of one export brought."""

    new: int
    """Entries that were not there before."""
    withdrawn: int
    """Entries that a newer complete export no longer holds."""


def source_of(person: Person) -> Source:
    """Return the source that stands for what a person's exports bring."""
    return sources.of_person("linkedin", person.id, person.name)


def take(db: Session, person: Person, export: Export, run: Run) -> Taken:
    """Keep the rows of an export. Rows that are known stay as they are; a row in two archives is one entry."""
    source = source_of(person)
    said = [_entry(source, person, one, run) for one in export.activities]
    known = entries.known_ids(db, [one.id for one in said])
    new = [one for one in said if one.id not in known]
    stored_sources.add(db, [source], run.started_at)
    entries.add(db, new, run.id)
    activities.note(db, {e.id: one.kind for e, one in zip(said, export.activities, strict=True)})
    came_back: frozenset[str] = frozenset()
    gone = 0
    if _is_newest(db, person, export):
        came_back = activities.bring_back(db, known, run.started_at)
        gone = _mark_missing(db, source, export, run) if export.complete else 0
    fresh = {one.id for one in new} | came_back
    _keep_own_articles(db, [one for one in said if one.id in fresh and one.via == "article"], run)
    return Taken(len(new), gone)


def remove(db: Session, entry_ids: Collection[str], now: datetime) -> int:
    """Remove entries and all that was derived from them alone; return how many articles went with them."""
    let = removals.surfacings(db, entry_ids, text_hash, now)
    removals.entries(db, entry_ids)
    return len(let.removed)


def _is_newest(db: Session, person: Person, export: Export) -> bool:
    """Whether no complete archive that was read before is newer: an old one does not undo what that one told."""
    newest = archives.newest_complete(db, person.id)
    return newest is None or (export.made_at is not None and export.made_at > newest)


def _mark_missing(db: Session, source: Source, export: Export, run: Run) -> int:
    """What a newer complete export lacks, its owner deleted; a partial one, or a file that is broken, says nothing."""
    gone: list[str] = []
    for kind in sorted(export.whole):
        present = [articles.entry_id(source.id, key) for key in export.keys(kind)]
        gone += activities.missing(db, source.id, kind, present)
    removals.surfacings(db, gone, text_hash, run.started_at)
    activities.mark(db, gone, run.started_at)
    return len(gone)


def _keep_own_articles(db: Session, own: list[Entry], run: Run) -> None:
    """A member's own long posts come whole in the export; their address is LinkedIn's and is never fetched."""
    made = [(one, _own_article(one, url, run)) for one in own if (url := urls.canonical(one.url or ""))]
    stored = [Stored(article, (article.url,), None) for _, article in made]
    stored_articles.keep(db, stored, run.started_at, run.id)
    stored_articles.surface(db, [(article.id, one) for one, article in made], run.id)
    entries.attach(db, [Attachment(one.id, article.id) for one, article in made])


def _own_article(one: Entry, url: str, run: Run) -> Article:
    return Article(
        id=articles.article_id(url),
        url=url,
        published_at=articles.published_at([one], run.started_at),
        first_seen_at=run.started_at,
        language=languages.detect(f"{one.title}\n{one.text[:2000]}", one.language),
        text_from="import",
        title=one.title,
        author=one.author,
        text=one.text,
    )


def _entry(source: Source, person: Person, activity: Activity, run: Run) -> Entry:
    url = activity.link if activity.kind == "article" else next(iter(activity.urls), None)
    canonical = urls.canonical(url) if url and activity.kind in BRINGING else None
    return Entry(
        id=articles.entry_id(source.id, activity.key),
        source_id=source.id,
        via=_VIA[activity.kind],
        guid=activity.urn or activity.key,
        url=url,
        canonical_url=canonical if canonical and not urls.is_never_fetched(canonical) else None,
        published_at=activity.at,
        first_seen_at=run.started_at,
        title=texts.one_line(activity.title or activity.text, 120),
        author=person.name,
        language=None,
        # A person's words about an article are theirs, not the article's text: they are kept as a teaser.
        text=activity.text,
        truncated=True,
        content_hash=ids.of(activity.text, activity.title),
        own=False,
        person_id=person.id,
    )
