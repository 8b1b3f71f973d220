"""A home: the folder of one network, with its settings, database, clock and secret."""

import json
import os
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from curate import redaction
from curate.errors import UsageError
from curate.people import Language
from pipelines import logs
from pipelines import settings as settings_of
from pipelines.settings import FILE, Settings
from storage import database, runs
from storage.database import Database
from storage.runs import Run

Clock = Callable[[], datetime]
Notify = Callable[[str, int, int], None]
"""Told how far long work is: (what, done, total)."""


@dataclass(frozen=True, slots=True)
class Home:
    """Everything a step needs to know where it works. ``clock`` gives aware UTC moments."""

    path: Path
    settings: Settings
    database: Database
    clock: Clock

    @property
    def outbox(self) -> Path:
        """Where mail goes as files when no mail server is set."""
        return self.path / "outbox"

    @property
    def inbox(self) -> Path:
        """Where members' LinkedIn exports are put, a folder per e-mail address."""
        return self.path / "inbox" / "linkedin"

    def with_prefect_port(self, port: int) -> "Home":
        """Return the same home with another port for Prefect's server."""
        prefect = self.settings.prefect.model_copy(update={"port": port})
        return replace(self, settings=self.settings.model_copy(update={"prefect": prefect}))

    @property
    def backups(self) -> Path:
        """Where the nightly copies of the database lie, and those from before a migration."""
        return self.database.path.parent / "backups"

    @property
    def secret(self) -> bytes:
        """What links and cookies are signed with; from the settings, else from the file that ``init`` made."""
        if self.settings.secret:
            return self.settings.secret.get_secret_value().encode()
        file = self.path / "secret"
        try:
            kept = file.read_bytes()
        except OSError:
            kept = b""
        if not kept.strip():
            raise UsageError(
                f"{file} is missing or empty: links cannot be signed. Restore it, or remove it and run `duiding init`."
            )
        return kept

    @property
    def secrets(self) -> frozenset[str]:
        """All that must never stand in a log, an artifact or a stored error."""
        settings = self.settings
        given = (settings.smtp.password, settings.bounces.password, settings.secret)
        said = (one.get_secret_value() for one in given if one)
        return logs.known_secrets(os.environ, *said, logs.kept_secret(self.path / "secret"))


def opened(path: Path, clock: Clock | None = None) -> Home:
    """Return the home in this folder; raises UsageError when it is none or its settings are wrong."""
    settings = settings_of.read(path)
    file = settings.db if settings.db.is_absolute() else path / settings.db
    return Home(path, settings, Database(file), clock or clock_of(os.environ))


def make(path: Path, name: str, language: Language, clock: Clock) -> Home:
    """Make a home: settings, an empty list of sources, database, secret. What is there already is kept.

    Only the user who makes it may read what holds passwords or people. Raises UsageError when it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path / FILE, settings_of.TEMPLATE.format(name=_toml(name), language=language), _PRIVATE)
        _write_new(path / "secret", secrets.token_hex(32), _PRIVATE)
        _write_new(path / "sources.opml", _NO_SOURCES, 0o644)
        home = opened(path, clock)
        for folder in (home.inbox.parent, home.inbox, home.outbox):
            folder.mkdir(mode=0o700, exist_ok=True)
        is_new = not home.database.path.exists()
        database.create(home.database.path, clock())
        if is_new:
            home.database.path.chmod(_PRIVATE)
    except OSError as error:
        raise UsageError(f"{path} cannot become a home: {error.strerror} ({error.filename}). Choose another.") from None
    return home


def found(given: Path | None, environment: Mapping[str, str]) -> Path:
    """Return the home that is meant: the one given, else ``DUIDING_HOME``, else the current folder if it is one."""
    if given:
        return given
    if named := environment.get("DUIDING_HOME"):
        return Path(named)
    if Path(FILE).exists():
        return Path.cwd()
    raise UsageError(f"Which home? Give --home DIR or set DUIDING_HOME; the current folder has no {FILE}.")


def here() -> Home:
    """Return the home that the environment names; for programs that have no command line."""
    return opened(found(None, os.environ))


def clock_of(environment: Mapping[str, str]) -> Clock:
    """Return the clock: the real one, or one that stands still at ``DUIDING_NOW``, so that a week can be replayed."""
    said = environment.get("DUIDING_NOW")
    if not said:
        return lambda: datetime.now(UTC)
    try:
        read = datetime.fromisoformat(said)
        moment = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"DUIDING_NOW is {said!r}. Write a moment like 2026-11-16T06:00:00+01:00.") from None
    return lambda: moment


def start_run(home: Home, kind: str, model: tuple[str, str] | None = None, **parameters: Any) -> Run:
    """Keep and return a new run; ``model`` is (name, revision)."""
    now = home.clock()
    run = Run(
        id=runs.new_id(kind, now, uuid.uuid4().hex),
        kind=kind,
        started_at=now,
        code_version=code_version(),
        parameters=parameters,
        model=model[0] if model else None,
        model_revision=model[1] if model else None,
        flow_run_id=os.environ.get("PREFECT__FLOW_RUN_ID"),
    )
    with home.database.writing() as db:
        runs.start(db, run)
    logs.begun(run.id, kind, parameters.get("week"))
    return run


def finish_run(home: Home, run: Run, outcome: str) -> None:
    """Note that a run is done, with one sentence on what came of it."""
    with home.database.writing() as db:
        runs.finish(db, run.id, redaction.redacted(outcome, home.secrets), home.clock())
    logs.ended(run.id, outcome)


@cache
def code_version() -> str:
    """Return the version of this program."""
    return metadata.version("duiding")


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody how far the work is."""


def _toml(name: str) -> str:
    """Return a name as TOML writes it: what JSON writes, but that JSON leaves one control character as it is."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UsageError(f"The name {name!r} is not text. Write it in UTF-8.") from None
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_new(file: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all, unless it exists: half a secret would sign links all the same."""
    if file.exists():
        return
    part = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(file)


_PRIVATE = 0o600
_NO_SOURCES = """\
<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head><title>Sources</title></head><body></body></opml>
"""
