"""LinkedIn archives that were read. The archive itself is never kept, only its hash and what was counted."""

import json
from collections.abc import Collection, Mapping

from curate import ids
from storage.database import Session
from storage.runs import Run


def is_known(db: Session, person_id: str, sha256: str, allowed: Collection[str]) -> bool:
    """Whether this archive of this person was read with exactly these permissions."""
    return db.one("archives.known", archive_id=_id(person_id, sha256, allowed)) is not None


def add(
    db: Session, person_id: str, sha256: str, allowed: Collection[str], counts: Mapping[str, int], run: Run
) -> None:
    """Note that an archive was read."""
    db.rows(
        "archives.add",
        archive_id=_id(person_id, sha256, allowed),
        person_id=person_id,
        sha256=sha256,
        counts=json.dumps(dict(counts), sort_keys=True),
        run_id=run.id,
        now=run.started_at,
    )


def _id(person_id: str, sha256: str, allowed: Collection[str]) -> str:
    return ids.of("archive", person_id, sha256, *sorted(allowed))
