"""The CSV of LinkedIn's exports, which is written in two ways: the way that fits a file better is taken.

Posts double an inner quote (RFC 4180), comments put a backslash before it. Read in the wrong way, one record falls into
fragments, or a field swallows the record after it; so both ways are tried on the whole file.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Literal

from curate import archives, linkedin_moments
from curate.errors import ExportError

Quoting = Literal["doubled", "backslash"]

MOST_RECORDS = 200_000  # of one file; twenty-five reactions a day for twenty years
_HEADER_WITHIN = 40  # records; the longest known preamble has twelve
_BACKSLASH = re.compile(r'\\(["\\])|\\')
_FIELD_LIMIT = Lock()  # Python keeps one limit for the whole process


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file: its columns and the records that fit them."""

    columns: tuple[str, ...]  # as written
    rows: tuple[Mapping[str, str], ...]  # by column name (see column_name); of two columns with one name the first
    misfits: int  # records that are not as wide as the header: fragments, whose words cannot be trusted
    quoting: Quoting


@dataclass(frozen=True, slots=True)
class _Reading:
    columns: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]
    quoting: Quoting
    score: int


def decoded(body: bytes) -> tuple[str, str]:
    """Return ``(text, encoding)``: UTF-8 with or without byte order mark, else windows-1252, with ``\\n`` line ends."""
    try:
        text, encoding = body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = body.decode("cp1252", "replace"), "cp1252"
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def column_name(written: str) -> str:
    """Return a column's name without case, spaces and marks: ``Share Commentary`` becomes ``sharecommentary``."""
    return "".join(character for character in written.casefold() if character.isalnum())


def table_of(text: str, required: frozenset[str], dates: frozenset[str]) -> Table | None:
    """Read CSV ``text`` from the first record that holds the ``required`` columns; None when there is no such record.

    ``dates`` names the columns of which one holds the record's moment. Both ways of quoting are tried; a record counts
    +1 when it is as wide as the header with a moment or nothing in its date column, else -2. The higher sum wins; on a
    tie the doubled quotes, unless they break a rule of CSV that backslashes keep.
    """
    # Without a backslash both ways read the same.
    ways: tuple[Quoting, ...] = ("doubled", "backslash") if "\\" in text else ("doubled",)
    known = [reading for way in ways if (reading := _read(text, way, required, dates))]
    if not known:
        return None
    best = max(reading.score for reading in known)
    tied = [reading for reading in known if reading.score == best]
    sound = [reading for reading in tied if len(tied) > 1 and _is_well_formed(text, reading.quoting)]
    return _table((sound or tied)[0])


def first_record(text: str) -> tuple[str, ...]:
    """Return the first record that is not empty, to name a header that is not known."""
    return next((record for record in _records(text[:4096], "doubled") if any(record)), ())


def _read(text: str, way: Quoting, required: frozenset[str], dates: frozenset[str]) -> _Reading | None:
    records = [record for record in _records(text, way) if any(cell.strip() for cell in record)]
    at = next((n for n, record in enumerate(records[:_HEADER_WITHIN]) if required <= set(_names(record))), None)
    if at is None:
        return None
    columns = _trimmed(records[at], 0)
    rows = tuple(_trimmed(record, len(columns)) for record in records[at + 1 :])
    return _Reading(columns, rows, way, _score(columns, rows, dates))


def _records(text: str, quoting: Quoting) -> list[tuple[str, ...]]:
    with _wide_fields():
        records = [tuple(record) for record in islice(_reader(text, quoting, strictly=False), MOST_RECORDS + 1)]
    if len(records) > MOST_RECORDS:
        raise ExportError(f"A table in this ZIP has more than {MOST_RECORDS} rows, more than one person's can have.")
    return records


def _is_well_formed(text: str, quoting: Quoting) -> bool:
    with _wide_fields():
        try:
            for _ in _reader(text, quoting, strictly=True):
                pass
        except csv.Error:
            return False
    return True


def _reader(text: str, quoting: Quoting, *, strictly: bool) -> Iterator[list[str]]:
    if quoting == "doubled":
        return csv.reader(_lines(text), strict=strictly)
    # Only \" and \\ are escapes: elsewhere a backslash is itself (C:\dir), which the csv module would drop.
    escaped = _BACKSLASH.sub(lambda match: match[0] if match[1] else "\\\\", text)
    return csv.reader(_lines(escaped), strict=strictly, escapechar="\\")


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends, one at a time: a copy of the whole would cost as much memory again."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


@contextmanager
def _wide_fields() -> Iterator[None]:
    with _FIELD_LIMIT:
        before = csv.field_size_limit(archives.MEMBER_BYTES)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _names(record: Sequence[str]) -> list[str]:
    return [column_name(cell) for cell in record]


def _trimmed(record: tuple[str, ...], width: int) -> tuple[str, ...]:
    while len(record) > width and not record[-1].strip():
        record = record[:-1]
    return record


def _score(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], dates: frozenset[str]) -> int:
    at = next((n for n, name in enumerate(_names(columns)) if name in dates), None)
    fitting = sum(len(row) == len(columns) and (at is None or _may_be_date(row[at])) for row in rows)
    return fitting - 2 * (len(rows) - fitting)


def _may_be_date(cell: str) -> bool:
    return not cell.strip() or linkedin_moments.moment_of(cell) is not None


def _table(reading: _Reading) -> Table:
    width, names = len(reading.columns), _names(reading.columns)
    fitting = [row for row in reading.records if len(row) == width]
    # Reversed, so that of two columns with one name the first is kept.
    rows = tuple(dict(reversed(list(zip(names, row, strict=True)))) for row in fitting)
    return Table(reading.columns, rows, len(reading.records) - len(fitting), reading.quoting)
