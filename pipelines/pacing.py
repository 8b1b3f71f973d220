"""How fast mail may leave, and whether it may still leave at all."""

import asyncio
import time
from collections.abc import Iterable

from curate.errors import DatabaseBusyError
from pipelines.home import Home
from storage import deliveries, sending_pauses
from storage.database import Database
from storage.deliveries import Delivery
from storage.sending_pauses import Pause

_GLANCE_S = 0.05


class Pace:
    """At most so many a second, evenly; no time is caught up."""

    def __init__(self, per_second: float) -> None:
        self._gap_s = 1 / per_second
        self._next_s = 0.0

    async def turn(self) -> None:
        """Wait for the next turn."""
        now_s = time.monotonic()
        if self._next_s > now_s:
            await asyncio.sleep(self._next_s - now_s)
        self._next_s = max(self._next_s, now_s) + self._gap_s


class Watch:
    """Notices between two messages that sending was paused or that a reader left.

    Looking into the database for every message would take ten times as long as sending it. But nobody can have written
    to it while its file is as we left it, and that is seen at once.
    """

    def __init__(self, home: Home) -> None:
        # Somebody may hold the file for long: then it is looked at again before the next message.
        self._database = Database(home.database.path, wait_s=_GLANCE_S)
        self._mark: object = None
        self._claimed: frozenset[str] = frozenset()
        self.pause: Pause | None = None

    def begin(self, group: Iterable[Delivery], mark: object) -> None:
        """Watch over a group; ``mark`` is of the session that claimed it."""
        self._claimed = frozenset(one.id for one in group)
        self._mark = mark

    def allows(self, delivery: Delivery) -> bool:
        """Whether this one is still to be sent now."""
        if self._database.is_changed_since(self._mark):
            self._look()
        return self.pause is None and delivery.id in self._claimed

    def _look(self) -> None:
        try:
            with self._database.reading() as db:
                self.pause = sending_pauses.current(db)
                self._claimed = deliveries.still_claimed(db, sorted(self._claimed))
        except DatabaseBusyError:
            return
        self._mark = self._database.mark()
