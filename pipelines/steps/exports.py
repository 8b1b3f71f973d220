"""a member's LinkedIn export | read in a process of its own | what is allowed | entries of that person's source

The archive itself is never kept. Addresses that a member shared become articles on the same guarded way as any other;
nothing is ever fetched from LinkedIn.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from curate import articles, linkedin, people
from curate.errors import DuidingError, UsageError
from curate.linkedin import ALLOWED_BY_DEFAULT, Export, Permission
from curate.linkedin_permissions import of_names
from curate.people import Person
from pipelines import archives, drops
from pipelines.home import Home, finish_run, start_run
from pipelines.steps.activities import remove, source_of, take
from storage import activities, consents
from storage import archives as stored_archives
from storage import people as stored_people
from storage.archives import Archive
from storage.database import Session
from storage.runs import Run

__all__ = ["ALLOWED_BY_DEFAULT", "Imported", "Permission", "Waiting", "import_export", "preview", "take_inbox", "told"]

CONSENT = "linkedin:"
"""What the kinds of consent to an export begin with."""
BY_DEFAULT = Permission()
HANDED_OVER, TICKED = "gave the export", "ticked on the page"
"""How we know of a consent: the owner handed the archive to the operator, or gave it on the page."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What reading one archive brought; ``new`` counts entries that were not there before."""

    file: str
    export: Export
    new: int
    already: bool = False
    withdrawn: int = 0
    """Entries that this newer complete archive no longer holds."""
    removed: int = 0
    """Entries that were kept before and that their owner does not give any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An archive in the inbox that nobody may open yet."""

    file: Path
    email: str

    def __str__(self) -> str:
        """What waits, and what to do."""
        return (
            f"{self.file} waits unopened: {self.email} has not agreed that their export is kept, or no longer. "
            "They can do so on their page /my/linkedin. When they handed it over for that, run "
            f"`duiding linkedin import {self.file} --person {self.email}`; otherwise delete it."
        )


def preview(home: Home, file: Path, email: str, permission: Permission = BY_DEFAULT) -> Export:
    """Read an archive as it would be imported for this person, and keep nothing; raises as :func:`import_export`."""
    person_id = people.id_of(people.normal_email(email))
    export = archives.read(file, permission)
    with home.database.reading() as db:
        return _selected(db, person_id, export)


def import_export(home: Home, file: Path, email: str, permission: Permission = BY_DEFAULT) -> Imported:
    """Read one archive that its owner handed over, and keep what is allowed besides what was given before.

    The same archive again adds nothing. Raises ExportError when the file is no export, UsageError for an unreadable
    file or a malformed address.
    """
    address = people.normal_email(email)
    export = archives.read(file, permission)
    run = start_run(home, "linkedin", allow=sorted(permission.names))
    with home.database.writing() as db:
        person = stored_people.by_email(db, address) or _member(db, home, address)
        done = _keep(db, person, export, permission, run)
        _consent(db, person, permission, HANDED_OVER, run)
    finish_run(home, run, f"{done.new} new entries of one member.")
    return replace(done, file=file.name)


def give_export(home: Home, person: Person, export: Export, permission: Permission, left: Collection[str]) -> Imported:
    """Keep of an archive exactly what its owner ticked: kinds and rows that they no longer give are removed.

    ``left`` holds the hashes of the rows that they left out (:func:`storage.activities.row_hash`).
    """
    run = start_run(home, "linkedin", allow=sorted(permission.names))
    with home.database.writing() as db:
        hashes = {activities.row_hash(person.id, one.key) for one in export.activities}
        activities.select_again(db, person.id, hashes - set(left))
        activities.deselect(db, person.id, hashes & set(left), run.started_at)
        given = [f"{CONSENT}{one}" for one in permission.names]
        consents.withdraw(db, person.id, CONSENT, run.started_at, but=given)
        done = _keep(db, person, export, permission, run)
        _consent(db, person, permission, TICKED, run)
        gone = _no_longer_given(db, person, done.export, permission)
        remove(db, gone, run.started_at)
    finish_run(home, run, f"{done.new} new entries of one member, {len(gone)} removed.")
    return replace(done, removed=len(gone))


def _no_longer_given(db: Session, person: Person, export: Export, permission: Permission) -> list[str]:
    """Entries of kinds that are not ticked any more, and of rows of this archive that are left out now."""
    source, gone = source_of(person), list[str]()
    left_out = {articles.entry_id(source.id, one.key) for one in export.left_out if one.key is not None}
    for holds, kind in linkedin.KINDS.items():
        stored = activities.of_kind(db, source.id, kind)
        gone += stored if holds not in permission.allow else left_out.intersection(stored)
    return gone


