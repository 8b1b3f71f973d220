"""What the page for LinkedIn exports asks of the program around it: to receive, read, keep and take back."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from curate.linkedin import Export, Permission
from curate.people import Person


@dataclass(frozen=True, slots=True)
class Pending:
    """An archive that waits for its owner's decision, and what they chose so far."""

    dropped_at: datetime
    permission: Permission | None
    """None while they chose nothing."""
    left: frozenset[str]
    """Hashes of the rows that they left out (:func:`storage.activities.row_hash`)."""

    @property
    def mark(self) -> str:
        """Tells this archive from one that was dropped later."""
        return f"{self.dropped_at.timestamp():.6f}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of an archive."""

    new: int
    known: int
    removed: int
    """Kept before, and not given any more."""


class Giving(Protocol):
    """Everything here blocks, some of it for seconds: call it in a thread."""

    def receiving(self, person: Person) -> AbstractContextManager[BinaryIO]:
        """Give a private file to write an archive to; it is pending when the block ends well, else it is deleted."""

    def pending(self, person: Person) -> Pending | None:
        """Return what waits for a person's decision."""

    def choose(self, person: Person, permission: Permission, left: frozenset[str]) -> None:
        """Remember what a person chose of what waits."""

    def read(self, person: Person, permission: Permission) -> Export:
        """Read what waits, and keep nothing; raises ExportError when it is no export or not safe to read."""

    def keep(self, person: Person, permission: Permission, left: frozenset[str]) -> Kept:
        """Keep of what waits exactly what its owner ticked, with their consent to it, and delete the archive."""

    def cancel(self, person: Person) -> None:
        """Delete what waits."""

    def withdraw(self, person: Person) -> None:
        """Remove all that came from a person's exports."""
