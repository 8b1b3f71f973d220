"""A real mail server on loopback that takes, refuses and drops as it is told."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from pipelines.home import Home


@dataclass
class Office:
    """What it took, and what it is to answer: ``refused`` at RCPT by address, ``sender`` at MAIL, ``next_`` at DATA."""

    port: int = 0
    shut: Callable[[], None] = lambda: None
    """Close for good."""
    taken: list[EmailMessage] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    next_: list[str] = field(default_factory=list)
    """Answers to the next messages, in turn; ``drop`` takes the message and hangs up without a word."""
    senders: list[str] = field(default_factory=list)
    """Envelope senders of what it took."""
    drop_every: int = 0
    """Take every so manieth message and hang up without a word."""
    greylists: bool = False
    """Put off every address that it sees for the first time."""
    slow_s: float = 0
    """Seconds until it answers to a message."""
    most_per_line: int = 0
    """Messages after which it closes a line, with 421."""
    lines: list[int] = field(default_factory=list)
    """Messages that came over each line."""
    _seen: set[str] = field(default_factory=set)

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.taken]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        session.host_name = name
        self.lines.append(0)
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if self.most_per_line and self.lines[-1] >= self.most_per_line:
            return "421 too many messages on this line"
        if self.sender:
            return self.sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if self.greylists and address not in self._seen:
            self._seen.add(address)
            return "451 4.7.1 greylisted, come back later"
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.next_.pop(0) if self.next_ else "250 taken"
        if self.drop_every and (len(self.taken) + 1) % self.drop_every == 0:
            answer = "drop"
        await asyncio.sleep(self.slow_s)
        if answer in ("drop", "250 taken"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert envelope.rcpt_tos == [str(message["To"])]
            self.taken.append(message)
            self.senders.append(str(envelope.mail_from))
            self.lines[-1] += 1
        if answer == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer


@contextmanager
def opened(password: str = "") -> Iterator[Office]:
    """Run a mail server; with a password it only takes mail from who knows it (user ``post``)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        office = Office(probe.getsockname()[1])

    def authenticator(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"post", password.encode())
        return AuthResult(success=known, handled=False)

    asked: dict[str, Any] = (
        {"authenticator": authenticator, "auth_required": True, "auth_require_tls": False} if password else {}
    )
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **asked)
    controller.start()
    with ExitStack() as stack:
        stack.callback(controller.stop)
        office.shut = stack.close
        yield office


def by_smtp(home: Home, port: int, **smtp: Any) -> Home:
    """The home as it would be with this mail server in its settings."""
    said = {"host": "127.0.0.1", "port": port, "tls": "none", "per_second": 10_000.0, "timeout_s": 5.0, **smtp}
    settings = home.settings.model_copy(update={"smtp": home.settings.smtp.model_copy(update=said)})
    return Home(home.path, settings, home.database, home.clock)


def smtp_around(port: int, per_second: int) -> dict[str, str]:
    """What tells a program of its own of this mail server, in its environment."""
    said = {"HOST": "127.0.0.1", "PORT": port, "TLS": "none", "PER_SECOND": per_second}
    return {f"DUIDING_SMTP__{name}": str(value) for name, value in said.items()}
