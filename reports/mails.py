"""Mail messages: the issue to a reader, and the letters that invite, remind and let in.

Each has a text part that reads like a letter and an HTML part in the same frame. Headers hold fixed words and cleaned
text only: on Python 3.11 an encoded word in a title can become a header of its own (CVE-2024-6923).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from curate import ids
from curate.issues import Issue
from curate.people import Language
from curate.urls import safe_link
from curate.weeks import Week
from reports import months, pictures
from reports.digests import EVERYTHING, IssueLinks, first_title, mail_html, plain
from reports.headers import POLICY, addressed, mailto, subject_of
from reports.months import Monthly
from reports.templating import rendered, rendered_mail
from reports.words import Words, words

_NOT_ASCII_WORD = re.compile(r"[^\x21-\x7e]")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message comes from."""

    name: str
    address: str
    list_id: str
    """The list's name in the form of a host name, like ``weekbrief.example.org``."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message needs besides its content: who, to whom, when, and the name it is known by."""

    sender: Sender
    to: str
    """One address."""
    language: Language
    message_id: str
    """With its angle brackets; the same for every attempt to deliver the same thing."""
    sent_at: datetime
    """Aware UTC."""
    unsubscribe_mail: str | None = None
    """An address to which this one reader may write to leave, besides the link."""
    reply_to: str | None = None
    """Where answers go, when not to the sender."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a catalyst is asked in one round."""

    network: str
    name: str
    """The catalyst's."""
    week: Week
    clusters: int
    """How many clusters wait for this person."""
    link: str
    """This person's own page; http(s)."""
    closes_at: datetime
    zone: ZoneInfo
    """The time zone in which moments are written."""
    own_page: str = ""
    """Where this person pauses or stops; http(s). Empty: the letter does not speak of it."""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """What an editor is told when a round is over and its issue waits for them."""

    network: str
    name: str
    """The editor's."""
    week: Week
    items: int
    """How many items the issue has as it stands."""
    goes_out_at: datetime | None
    """When it goes to the readers if nobody decides; None when it waits until an editor does, being thin."""
    zone: ZoneInfo
    """The time zone in which moments are written."""
    link: str
    """This person's own way to the desk; http(s)."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A link for one person that works for a while, to sign in."""

    network: str
    link: str
    until: datetime
    zone: ZoneInfo
    name: str = ""
    """Empty when we only know the address."""
    by: str = ""
    """Who asks for it to be sent; empty when that is nobody else."""


def issue_mail(
    issue: Issue, envelope: Envelope, links: IssueLinks, follows: frozenset[str] = EVERYTHING
) -> EmailMessage:
    """Return the issue for one reader; ``links.unsubscribe`` is theirs alone and goes into the headers too.

    ``follows`` holds the themes that come first and in full. Raises MailRefusedError, as every letter here does, for an
    address that mail cannot be sent to.
    """
    w, week, title = words(envelope.language), Week.parse(issue.week).number, first_title(issue, follows)
    key = "mail.subject.issue" if title else "mail.subject.issue_quiet"
    message = _to_reader(envelope, links, w(key, network=issue.network, week=week, title=title), issue.week)
    picture = pictures.png(issue, envelope.language)
    links = replace(links, picture=f"cid:{pictures.CID}" if picture else None)
    text, html = (face(issue, envelope.language, links, follows) for face in (plain, mail_html))
    return _with_picture(_with_parts(message, text, html, envelope.language), picture)


def month_mail(
    monthly: Monthly, envelope: Envelope, links: IssueLinks, follows: frozenset[str] = EVERYTHING
) -> EmailMessage:
    """Return the letter about a month for one reader, as :func:`issue_mail` returns an issue."""
    subject = months.title(monthly, words(envelope.language))
    message = _to_reader(envelope, links, subject, str(monthly.month))
    text, html = (face(monthly, envelope.language, links, follows) for face in (months.plain, months.mail_html))
    return _with_parts(message, text, html, envelope.language)


def _to_reader(envelope: Envelope, links: IssueLinks, subject: str, about: str) -> EmailMessage:
    message = _message(envelope, subject, f"{about}:issue:duiding")
    message["Precedence"] = "bulk"
    if ways := _ways_out(links.unsubscribe, envelope.unsubscribe_mail):
        message["List-Unsubscribe"] = ways
    if _address_of_page(links.unsubscribe):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def invitation_mail(asking: Asking, envelope: Envelope) -> EmailMessage:
    """Return the letter that opens a round for one catalyst."""
    return letter("invitation", envelope, _asked(asking, "invitation", envelope.language))


def reminder_mail(asking: Asking, envelope: Envelope) -> EmailMessage:
    """Return the letter that says that a round is still open; it blames nobody."""
    return letter("reminder", envelope, _asked(asking, "reminder", envelope.language))


def review_mail(reviewing: Reviewing, envelope: Envelope) -> EmailMessage:
    """Return the letter that tells an editor that an issue is ready for review."""
    return letter("review", envelope, _reviewed(reviewing, envelope.language))


def trial_mail(issue: Issue, envelope: Envelope, links: IssueLinks) -> EmailMessage:
    """Return the issue as :func:`issue_mail` makes it, marked in its subject as a trial."""
    message = issue_mail(issue, envelope, links)
    subject = str(message["Subject"])
    del message["Subject"]
    message["Subject"] = subject_of(words(envelope.language)("mail.subject.trial", subject=subject))
    return message


def sign_in_mail(pass_: Pass, envelope: Envelope) -> EmailMessage:
    """Return the letter with a link to sign in."""
    return letter("sign_in", envelope, _passed(pass_, "sign_in", envelope.language))


