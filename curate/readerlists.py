"""Lists of readers as tables: which column is which, and what a row says or why it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from curate import cells, texts
from curate.errors import UsageError
from curate.people import Language, normal_email
from curate.readers import STATES, Every, State, Wishes

CONSENT_MAX = 300
"""Characters of the words that say where a consent comes from."""

_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("email", "emailaddress", "emailadres", "mail"), "email"),
    **dict.fromkeys(("language", "lang", "taal"), "language"),
    **dict.fromkeys(("every", "frequency", "hoevaak"), "every"),
    **dict.fromkeys(("themes", "theme", "themas", "thema's", "thema"), "themes"),
    **dict.fromkeys(("consent", "toestemming"), "consent"),
    "consentversion": "consent_version",
    "consentedat": "consented_at",
    "state": "state",
    "addedat": "added_at",
    "leftat": "left_at",
}
_LANGUAGES: Mapping[str, Language] = {
    **dict.fromkeys(("nl", "nederlands", "dutch"), "nl"),
    **dict.fromkeys(("en", "engels", "english"), "en"),
}
_EVERY: Mapping[str, Every] = {
    **dict.fromkeys(("", "issue", "every issue", "elk nummer", "week", "weekly", "wekelijks"), "issue"),
    **dict.fromkeys(("month", "monthly", "once a month", "maand", "maandelijks", "eens per maand"), "month"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The head of a list."""

    place: Mapping[str, int]
    """Where each column that we read stands, from 0."""
    names: tuple[str, ...]
    ignored: tuple[str, ...]
    """Columns that are not read, as they are called."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What holds for all rows of a list."""

    columns: Columns
    themes: Mapping[str, str]
    """Theme ids by what they may be called: the id, or the name in small letters."""
    language: Language
    """For who has none that is spoken here."""
    consent: str = ""
    """Where the consent comes from of rows that do not say."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A good row. Moments are aware UTC."""

    email: str
    wishes: Wishes
    consent: str
    consent_version: str
    consented_at: datetime | None
    state: State
    added_at: datetime | None
    left_at: datetime | None
    is_language_known: bool
    """Whether the list names a language that is spoken here, or none at all."""


def columns(head: Sequence[str]) -> Columns:
    """Read the head of a list; raises UsageError without a column email, and when one of ours stands there twice."""
    names = tuple(texts.one_line(name) for name in head)
    known = [_NAMES.get("".join(sign for sign in name.lower() if sign not in "-_ ")) for name in names]
    found = [name for name in known if name]
    if "email" not in found:
        raise UsageError(f"The list has no column email; its columns are {', '.join(names) or 'none'}.")
    if twice := sorted({name for name in found if found.count(name) > 1}):
        raise UsageError(f"The list has more than one column {twice[0]}. Leave one out.")
    place = {name: at for at, name in enumerate(known) if name}
    return Columns(place, names, tuple(name for name, ours in zip(names, known, strict=True) if name and not ours))


def read(row: Sequence[str], reading: Reading) -> Listed:
    """Return what a row says; raises UsageError, which says what is wrong with it."""
    if len(row) > len(reading.columns.names):
        raise UsageError("It has more cells than the list has columns.")
    said = {name: _cell(row, at) for name, at in reading.columns.place.items()}
    email = normal_email(said["email"])
    if not email.partition("@")[0].isascii():
        raise UsageError(f"{email!r} cannot be mailed to: only plain letters may stand before the @.")
    consent = said.get("consent") or reading.consent
    if not consent:
        raise UsageError("Nothing says where the consent comes from. Fill in the column consent.")
    spoken = _LANGUAGES.get(said.get("language", "").lower()[:20])
    language: Language = spoken or reading.language
    return Listed(
        email=email,
        wishes=Wishes(language, _every(said.get("every", "")), _themes(said.get("themes", ""), reading.themes)),
        consent=consent[:CONSENT_MAX],
        consent_version=said.get("consent_version", ""),
        consented_at=_moment(said.get("consented_at", "")),
        state=_state(said.get("state", "")),
        added_at=_moment(said.get("added_at", "")),
        left_at=_moment(said.get("left_at", "")),
        is_language_known=bool(spoken) or not said.get("language"),
    )


def _cell(row: Sequence[str], at: int) -> str:
    return texts.one_line(cells.fused(row[at]), 10 * CONSENT_MAX) if at < len(row) else ""


def _every(said: str) -> Every:
    every = _EVERY.get(said.lower())
    if every is None:
        raise UsageError(f"{said!r} is not how often. Write issue or month.")
    return every


def _themes(said: str, known: Mapping[str, str]) -> tuple[str, ...]:
    wanted = [one.strip() for one in said.replace("|", ";").split(";") if one.strip()]
    unknown = next((one for one in wanted if known.get(one) is None and known.get(one.casefold()) is None), None)
    if unknown is not None:
        raise UsageError(f"There is no one theme {unknown!r}. `duiding themes list` shows their names and ids.")
    return tuple(sorted({known.get(one) or known[one.casefold()] for one in wanted}))


def _state(said: str) -> State:
    state = next((one for one in STATES if one == (said.lower() or "active")), None)
    if state is None:
        raise UsageError(f"{said!r} is not a state. Write {', '.join(STATES)}, or leave the column out.")
    return state


def _moment(said: str) -> datetime | None:
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"{said!r} is not a moment. Write it like 2026-11-16T06:00:00+00:00.") from None