def _keep(db: Session, person: Person, export: Export, permission: Permission, run: Run) -> Imported:
    kept = _selected(db, person.id, export)
    archive = Archive(
        person_id=person.id,
        sha256=export.sha256,
        allowed=permission.names,
        counts=export.counts,
        made_at=min(export.made_at, run.started_at) if export.made_at else None,
        complete=export.complete,
    )
    already = stored_archives.is_known(db, person.id, export.sha256, permission.names)
    taken = take(db, person, kept, run)
    stored_archives.add(db, archive, run)
    return Imported("", kept, taken.new, already, taken.withdrawn)


def _selected(db: Session, person_id: str, export: Export) -> Export:
    """Leave out the rows that their owner deselected."""
    left = activities.deselected(db, person_id)
    return export.without(lambda key: activities.row_hash(person_id, key) in left)


def _consent(db: Session, person: Person, permission: Permission, evidence: str, run: Run) -> None:
    for kind in sorted(permission.names):
        consents.give(db, person.id, f"{CONSENT}{kind}", evidence, run.started_at)


def consented(db: Session, person: Person) -> Permission | None:
    """Return what a person agreed to give from their exports, and did not take back; None when that is nothing."""
    given = consents.given(db, person.id)
    permission = of_names({one.removeprefix(CONSENT) for one in given if one.startswith(CONSENT)})
    return permission if permission.allow else None


def take_inbox(home: Home) -> tuple[Imported | Waiting | DuidingError, ...]:
    """Import the archives that were put in ``inbox/linkedin/<email>/`` and remove each once it is read.

    Only what its owner agreed to is taken, and without that it waits unopened. A file that is no export stays where it
    is and its error is returned; the others are read all the same. What lies unfinished on the page for a day goes.
    """
    drops.sweep(home)
    return tuple(_taken(home, file) for file in in_inbox(home))


def in_inbox(home: Home) -> list[Path]:
    """Return the archives that lie in the inbox."""
    return sorted(each for each in home.inbox.glob("*/*") if each.suffix.lower() == ".zip")


def waiting(home: Home) -> list[Waiting]:
    """Return the archives that nobody may open yet."""
    found = []
    with home.database.reading() as db:
        for file in in_inbox(home):
            address = file.parent.name.strip().lower()
            person = stored_people.by_email(db, address)
            if not (person and consented(db, person)):
                found.append(Waiting(file, address))
    return found


def _taken(home: Home, file: Path) -> Imported | Waiting | DuidingError:
    try:
        address = people.normal_email(file.parent.name)
        done = _import_consented(home, file, address)
        if done is None:
            return Waiting(file, address)
        _remove(file)
        return done
    except DuidingError as error:
        return error


def _import_consented(home: Home, file: Path, address: str) -> Imported | None:
    """Keep of an archive what its owner agreed to; None, and nothing kept, when that is nothing."""
    with home.database.reading() as db:
        person = stored_people.by_email(db, address)
        permission = consented(db, person) if person else None
    if person is None or permission is None:
        return None
    export = archives.read(file, permission)
    run = start_run(home, "linkedin", allow=sorted(permission.names))
    with home.database.writing() as db:
        # Asked again where it counts: it may have been taken back while the archive was read.
        is_allowed = consented(db, person) == permission
        done = _keep(db, person, export, permission, run) if is_allowed else None
    finish_run(home, run, f"{done.new} new entries of one member." if done else "The consent was taken back.")
    return replace(done, file=file.name) if done else None


def _remove(file: Path) -> None:
    try:
        file.unlink()
    except OSError as error:
        raise UsageError(f"{file} is read, but cannot be removed: {error.strerror}. Remove it by hand.") from None


def told(outcome: Imported | Waiting | DuidingError) -> str:
    """Say in one sentence what became of an archive in the inbox; no name or address stands in it."""
    if isinstance(outcome, Waiting):
        return (
            "An export in the inbox waits unopened for its owner's consent; `duiding status` says whose and what to do."
        )
    if isinstance(outcome, DuidingError):
        return "An export in the inbox was left there; `duiding ingest` says which and why."
    return f"An export from the inbox brought {outcome.new} new entries."


def _member(db: Session, home: Home, address: str) -> Person:
    """Someone who only gives an export needs no account: they become a member, who sees their own page and no other."""
    person = people.person(address, address.split("@", maxsplit=1)[0], "member", home.settings.language)
    stored_people.add(db, person, home.clock())
    return person
