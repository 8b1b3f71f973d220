"""The journal: what became of each message, in a file beside the database, as soon as it is known.

Opening the database costs ten times as long as handing a message over, so what was sent is noted there in groups. Until
then it stands here, one line each, written before the next message is handed over: a sender that is killed at any
moment leaves at most one message of which nobody knows. Lines are also brought to the disk while the next message is
on its way, so that a power cut costs at most one more.
"""

import asyncio
import json
import os
from asyncio import Future
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from curate.errors import StorageError
from storage.deliveries import Outcome


class Journal:
    """The lines that are not in the database yet. The caller is the only sender."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1
        self._outcomes: list[Outcome] = []
        self._to_disk: Future[None] | None = None

    def __enter__(self) -> Self:
        """Open the file and read what a sender who died left in it."""
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            raw = self._path.read_bytes()
            self._outcomes = _read(raw)
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

    def clear(self) -> None:
        """Forget the lines: the database has them."""
        self._outcomes = []
        os.ftruncate(self._handle, 0)


def _read(raw: bytes) -> list[Outcome]:
    """A power cut may leave half a line at the end: of that message nobody knows."""
    found = []
    for line in raw.splitlines():
        with suppress(ValueError, TypeError, KeyError):
            said = json.loads(line)
            found.append(Outcome(**{**said, "moment": datetime.fromisoformat(said["moment"])}))
    return found
