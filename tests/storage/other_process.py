"""What another process does with the same database: roles for the tests of several processes.

Each role says ``ready`` first. Those that hold something go on until they hear a line.
"""

import fcntl
import os
import resource
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

sys.path.insert(0, str(Path(__file__).parents[2]))

import duckdb  # this program stands in for foreign ones too

from curate.errors import StorageError
from storage import database, people
from storage.database import Database, Session

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)


def pair(db: Session, name: str) -> None:
    """Write two rows that belong together, in two tables."""
    now = NOW + timedelta(seconds=len(name))
    db.execute(
        "INSERT INTO people (person_id, email, name, role, language, state, added_at)"
        " VALUES ($id, $id, $id, 'member', 'nl', 'active', $now)",
        {"id": name, "now": now},
    )
    db.execute("INSERT INTO fetches VALUES ($id, 'run', NULL, $id, NULL, $now, 200, 1, NULL)", {"id": name, "now": now})


def hold_writing(path: str) -> None:
    """Be inside a session that writes, half-way through a pair, until told to go on."""
    with Database(Path(path)).writing() as db:
        pair(db, f"half {os.getpid()}")
        say("ready")
        sys.stdin.readline()
    say("done")


def hold_reading(path: str) -> None:
    """Be inside a session that reads until told to go on."""
    with Database(Path(path)).reading() as db:
        people.every(db)
        say("ready")
        sys.stdin.readline()
    say("done")


def hold_on_demand(path: str) -> None:
    """Take the lock to write and give it back, each time when told so."""
    say("ready")
    while sys.stdin.readline():
        with database.locked(Path(path), fcntl.LOCK_EX, 20):
            say("held")
            sys.stdin.readline()
        say("free")


def foreign(path: str) -> None:
    """Open the file as a program that knows nothing of our lock, to write, until told to go on."""
    with duckdb.connect(path) as connection:
        connection.execute("SELECT count(*) FROM people")
        say("ready")
        sys.stdin.readline()
    say("done")


def foreign_reader(path: str) -> None:
    """The same, only reading."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SELECT count(*) FROM people")
        say("ready")
        sys.stdin.readline()
    say("done")


def overlapping_readers(path: str) -> None:
    """Read in three threads so that one is always inside, until told to stop; then say how often none was."""
    inside, gaps, stop = [0], [0], Event()
    ready = [Event() for _ in range(3)]

    def read(place: int) -> None:
        file = Database(Path(path))
        while not stop.is_set():
            with file.reading():
                inside[0] += 1
                ready[place].set()
                time.sleep(0.08)
                inside[0] -= 1
                gaps[0] += inside[0] == 0

    threads = [Thread(target=read, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    for event in ready:
        event.wait()
    say("ready")
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    say(str(gaps[0]))


def write_pairs(path: str, name: str, count: str) -> None:
    """Write pairs, each in a session of its own; say each one's name when it is committed, and the longest wait."""
    file = Database(Path(path))
    say("ready")
    longest = 0.0
    for number in range(int(count)):
        began = time.monotonic()
        with file.writing() as db:
            longest = max(longest, time.monotonic() - began)
            pair(db, f"{name}-{number}")
        say(f"{name}-{number}")
    say(f"waited {longest:.3f}")


def read_pairs(path: str, count: str) -> None:
    """Compare both tables, each time in a session of its own; say what was torn, and the longest wait."""
    file = Database(Path(path))
    say("ready")
    longest, seen = 0.0, 0
    for _ in range(int(count)):
        began = time.monotonic()
        with file.reading() as db:
            longest = max(longest, time.monotonic() - began)
            ((left,),) = db.execute("SELECT count(*) FROM people")
            ((right,),) = db.execute("SELECT count(*) FROM fetches")
        if left != right or left < seen:
            say(f"torn {left} {right} after {seen}")
        seen = left
    say(f"waited {longest:.3f}")


def die_in_log(path: str, name: str) -> None:
    """Commit a pair and die before the file is closed, so that it stands in the write-ahead log only."""
    with Database(Path(path)).writing() as db:
        pair(db, name)
        db.execute("COMMIT")
        say("ready")
        os.kill(os.getpid(), signal.SIGKILL)


def full_disk(path: str, room: str) -> None:
    """Write until files may grow no more; say what was committed and what the error says."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    most = Path(path).stat().st_size + int(room)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    file = Database(Path(path))
    say("ready")
    for number in range(10_000):
        try:
            with file.writing() as db:
                pair(db, f"{number}-{'x' * 20_000}")
        except StorageError as error:
            say(f"error {error}")
            return
        say(f"{number}")


def fork_inside(path: str) -> None:
    """Fork a child that lives on inside a session, leave the session, and say so."""
    with Database(Path(path)).writing():
        child = os.fork()
        if not child:
            time.sleep(60)
            os._exit(0)
    say("ready")
    sys.stdin.readline()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def say(line: str) -> None:
    """Tell the test."""
    print(line, flush=True)  # noqa: T201  # lines are how it speaks


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
