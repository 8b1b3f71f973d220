"""A message ready to be handed over: its bytes, and what is written on the outside."""

from dataclasses import dataclass, replace
from email.message import EmailMessage

from pipelines.home import Home
from pipelines.signing import Signer


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes with an address; ``sender`` is where it comes back to when it cannot be delivered."""

    sender: str
    to: str
    name: str
    """The Message-ID."""
    content: bytes
    """CRLF at the end of each line; ASCII."""


def wrapped(home: Home, message: EmailMessage) -> Parcel:
    """Return a letter as a parcel, signed where the settings say so."""
    sender = home.settings.mail.bounces or message["From"].addresses[0].addr_spec
    to, name = message["To"].addresses[0].addr_spec, str(message["Message-ID"])
    return signed(Parcel(sender, to, name, message.as_bytes()), Signer.of(home))


def signed(parcel: Parcel, signer: Signer | None) -> Parcel:
    """Return the parcel with a signature in its head; without a signer, as it is."""
    return replace(parcel, content=signer.sign(parcel.content)) if signer else parcel
