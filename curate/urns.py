"""LinkedIn's own identities (URNs) as they stand in its links."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

_URN = re.compile(r"urn:li:(?P<kind>[A-Za-z]{1,40}):(?P<number>\d{1,25}(?:-\d{1,25})?)", re.ASCII)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Numbers given out before 2010 were counted up and carry no time: they would all read as 1970.
_EARLIEST_MS, _LATEST_MS = 1_262_304_000_000, 4_102_444_800_000  # 2010 and 2100, since 1970


def urn_of(link: str) -> str | None:
    """Return the first URN in a link (``urn:li:share:123``, group posts ``urn:li:groupPost:12-34``), or None.

    It may be percent-encoded, and it may stand alone.
    """
    match = _URN.search(unquote(link))
    return match[0] if match else None


def kind_of(urn: str | None) -> str | None:
    """Return what a URN stands for: ``share``, ``ugcPost``, ``activity``, ``groupPost``, ``article`` or another."""
    return urn.split(":")[2] if urn else None


def posted_at(urn: str | None) -> datetime | None:
    """Return when the post behind a URN was made (aware UTC, to the millisecond), or None when it does not say.

    The moment is in the upper bits of the number. Article numbers are not trusted: they are not made this way.
    """
    if urn is None or kind_of(urn) == "article":
        return None
    since_epoch_ms = int(re.split("[:-]", urn)[-1]) >> 22
    if not _EARLIEST_MS <= since_epoch_ms < _LATEST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=since_epoch_ms)
