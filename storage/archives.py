"""LinkedIn archives that were read. The archive itself is never kept, only its hash and what was counted."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from curate import ids
from storage.database import Session
from storage.runs import Run


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive of one person, read with certain permissions (words such as ``shares``, ``audience:PUBLIC``)."""

    person_id: str
    sha256: str
    allowed: frozenset[str]
    counts: Mapping[str, int]
    made_at: datetime | None = None
    """When it was packed (aware UTC), as far as it says."""
    complete: bool = False

    @property
    def id(self) -> str:
        """The same for the same archive, person and permissions."""
        return _id(self.person_id, self.sha256, self.allowed)


def is_known(db: Session, person_id: str, sha256: str, allowed: Collection[str]) -> bool:
    """Whether this archive of this person was read with exactly these permissions."""
    return db.one("archives.known", archive_id=_id(person_id, sha256, allowed)) is not None


def add(db: Session, archive: Archive, run: Run) -> None:
    """Note that an archive was read."""
    db.rows(
        "archives.add",
        archive_id=archive.id,
        person_id=archive.person_id,
        sha256=archive.sha256,
        counts=json.dumps(dict(archive.counts), sort_keys=True),
        run_id=run.id,
        now=run.started_at,
        made_at=archive.made_at,
        complete=archive.complete,
    )


def newest_complete(db: Session, person_id: str) -> datetime | None:
    """Return when the newest complete archive of a person that was read had been packed (aware UTC)."""
    row = db.one("archives.newest_complete", person_id=person_id)
    return row[0] if row else None


def count(db: Session, person_id: str) -> int:
    """Return how many archives of a person were read."""
    return int(db.rows("archives.count", person_id=person_id)[0][0])


def forget(db: Session, person_id: str) -> None:
    """Forget that archives of this person were read."""
    db.rows("archives.forget", person_id=person_id)


def _id(person_id: str, sha256: str, allowed: Collection[str]) -> str:
    return ids.of("archive", person_id, sha256, *sorted(allowed))
