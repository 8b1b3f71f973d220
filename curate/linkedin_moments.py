"""Moments as LinkedIn's exports write them.

Only these forms count, and only as a whole: in a wrongly split file any text can stand in a date column, and a reader
that understands more (``curate.moments``) would take some of it for a date.
"""

import re
from datetime import UTC, datetime

_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True))
# Dutch, where it differs: no Dutch export was seen, but a month that is not known costs a date.
_MONTHS |= {"mrt": 3, "maa": 3, "mei": 5, "okt": 10}
_CLOCK = r"(?:,?[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?"
_ZONE = r"(?: ?(?:UTC|GMT|Z|\+00:?00))?"
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d){_CLOCK}{_ZONE}", re.ASCII)
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})[ -](?P<month>[a-z]{{3,9}})\.?[ -](?P<year>\d{{4}}){_CLOCK}{_ZONE}", re.ASCII | re.IGNORECASE
)
_FIRST_YEAR, _LAST_YEAR = 2003, 2100  # LinkedIn opened in 2003; a later century is a misread number


def moment_of(text: str) -> datetime | None:
    """Return the moment (aware UTC) that is the whole of ``text``, or None.

    Read are ``2026-05-01 09:00:00`` (also with `` UTC`` or without a clock) and ``1 mei 2026`` with English and Dutch
    months. LinkedIn names no time zone; UTC is assumed.
    """
    return _moment(_YEAR_FIRST.fullmatch(text.strip()) or _DAY_FIRST.fullmatch(text.strip()))


def moment_in(text: str) -> datetime | None:
    """Return the first moment (aware UTC) found anywhere in ``text``, or None; forms as for :func:`moment_of`."""
    return _moment(_YEAR_FIRST.search(text) or _DAY_FIRST.search(text))


def _moment(match: re.Match[str] | None) -> datetime | None:
    if match is None:
        return None
    month, year = match["month"], int(match["year"])
    number = int(month) if month.isdecimal() else _MONTHS.get(month[:3].lower(), 0)
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if not _FIRST_YEAR <= year < _LAST_YEAR:
        return None
    try:
        return datetime(year, number, int(match["day"]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
