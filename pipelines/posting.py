"""Letters to single persons, and what all our mail has in common: who it is from, and to whom it can go."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import urlsplit

from curate import ids
from curate.errors import MailError, MailRefusedError
from curate.issues import Issue
from curate.people import Language, Person
from curate.readers import PREFERENCES_LAST
from pipelines.carriers import AwayError, carrier
from pipelines.home import Home
from pipelines.parcels import wrapped
from reports import mails, tokens
from reports.mails import Envelope, Pass, Sender
from reports.tokens import Answering
from storage import sign_ins
from storage.database import Session
from storage.subscribers import Subscriber
from storage.subscriptions import Subscription
from storage.welcomes import Welcome

SIGN_IN_FOR = timedelta(days=7)
"""How long a link in an invitation works; one that is asked for on the page works an hour."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A letter to one person, and how it is noted that they have it."""

    person: Person
    letter: Callable[[], EmailMessage]
    """Makes the letter, just before it is handed over."""
    noted: Callable[[Session], None]


def where(home: Home) -> str:
    """Say where mail goes, for every command that mails."""
    smtp = home.settings.smtp
    if smtp.host:
        return f"Mail goes to {smtp.host}:{smtp.port}."
    return f"No mail server is set ([smtp] in duiding.toml): mail is written as files to {home.outbox}."


def post(home: Home, messages: Iterable[EmailMessage]) -> None:
    """Hand over some messages; raises MailError at the first that fails."""

    async def all_of_them() -> None:
        async with carrier(home) as carried:
            for message in messages:
                await carried.hand_over(wrapped(home, message))

    asyncio.run(all_of_them())


def each(home: Home, waiting: Sequence[Posting]) -> int:
    """Mail one after the other, each noted as soon as it is handed over; return how many.

    Nobody is mailed twice after a crash, and one address that is refused never keeps the others from their letter:
    it is told at the end, as a MailError.
    """

    async def all_of_them() -> list[str]:
        refused: list[str] = []
        async with carrier(home) as carried:
            for one in waiting:
                try:
                    await carried.hand_over(wrapped(home, one.letter()))
                except AwayError:
                    raise
                except MailError as error:
                    # By name: what is told here comes to more eyes than the list of addresses.
                    refused.append(f"{one.person.name or one.person.id}: {error}")
                    continue
                with home.database.writing() as db:
                    one.noted(db)
        return refused

    if refused := asyncio.run(all_of_them()) if waiting else []:
        raise MailError(
            f"{len(refused)} of {len(waiting)} letters could not be handed over ({'; '.join(refused)}). "
            "The others are sent; run the same again to try these."
        )
    return len(waiting)


def sender(home: Home) -> Sender:
    """Return who our mail comes from."""
    host = urlsplit(home.settings.public_url).hostname or "localhost"
    mail = home.settings.mail
    return Sender(mail.name or home.settings.name, mail.address, f"duiding.{host}")


def replies_to(home: Home) -> str:
    """Return where answers to our mail go."""
    return home.settings.mail.replies or home.settings.mail.address


def domain(home: Home) -> str:
    """Return what stands behind the @ in our Message-IDs."""
    return home.settings.mail.address.rpartition("@")[2]


def deliverable(email: str) -> str:
    """Return an address that a message can bear; raises MailRefusedError for one that only looks like an address."""
    try:
        Address(addr_spec=email)
    except (ValueError, IndexError, MessageError):  # whatever the standard library stumbles over
        raise MailRefusedError(f"Mail cannot be sent to {email!r}: no mail server knows such an address.") from None
    return email


def envelope(home: Home, person: Person, *about: str) -> Envelope:
    """Return the envelope of a letter to a person; ``about`` names what it is about, and with it the letter.

    Raises MailRefusedError for an address that no message can bear.
    """
    return _envelope(home, person.email, person.language, person.id, *about)


def _envelope(home: Home, email: str, language: Language, *about: str) -> Envelope:
    message_id = f"<{ids.of('letter', *about)}@{domain(home)}>"
    return Envelope(sender(home), deliverable(email), language, message_id, home.clock(), reply_to=replies_to(home))


def sign_in_link(home: Home, person: Person, then: str = "") -> str:
    """Keep and return a fresh link that signs a person in, once, within ``SIGN_IN_FOR``; ``then`` is a path of ours."""
    now, token = home.clock(), tokens.new()
    with home.database.writing() as db:
        sign_ins.offer(db, tokens.hashed(token), person.id, now, now + SIGN_IN_FOR)
    return tokens.sign_in_url(home.settings.public_url, token, then)


def post_sign_in(home: Home, person: Person, link: str, until: datetime) -> None:
    """Mail a link that somebody asked for on the page."""
    settings = home.settings
    letter = mails.sign_in_mail(
        Pass(settings.name, link, until, settings.zone, person.name), envelope(home, person, "sign-in", link)
    )
    post(home, [letter])


def post_welcome(home: Home, welcome: Welcome, link: str) -> None:
    """Mail somebody the link by which they join."""
    settings = home.settings
    told = Pass(settings.name, link, welcome.expires_at, settings.zone, by=welcome.inviter)
    envelope_ = _envelope(home, welcome.email, welcome.language, "welcome", link)
    post(home, [mails.welcome_mail(told, envelope_)])


def post_subscription(home: Home, asked: Subscription, link: str) -> None:
    """Mail somebody the link by which they confirm that they want the digest."""
    settings = home.settings
    told = Pass(settings.name, link, asked.expires_at, settings.zone)
    post(home, [mails.confirm_mail(told, _envelope(home, asked.email, asked.wishes.language, "confirm", link))])


def post_preferences(home: Home, reader: Subscriber) -> None:
    """Mail a reader a fresh link to what they chose; it counts from today."""
    settings, now = home.settings, home.clock()
    link = preferences_link(home, reader.id, reader.language, now.date())
    told = Pass(settings.name, link, now + PREFERENCES_LAST, settings.zone)
    envelope_ = _envelope(home, reader.email, reader.language, "fresh", reader.id, now.isoformat())
    post(home, [mails.fresh_mail(told, envelope_)])


def preferences_link(home: Home, subscriber_id: str, language: Language, on: date) -> str:
    """Return the address at which a reader chooses, counting from a day; the same day gives the same address."""
    token = tokens.preferences_token(home.secret, subscriber_id, on)
    return tokens.preferences_url(home.settings.public_url, token, language)


def answer_link(home: Home, issue: Issue, subscriber_id: str) -> str:
    """Return the page on which a reader answers an issue: the same on every attempt to deliver it."""
    return tokens.answer_url(home.settings.public_url, answer_token(home, issue, subscriber_id))


def answer_token(home: Home, issue: Issue, subscriber_id: str) -> str:
    """Return the token by which a reader answers an issue."""
    answering = Answering(subscriber_id, issue.number, datetime.fromisoformat(issue.frozen_at))
    return tokens.answer_token(home.secret, answering)


def own_page(home: Home) -> str:
    """Return where everybody settles their own affairs: the link shows it, and changes nothing."""
    return f"{home.settings.public_url.rstrip('/')}/my"
