"""Commands that keep a home well: look whether all is right, migrate, back up, restore, look inside."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.output import Output

if TYPE_CHECKING:
    from pipelines.home import Home


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (doctor, migrate, backup, restore, upkeep, sql):
        app.command()(command)


def doctor(ctx: typer.Context) -> int:
    """Look at everything that can be wrong, and say what to do; changes nothing. Exit code 1: something is broken."""
    from curate import findings
    from pipelines import diagnoses

    output: Output = ctx.obj
    found = diagnoses.of(output.folder())
    said = findings.summed_up(found)
    if output.as_json:
        output.say(said, findings=[asdict(one) for one in found])
    else:
        for one in found:
            output.say(f"{one.grade}: {one.about}: {one.sentence} {one.to_do}".rstrip())
        output.say(said)
    return 1 if findings.is_broken(found) else 0


def migrate(ctx: typer.Context) -> None:
    """Bring the database to this version; a backup is taken first."""
    from storage import migrations

    output: Output = ctx.obj
    home = output.opened()
    with _private():
        done = migrations.migrate(home.database.path, home.clock())
    now = migrations.newest()
    if done.applied:
        kept = f" How it was is kept as {done.copy}." if done.copy else ""
        said = f"Applied {', '.join(done.applied)}: schema {done.found} became {now}.{kept}"
    else:
        said = f"The database is up to date (schema {now}); nothing was changed."
    output.say(
        said, applied=list(done.applied), found=done.found, schema=now, copy=str(done.copy) if done.copy else None
    )


def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes.")]) -> None:
    """Write a copy of the database while everything goes on."""
    from storage import backups

    output: Output = ctx.obj
    with _private():
        size = backups.take(output.opened().database, file)
    output.say(f"{file} holds the whole database ({size / 1e6:.1f} MB).", file=str(file), bytes=size)


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, also on a terminal.")] = False,
) -> None:
    """Put a backup in place; the database that was there is kept beside it, and nothing is sent twice because of it.

    On a terminal it asks first. An older backup is brought up to this version. When mails went out after the backup was
    taken, sending is paused with the reason.
    """
    from pipelines.steps import restoring
    from storage import backups

    output: Output = ctx.obj
    home = output.opened()
    backups.look_at(file)
    if not yes and home.database.path.exists() and _is_asked():
        typer.confirm(_question(home, file), abort=True, err=True)
    with _private():
        done = restoring.restore(home, file)
    output.say(done.sentence, **{**asdict(done), "kept": str(done.kept) if done.kept else None})


def _is_asked() -> bool:
    """Whether somebody sits at a terminal who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _question(home: "Home", file: Path) -> str:
    taken, there = (_moment(one) for one in (file, home.database.path))
    return f"Put {file} (of {taken}) in the place of {home.database.path} (of {there}, which is kept beside it)?"


def _moment(file: Path) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(file.stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC"


@contextmanager
def _private() -> Iterator[None]:
    """Let only the user who runs this read the files that are made: they hold everybody's addresses."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def upkeep(ctx: typer.Context) -> int:
    """Do what is done every night: back up, remove what was kept long enough, shrink files.

    How long what is kept stands in docs/upkeep.md and, for people, in docs/privacy.md; `[upkeep]` in duiding.toml.
    """
    from pipelines.steps import upkeep as steps

    output: Output = ctx.obj
    home = output.opened()
    with output.progress() as notify, _private():
        done = steps.keep_up(home, notify)
    output.say(done.sentence, **done.record)
    return 3 if done.failures else 0


def sql(
    ctx: typer.Context,
    statements: Annotated[str, typer.Argument(metavar="[STATEMENTS]", help="Else read from the input.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Let statements change the database.")] = False,
) -> int:
    """A DuckDB shell that takes our lock, for each statement anew: it never keeps others waiting.

    `duiding sql "SELECT ..."`, a pipe, or lines on a terminal; a statement ends with a semicolon. `.tables`, `.schema
    TABLE`, `.help` and `.quit` do what they say.
    """
    from pipelines.cli import shell

    output: Output = ctx.obj
    database = output.opened().database
    session = database.writing if write else database.reading
    answers, failed = shell.run(session, shell.lines(statements), aloud=not output.as_json)
    if output.as_json:
        output.say(f"{len(answers)} statements answered, {failed} failed.", answers=answers)
    return 0 if not failed else 3 if answers else 1
