"""What readers choose: the language, how often, which themes; and what they agree to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, get_args

from curate.errors import UsageError
from curate.people import LANGUAGES, Language, normal_email

Every = Literal["issue", "month"]
"""Every issue, or one letter a month."""
EVERY: tuple[Every, ...] = get_args(Every)

State = Literal["active", "unsubscribed", "suspended"]
STATES: tuple[State, ...] = get_args(State)

CONSENT_VERSION = "2026-11"
"""Of the sentences ``subscribe.consent`` in the words files. Whoever changes what they say changes this too."""
OWN_PAGE = "own page"
"""The source of a consent that somebody gave on our own page."""

ASKED_LASTS = timedelta(days=3)
"""How long a link to confirm works."""
PREFERENCES_LAST = timedelta(days=400)
"""How long the link to somebody's preferences works: longer than a yearly look at an old mail."""
THEMES_OFFERED = 24
THEMES_SEEN_FOR = timedelta(weeks=13)
"""A theme is offered while it was seen in these weeks; those that somebody follows are always offered."""

_THEME = "theme-"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wants to get."""

    language: Language
    every: Every = "issue"
    follows: tuple[str, ...] = ()
    """Theme ids, sorted; none: everything in full."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a form says, or what is wrong with it: field → key in the words files."""

    email: str
    """In normal form; empty when it is no address, and where none is asked."""
    wishes: Wishes | None
    problems: Mapping[str, str] = field(default_factory=dict)


def asked(form: Mapping[str, str], offered: Collection[str]) -> Checked:
    """Read the form by which somebody subscribes: ``email`` and what :func:`wished` reads."""
    found = wished(form, offered)
    try:
        return Checked(normal_email(form.get("email", "")), found.wishes, found.problems)
    except UsageError:
        return Checked("", None, {"email": "sign_in.problem", **found.problems})


def wished(form: Mapping[str, str], offered: Collection[str]) -> Checked:
    """Read ``language``, ``every`` and a field ``theme-<id>`` for each theme ticked; only ``offered`` ones count."""
    language = next((one for one in LANGUAGES if one == form.get("language")), None)
    every = next((one for one in EVERY if one == form.get("every")), None)
    problems = {}
    if language is None:
        problems["language"] = "problem.own_language"
    if every is None:
        problems["every"] = "problem.every"
    if language is None or every is None:
        return Checked("", None, problems)
    return Checked("", Wishes(language, every, ticked(form, offered)))


def ticked(form: Mapping[str, str], offered: Collection[str]) -> tuple[str, ...]:
    """Return the themes that are ticked in a form, sorted."""
    names = {name.removeprefix(_THEME) for name in form if name.startswith(_THEME)}
    return tuple(sorted(names & {*offered}))
