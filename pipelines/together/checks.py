"""What is looked at before anything starts: each refusal says what is wrong and what to do, and nothing was touched."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from curate.errors import DuidingError, ModelError, UsageError
from pipelines import exclusive, model, serving
from pipelines.home import Home
from pipelines.together import LOOPBACK, auth_of, scratch_of
from storage import runs
from storage.database import Database

LEAST_FREE_BYTES = 100_000_000
"""Below this Prefect's database and ours would soon stop in the middle of something."""
_PATIENCE_S = 10.0
"""For the database: a flow or a page of ours gives it back within milliseconds."""
_STEP_BACK = timedelta(minutes=5)
"""By how much a clock may go back without a word: network time sets it right in small steps."""


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Be the only ``up`` of this home, until the process ends however it does.

    Raises UsageError naming the other, and StorageError when the home cannot be written to.
    """
    with exclusive.alone(home, "up") as is_alone:
        if not is_alone:
            other = exclusive.holder(home, "up")
            raise UsageError(
                f"`duiding up` runs in {home.path} already, as process {other}. Stop that one first: `kill {other}`."
            )
        yield


def refuse_other_systems(proc: Path = Path("/proc/self/environ")) -> None:
    """Raise UsageError where processes cannot be known by their environment: nothing could be stopped for certain."""
    if not proc.exists():
        raise UsageError("`duiding up` needs Linux. Start the parts one by one here: `duiding up --only PART`.")


def refuse_what_cannot_go_well(home: Home, *, clock_is_right: bool) -> None:
    """Raise the first reason not to start: an open door, a taken port, the disk, the database, the clock."""
    refuse_open_doors(home)
    prefect, web = home.settings.prefect, home.settings.web
    if prefect.port == web.port:
        raise UsageError(f"prefect.port and web.port are both {web.port}. Give one of them another port.")
    refuse_taken(prefect.host, prefect.port, "prefect.port")
    refuse_taken(web.host, web.port, "web.port")
    refuse_full_disk(home)
    refuse_unwritable(home)
    last = last_run(home)
    if last and not clock_is_right:
        refuse_clock_before(last, home.clock())


def refuse_open_doors(home: Home) -> None:
    """Beyond this machine Prefect only with an auth string, and the pages only with the address people use."""
    host = home.settings.prefect.host
    if host not in LOOPBACK and not auth_of(home):
        raise UsageError(
            f"prefect.host is {host}, open to others, but prefect.auth is not set: whoever reaches it could run "
            "programs here. Set DUIDING_PREFECT__AUTH to name:password."
        )
    serving.refuse_open_door(home)
    assert home.secret  # noqa: S101  # reading it says what is missing


def refuse_taken(host: str, port: int, setting: str) -> None:
    """Raise UsageError unless a server of ours could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    variable = f"DUIDING_{setting.upper().replace('.', '__')}"
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"Port {port} of {host} ({setting}) cannot be used: {(error.strerror or str(error)).lower()}. Stop "
                f"what listens there, or choose another with {variable}."
            ) from None


def refuse_full_disk(home: Home) -> None:
    """Raise DuidingError when the disk of the home is as good as full."""
    for folder in {home.path, home.database.path.parent}:
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE_BYTES:
            raise DuidingError(
                f"The disk of {folder} has {free / 1e6:.0f} MB left; {LEAST_FREE_BYTES / 1e6:.0f} MB are needed to go "
                "on safely. Make room there and start again; nothing was lost."
            )


def refuse_unwritable(home: Home) -> None:
    """Raise DuidingError unless logs, Prefect's database and scratch can be written."""
    for folder in (home.path / "log", home.path / "prefect", scratch_of(home)):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"is there room?")
        except OSError as error:
            raise DuidingError(
                f"{folder} cannot be written: {error.strerror}. Look at who owns it, and at what it is."
            ) from None


def last_run(home: Home) -> datetime | None:
    """Return when the newest run began; raises StorageError for a database that is held, older, newer or broken."""
    with Database(home.database.path, wait_s=_PATIENCE_S).writing() as db:
        return max((started for _, started, _, _ in runs.last_of_each_kind(db)), default=None)


def refuse_clock_before(last: datetime, now: datetime) -> None:
    """Raise DuidingError when the clock stands before what was done already: all of that would lie ahead."""
    if now < last - _STEP_BACK:
        raise DuidingError(
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but the last run here began at "
            f"{last:%Y-%m-%d %H:%M} UTC. Set the clock right; if it is right now and was wrong then, start with "
            "`duiding up --clock-is-right`."
        )


def missing_model(home: Home) -> str | None:
    """Return what is wrong with the model, or None. It stops nothing: pages, ingest and mail go on without it."""
    try:
        model.encoder(home.settings.model).weights  # noqa: B018  # asking is the check
    except ModelError as error:
        return f"{error} Until then everything goes on but Monday's clustering."
    return None
