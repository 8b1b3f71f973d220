"""settings | then everything else side by side, each for a bounded time; what cannot be looked at is a finding, too"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from curate.errors import DuidingError, UsageError
from curate.findings import Finding
from pipelines import home as homes
from pipelines.diagnoses import addresses, backups, databases, flows, installations, mail, models, work
from pipelines.home import Home
from pipelines.settings import FILE


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at, and the seconds that it may take."""

    about: str
    at: Callable[[Home], Sequence[Finding]]
    within_s: float = 20.0


LOOKS = (
    Look("settings", installations.of_settings),
    Look("versions", installations.of_versions),
    Look("clock", installations.of_clock),
    Look("database", databases.of_file, 120),
    Look("holder", databases.of_holders),
    Look("disk", databases.of_room),
    Look("backups", backups.of_copies),
    Look("smtp", mail.of_server),
    Look("bounces", mail.of_mailbox),
    Look("address", addresses.of_pages),
    Look("flows", flows.of_server),
    Look("sources", work.of_sources),
    Look("outbox", work.of_outbox),
    Look("model", models.everything, 180),
)
"""Everything, in the order in which it is told."""


def of(folder: Path, looks: Sequence[Look] = LOOKS) -> list[Finding]:
    """Return what there is to say of a home. Raises UsageError when the folder is none."""
    try:
        home = homes.opened(folder)
    except UsageError as error:
        if not (folder / FILE).exists():
            raise
        return [Finding("settings", "broken", str(error))]
    return side_by_side(home, looks)


def side_by_side(home: Home, looks: Sequence[Look]) -> list[Finding]:
    """Look at all at once; one that hangs or fails hides no other."""
    began_s = time.monotonic()
    under_way = [_Looking(home, look) for look in looks]
    return [found for one in under_way for found in one.found(began_s)]


class _Looking(threading.Thread):
    """A look under way; a daemon, so that one that hangs does not keep the program from ending."""

    def __init__(self, home: Home, look: Look) -> None:
        super().__init__(daemon=True)
        self._home = home
        self._look = look
        self._found: Sequence[Finding] = ()
        self.start()

    def run(self) -> None:
        """Look."""
        try:
            self._found = self._look.at(self._home)
        except DuidingError as error:
            self._found = [Finding(self._look.about, "broken", str(error))]
        except Exception as error:  # whatever fails here is what the operator wants to be told
            told = f"This could not be looked at: {type(error).__name__}: {error}."
            self._found = [Finding(self._look.about, "broken", told, "Tell the makers of Duiding.")]

    def found(self, began_s: float) -> Sequence[Finding]:
        """Return what was found, waiting until its time is over."""
        self.join(max(0.0, began_s + self._look.within_s - time.monotonic()))
        if self.is_alive():
            told = f"This took longer than {self._look.within_s:.0f} seconds."
            return [Finding(self._look.about, "warning", told, "Try again when less is going on.")]
        return self._found
