"""mailbox | what is new | what it says | whose it is, where that is proven | note, suspend, take off | mark as read

A report that bears no mark of ours, or is about another address than the one that the mail went to, is noted and
changes nothing: anybody can write one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from curate import ids, returned_mail
from curate.returns import Finding, Report
from pipelines import mailboxes
from pipelines.home import Home
from pipelines.mailboxes import Mailbox, Received
from pipelines.steps import replies
from pipelines.steps.casting import LEAVE
from storage import deliveries, returns, subscribers, suspensions
from storage.database import Session
from storage.deliveries import Addressee
from storage.returns import Returned

_GROUP = 50
"""Mails noted in one session."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found in a mailbox."""

    kinds: Mapping[str, int]
    """How many of each kind, those that were known not counted."""
    suspended: int = 0

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        if not self.kinds:
            return "Nothing new came back."
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        return f"New in the mailbox: {told}. {self.suspended} readers suspended."


def read_configured(home: Home) -> Taken | None:
    """Read the mailbox of the settings; None where none is set. Raises MailError when it cannot be read."""
    box = mailboxes.configured(home)
    return read(home, box) if box else None


def read(home: Home, box: Mailbox) -> Taken:
    """Take in what is new in a mailbox. Raises MailError when it cannot be read; what was noted before stays."""
    kinds: Counter[str] = Counter()
    suspended = 0
    with box:
        unread = box.unread()
        while group := list(islice(unread, _GROUP)):
            taken = _take(home, group)
            kinds.update(taken.kinds)
            suspended += taken.suspended
            box.mark([one.key for one in group])
    return Taken(dict(kinds), suspended)


def _take(home: Home, group: Sequence[Received]) -> Taken:
    by_id = {returns.id_of(one.raw): one.raw for one in group}
    with home.database.reading() as db:
        known = returns.known(db, sorted(by_id))
    new = {key: returned_mail.read(raw) for key, raw in by_id.items() if key not in known}
    if not new:
        return Taken({})
    secret, now = home.secret, home.clock()
    for key, report in new.items():
        if _is_reply(report, secret) and not replies.take(home, by_id[key]):
            new[key] = replace(report, findings=(Finding("unknown", said="a reply that was not taken"),))
    with home.database.writing() as db:
        noted = [_noted(db, key, report, secret, now) for key, report in new.items()]
        concerned = [one.delivery_id for one in noted if one.delivery_id and one.kind in ("gone", "soft")]
        suspended = suspensions.judge(db, concerned, now)
    return Taken(Counter(one.kind for one in noted), suspended)


def _is_reply(report: Report, secret: bytes) -> bool:
    return report.findings[0].kind == "reply" and any(_proven(report.marks, deliveries.MARK, secret))


def _noted(db: Session, key: str, report: Report, secret: bytes, now: datetime) -> Returned:
    one = _acted(db, key, report, secret, now)
    returns.add(db, one, now)
    return one


def _acted(db: Session, key: str, report: Report, secret: bytes, now: datetime) -> Returned:
    """Do what a report is reason for, and return it with what is known about it."""
    first = report.findings[0]
    marks, purpose = (report.leave_marks, LEAVE) if first.kind == "left" else (report.marks, deliveries.MARK)
    whose = next(_addressees(db, _proven(marks, purpose, secret)), None)
    unknown = Returned(key, "unknown", None, None, first.status, first.said)
    if whose is None:
        return replace(unknown, kind="automatic" if first.kind == "automatic" else "unknown")
    known = replace(unknown, kind=first.kind, delivery_id=whose.delivery_id, subscriber_id=whose.subscriber_id)
    if first.kind == "left":
        subscribers.unsubscribe(db, whose.subscriber_id, now)
    if first.kind in ("reply", "automatic", "left", "unknown"):
        return known
    finding = report.about(whose.email) if whose.email else None
    if finding is None:
        return replace(unknown, said=f"about another address: {first.said}")
    if finding.kind in ("gone", "soft"):
        deliveries.returned(db, whose.delivery_id, finding.kind, finding.said)
    elif finding.kind == "complaint" and (reader := subscribers.by_id(db, whose.subscriber_id)):
        subscribers.complain(db, reader, now)
    return replace(known, kind=finding.kind, status=finding.status, said=finding.said)


def _proven(marks: Sequence[str], purpose: str, secret: bytes) -> Iterator[str]:
    """The ids of deliveries in these marks, of those that we made."""
    return (id_ for mark in marks if (id_ := ids.unmarked(secret, purpose, mark)))


def _addressees(db: Session, delivery_ids: Iterator[str]) -> Iterator[Addressee]:
    return (found for id_ in delivery_ids if (found := deliveries.addressee(db, id_)))
