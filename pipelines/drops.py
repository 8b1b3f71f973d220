"""Archives that members dropped on the page and have not decided about: ``inbox/pending/<person>/`` of a home.

The ingest does not take them; only their owner does. Nobody but the user who runs this may read them, and what lies
there for a day is deleted.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from curate.linkedin import Permission
from curate.linkedin_permissions import of_names
from pipelines.home import Home
from reports.web.giving import Pending

LASTING = timedelta(days=1)
"""How long an archive waits for its owner's decision."""

_ARCHIVE, _CHOICE, _PART = "export.zip", "choice.json", ".part-"


def pending(home: Home, person_id: str) -> Pending | None:
    """Return what waits for a person's decision."""
    folder = _folder(home, person_id)
    try:
        dropped_at = datetime.fromtimestamp((folder / _ARCHIVE).stat().st_mtime, UTC)
    except OSError:
        return None
    chosen = _chosen(folder / _CHOICE)
    permission = of_names(chosen["names"]) if chosen else None
    return Pending(dropped_at, permission, frozenset(chosen["left"] if chosen else ()))


def file_of(home: Home, person_id: str) -> Path:
    """Return where the archive lies that waits for a person's decision."""
    return _folder(home, person_id) / _ARCHIVE


def _chosen(file: Path) -> dict[str, list[str]] | None:
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


@contextmanager
def receiving(home: Home, person_id: str) -> Iterator[BinaryIO]:
    """Give a file to write a dropped archive to; it waits for its owner when the block ends well, else it is deleted.

    An archive that waited before is replaced, and what was chosen of it forgotten.
    """
    folder = _folder(home, person_id)
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{_PART}{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            yield out
        (folder / _CHOICE).unlink(missing_ok=True)
        part.replace(folder / _ARCHIVE)
    finally:
        part.unlink(missing_ok=True)
        with suppress(OSError):  # not empty: something waits there
            folder.rmdir()


def choose(home: Home, person_id: str, permission: Permission, left: frozenset[str]) -> None:
    """Remember what a person chose of the archive that waits."""
    folder = _folder(home, person_id)
    part = folder / f"{_PART}{secrets.token_hex(8)}"
    written = json.dumps({"names": sorted(permission.names), "left": sorted(left)})
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(written)
    part.replace(folder / _CHOICE)


def cancel(home: Home, person_id: str) -> int:
    """Delete what waits for a person's decision; return how many archives that were."""
    waited = int(pending(home, person_id) is not None)
    shutil.rmtree(_folder(home, person_id), ignore_errors=True)
    return waited


def sweep(home: Home) -> int:
    """Delete what has waited for more than a day, and what broken uploads left; return how many files that were."""
    swept, until = 0, home.clock() - LASTING
    for folder in [each for each in _root(home).glob("*") if each.is_dir()]:
        old = [file for file in folder.iterdir() if datetime.fromtimestamp(file.lstat().st_mtime, UTC) < until]
        if any(file.name == _ARCHIVE for file in old):
            old = list(folder.iterdir())
        for file in old:
            file.unlink(missing_ok=True)
        swept += len(old)
        with suppress(OSError):  # not empty: something waits there
            folder.rmdir()
    return swept


def _root(home: Home) -> Path:
    return home.inbox.parent / "pending"


def _folder(home: Home, person_id: str) -> Path:
    return _root(home) / person_id
