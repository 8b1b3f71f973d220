"""Identities made from what a thing is, so that the same thing found twice has one identity.

Ids are made here and not by the database: a step that is killed and run again writes the same rows.
"""

import base64
import binascii
import hashlib
import hmac

_MARK = 34
"""Characters of a mark: 26 for the id, 8 for the proof."""


def of(*parts: str) -> str:
    """Return 32 hexadecimal characters (128 bits) that stand for these parts, in this order."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def marked(key: bytes, purpose: str, id_: str) -> str:
    """Return an id of :func:`of` with a proof that we wrote it: 34 letters and digits, safe in any part of an address.

    Ids can be worked out from what a thing is; whoever knows a reader's address knows theirs. A mark cannot be made
    without the key, and one made for a purpose is of no use for another.
    """
    proof = hmac.digest(key, f"{purpose}\x1f{id_}".encode(), "sha256")[:5]
    return _base32(bytes.fromhex(id_)) + _base32(proof)


def unmarked(key: bytes, purpose: str, mark: str) -> str | None:
    """Return the id in a mark of :func:`marked`, in whatever case it came back; None when it is not ours."""
    if len(mark) != _MARK or not mark.isascii():
        return None
    try:
        id_ = base64.b32decode(f"{mark[:26].upper()}======").hex()
    except binascii.Error:
        return None
    return id_ if hmac.compare_digest(marked(key, purpose, id_), mark.lower()) else None


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()
