"""look at the backup | note what was sent and who left after it | pause sending, if need be | put it in place"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curate.errors import StorageError
from pipelines import journal
from pipelines.home import Home
from storage import backups, deliveries, runs, sending_pauses, subscribers
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it."""

    file: Path
    kept: Path | None
    """The database that was there before."""
    applied: tuple[str, ...]
    """Migrations that an older backup needed."""
    until: datetime | None
    """When the backup's last work began; aware UTC."""
    sent_since: int
    """Deliveries that went out after it was taken; they are not sent again."""
    left_since: int
    """Readers who left or were forgotten after it was taken; they stay away."""
    paused: str
    """Why sending is paused; empty when it is not."""

    @property
    def sentence(self) -> str:
        """What was done, for a person."""
        said = [f"{self.file} is in place."]
        if self.kept:
            said.append(f"The database before it is kept as {self.kept}.")
        if self.applied:
            said.append(f"It was brought up to this program: {', '.join(self.applied)}.")
        if self.left_since:
            said.append(f"{self.left_since} readers who left since stay away.")
        if self.paused:
            said.append(f"Sending is paused: {self.paused}. `duiding send --resume` goes on.")
        return " ".join(said)


class _Settling:
    """Holds the backup against what the home knows besides it."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.until: datetime | None = None
        self.sent: Mapping[str, datetime] = {}
        self.left: list[str] = []
        self.why = ""

    def __call__(self, comes: Session, goes: Session | None) -> None:
        """Settle one with the other, in the transaction of what comes."""
        self.until = max((started for _, started, _, _ in runs.last_of_each_kind(comes)), default=None)
        known = deliveries.sent(comes)
        self.sent = {id_: moment for id_, moment in self._sent(goes).items() if id_ not in known}
        active = [one for one in subscribers.every(comes) if one.state == "active"]
        is_told = goes is not None and self._follow_who_left(comes, goes)
        self.why = self._reason(is_told=is_told, readers=len(active))
        if self.why:
            sending_pauses.pause(comes, self.why, self._home.clock())

    def _sent(self, goes: Session | None) -> dict[str, datetime]:
        found = journal.sent_by(self._home.path / "sending.journal")
        try:
            return {**found, **(deliveries.sent(goes) if goes else {})}
        except StorageError:
            return found

    def _follow_who_left(self, comes: Session, goes: Session) -> bool:
        """Let nobody get mail again who has left since; return whether that could be read."""
        every = subscribers.every(comes)
        try:
            states = subscribers.states(goes, [one.email for one in every])
            suppressed = subscribers.suppressed(goes, [one.email for one in every])
        except StorageError:
            return False
        now = self._home.clock()
        for one in every:
            state, why = states.get(one.email), suppressed.get(one.email)
            if why == "forgotten" and state is None:
                subscribers.forget(comes, one.email, now)
            elif one.state != "unsubscribed" and why == "complaint":
                subscribers.complain(comes, one, now)
            elif one.state != "unsubscribed" and state == "unsubscribed":
                subscribers.unsubscribe(comes, one.id, now)
            else:
                continue
            self.left.append(one.id)
        return True

    def _reason(self, *, is_told: bool, readers: int) -> str:
        taken = f"{self.until:%Y-%m-%d %H:%M} UTC" if self.until else "an unknown moment"
        said = []
        if self.sent:
            said.append(
                f"{len(self.sent)} mails went out after this backup ({taken}) and are not sent again; an issue that "
                "was frozen after it must be that of the same week again, so look with `duiding publish --dry-run`"
            )
        if not is_told and readers:
            said.append(
                f"the database before it could not be read, so readers who left after {taken} are back: take them out "
                "with `duiding subscribers remove`, or `forget`"
            )
        return "; ".join(said)


def restore(home: Home, file: Path) -> Restored:
    """Put a backup in place; nothing that went out since is sent again. Raises as :func:`storage.backups.restore`."""
    settling = _Settling(home)

    def settle(comes: Session, goes: Session | None) -> None:
        settling(comes, goes)
        # Before the backup is in place: killed here, nothing has changed but that these are known to be sent.
        journal.remember_restored(home.path / "sending.journal", settling.sent)

    done = backups.restore(home.database, file, home.clock(), settle)
    return Restored(file, done.kept, done.applied, settling.until, len(settling.sent), len(settling.left), settling.why)
