"""outbox | claim | render for one reader | hand over | note, one by one; whatever was not noted is sent again"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from curate.errors import MailError
from curate.issues import Issue
from curate.people import Person
from pipelines import posting
from pipelines.alone import alone
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.posting import AwayError, Carrier
from pipelines.steps import monthly
from pipelines.steps.publishing import links_of
from reports import digests, mails, tokens
from reports.mails import Envelope
from reports.tokens import Answering
from storage import deliveries
from storage import issues as stored_issues
from storage.deliveries import Delivery

_CLAIM = 20
"""Deliveries claimed at once."""
_AGAIN_S = (600, 3600, 6 * 3600, 24 * 3600)
"""Seconds until a delivery that failed for now is tried again; after the last it has failed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What sending brought."""

    sent: int
    put_off: int
    failed: int
    busy: bool = False
    """Whether another sender was at work, so that this one did nothing."""

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        if self.busy:
            return "Another send is under way; this one left it alone."
        return f"{self.sent} sent, {self.put_off} to be tried again later, {self.failed} failed."


def send(home: Home, number: int | None = None, notify: Notify = silent) -> Sent:
    """Send what waits in the outbox, of one issue or of all; one sender at a time.

    Raises MailError when the mail server is away, before or while it sends, or takes nothing from us; what waits goes
    on waiting, and what was claimed is taken up by the next sender.
    """
    with alone(home, "sending") as ours:
        if not ours:
            return Sent(0, 0, 0, busy=True)
        with home.database.reading() as db:
            waiting = deliveries.waiting(db, number, home.clock())
        return _send(home, number, waiting, notify) if waiting else Sent(0, 0, 0)


def waits(home: Home) -> bool:
    """Whether the outbox holds anything to send now."""
    with home.database.reading() as db:
        return deliveries.waiting(db, None, home.clock()) > 0


def try_failed_again(home: Home, number: int | None) -> None:
    """Put failed deliveries back in the queue."""
    with home.database.writing() as db:
        deliveries.try_failed_again(db, number, home.clock())


def _send(home: Home, number: int | None, waiting: int, notify: Notify) -> Sent:
    run = start_run(home, "send", number=number)
    try:
        outcome = asyncio.run(_send_all(home, number, waiting, notify))
    except MailError as error:
        finish_run(home, run, str(error))
        raise
    finish_run(home, run, outcome.sentence)
    return outcome


async def _send_all(home: Home, number: int | None, waiting: int, notify: Notify) -> Sent:
    outcome = Sent(0, 0, 0)
    issues: dict[int, Issue] = {}
    gap_s = 1 / home.settings.smtp.per_second if home.settings.smtp.host else 0
    async with posting.carrier(home) as carrier:
        while batch := _claimed(home, number):
            for delivery in batch:
                if delivery.number not in issues:
                    issues[delivery.number] = _issue(home, delivery.number)
                outcome = await _deliver(home, carrier, delivery, issues[delivery.number], outcome)
                notify("mails", outcome.sent + outcome.put_off + outcome.failed, waiting)
                await asyncio.sleep(gap_s)
    return outcome


def _claimed(home: Home, number: int | None) -> tuple[Delivery, ...]:
    with home.database.writing() as db:
        return deliveries.claim(db, number, _CLAIM, home.clock())


def _issue(home: Home, number: int) -> Issue:
    with home.database.reading() as db:
        issue = stored_issues.by_number(db, number)
    if issue is None:
        raise LookupError(f"issue {number} has deliveries and no content")
    return issue


async def _deliver(home: Home, carrier: Carrier, delivery: Delivery, issue: Issue, before: Sent) -> Sent:
    try:
        await carrier.hand_over(message_for(home, delivery, issue))
    except AwayError:
        raise
    except MailError as error:
        return _note_failure(home, delivery, error, before)
    with home.database.writing() as db:
        deliveries.sent(db, delivery.id, home.clock())
    return replace(before, sent=before.sent + 1)


def _note_failure(home: Home, delivery: Delivery, error: MailError, before: Sent) -> Sent:
    final = not error.again or delivery.attempts > len(_AGAIN_S)
    with home.database.writing() as db:
        if final:
            deliveries.failed(db, delivery.id, str(error))
        else:
            again_at = home.clock() + timedelta(seconds=_AGAIN_S[delivery.attempts - 1])
            deliveries.put_off(db, delivery.id, again_at, str(error))
    return replace(before, failed=before.failed + 1) if final else replace(before, put_off=before.put_off + 1)


def try_out(home: Home, person: Person, issue: Issue) -> None:
    """Mail a draft to one person, made as readers will get it and marked as a trial; raises MailError.

    Every trial is a mail of its own: who tries twice wants to see the second one, too.
    """
    envelope = posting.envelope(home, person, "trial", issue.week, home.clock().isoformat())
    links = digests.links_of_draft(home.settings.public_url, issue.number)
    posting.post(home, [mails.trial_mail(issue, envelope, links)])


def message_for(home: Home, delivery: Delivery, issue: Issue) -> EmailMessage:
    """Return the issue, or the month of which it is the last, as it goes to one reader, with their own ways."""
    public_url, language = home.settings.public_url, delivery.language
    own = replace(
        links_of(home, issue),
        unsubscribe=tokens.unsubscribe_url(public_url, tokens.unsubscribe_token(home.secret, delivery.subscriber_id)),
        preferences=posting.preferences_link(home, delivery.subscriber_id, language, issue.frozen_on),
        answer=answer_url(home, issue, delivery.subscriber_id),
    )
    to = posting.deliverable(delivery.email)
    envelope = Envelope(posting.sender(home), to, language, delivery.message_id, home.clock())
    follows = frozenset(delivery.follows)
    if delivery.covers == "month":
        return mails.month_mail(monthly.of_issue(home, issue), envelope, own, follows)
    return mails.issue_mail(issue, envelope, own, follows)


def answer_url(home: Home, issue: Issue, subscriber_id: str) -> str:
    """Return the page on which a reader answers an issue: the same on every attempt to deliver it."""
    answering = Answering(subscriber_id, issue.number, datetime.fromisoformat(issue.frozen_at))
    return tokens.answer_url(home.settings.public_url, tokens.answer_token(home.secret, answering))
