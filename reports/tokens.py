"""Tokens that stand in addresses: to sign in with, to leave the mailing list, and to answer an issue.

A token to sign in with is random, and only its hash is kept: who reads the database cannot sign in. A token to leave is
signed and holds the subscriber's id: it needs no row, so that the link in the oldest mail still works. One to the
choices of a reader is signed too, and holds the day from which it counts; one to answer with holds the reader, the
issue and when that was frozen, from which follows until when it works.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeSerializer


def new() -> str:
    """Return a fresh random token of 256 bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return the form in which a token is kept: sha256, 64 hexadecimal characters."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def sign_in_url(public_url: str, token: str, then: str = "") -> str:
    """Return the address that signs in with ``token`` and goes on to our path ``then`` (empty: the board)."""
    query = f"?{urlencode({'next': then})}" if then else ""
    return f"{public_url.rstrip('/')}/sign-in/{token}{query}"


def welcome_url(public_url: str, token: str, language: str) -> str:
    """Return the address at which the holder of ``token`` joins, in the language in which they were invited."""
    return f"{public_url.rstrip('/')}/welcome/{token}?{urlencode({'lang': language})}"


def unsubscribe_token(secret: bytes, subscriber_id: str) -> str:
    """Return the signed token that takes this subscriber off the list; it never expires."""
    return str(_signer(secret, "unsubscribe").dumps(subscriber_id))


def unsubscribe_url(public_url: str, token: str) -> str:
    """Return the address of ``token``: GET shows a button, POST leaves (RFC 8058)."""
    return f"{public_url.rstrip('/')}/unsubscribe/{token}"


def subscriber_of(secret: bytes, token: str) -> str | None:
    """Return the subscriber id in a token of :func:`unsubscribe_token`; None when it is not ours."""
    value = _read(_signer(secret, "unsubscribe"), token)
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a link to a reader's choices says."""

    subscriber_id: str
    is_over: bool
    """Whether it is ours and too old."""


def subscribe_url(public_url: str, token: str, language: str) -> str:
    """Return the address that confirms a subscription, in the language that was chosen: GET shows a button."""
    return f"{public_url.rstrip('/')}/subscribe/{token}?{urlencode({'lang': language})}"


def preferences_token(secret: bytes, subscriber_id: str, on: date) -> str:
    """Return the signed token to a reader's choices, counting from a day; the same day gives the same token."""
    return str(_signer(secret, "preferences").dumps([subscriber_id, on.toordinal()]))


def preferences_url(public_url: str, token: str, language: str) -> str:
    """Return the address of ``token`` of :func:`preferences_token`, in a language."""
    return f"{public_url.rstrip('/')}/preferences/{token}?{urlencode({'lang': language})}"


def choosing(secret: bytes, token: str, today: date, lasts: timedelta) -> Choosing | None:
    """Return what a token of :func:`preferences_token` says; None when it is not ours."""
    match _read(_signer(secret, "preferences"), token):
        case [str(subscriber_id), int(day)]:
            return Choosing(subscriber_id, today.toordinal() - day > lasts.days)
    return None


@dataclass(frozen=True, slots=True)
class Answering:
    """What a token to answer says: which reader, which issue, and when that was frozen (aware UTC, whole seconds)."""

    subscriber_id: str
    number: int
    frozen_at: datetime


def answer_token(secret: bytes, answering: Answering) -> str:
    """Return the signed token by which a reader answers an issue; always the same for the two of them."""
    frozen_s = int(answering.frozen_at.timestamp())
    return str(_signer(secret, "answer").dumps([answering.subscriber_id, answering.number, frozen_s]))


def answer_url(public_url: str, token: str) -> str:
    """Return the page on which the holder of ``token`` answers an issue; what about is added to it as a query."""
    return f"{public_url.rstrip('/')}/answer/{token}"


def answering_of(secret: bytes, token: str) -> Answering | None:
    """Return what stands in a token of :func:`answer_token`, however old; None when it is not ours."""
    match _read(_signer(secret, "answer"), token):
        case [str(subscriber_id), int(number), int(frozen_s)]:
            return Answering(subscriber_id, number, datetime.fromtimestamp(frozen_s, UTC))
    return None


def _read(signer: URLSafeSerializer, token: str) -> Any:
    """Return what we signed; None unless the token is letter for letter the one that we made.

    Of a signature's last letter two bits count for nothing, so that others than ours would pass.
    """
    if not token.isascii():
        return None
    try:
        value = signer.loads(token)
    except BadSignature:
        return None
    return value if signer.dumps(value) == token else None


def _signer(secret: bytes, what: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt=what, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )
