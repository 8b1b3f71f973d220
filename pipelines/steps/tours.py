"""One sender's way through the outbox; whoever starts it is the only sender."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from curate.errors import MailError, MailGoneError, MailUnsureError
from curate.redaction import redacted
from curate.returns import Fault
from pipelines import carriers
from pipelines.carriers import AwayError, Carrier
from pipelines.home import Home
from pipelines.journal import Journal
from pipelines.pacing import Pace, Watch
from pipelines.steps.casting import Caster
from storage import deliveries, sending_pauses, suspensions
from storage.database import Session
from storage.deliveries import Delivery, Outcome
from storage.sending_pauses import Pause

Tell = Callable[[int], None]
"""Told how many messages were tried."""

_MOST_CLAIMED, _CLAIMED_S = 1000, 10
"""Deliveries claimed at once, and the seconds of sending that they are meant to last."""
_AGAIN_S = (600, 3600, 6 * 3600, 24 * 3600)
"""Seconds until a delivery that failed for now is tried again; after the last it has failed."""
_TWICE_UNSURE = (
    "Twice the mail server broke off after the whole message: the reader probably has it. "
    "`duiding send --only failed` sends it once more."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending brought."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    busy: bool = False
    """Whether another sender was at work, so that this one did nothing."""
    paused: Pause | None = None
    """The pause that ended it, or kept it from beginning."""

    @property
    def done(self) -> int:
        """Messages that were tried."""
        return self.sent + self.put_off + self.failed

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        if self.busy:
            return "Another send is under way; this one left it alone."
        tried = f"{self.sent} sent, {self.put_off} to be tried again later, {self.failed} failed."
        if self.paused:
            return f"{tried} {self.paused.sentence}" if self.done else self.paused.sentence
        return tried


class Tour:
    """Claims groups of deliveries and hands them over; :attr:`outcome` says how far it came, also when it broke off."""

    def __init__(self, home: Home, number: int | None, journal: Journal, tell: Tell) -> None:
        """Of one issue or of all."""
        self.outcome = Sent()
        self._home = home
        self._number = number
        self._journal = journal
        self._tell = tell
        self._caster = Caster(home)
        self._watch = Watch(home)
        smtp = home.settings.smtp
        self._pace = Pace(smtp.per_second) if smtp.host else None
        self._most = max(1, min(_MOST_CLAIMED, round(smtp.per_second * _CLAIMED_S)))

    async def go(self) -> None:
        """Send until nothing waits or sending is paused. Raises MailError when the server is away."""
        try:
            async with carriers.carrier(self._home) as carrier:
                while group := self._next_group():
                    for delivery in group:
                        await self._one(carrier, delivery)
        finally:
            await self._journal.settled()
            settle(self._home, self._journal)

    def _next_group(self) -> tuple[Delivery, ...]:
        """Note the last group and claim the next, in one session; none while sending is paused."""
        home = self._home
        with home.database.writing() as db:
            note(db, [*self._journal.outcomes, *_unknown(db, self._journal.restored)], home.clock())
            pause = sending_pauses.current(db)
            group = () if pause else deliveries.claim(db, self._number, self._most, home.clock())
        self._journal.clear()
        self.outcome = replace(self.outcome, paused=pause)
        self._watch.begin(group, home.database.mark())
        return group

    async def _one(self, carrier: Carrier, delivery: Delivery) -> None:
        if self._pace and not self._watch.pause:
            await self._pace.turn()
        if not self._watch.allows(delivery):
            return
        outcome = await self._tried(carrier, delivery)
        await self._journal.add(outcome)
        self.outcome = _counted(self.outcome, outcome)
        self._tell(self.outcome.done)

    async def _tried(self, carrier: Carrier, delivery: Delivery) -> Outcome:
        try:
            await carrier.hand_over(self._caster.parcel(delivery))
        except AwayError:
            raise
        except MailError as error:
            failed = failure(delivery, error, self._home.clock())
            return replace(failed, error=redacted(failed.error or "", self._home.secrets))
        return Outcome(delivery.id, "sent", delivery.attempts, self._home.clock())


def _unknown(db: Session, restored: Sequence[Outcome]) -> list[Outcome]:
    """Of what was sent after a backup that came back, what the database holds to be unsent: it may be frozen anew."""
    unsent = deliveries.not_sent(db, [one.delivery_id for one in restored]) if restored else frozenset()
    return [one for one in restored if one.delivery_id in unsent]


def settle(home: Home, journal: Journal) -> None:
    """Take the journal into the database; what is claimed and does not stand in it waits again."""
    with home.database.writing() as db:
        note(db, journal.outcomes, home.clock())
        deliveries.release(db)
    journal.clear()


def note(db: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Note what became of deliveries, and suspend the readers whose mail does not arrive any more."""
    deliveries.note(db, outcomes)
    suspensions.judge(db, [one.delivery_id for one in outcomes if one.fault in ("gone", "soft")], now)


def failure(delivery: Delivery, error: MailError, now: datetime) -> Outcome:
    """Return what a failed attempt means: when it is tried again, or that it has failed for good."""
    fault, said = _fault(error), str(error)
    is_final = not error.again or delivery.attempts > len(_AGAIN_S)
    if fault == "unsure" == delivery.fault:
        is_final, said = True, f"{said} {_TWICE_UNSURE}"
    if is_final:
        return Outcome(delivery.id, "failed", delivery.attempts, now, fault, said)
    again_at = now + timedelta(seconds=_AGAIN_S[delivery.attempts - 1])
    return Outcome(delivery.id, "waiting", delivery.attempts, again_at, fault, said)


def _fault(error: MailError) -> Fault:
    if isinstance(error, MailGoneError):
        return "gone"
    if isinstance(error, MailUnsureError):
        return "unsure"
    return "soft" if error.again else "refused"


def _counted(before: Sent, outcome: Outcome) -> Sent:
    if outcome.state == "sent":
        return replace(before, sent=before.sent + 1)
    if outcome.state == "waiting":
        return replace(before, put_off=before.put_off + 1)
    return replace(before, failed=before.failed + 1)
