"""Who gets no more mail because it does not arrive, until somebody lifts it or they subscribe anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from curate import ids, returns
from curate.returns import Verdict
from storage import deliveries
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Suspension:
    """One that holds now."""

    email: str
    kind: str
    """gone or soft."""
    why: str
    since: datetime


def judge(db: Session, delivery_ids: Sequence[str], now: datetime) -> int:
    """Suspend the readers of these deliveries whose mail does not arrive any more; return how many.

    The rule is :func:`curate.returns.verdict`.
    """
    found = deliveries.fared(db, delivery_ids) if delivery_ids else {}
    verdicts = {one: verdict for one, newest in found.items() if (verdict := returns.verdict(newest))}
    for subscriber_id, verdict in verdicts.items():
        suspend(db, subscriber_id, verdict, now)
    return len(verdicts)


def suspend(db: Session, subscriber_id: str, verdict: Verdict, now: datetime) -> None:
    """Suspend a reader who is active, with the reason; what waits for them is withdrawn."""
    suspension_id = ids.of("suspension", subscriber_id, now.isoformat())
    db.rows(
        "suspensions.add",
        suspension_id=suspension_id,
        subscriber_id=subscriber_id,
        kind=verdict.kind,
        why=verdict.why,
        now=now,
    )
    db.rows("suspensions.suspend", subscriber_id=subscriber_id)
    db.rows("suspensions.withdraw", subscriber_id=subscriber_id)


def lift(db: Session, subscriber_id: str, now: datetime) -> None:
    """Let a suspended reader get mail again; earlier failures count no more."""
    db.rows("suspensions.lift", subscriber_id=subscriber_id)
    db.rows("suspensions.note_lifted", subscriber_id=subscriber_id, now=now)
    deliveries.forgive(db, subscriber_id)


def current(db: Session) -> tuple[Suspension, ...]:
    """Return the suspensions that hold, newest first."""
    return tuple(Suspension(*row) for row in db.rows("suspensions.current"))
