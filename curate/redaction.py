"""What must not be read in logs, artifacts and stored errors: secrets, and the addresses of people.

    https://feeds:hunter2@example.org/x?page=2&token=abc   becomes
    https://(hidden)@example.org/x?page=2&token=(hidden)

Rather a word too many than one too few: what is hidden wrongly costs a look into the settings.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

HIDDEN = "(hidden)"
SHORTEST_KNOWN = 4
"""Known secrets shorter than this are not looked for: they would blot out half of every text."""

_QUERY_NAME = (
    r"[\w.%\[\]-]*(?:token|secret|passw|passphrase|pwd|credential|signature|session|jwt|api_?-?key|auth)[\w.%\[\]-]*"
    r"|[\w.%\[\]-]*(?:key|sig|sid|pass|otp|code)"
)
_SPOKEN_NAME = r"(?<![\w.-])[\w.-]*(?:token|secret|passw(?:or)?d|passphrase|api_?-?key|auth_string|private_?-?key)"
_PATHS = "sign-in|welcome|preferences|subscribe|unsubscribe|answer"
"""Paths of ours whose next part is a token (reports/tokens.py makes them)."""
_VALUE = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s,;&"'<>]+)"""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^\s/?#<>\"]+@"), f"{HIDDEN}@"),
    (re.compile(rf"((?:[?&;]|%26|%3F)(?:{_QUERY_NAME})(?:=|%3D))[^&;#\s\"'<>\\]+", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    (re.compile(rf"((?:/|%2F)(?:{_PATHS})(?:/|%2F))[^\s/?#&\"'<>%\\]+", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    (re.compile(r"(authorization[\"']?\s*[:=,]\s*[\"']?)(?:\w+ +)?[^\s\"']+", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    (re.compile(r"\b((?:set-)?cookie[\"']?\s*[:=]\s*[\"']?)[^\n\"']+", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    (re.compile(r"\b(bearer +)[\w.~+/=-]{8,}", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    (re.compile(r"\b(AUTH (?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2) +)\S+"), rf"\g<1>{HIDDEN}"),
    (re.compile(rf"((?:{_SPOKEN_NAME})\s*=\s*){_VALUE}", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    (re.compile(rf"([\"'](?:{_SPOKEN_NAME})[\"']\s*:\s*){_VALUE}", re.IGNORECASE), rf'\g<1>"{HIDDEN}"'),
)  # fmt: skip
_ADDRESS = re.compile(r"(?<![^\s<>()\[\]:;,\"'=/])[^\s<>()\[\]:;,\"'=/]+@[^\s<>()\[\]:;,\"'/?#@]+\b")


def redacted(text: str, known: Iterable[str] = ()) -> str:
    """Return ``text`` without secrets: the ``known`` ones however they are spelled, and all that looks like one.

    What looks like one: the user and password in an address, query values under such names as ``key`` or ``token``,
    the tokens in our own links, headers and settings that carry passwords. Doing it twice is doing it once.
    """
    for secret in sorted({*known}, key=len, reverse=True):
        if len(secret) >= SHORTEST_KNOWN and secret not in HIDDEN:
            for spelled in _spellings(secret):
                text = text.replace(spelled, HIDDEN)
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    return text


def without_addresses(text: str) -> str:
    """Return ``text`` without e-mail addresses: which person it was is said by name or id, or not at all."""
    return _ADDRESS.sub("(address)", text)


def through(value: object, change: Callable[[str], str]) -> object:
    """Return a value as logs and artifacts hold it, every text in it changed; keys stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: through(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [through(one, change) for one in value]
    return value


@lru_cache(maxsize=64)
def _spellings(secret: str) -> tuple[str, ...]:
    """A secret as it is, as it stands in addresses, in JSON and in Python, and as mail servers are told it."""
    as_json, as_python = json.dumps(secret)[1:-1], repr(secret)[1:-1]
    told = base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()
    spelled = {secret, quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"), as_json}
    return tuple(sorted(spelled | {as_python, told}, key=len, reverse=True))
