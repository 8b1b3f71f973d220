"""Being the only one at some work in a home: one ingest, one sender. A killed one gives its turn back by itself."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.home import Home


@contextmanager
def alone(home: Home, work: str) -> Iterator[bool]:
    """Hold the turn for this work until the block ends; gives False, and holds nothing, when another process has it."""
    handle = os.open(home.path / f"{work}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
