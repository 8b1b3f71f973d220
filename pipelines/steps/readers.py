"""a list of subscribers (CSV) | check each row | keep the good ones"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from curate.errors import UsageError
from curate.people import LANGUAGES, normal_email
from pipelines.home import Home
from storage import subscribers
from storage.subscribers import Subscriber


@dataclass(frozen=True, slots=True)
class ImportedReaders:
    """What a list brought; ``refused`` says of each bad row its number and what is wrong with it."""

    new: int
    known: int
    refused: tuple[str, ...]


def import_csv(home: Home, file: Path, consent: str) -> ImportedReaders:
    """Keep the subscribers of a list with a column ``email`` and perhaps ``language``.

    Raises UsageError when the file cannot be read or has no such column.
    """
    good: list[Subscriber] = []
    refused: list[str] = []
    for number, row in _rows(file):
        try:
            good.append(_subscriber(row, home))
        except UsageError as error:
            refused.append(f"row {number}: {error}")
    with home.database.writing() as db:
        new = sum(subscribers.add(db, one, consent, home.clock()) for one in good)
    return ImportedReaders(new, len(good) - new, tuple(refused))


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            head = opened.readline()
            opened.seek(0)
            rows = csv.DictReader(opened, delimiter=";" if head.count(";") > head.count(",") else ",")
            names = {(name or "").strip().lower().replace("-", ""): name for name in rows.fieldnames or ()}
            column = names.get("email") or names.get("emailadres") or names.get("email address")
            if column is None:
                raise UsageError(f"{file} has no column email; its columns are {', '.join(rows.fieldnames or ())}.")
            for number, row in enumerate(rows, start=2):
                yield number, {"email": row[column] or "", "language": row.get(names.get("language", "")) or ""}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file} cannot be read as CSV in UTF-8: {error}. Save it as such.") from None


def _subscriber(row: dict[str, str], home: Home) -> Subscriber:
    said = row["language"].strip().lower()[:2]
    language = next((one for one in LANGUAGES if one == said), home.settings.language)
    return subscribers.subscriber(normal_email(row["email"]), language)