def welcome_mail(pass_: Pass, envelope: Envelope) -> EmailMessage:
    """Return the letter with a link by which somebody joins the network."""
    return letter("welcome", envelope, _passed(pass_, "welcome", envelope.language))


def confirm_mail(pass_: Pass, envelope: Envelope) -> EmailMessage:
    """Return the letter with the link by which somebody confirms that they want the digest."""
    return letter("confirm", envelope, _passed(pass_, "confirm", envelope.language))


def fresh_mail(pass_: Pass, envelope: Envelope) -> EmailMessage:
    """Return the letter with a new link to what a reader chose."""
    return letter("fresh", envelope, _passed(pass_, "fresh", envelope.language))


def _asked(asking: Asking, kind: str, language: Language) -> Mapping[str, object]:
    w, until = words(language), words(language).moment(asking.closes_at, asking.zone)
    said = [w.count(f"{kind}.clusters", asking.clusters, week=asking.week.number), w(f"{kind}.ask")]
    if kind == "invitation":
        said.append(w("invitation.time"))
    return {
        "network": asking.network,
        "name": asking.name,
        "subject": w(f"mail.subject.{kind}", network=asking.network, week=asking.week.number),
        "preview": w(f"{kind}.preview", week=asking.week.number, moment=until),
        "paragraphs": said,
        "link": asking.link,
        "open": w(f"{kind}.open"),
        "after": [w(f"{kind}.until", moment=until), w("mail.only_you")],
        "pause": asking.own_page,
    }


def _reviewed(reviewing: Reviewing, language: Language) -> Mapping[str, object]:
    w, week = words(language), reviewing.week.number
    said = [w.count("review.items", reviewing.items, week=week) if reviewing.items else w("review.none", week=week)]
    goes_out_at = reviewing.goes_out_at
    said.append(w("review.ask", moment=w.moment(goes_out_at, reviewing.zone)) if goes_out_at else w("review.thin"))
    return {
        "network": reviewing.network,
        "name": reviewing.name,
        "subject": w("mail.subject.review", network=reviewing.network, week=week),
        "preview": said[0],
        "paragraphs": said,
        "link": reviewing.link,
        "open": w("review.open"),
        "after": [w("mail.only_you")],
        "pause": "",
    }


def _passed(pass_: Pass, kind: str, language: Language) -> Mapping[str, object]:
    w = words(language)
    return {
        "network": pass_.network,
        "name": pass_.name,
        "subject": w(f"mail.subject.{kind}", network=pass_.network),
        "preview": w(f"{kind}.preview"),
        "paragraphs": _why_passed(pass_, kind, w),
        "link": pass_.link,
        "open": w(f"{kind}.open"),
        "after": [w(f"{kind}.until", moment=w.moment(pass_.until, pass_.zone)), w(f"{kind}.not_you")],
        "pause": "",
    }


def _why_passed(pass_: Pass, kind: str, w: Words) -> list[str]:
    if pass_.by:
        return [w(f"{kind}.ask_by", network=pass_.network, name=pass_.by), w(f"{kind}.what")]
    return [w(f"{kind}.ask", network=pass_.network), *([w(f"{kind}.what")] if f"{kind}.what" in w else [])]


def letter(kind: str, envelope: Envelope, values: Mapping[str, object]) -> EmailMessage:
    """Return a letter to one person; ``values`` are those of the templates ``mail/letter``."""
    message = _message(envelope, str(values["subject"]), f"{kind}:duiding")
    text = rendered("mail/letter.txt", envelope.language, values)
    html = rendered_mail("mail/letter.mjml", envelope.language, values)
    return _with_parts(message, text, html, envelope.language)


def _message(envelope: Envelope, subject: str, feedback: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(subject_of(envelope.sender.name), addr_spec=envelope.sender.address)
    message["To"] = addressed(envelope.to)
    if envelope.reply_to:
        message["Reply-To"] = Address(addr_spec=envelope.reply_to)
    message["Subject"] = subject_of(subject)
    message["Date"] = envelope.sent_at.astimezone(UTC)
    message["Message-ID"] = envelope.message_id
    message["List-Id"] = f"<{_NOT_ASCII_WORD.sub('', envelope.sender.list_id)}>"
    message["Feedback-ID"] = feedback
    message["Auto-Submitted"] = "auto-generated"
    return message


def boundary_of(message_id: str) -> str:
    """Return what stands between the parts: the same message is to have the same bytes on every attempt."""
    return f"=_{ids.of('boundary', message_id)}"


def _with_parts(message: EmailMessage, text: str, html: str, language: Language) -> EmailMessage:
    # One encoding whatever the words are: what is the reader's own is found again in it (reports/moulds.py).
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # Only now: the standard library moves every Content- header into the first part.
    message["Content-Language"] = language
    message.set_boundary(boundary_of(str(message["Message-ID"])))  # the standard library draws one at random
    return message


def _with_picture(message: EmailMessage, picture: bytes) -> EmailMessage:
    """Put a picture beside the HTML that shows it by its name; nothing is fetched from anywhere."""
    html = message.get_body(("html",))
    if picture and isinstance(html, EmailMessage):
        html.add_related(picture, "image", "png", cid=f"<{pictures.CID}>", disposition="inline", filename="weeks.png")
        # The same for all readers: a mould (reports/moulds.py) knows one boundary that is a reader's own.
        html.set_boundary(f"=_{ids.of('picture', hashlib.sha256(picture).hexdigest())}")
    return message


def _ways_out(page: str | None, address: str | None) -> str:
    ways = [_address_of_page(page), mailto(address) if address else ""]
    return ", ".join(f"<{way}>" for way in ways if way)


def _address_of_page(page: str | None) -> str:
    return (safe_link(page) if page else None) or ""
