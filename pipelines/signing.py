"""DKIM (RFC 6376): a signature by which a receiving server knows that our domain sent a message as it is.

Only needed where the mail server that takes our mail does not sign itself, as most do. ``dkimpy`` needs 10 ms of a
processor for each message, four times as long as handing it over; with the library that Prefect brings along it is one.
``dkimpy`` verifies us in the tests.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curate.errors import UsageError
from pipelines.home import Home

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_COVERED = (
    "from reply-to to subject date message-id mime-version content-type content-language auto-submitted precedence "
    "feedback-id list-id list-unsubscribe list-unsubscribe-post"
).split()
"""Headers that a signature covers, where they are there. RFC 8058 asks for the last two."""
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")
_SHORTEST_KEY = 1024
"""Bits; receivers take no signature of a shorter one (RFC 8301)."""


@dataclass(frozen=True)
class Signer:
    """Signs in the name of a domain, with the key that ``<selector>._domainkey.<domain>`` shows the public half of."""

    domain: str
    selector: str
    key: "RSAPrivateKey"

    @classmethod
    def of(cls, home: Home) -> "Signer | None":
        """Return the signer of a home, None where none is set. Raises UsageError for a key that cannot be used."""
        mail = home.settings.mail
        if not mail.dkim_key:
            return None
        return cls(
            mail.dkim_domain or mail.address.rpartition("@")[2], mail.dkim_selector, _key(home.path / mail.dkim_key)
        )

    def sign(self, content: bytes) -> bytes:
        """Return the message with its signature as first header."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        head, _, body = content.partition(b"\r\n\r\n")
        lines = dict(_relaxed(line) for line in _FOLD.sub(b"", head).split(b"\r\n"))
        names = [name for name in _COVERED if name.encode() in lines]
        hashed = base64.b64encode(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
        value = (
            f"v=1; a=rsa-sha256; c=relaxed/simple; d={self.domain}; s={self.selector};\r\n"
            f"\th={':'.join(names)};\r\n\tbh={hashed};\r\n\tb="
        )
        of_signature = b":".join(_relaxed(_FOLD.sub(b"", f"DKIM-Signature: {value}".encode())))
        covered = b"".join(name.encode() + b":" + lines[name.encode()] + b"\r\n" for name in names) + of_signature
        signature = base64.b64encode(self.key.sign(covered, PKCS1v15(), SHA256())).decode()
        folded = "\r\n\t ".join(re.findall(".{1,70}", signature))
        return f"DKIM-Signature: {value}{folded}\r\n".encode() + content


def _relaxed(line: bytes) -> tuple[bytes, bytes]:
    """Name and value of an unfolded header in the form that is signed: spaces that servers change are made alike."""
    name, _, value = line.partition(b":")
    return name.strip().lower(), _SPACES.sub(b" ", value).strip()


def _key(file: Path) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise UsageError(f"The key {file} cannot be read: {error.strerror}. Correct dkim_key in [mail].") from None
    except (ValueError, TypeError):
        raise UsageError(
            f"{file} is no private key in PEM form without a password. Make one as docs/delivery.md says."
        ) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _SHORTEST_KEY:
        raise UsageError(f"{file} is no RSA key of {_SHORTEST_KEY} bits or more. Make one as docs/delivery.md says.")
    return key
