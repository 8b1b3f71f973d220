"""a member's LinkedIn export | read in memory | what is allowed | entries of that person's source | archive forgotten

The archive itself is never kept. Addresses that a member shared become articles on the same guarded way as any other;
nothing is ever fetched from LinkedIn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from curate import articles, ids, languages, linkedin, people, sources, texts, urls
from curate.articles import Article, Entry, Via
from curate.errors import DuidingError, ExportError, UsageError
from curate.linkedin import ALLOWED_BY_DEFAULT, Activity, Export
from curate.people import Person
from curate.sources import Source
from pipelines.home import Home, finish_run, start_run
from storage import archives, consents, entries
from storage import articles as stored_articles
from storage import people as stored_people
from storage import sources as stored_sources
from storage.articles import Stored
from storage.database import Session
from storage.entries import Attachment
from storage.runs import Run

_VIA: Mapping[str, Via] = {"share": "share", "article": "article", "comment": "comment"}
LARGEST = 256 * 2**20
"""Bytes of the largest archive that is read: exports hold text, and are a few megabytes."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What a member lets us take: kinds of file, and audiences of shares (a wider one than public must be said)."""

    allow: frozenset[str] = ALLOWED_BY_DEFAULT
    audiences: frozenset[str] = frozenset({"PUBLIC"})

    @property
    def names(self) -> frozenset[str]:
        """All that is permitted, as words."""
        return self.allow | {f"audience:{one}" for one in self.audiences}


@dataclass(frozen=True, slots=True)
class Imported:
    """What reading one archive brought; ``new`` counts entries that were not there before."""

    file: str
    export: Export
    new: int
    already: bool = False


def preview(file: Path, permission: Permission = Permission()) -> Export:
    """Read an archive and keep nothing."""
    return _read(file, permission)


def import_export(home: Home, file: Path, email: str, permission: Permission = Permission()) -> Imported:
    """Read one archive of one person and keep what is allowed. The same archive again adds nothing.

    Raises ExportError when the file is no export, UsageError for an unreadable file or a malformed address.
    """
    address = people.normal_email(email)
    export = _read(file, permission)
    run = start_run(home, "linkedin", sha256=export.sha256, allow=sorted(permission.names))
    with home.database.writing() as db:
        person = stored_people.by_email(db, address) or _member(db, home, address)
        already = archives.is_known(db, person.id, export.sha256, permission.names)
        new = 0 if already else _keep(db, person, export, run)
        if not already:
            _consented(db, person, permission, run)
            archives.add(db, person.id, export.sha256, permission.names, export.counts, run)
    finish_run(home, run, f"{new} new entries of one member.")
    return Imported(file.name, export, new, already)


def take_inbox(home: Home) -> tuple[Imported | DuidingError, ...]:
    """Import the archives that were put in ``inbox/linkedin/<email>/`` and remove each once it is read.

    A file that is no export stays where it is and its error is returned; the others are read all the same.
    """
    outcomes: list[Imported | DuidingError] = []
    for file in sorted(each for each in home.inbox.glob("*/*") if each.suffix.lower() == ".zip"):
        try:
            outcomes.append(import_export(home, file, file.parent.name))
            _remove(file)
        except DuidingError as error:
            outcomes.append(error)
    return tuple(outcomes)


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise UsageError(f"{file} is read, but cannot be removed: {error.strerror}. Remove it by hand.") from None


def told(outcome: Imported | DuidingError) -> str:
    """Say in one sentence what became of an archive in the inbox; no name or address stands in it."""
    if isinstance(outcome, ExportError):
        return f"An export in the inbox was left there: {outcome}"
    if isinstance(outcome, DuidingError):
        return "An export in the inbox was left there; `duiding ingest` says which and why."
    return f"An export from the inbox brought {outcome.new} new entries."


def _read(file: Path, permission: Permission) -> Export:
    return linkedin.read_export(_bytes(file), permission.allow, visibilities=permission.audiences)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise UsageError(f"{file} is larger than {LARGEST // 2**20} MB; that is no LinkedIn export of text.")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Check the path.") from None


def _member(db: Session, home: Home, address: str) -> Person:
    """Someone who only gives an export needs no account: they become a member, without any access."""
    person = people.person(address, address.split("@", maxsplit=1)[0], "member", home.settings.language)
    stored_people.add(db, person, home.clock())
    return person


def _consented(db: Session, person: Person, permission: Permission, run: Run) -> None:
    for kind in sorted(permission.names):
        consents.give(db, person.id, f"linkedin:{kind}", "gave the export", run.started_at)


def _keep(db: Session, person: Person, export: Export, run: Run) -> int:
    source = sources.of_person("linkedin", person.id, person.name)
    said = [_entry(source, person, one, run) for one in export.activities]
    known = entries.known_ids(db, [one.id for one in said])
    new = [one for one in said if one.id not in known]
    stored_sources.add(db, [source], run.started_at)
    entries.add(db, new, run.id)
    _keep_own_articles(db, [one for one in new if one.via == "article" and urls.canonical(one.url or "")], run)
    return len(new)


def _keep_own_articles(db: Session, own: list[Entry], run: Run) -> None:
    """A member's own long posts come whole in the export; their address is LinkedIn's and is never fetched."""
    made = [(one, _own_article(one, run)) for one in own]
    stored = [Stored(article, (article.url,), None) for _, article in made]
    stored_articles.keep(db, stored, run.started_at, run.id)
    stored_articles.surface(db, [(article.id, one) for one, article in made], run.id)
    entries.attach(db, [Attachment(one.id, article.id) for one, article in made])


def _own_article(one: Entry, run: Run) -> Article:
    url = urls.canonical(one.url or "") or ""
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
    canonical = urls.canonical(url) if url else None
    return Entry(
        id=articles.entry_id(source.id, activity.key),
        source_id=source.id,
        via=_VIA.get(activity.kind, "share"),
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
