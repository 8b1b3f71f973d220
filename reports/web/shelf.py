"""The frozen issues at hand, read and folded once: their bytes never change, so what was read of them holds for ever.

Five hundred issues take some twenty megabytes. An issue is known by the hash of its bytes, so that a database that was
put back from a backup brings its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from curate import issues, searching
from curate.issues import Issue
from curate.searching import Passage
from curate.weeks import Week
from storage import issue_notes
from storage import issues as stored
from storage.database import Session
from storage.issue_notes import Note


@dataclass(frozen=True, slots=True)
class Entry:
    """A frozen issue with what can be found in it."""

    issue: Issue
    content_hash: str
    frozen_at: datetime
    passages: tuple[Passage, ...]

    @property
    def week(self) -> Week:
        """The week it is about."""
        return Week.parse(self.issue.week)


@dataclass(frozen=True, slots=True)
class Read:
    """What the database says of its issues at one moment."""

    stored: tuple[stored.Stored, ...]
    contents: Mapping[str, str]
    """Frozen bytes by their hash, of those that were not at hand."""
    notes: tuple[Note, ...]
    nameless: frozenset[str]
    """Annotations whose author took their name off."""


class Shelf:
    """Issues by the hash of their bytes."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def read(self, db: Session, most: int | None = None) -> Read:
        """Return what a page needs of the newest issues (all of them without ``most``), for :meth:`entries`."""
        those = stored.hashes(db)[:most]
        wanted = [one.content_hash for one in those if one.content_hash not in self._entries]
        contents = stored.contents(db, wanted) if wanted else {}
        return Read(those, contents, issue_notes.every(db), stored.nameless(db))

    def first_frozen_at(self, db: Session) -> datetime | None:
        """Return when the first issue was frozen."""
        those = stored.hashes(db)
        return those[-1].frozen_at if those else None

    def entries(self, read: Read) -> tuple[Entry, ...]:
        """Return the issues, the newest first. Takes milliseconds for each that was not at hand: not in a session."""
        return tuple(self._entry(one, read.contents) for one in read.stored)

    def _entry(self, one: stored.Stored, contents: Mapping[str, str]) -> Entry:
        known = self._entries.get(one.content_hash)
        if known is None:
            issue = issues.from_json(contents[one.content_hash])
            known = Entry(issue, one.content_hash, one.frozen_at, searching.passages(issue))
            self._entries[one.content_hash] = known
        return known


def notes_of(number: int, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the notes about one issue."""
    return tuple(one for one in notes if one.number == number)
