"""delivery | whose it is | the mould of its face, made when it is the first | cast | sign"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from email.message import EmailMessage

from curate import ids
from curate.issues import Issue
from curate.people import Language
from pipelines import posting
from pipelines.home import Home
from pipelines.parcels import Parcel, signed
from pipelines.signing import Signer
from pipelines.steps import monthly
from reports import digests, headers, mails, moulds, tokens
from reports.digests import IssueLinks
from reports.mails import Envelope
from reports.months import Monthly
from reports.moulds import Mould, Own
from storage import deliveries, issues
from storage.deliveries import Delivery

LEAVE = "leave"
"""What the mark in the address is for to which a reader writes to leave."""
_MOST_MOULDS = 64
"""Kept at once; some 100 kB each."""


class Caster:
    """Makes parcels of deliveries; what all readers of a face share is rendered once."""

    def __init__(self, home: Home) -> None:
        """Raises UsageError when the secret or the key to sign with is missing."""
        self._home = home
        self._secret = home.secret
        self._signer = Signer.of(home)
        self._issues: dict[int, Issue] = {}
        self._months: dict[int, Monthly] = {}
        self._moulds: OrderedDict[Hashable, Mould] = OrderedDict()

    def parcel(self, delivery: Delivery) -> Parcel:
        """Return the issue as it goes to one reader; raises MailRefusedError for an address that has no mail."""
        envelope, own = self._envelope(delivery), self._own(delivery)
        content = self._mould(delivery, envelope, own).cast(envelope, own)
        return_to = bounces_to(self._home, self._secret, delivery.id)
        return signed(Parcel(return_to, envelope.to, delivery.message_id, content), self._signer)

    def whole(self, delivery: Delivery) -> EmailMessage:
        """Return the same, rendered for this reader alone: what a cast is held against."""
        return self._render(delivery, self._envelope(delivery), self._own(delivery))

    def _own(self, delivery: Delivery) -> Own:
        issue, who = self._issue(delivery.number), delivery.subscriber_id
        return Own(
            unsubscribe=tokens.unsubscribe_token(self._secret, who),
            preferences=tokens.preferences_token(self._secret, who, issue.frozen_on),
            answer=posting.answer_token(self._home, issue, who),
        )

    def _links(self, issue: Issue, own: Own, language: Language) -> IssueLinks:
        public_url = self._home.settings.public_url
        return replace(
            digests.links_of(self._home.settings.public_url, issue.number),
            unsubscribe=tokens.unsubscribe_url(public_url, own.unsubscribe),
            preferences=tokens.preferences_url(public_url, own.preferences, language),
            answer=tokens.answer_url(public_url, own.answer),
        )

    def _face(self, delivery: Delivery) -> Hashable:
        """What tells the faces of an issue apart: whatever :meth:`_render` looks at and is not the reader's own."""
        issue, follows = self._issue(delivery.number), frozenset(delivery.follows)
        told = self._month(issue).issues if delivery.covers == "month" else (issue,)
        full = tuple(digests.in_full(one, follows) for one in told)
        return delivery.number, delivery.covers, delivery.language, full

    def _render(self, delivery: Delivery, envelope: Envelope, own: Own) -> EmailMessage:
        issue, follows = self._issue(delivery.number), frozenset(delivery.follows)
        links = self._links(issue, own, delivery.language)
        if delivery.covers == "month":
            return mails.month_mail(self._month(issue), envelope, links, follows)
        return mails.issue_mail(issue, envelope, links, follows)

    def _month(self, last: Issue) -> Monthly:
        if last.number not in self._months:
            self._months[last.number] = monthly.of_issue(self._home, last)
        return self._months[last.number]

    def _mould(self, delivery: Delivery, envelope: Envelope, own: Own) -> Mould:
        key = (self._face(delivery), moulds.lengths(own))
        if key not in self._moulds:
            self._moulds[key] = moulds.made(lambda *theirs: self._render(delivery, *theirs), envelope, own)
            if len(self._moulds) > _MOST_MOULDS:
                self._moulds.popitem(last=False)
        self._moulds.move_to_end(key)
        return self._moulds[key]

    def _envelope(self, delivery: Delivery) -> Envelope:
        home = self._home
        return Envelope(
            posting.sender(home),
            headers.addressed(posting.deliverable(delivery.email)).addr_spec,
            delivery.language,
            delivery.message_id,
            home.clock(),
            unsubscribe_mail=leave_at(home, self._secret, delivery.id),
            reply_to=posting.replies_to(home),
        )

    def _issue(self, number: int) -> Issue:
        if number not in self._issues:
            with self._home.database.reading() as db:
                found = issues.by_number(db, number)
            if found is None:
                raise LookupError(f"issue {number} has deliveries and no content")
            self._issues[number] = found
        return self._issues[number]


def bounces_to(home: Home, secret: bytes, delivery_id: str) -> str:
    """Return where this mail comes back to when it cannot be delivered (VERP): the address says whose it was."""
    mail = home.settings.mail
    return _with(mail.bounces, ids.marked(secret, deliveries.MARK, delivery_id)) if mail.bounces else mail.address


def leave_at(home: Home, secret: bytes, delivery_id: str) -> str | None:
    """Return the address to which this reader may write to leave; None where nobody would read it."""
    bounces = home.settings.mail.bounces
    return _with(bounces, f"leave.{ids.marked(secret, LEAVE, delivery_id)}") if bounces else None


def _with(address: str, detail: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name}+{detail}@{domain}"
