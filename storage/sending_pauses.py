"""Whether sending is paused: a row, so that it holds for every sender, also one that is at work."""

from dataclasses import dataclass
from datetime import datetime

from curate import ids
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent to readers until it ends."""

    paused_at: datetime
    why: str
    """Empty when nobody said why."""

    @property
    def sentence(self) -> str:
        """That it is so, why, and how it ends; for a person."""
        why = f" ({self.why})" if self.why else ""
        return f"Sending is paused since {self.paused_at:%Y-%m-%d %H:%M} UTC{why}; `duiding send --resume` goes on."


def pause(db: Session, why: str, now: datetime) -> None:
    """Pause sending; one pause holds until it is ended, a second one changes nothing."""
    db.rows("sending_pauses.pause", pause_id=ids.of("pause", now.isoformat()), why=why, now=now)


def resume(db: Session, now: datetime) -> None:
    """End the pause, if there is one."""
    db.rows("sending_pauses.resume", now=now)


def current(db: Session) -> Pause | None:
    """Return the pause that holds now."""
    row = db.one("sending_pauses.current")
    return Pause(*row) if row else None
