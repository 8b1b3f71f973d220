"""The program behind the page on which members give their LinkedIn export."""

from contextlib import AbstractContextManager, suppress
from threading import Semaphore
from typing import BinaryIO

from curate.errors import NotFoundError
from curate.linkedin import Export, Permission
from curate.people import Person
from pipelines import archives, drops
from pipelines.home import Home
from pipelines.steps import exports, withdrawing
from reports.web.giving import Kept, Pending

_AT_ONCE = Semaphore(2)
"""Archives that are read at the same time: each may take hundreds of megabytes."""


class GivenOnPage:
    """What :class:`reports.web.giving.Giving` asks, done in a home."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def receiving(self, person: Person) -> AbstractContextManager[BinaryIO]:
        """Give a private file to write an archive to."""
        return drops.receiving(self._home, person.id)

    def pending(self, person: Person) -> Pending | None:
        """Return what waits for a person's decision."""
        return drops.pending(self._home, person.id)

    def choose(self, person: Person, permission: Permission, left: frozenset[str]) -> None:
        """Remember what a person chose of what waits."""
        drops.choose(self._home, person.id, permission, left)

    def read(self, person: Person, permission: Permission) -> Export:
        """Read what waits, and keep nothing."""
        with _AT_ONCE:
            return archives.read(drops.file_of(self._home, person.id), permission)

    def keep(self, person: Person, permission: Permission, left: frozenset[str]) -> Kept:
        """Keep exactly what its owner ticked; the archive goes only after the commit."""
        export = self.read(person, permission)
        done = exports.give_export(self._home, person, export, permission, left)
        drops.cancel(self._home, person.id)
        return Kept(done.new, len(done.export.activities) - done.new, done.removed)

    def cancel(self, person: Person) -> None:
        """Delete what waits."""
        drops.cancel(self._home, person.id)

    def withdraw(self, person: Person) -> None:
        """Remove all that came from a person's exports; nothing to remove is well, too."""
        with suppress(NotFoundError):
            withdrawing.withdraw(self._home, person.email)
