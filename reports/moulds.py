"""Moulds: a mail is rendered once for all who get the same face of it, and cast for each of them.

Rendering and encoding an issue takes tens of milliseconds, and for thousands of readers all but some dozen bytes are
the same. So it is rendered with tokens drawn at random where something is the reader's own, cut there, and put together
with what is theirs. The bytes are exactly those of rendering it whole (a property test holds us to it), because each
stand-in has the length and the kind of letters of what it stands for: lines break where they would have broken.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from reports.headers import addressed, mailto
from reports.mails import Envelope, boundary_of

_SHORTEST = 16
"""Hexadecimal characters, drawn at random: never found in what people wrote."""
_PLAIN = re.compile(r"[A-Za-z0-9._-]*")
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Own:
    """The tokens in the links of one reader; letters, digits, ``.``, ``_`` and ``-`` only. Empty: no such link."""

    unsubscribe: str = ""
    preferences: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Mould:
    """A mail with the places of what is a reader's own cut out."""

    _pieces: tuple[bytes | tuple[str, slice], ...]
    """Bytes that all readers share, and parts of what is theirs by name."""
    _lengths: dict[str, int]

    def cast(self, envelope: Envelope, own: Own) -> bytes:
        """Return the mail of one reader.

        Raises MailRefusedError for an address that mail cannot be sent to, and ValueError for tokens of another length
        than those it was made for: make another mould for them (:func:`lengths`).
        """
        theirs = _theirs(envelope, own)
        for name, length in self._lengths.items():
            if len(theirs[name]) != length or not _PLAIN.fullmatch(theirs[name]):
                raise ValueError(f"the token {name!r} does not fit this mould")
        given = {name: value.encode("ascii") for name, value in theirs.items()}
        return b"".join(one if isinstance(one, bytes) else given[one[0]][one[1]] for one in self._pieces)


def lengths(own: Own) -> tuple[int, ...]:
    """Return what a mould depends on, of a reader's tokens."""
    return tuple(len(value) for value in _tokens(own).values())


def made(render: Callable[[Envelope, Own], EmailMessage], envelope: Envelope, own: Own) -> Mould:
    """Return the mould for this reader and all whose mail differs in nothing but what is their own.

    ``render`` returns the whole mail. It must put the tokens into addresses as they are.
    """
    stand_in = _stand_in(envelope)
    tokens = {name: _drawn(len(value)) for name, value in _tokens(own).items()}
    raw = render(stand_in, Own(**tokens)).as_bytes()
    theirs = _theirs(stand_in, Own(**tokens))
    in_head = {name: theirs[name] for name in ("to", "message_id", "date", "leave_mail")}
    head, _, body = raw.partition(_HEAD_ENDS)
    anywhere = {"boundary": theirs["boundary"], **tokens}
    pieces = (*_cut(head, in_head | anywhere), _HEAD_ENDS, *_cut(body, anywhere))
    return Mould(pieces, {name: len(value) for name, value in tokens.items()})


def _stand_in(envelope: Envelope) -> Envelope:
    name = _drawn(_SHORTEST)
    return replace(
        envelope,
        to=f"{name}@{name}.example",
        message_id=f"<{_drawn(_SHORTEST)}@{name}.example>",
        sent_at=datetime.fromtimestamp(secrets.randbelow(2**31), UTC),
        unsubscribe_mail=f"{_drawn(_SHORTEST)}@{name}.example" if envelope.unsubscribe_mail else None,
    )


def _theirs(envelope: Envelope, own: Own) -> dict[str, str]:
    """Everything that is a reader's own, as it stands in their mail."""
    return {
        "to": f"To: {addressed(envelope.to)}",
        "message_id": f"Message-ID: {envelope.message_id}",
        "date": f"Date: {format_datetime(envelope.sent_at.astimezone(UTC))}",
        "leave_mail": mailto(envelope.unsubscribe_mail) if envelope.unsubscribe_mail else "",
        "boundary": boundary_of(envelope.message_id),
        **_tokens(own),
    }


def _tokens(own: Own) -> dict[str, str]:
    return {field.name: getattr(own, field.name) for field in fields(own)}


def _drawn(length: int) -> str:
    """A token of this length; one that stands for nothing is nothing."""
    if 0 < length < _SHORTEST:
        raise ValueError(f"a token of {length} characters is too short to be found again")
    return secrets.token_hex(length // 2 + 1)[:length]


def _cut(raw: bytes, stand_ins: dict[str, str]) -> Iterator[bytes | tuple[str, slice]]:
    """Yield the pieces of a text. A long line is broken by ``=`` at its end, also in the middle of a stand-in."""
    places = re.compile(b"|".join(_pattern(name, value) for name, value in stand_ins.items() if value))
    at = 0
    for found in places.finditer(raw):
        yield raw[at : found.start()]
        yield from _parts(str(found.lastgroup), found[0])
        at = found.end()
    yield raw[at:]


def _pattern(name: str, value: str) -> bytes:
    letters = (re.escape(letter.encode("ascii")) for letter in value)
    return b"(?P<" + name.encode("ascii") + b">" + b"(?:=\r\n)?".join(letters) + b")"


def _parts(name: str, found: bytes) -> Iterator[bytes | tuple[str, slice]]:
    """``abc=\\r\\ndef`` is the first three letters of what is theirs, the break, and all the others."""
    first, *others = found.split(b"=\r\n")
    at = len(first)
    yield name, slice(at if others else None)
    for part in others:
        yield b"=\r\n"
        yield name, slice(at, at + len(part))
        at += len(part)
