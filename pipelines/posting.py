"""Handing mail over: to a mail server where one is set, else as files in the outbox of the home."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

import aiosmtplib

from curate import ids
from curate.errors import MailError, MailRefusedError
from curate.people import Language, Person
from curate.readers import PREFERENCES_LAST
from pipelines.home import Home
from pipelines.settings import Smtp
from reports import mails, tokens
from reports.mails import Envelope, Pass, Sender
from storage import sign_ins
from storage.database import Session
from storage.subscribers import Subscriber
from storage.subscriptions import Subscription
from storage.welcomes import Welcome

SIGN_IN_FOR = timedelta(days=7)
"""How long a link in an invitation works; one that is asked for on the page works an hour."""


class AwayError(MailError):
    """The server cannot be reached or takes nothing from us: every other message would meet the same."""


_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Posting:
    """A letter to one person, and how it is noted that they have it."""

    person: Person
    letter: Callable[[], EmailMessage]
    """Makes the letter, just before it is handed over."""
    noted: Callable[[Session], None]


class Carrier(Protocol):
    """Takes messages, one connection for many."""

    async def __aenter__(self) -> Self:
        """Connect; raises AwayError when the server cannot be reached or refuses us."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""

    async def hand_over(self, message: EmailMessage) -> None:
        """Hand a message over.

        Raises MailRefusedError when this address is refused for good, AwayError when all would be, else MailError.
        """


class Outbox:
    """Writes messages as files, named after their Message-ID: the same message twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __aenter__(self) -> Self:
        """Make the folder."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AwayError(f"Mail cannot be written to {self._folder}: {error.strerror}. Nothing is lost.") from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to hang up."""

    async def hand_over(self, message: EmailMessage) -> None:
        """Write the message beside its final name first, so that a half-written file never looks like mail."""
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:16]
        # An address may be as long as a file name, and hold what leads to another folder.
        to = str(message["To"]).replace("/", "_")[:_LONGEST_NAME]
        file = self._folder / f"{to}.{name}.eml"
        part = file.with_suffix(".part")
        try:
            part.write_bytes(message.as_bytes())
            part.replace(file)
        except OSError as error:
            raise AwayError(f"Mail cannot be written to {self._folder}: {error.strerror}. Nothing is lost.") from None


class Server:
    """Hands messages to an SMTP server over one connection that is opened again when it is lost."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._client = self._new_client()

    async def __aenter__(self) -> Self:
        """Connect and sign in."""
        try:
            await self._client.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise AwayError(
                f"{self._place} refuses the user name or password ({error.code}). Correct [smtp] in duiding.toml."
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise AwayError(f"{self._place} cannot be reached: {error}. Nothing is lost; it is tried again.") from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye; a server that is gone already needs none."""
        if self._client.is_connected:
            try:
                await self._client.quit()
            except (aiosmtplib.SMTPException, OSError):
                self._client.close()

    async def hand_over(self, message: EmailMessage) -> None:
        """Send, over a fresh connection when the last one was dropped."""
        if not self._client.is_connected:
            self._client = self._new_client()
            await self.__aenter__()
        sender, to = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        try:
            await self._client.sendmail(sender, [to], message.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0].code, error.recipients[0].message) from None
        except aiosmtplib.SMTPSenderRefused as error:
            raise AwayError(
                f"{self._place} takes no mail from {sender}: {error.code} {error.message[:200]}. "
                "Correct [mail] or [smtp] in duiding.toml; what waits is kept."
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code, error.message) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.close()
            raise MailError(f"{self._place} broke off: {error}. The message is tried again.") from None

    @property
    def _place(self) -> str:
        return f"The mail server {self._smtp.host}:{self._smtp.port}"

    def _new_client(self) -> aiosmtplib.SMTP:
        smtp = self._smtp
        return aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user,
            password=smtp.password.get_secret_value() if smtp.password else None,
            use_tls=smtp.tls == "tls",
            start_tls=smtp.tls == "starttls",
            timeout=smtp.timeout_s,
        )


def carrier(home: Home) -> Carrier:
    """Return how mail leaves this home."""
    return Server(home.settings.smtp) if home.settings.smtp.host else Outbox(home.outbox)


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
                await carried.hand_over(message)

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
                    await carried.hand_over(one.letter())
                except AwayError:
                    raise
                except MailError as error:
                    refused.append(f"{one.person.email}: {error}")
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
    return Envelope(sender(home), deliverable(email), language, message_id, home.clock())


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


def own_page(home: Home) -> str:
    """Return where everybody settles their own affairs: the link shows it, and changes nothing."""
    return f"{home.settings.public_url.rstrip('/')}/my"


def _refusal(code: int, message: str) -> MailError:
    said = f"The mail server answered {code} {message[:200]}"
    return MailRefusedError(said) if code >= 500 else MailError(said)
