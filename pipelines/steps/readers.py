"""a list of readers (CSV) | check each row | keep the good ones, thousands at a time | the refused ones beside it

The whole file is read once before anything is kept: one that cannot be read to its end keeps nobody.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from curate import cells, readerlists
from curate.errors import UsageError
from curate.readerlists import Listed, Reading
from pipelines.home import Home, Notify, silent
from storage import subscribers, themes
from storage.database import Session
from storage.subscribers import Enrolled

_BATCH = 5000
"""Rows kept in one transaction."""
_SHOWN = 5
"""Rows that a preview shows."""

Row = tuple[int, list[str]]
"""Its number in the list, the head being 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not kept, and why."""

    number: int
    cells: Sequence[str]
    reason: str

    @property
    def sentence(self) -> str:
        """Where and why, for a person."""
        return f"row {self.number}: {self.reason}"


@dataclass(slots=True)
class ImportedReaders:
    """What a list brought, or would bring."""

    counts: Counter[str] = field(default_factory=Counter)
    """``new``, ``known``, ``left`` (they stay away), ``forgotten``, ``complained``; ``other_language`` of the new."""
    refused: list[Refusal] = field(default_factory=list)
    first: list[Listed] = field(default_factory=list)
    """The first good rows."""
    ignored: tuple[str, ...] = ()
    """Columns that were not read."""
    file: Path | None = None
    """Where the refused rows stand."""


def preview_csv(home: Home, file: Path, consent: str) -> ImportedReaders:
    """Return what :func:`import_csv` would do; writes nothing."""
    done, batches = _opened(home, file, consent)
    with home.database.reading() as db:
        for batch in batches:
            done.counts.update(kind for _, kind in _sorted(db, batch))
    return done


def import_csv(home: Home, file: Path, consent: str, notify: Notify = silent) -> ImportedReaders:
    """Keep the readers of a list; its rows that are refused are written beside it as ``<name>.refused.csv``.

    Where neither a column nor ``consent`` says where their consent comes from, the name of the list stands for it.
    Raises UsageError when the file cannot be read or has no column email.
    """
    total = sum(1 for _ in _rows(file))
    done, batches = _opened(home, file, consent)
    kept = 0
    for batch in batches:
        with home.database.writing() as db:
            found = _sorted(db, batch)
            subscribers.enrol(db, [_enrolled(one, home.clock()) for one, kind in found if kind == "new"])
        done.counts.update(kind for _, kind in found)
        done.counts["other_language"] += sum(kind == "new" and not one.is_language_known for one, kind in found)
        kept += len(batch)
        notify("readers", kept + len(done.refused), total)
    if done.refused:
        done.file = _write_refused(file, next(_rows(file))[1], done.refused)
    return done


def _opened(home: Home, file: Path, consent: str) -> tuple[ImportedReaders, Iterator[list[Listed]]]:
    rows = _rows(file)
    head = readerlists.columns(next(rows, (1, []))[1])
    of_list = "" if "consent" in head.place else f"{file.name}, imported by the operator"
    with home.database.reading() as db:
        reading = Reading(head, themes.spelled(db), home.settings.language, consent.strip() or of_list)
    done = ImportedReaders(ignored=head.ignored)
    return done, _batches(_good(rows, reading, done))


def _good(rows: Iterable[Row], reading: Reading, done: ImportedReaders) -> Iterator[Listed]:
    """The good rows, while the others are noted."""
    seen: dict[str, int] = {}
    for number, row in rows:
        try:
            one = _read_once(row, reading, seen)
        except UsageError as error:
            done.refused.append(Refusal(number, row, str(error)))
            continue
        seen[one.email] = number
        if len(done.first) < _SHOWN:
            done.first.append(one)
        yield one


def _read_once(row: Sequence[str], reading: Reading, seen: Mapping[str, int]) -> Listed:
    one = readerlists.read(row, reading)
    if first := seen.get(one.email):
        raise UsageError(f"{one.email} stands in row {first} already.")
    return one


def _batches(good: Iterator[Listed]) -> Iterator[list[Listed]]:
    while batch := list(islice(good, _BATCH)):
        yield batch


def _sorted(db: Session, batch: Sequence[Listed]) -> list[tuple[Listed, str]]:
    """Each row with what it means here: new, known, left, forgotten or complained."""
    emails = [one.email for one in batch]
    states, suppressed = subscribers.states(db, emails), subscribers.suppressed(db, emails)
    return [(one, _kind(states.get(one.email), suppressed.get(one.email))) for one in batch]


def _kind(state: str | None, suppressed: str | None) -> str:
    if suppressed:
        return "complained" if suppressed == "complaint" else "forgotten"
    return "new" if state is None else "known" if state == "active" else "left"


def _enrolled(one: Listed, now: datetime) -> Enrolled:
    reader = subscribers.wishing(one.email, one.wishes, one.state)
    return Enrolled(reader, one.consent, one.consent_version, one.consented_at, one.added_at or now, one.left_at)


def _rows(file: Path) -> Iterator[Row]:
    """The rows that hold something, numbered as a spreadsheet does."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            head = opened.readline()
            opened.seek(0)
            delimiter = max(",;\t", key=head.count)
            for number, row in enumerate(csv.reader(opened, delimiter=delimiter), start=1):
                if any(row):
                    yield number, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file} cannot be read as CSV in UTF-8: {error}. Save it as such.") from None


def _write_refused(file: Path, head: Sequence[str], refused: Sequence[Refusal]) -> Path | None:
    """Write the refused rows so that they can be mended and imported; None when the folder does not let us."""
    beside = file.with_name(f"{file.stem}.refused.csv")
    part = beside.with_name(f"{beside.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out)
            table.writerow(["row", "reason", *map(cells.defused, head)])
            for one in refused:
                kept = [cells.defused(cells.fused(cell)) for cell in one.cells]
                table.writerow([one.number, cells.defused(one.reason), *kept])
        part.replace(beside)
    except OSError:
        return None
    return beside
