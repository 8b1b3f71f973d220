"""The people of the network: who annotates, who has the last word, who runs the machine, who donates an export."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from curate import ids, texts
from curate.annotations import Byline
from curate.errors import UsageError

Role = Literal["member", "catalyst", "editor", "operator"]
"""A member only donates exports; catalysts annotate; editors are catalysts with the last word; operators run flows."""

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
ANNOTATING: frozenset[Role] = frozenset({"catalyst", "editor"})

INVITING: Mapping[Role, tuple[Role, ...]] = {
    "editor": ("member", "catalyst", "editor"),
    "operator": get_args(Role),
}
"""Who invites others, and to which roles: nobody hands out more than they have."""
WELCOME_LASTS = timedelta(days=14)
"""How long a link by which somebody joins works."""
NAME_MAX, ABOUT_MAX = 80, 120

_PART = r"[^\s@<>()\[\],;:\"\\.]+"
_EMAIL = re.compile(rf"{_PART}(?:\.{_PART})*@{_PART}(?:\.{_PART})+")
"""Parts between single dots: RFC 5321 knows no ``a..b@example.org``, and no server takes mail for it."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the network; ``email`` is their identity, lower-cased."""

    id: str
    email: str
    name: str
    role: Role
    language: Language
    byline: Byline = "name"
    """Offered on the form; they can choose another each time."""


def normal_email(text: str) -> str:
    """Return an address in the form in which we keep and compare it; raises UsageError when it is none."""
    email = text.strip().lower()
    if len(email) > 254 or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise UsageError(f"{text.strip()!r} is not an e-mail address. Write it like name@example.org.")
    return email


def id_of(email: str) -> str:
    """Return the id of the person with this (normal) address, known or not."""
    return ids.of("person", email)


def person(email: str, name: str, role: Role, language: Language) -> Person:
    """Return a person as we keep them; raises UsageError for a malformed address or an empty name."""
    address = normal_email(email)
    shown = texts.one_line(name)
    if not shown:
        raise UsageError(f"{address} has no name. Give one with --name: it stands under what they write.")
    return Person(id_of(address), address, shown, role, language)
