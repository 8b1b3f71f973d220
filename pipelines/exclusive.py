"""Being the only one at some work in a home: one ingest, one sender. A killed one gives its turn back by itself."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from curate.errors import StorageError
from pipelines.home import Home


@contextmanager
def alone(home: Home, work: str) -> Iterator[bool]:
    """Hold the turn for this work until the block ends; gives False, and holds nothing, when another process has it.

    Raises StorageError when the home cannot be written to.
    """
    file = _file(home, work)
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"{file} cannot be made: {error.strerror}. Look at its folder and its disk.") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            with suppress(OSError):  # a full disk; the number is a courtesy
                os.ftruncate(handle, 0)
                os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            yield True
    finally:
        os.close(handle)


def holder(home: Home, work: str) -> str:
    """Return the number of the process that has the turn for this work, as it wrote it; of no use when none has."""
    return _file(home, work).read_text(encoding="ascii", errors="replace").strip()


def _file(home: Home, work: str) -> Path:
    return home.path / f"{work}.lock"
