"""What people say about themselves: their name, language and byline, and what they may be asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curate import texts
from curate.annotations import BYLINES, Byline
from curate.people import ABOUT_MAX, LANGUAGES, NAME_MAX, Language

_LOOKED_AT = 4096
"""Characters of a text that is too long anyway."""


@dataclass(frozen=True, slots=True)
class Own:
    """How somebody wants to be known here."""

    name: str
    language: Language
    byline: Byline


@dataclass(frozen=True, slots=True)
class Checked:
    """What a form says, or what is wrong with it: field → key in the words files."""

    own: Own | None
    problems: Mapping[str, str] = field(default_factory=dict)


def checked(form: Mapping[str, str]) -> Checked:
    """Read a form with ``name``, ``language`` and ``byline``; without a byline it is the name."""
    name = texts.one_line(form.get("name", "")[:_LOOKED_AT], _LOOKED_AT)
    language = next((one for one in LANGUAGES if one == form.get("language")), None)
    byline = next((one for one in BYLINES if one == form.get("byline", "name")), None)
    problems = {}
    if not name:
        problems["name"] = "problem.own_name"
    elif len(name) > NAME_MAX:
        problems["name"] = "problem.own_name_long"
    if language is None:
        problems["language"] = "problem.own_language"
    if byline is None:
        problems["byline"] = "problem.own_byline"
    if problems or language is None or byline is None:
        return Checked(None, problems)
    return Checked(Own(name, language, byline))


def about(text: str) -> tuple[str, str]:
    """Return what somebody may be asked about as one line, and the key of what is wrong with it (else empty)."""
    line = texts.one_line(text[:_LOOKED_AT], _LOOKED_AT)
    if not line:
        return line, "problem.about_empty"
    return line, "problem.about_long" if len(line) > ABOUT_MAX else ""
