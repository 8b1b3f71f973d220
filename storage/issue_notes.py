"""Notes beside frozen issues: what was put right afterwards, by whom and when. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from storage.database import Session

OPERATOR = "operator"
"""Stands for who wrote a note on the command line."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note about one issue."""

    number: int
    week: str
    place: int
    """1, 2, … within the issue."""
    text: str
    language: str
    noted_at: datetime
    name: str
    """Of the editor who wrote it; empty for the operator, and for who took their name off."""


def add(db: Session, number: int, text: str, language: str, *, by: str, now: datetime) -> Note:
    """Add a note about an issue that is there, and return it; what was noted before stays."""
    place = int(db.rows("issue_notes.next_place", number=number)[0][0])
    row = {"number": number, "place": place, "text": text, "language": language}
    db.rows("issue_notes.add", now=now, noted_by=by, **row)
    return of_issue(db, number)[-1]


def of_issue(db: Session, number: int) -> tuple[Note, ...]:
    """Return the notes about an issue, oldest first."""
    return tuple(Note(*row) for row in db.rows("issue_notes.every", number=number, since=None, before=None))


def every(db: Session) -> tuple[Note, ...]:
    """Return all notes, by issue."""
    return tuple(Note(*row) for row in db.rows("issue_notes.every", number=None, since=None, before=None))


def since(db: Session, moment: datetime, before: str) -> tuple[Note, ...]:
    """Return what was noted after a moment about issues of weeks before one."""
    return tuple(Note(*row) for row in db.rows("issue_notes.every", number=None, since=moment, before=before))
