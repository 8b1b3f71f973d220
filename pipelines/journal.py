"""The journal: what became of each message, in a file beside the database, as soon as it is known.

Opening the database costs ten times as long as handing a message over, so what was sent is noted there in groups. Until
then it stands here, one line each, written before the next message is handed over: a sender that is killed at any
moment leaves at most one message of which nobody knows. Lines are also brought to the disk while the next message is
on its way, so that a power cut costs at most one more.

Beside it stands the *ledger*: which deliveries were sent, for as long as backups are kept. A backup knows nothing of
what was sent after it; when one is restored, the ledger does.
"""

import asyncio
import json
import os
from asyncio import Future
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from curate.errors import StorageError
from storage.deliveries import Outcome

LEDGER, RESTORED = ".sent", ".restored"
"""Suffixes of the ledger, and of what is not to be sent again after a backup was restored."""


class Journal:
    """The lines that are not in the database yet. The caller is the only sender."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1
        self._outcomes: list[Outcome] = []
        self._restored: tuple[Outcome, ...] = ()
        self._to_disk: Future[None] | None = None

    def __enter__(self) -> Self:
        """Open the file and read what a sender who died left in it."""
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            raw = self._path.read_bytes()
            self._outcomes = _read(raw)
            self._restored = tuple(_of_ledger(self._path.with_suffix(RESTORED)))
            if raw and not raw.endswith(b"\n"):
                os.write(self._handle, b"\n")  # or the next line would be the end of half a line
        except OSError as error:
            raise StorageError(f"{self._path} cannot be used: {error.strerror}. Nothing was sent.") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; what stands in it stays."""
        os.close(self._handle)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What was written since it was cleared."""
        return tuple(self._outcomes)

    async def add(self, outcome: Outcome) -> None:
        """Write a line. Raises StorageError when the disk is full: then sending must stop."""
        line = json.dumps({**asdict(outcome), "moment": outcome.moment.isoformat()}).encode() + b"\n"
        await self.settled()
        try:
            os.write(self._handle, line)
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}. Sending has stopped; free disk space and run "
                "`duiding send`."
            ) from None
        self._outcomes.append(outcome)
        self._to_disk = asyncio.get_running_loop().run_in_executor(None, os.fdatasync, self._handle)

    async def settled(self) -> None:
        """Wait until the last line is on the disk. A disk that cannot promise that is no reason to send twice."""
        waiting, self._to_disk = self._to_disk, None
        if waiting:
            with suppress(OSError):
                await waiting

    @property
    def restored(self) -> tuple[Outcome, ...]:
        """What was sent after the backup was taken that was restored since: the database may not know it."""
        return self._restored

    def clear(self) -> None:
        """Forget the lines: the database has them. What was sent is kept in the ledger, should a backup come back."""
        sent = [one for one in self._outcomes if one.state == "sent"]
        _append(self._path.with_suffix(LEDGER), sent)
        self._outcomes = []
        os.ftruncate(self._handle, 0)


def sent_by(path: Path) -> dict[str, datetime]:
    """Return when deliveries were sent, as the journal at ``path`` and the ledger beside it know."""
    found = {one.delivery_id: one.moment for one in _of_ledger(path.with_suffix(LEDGER))}
    with suppress(OSError):
        found |= {one.delivery_id: one.moment for one in _read(path.read_bytes()) if one.state == "sent"}
    return found


def remember_restored(path: Path, sent: Mapping[str, datetime]) -> None:
    """Keep what is not to be sent again; it adds to what an earlier restore left."""
    _append(path.with_suffix(RESTORED), [Outcome(id_, "sent", 1, moment) for id_, moment in sent.items()])


def prune(path: Path, before: datetime) -> int:
    """Drop what was sent before this moment from the ledger and return how much; the caller is the only sender."""
    ledger = path.with_suffix(LEDGER)
    every = list(_of_ledger(ledger))
    young = [one for one in every if one.moment >= before]
    if len(young) < len(every):
        part = ledger.with_suffix(".part")
        part.unlink(missing_ok=True)
        _append(part, young)
        part.replace(ledger)
    return len(every) - len(young)


def _append(file: Path, sent: Sequence[Outcome]) -> None:
    """Write lines of a ledger; a full disk is no reason to stop: it only helps who restores a backup."""
    lines = "".join(f"{one.delivery_id} {one.moment.isoformat()}\n" for one in sent)
    with suppress(OSError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as out:
            out.write(lines)


def _of_ledger(file: Path) -> Iterator[Outcome]:
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        id_, _, moment = line.partition(" ")
        with suppress(ValueError):  # half a line, after a power cut
            yield Outcome(id_, "sent", 1, datetime.fromisoformat(moment))


def _read(raw: bytes) -> list[Outcome]:
    """A power cut may leave half a line at the end: of that message nobody knows."""
    found = []
    for line in raw.splitlines():
        with suppress(ValueError, TypeError, KeyError):
            said = json.loads(line)
            found.append(Outcome(**{**said, "moment": datetime.fromisoformat(said["moment"])}))
    return found
