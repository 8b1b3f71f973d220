"""Identities made from what a thing is, so that the same thing found twice has one identity.

Ids are made here and not by the database: a step that is killed and run again writes the same rows.
"""

import hashlib


def of(*parts: str) -> str:
    """Return 32 hexadecimal characters (128 bits) that stand for these parts, in this order."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
