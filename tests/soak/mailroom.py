"""A real mail server that notes who got what, in the process of the harness: no kill reaches it."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.soak.comparing import Mail


@dataclass
class Mailroom:
    """What came, in order; ``slow_s`` are the seconds it takes for each message, so that there is time to be killed."""

    port: int
    slow_s: float = 0.05
    taken: list[EmailMessage] = field(default_factory=list)

    @property
    def mails(self) -> "Counter[Mail]":
        """How often each letter came to each recipient."""
        return counted(self.taken)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        # Taken before it is answered: who is killed while waiting for the answer has sent it all the same.
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        await asyncio.sleep(self.slow_s)
        return "250 taken"


def counted(messages: list[EmailMessage]) -> "Counter[Mail]":
    """Return how often each letter is among these messages."""
    return Counter((str(one["To"]), str(one["Message-ID"])) for one in messages)


@contextmanager
def opened() -> Iterator[Mailroom]:
    """Run it on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        room = Mailroom(probe.getsockname()[1])
    controller = Controller(room, hostname="127.0.0.1", port=room.port)
    controller.start()
    try:
        yield room
    finally:
        controller.stop()
