"""Moments as feeds write them, in the forms of their standards and in the ones people make up."""

import re
from datetime import UTC, datetime

EARLIEST, LATEST = 1995, 2100
"""Years; a moment outside them is a fault of the clock or of the writer."""

_LONGEST = 80
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}")
_NOT_FOR_FEEDPARSER = re.compile(
    r"\d{1,2}[-./]\d{1,2}[-./]\d{2,4}\b"  # it reads 23-11-2026 as 20 November 2023
    r"|.*\b(?:CES?T|MES?T|MEZ|MESZ|WES?T|EES?T|BST|IST)$",  # it takes these zones for UTC
    re.IGNORECASE | re.DOTALL,
)
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_SETTINGS = {
    "STRICT_PARSING": True,  # a day, a month and a year, or nothing
    "PARSERS": ["absolute-time"],  # "yesterday" would ask the clock
    "DATE_ORDER": "DMY",
    "TIMEZONE": "UTC",
    "TO_TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": True,
}


def is_misread_by_feedparser(text: str) -> bool:
    """Say whether ``text`` is of a form that feedparser takes for another moment than it says."""
    return bool(_NOT_FOR_FEEDPARSER.match(text.strip()) or _SECONDS.fullmatch(text.strip()))


def moment_of(text: str) -> datetime | None:
    """Return the moment a date in Dutch, English, German or French words or in numbers stands for, in UTC.

    None when it is no complete date, when day and month cannot be told apart (``11/12/2026``), or when the year is
    not between 1995 and 2100. A date without zone is taken as UTC, a day without time as its first moment.
    """
    written = text.strip()
    if not written or len(written) > _LONGEST or not any(char.isdigit() for char in written):
        return None
    if _SECONDS.fullmatch(written):
        return possible(_of_seconds(float(written)))
    slashed = _SLASHED.match(written)
    if slashed and max(int(slashed[1]), int(slashed[2])) <= 12 and slashed[1] != slashed[2]:
        return None
    return possible(_of_iso(written) or _of_words(written))


def possible(moment: datetime | None) -> datetime | None:
    """Return ``moment`` in UTC, or None when no feed can mean it (before 1995 or after 2100)."""
    return moment.astimezone(UTC) if moment is not None and EARLIEST <= moment.year <= LATEST else None


def _of_seconds(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)


def _of_iso(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_words(written: str) -> datetime | None:
    import dateparser  # takes longer to load than most feeds to read, and few need it

    try:
        found = dateparser.parse(written, languages=["nl", "en", "de", "fr"], settings=_SETTINGS)
    except (ValueError, OverflowError, RecursionError):  # it raises on some numbers that are no date
        return None
    return found if isinstance(found, datetime) else None
