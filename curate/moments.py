"""Moments as feeds write them, in the forms of their standards and in the ones people make up."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST, LATEST = 1995, 2100
"""Years; a moment outside them is a fault of the clock or of the writer."""

_LONGEST = 80
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},?\s*)?\d{1,2}[ -][a-z]{3,9}[ -](?:\d{2}|[12]\d{3})\s+\d{1,2}:\d{2}(?::\d{2})?\s*"
    r"(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)",
    re.IGNORECASE | re.ASCII,
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[年년./]\s*(\d{1,2})\s*[月월./]\s*(\d{1,2})\s*[日일]?(?=\D|$)")
_MIDNIGHT = re.compile(r"(?<!\d)24:00(?::00(?:\.0+)?)?(?!\d)")
_LEAP_SECOND = re.compile(r"(?<=\d:\d\d:)60(?!\d)")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}", re.ASCII)
_NAME = re.compile(r"[^\W\d_]+\.?")
_MONTHS = {
    name: month
    for month, names in (
        ("jan", "jan jän ene gen янв"),
        ("feb", "feb fev fév фев"),
        ("mar", "mar mrt maar mär мар"),
        ("apr", "apr avr abr апр"),
        ("may", "may mei mai mag maj maio май мая"),
        ("jun", "jun juin giu июн"),
        ("jul", "jul juil lug июл"),
        ("aug", "aug aoû aou ago авг"),
        ("sep", "sep set сен"),
        ("oct", "oct okt ott out окт"),
        ("nov", "nov ноя"),
        ("dec", "dec dez dic déc дек"),
    )
    for name in names.split()
}
"""The first letters of the months in Dutch, English, German, French, Spanish, Italian, Portuguese and Russian."""
_BETWEEN = frozenset("de del den le la el il alle om um uur uhr kl à às at on г".split())
"""What stands between the parts of a date and says nothing."""
_FIRST_WORD = re.compile(r"([^\W\d_]+)(?:-[^\W\d_]+)?\.?,?\s*")
_UNKNOWN_ZONE = re.compile(r"(?<=:\d\d)\s*(?:[+-]\d{1,4}(?::\d\d)?|[a-z]+(?:/[a-z_]+)?)$", re.IGNORECASE | re.ASCII)
_SETTINGS = {
    "STRICT_PARSING": True,  # a day, a month and a year, or nothing
    "PARSERS": ["absolute-time"],  # "yesterday" would ask the clock
    "DATE_ORDER": "DMY",
    "TIMEZONE": "UTC",
    "TO_TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": True,
}


def moment_of(text: str) -> datetime | None:
    """Return the moment a date stands for, in UTC: in numbers, or in words of the languages of :data:`_MONTHS`.

    None when it is no complete date or no day of any calendar (31 June), when day and month cannot be told apart
    (``11/12/2026``), or when the year is not between 1995 and 2100. A date without zone is taken as UTC, a day without
    time as its first moment; 24:00 is the first moment of the next day.
    """
    written = text.strip()
    if not written or len(written) > _LONGEST or not any(char.isdigit() for char in written):
        return None
    if _SECONDS.fullmatch(written):
        return possible(_of_seconds(float(written)))
    slashed = _SLASHED.match(written)
    if slashed and max(int(slashed[1]), int(slashed[2])) <= 12 and slashed[1] != slashed[2]:
        return None
    if _MIDNIGHT.search(written):
        before = moment_of(_MIDNIGHT.sub("00:00", written))
        return possible(before + timedelta(days=1)) if before else None
    plain = _YEAR_FIRST.sub(_dashed, _LEAP_SECOND.sub("59", written), count=1)
    # The day is worth having though its zone is unknown or impossible.
    return possible(_read(plain) or _read(_UNKNOWN_ZONE.sub("", plain)))


def possible(moment: datetime | None) -> datetime | None:
    """Return ``moment`` in UTC, or None when no feed can mean it (before 1995 or after 2100)."""
    return moment.astimezone(UTC) if moment is not None and EARLIEST <= moment.year <= LATEST else None


def _read(written: str) -> datetime | None:
    return _of_iso(written) or _of_rfc822(written) or _of_words(written)


def _dashed(date: re.Match[str]) -> str:
    return f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}"


def _of_seconds(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)


def _of_iso(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_rfc822(written: str) -> datetime | None:
    if not _RFC822.fullmatch(written):
        return None
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_words(written: str) -> datetime | None:
    import dateparser  # takes longer to load than most feeds to read, and few need it

    try:
        found = dateparser.parse(_in_english(written), languages=["en"], settings=_SETTINGS)
    except (ValueError, OverflowError, RecursionError):  # it raises on some numbers that are no date
        return None
    return found if isinstance(found, datetime) else None


def _in_english(written: str) -> str:
    """Return the date with the names of months in English, without the name of a day before it."""
    first = _FIRST_WORD.match(written)
    if first:
        rest = written[first.end() :]
        has_month = any(map(_month, _NAME.findall(rest)))
        # Of two names of months the first is a Tuesday: mardi, martedì, martes.
        if (rest[:1].isdigit() or has_month) and (has_month or not _month(first[1])):
            written = rest
    bare = _NAME.sub(lambda found: _month(found[0]) or ("" if _folded(found[0]) in _BETWEEN else found[0]), written)
    return " ".join(bare.replace(" - ", " ").split()).strip(" ,-.")


def _month(name: str) -> str | None:
    folded = _folded(name)
    return next((_MONTHS[folded[:size]] for size in (4, 3) if folded[:size] in _MONTHS), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower().rstrip(".")
