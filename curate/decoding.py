"""Bytes of a page as text: by its mark, by what it proves to be, by what it says."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_READ_AS_WINDOWS = ("ascii", "iso8859-1")
"""What the web means by these two is windows-1252."""


def decoded(body: bytes, content_type: str) -> str:
    """Return the text of ``body``: by its mark, else as UTF-8 when it is that, else as it says, else windows-1252."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    declared = _declared(content_type.encode("latin-1", "replace")) or _declared(body[:4096])
    if declared is not None and declared.startswith(("iso2022", "hz", "utf-16")):  # plain ASCII to the eye
        return body.decode(declared, "replace")
    # A cut at the size limit may fall inside a character: the decoder waits for the rest.
    as_utf8 = codecs.getincrementaldecoder("utf-8")("replace").decode(body)
    if _is_mostly_sound(as_utf8):
        return as_utf8
    return body.decode("cp1252" if declared in (None, "utf-8", *_READ_AS_WINDOWS) else declared, "replace")


def _is_mostly_sound(text: str) -> bool:
    """Say whether more signs beyond ASCII came out right than wrong; one broken byte does not damn a page."""
    wrong = text.count("\ufffd")
    return wrong == 0 or sum(not sign.isascii() for sign in text) > 2 * wrong


def _declared(said: bytes) -> str | None:
    match = _CHARSET.search(said)
    try:
        found = codecs.lookup(match[1].decode("ascii")) if match else None
    except (LookupError, ValueError):
        return None
    # Python knows codecs that are no character sets (rot13, zip).
    return found.name if found and getattr(found, "_is_text_encoding", True) else None
