"""Issues: the frozen digests. An issue's bytes never change."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from curate import issues
from curate.errors import ClosedError
from curate.issues import Issue
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Published:
    """An issue in a list."""

    number: int
    week: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """An issue and what its frozen bytes are known by."""

    number: int
    frozen_at: datetime
    content_hash: str
    """SHA-256, hexadecimal."""


def next_number(db: Session) -> int:
    """Return the number that the next issue gets."""
    return int(db.rows("issues.next_number")[0][0])


def freeze(db: Session, issue: Issue, now: datetime) -> None:
    """Keep an issue for good, in the transaction that chose its number.

    Raises ClosedError when the week has its issue already; that one stays as it is.
    """
    if of_week(db, issue.week):
        raise ClosedError(f"The issue of {issue.week} is frozen already; nothing was changed.")
    content = issues.to_json(issue)
    content_hash = hashlib.sha256(content.encode()).hexdigest()
    db.rows("issues.add", number=issue.number, week=issue.week, now=now, content_hash=content_hash, run_id=issue.run_id)
    db.rows("issues.add_content", number=issue.number, content=content)


def published(db: Session) -> tuple[Published, ...]:
    """Return all issues, newest first."""
    return tuple(Published(*row) for row in db.rows("issues.published"))


def hashes(db: Session) -> tuple[Stored, ...]:
    """Return what all issues are known by, newest first."""
    return tuple(Stored(*row) for row in db.rows("issues.hashes"))


def contents(db: Session, content_hashes: Sequence[str]) -> dict[str, str]:
    """Return the frozen JSON of some issues, by the hash of their bytes."""
    return dict(db.rows("issues.contents", content_hashes=list(content_hashes)))


def nameless(db: Session) -> frozenset[str]:
    """Return the annotations whose author left and took their name off."""
    return frozenset(row[0] for row in db.rows("issues.nameless"))


def of_week(db: Session, week: str) -> Published | None:
    """Return the week's issue, if it was frozen."""
    return _published(db.one("issues.of_week", week=week))


def by_number(db: Session, number: int) -> Issue | None:
    """Return a frozen issue."""
    content = content_of(db, number)
    return issues.from_json(content) if content else None


def content_of(db: Session, number: int) -> str | None:
    """Return an issue's frozen JSON, byte for byte."""
    row = db.one("issues.content", number=number)
    return row[0] if row else None


def _published(row: Row | None) -> Published | None:
    return Published(*row) if row else None
