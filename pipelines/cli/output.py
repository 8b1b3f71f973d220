"""What a command says: sentences and tables for people, or one JSON object; progress goes to stderr."""

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from curate.errors import UsageError
from pipelines import logs

if TYPE_CHECKING:
    from pipelines.home import Home, Notify


Commands = Mapping[str, Callable[..., object]]
"""Commands by the word that calls them."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command works and how it speaks."""

    as_json: bool
    home: Path | None

    def folder(self) -> Path:
        """Return the folder of the home that is meant; raises UsageError when none is."""
        from pipelines import home

        return home.found(self.home, os.environ)

    def opened(self) -> "Home":
        """Return the home that is meant; raises UsageError when there is none."""
        from pipelines import home

        found = home.opened(self.folder())
        logs.set_up(found.settings.log, found.secrets)
        return found

    def say(self, sentence: str, **record: Any) -> None:
        """Say one thing: a sentence for a person, the record (and the sentence in it) for a program."""
        if self.as_json:
            typer.echo(json.dumps({**record, "message": sentence}, ensure_ascii=False, default=written))
        else:
            typer.echo(sentence)

    def table(self, sentence: str, records: Sequence[Mapping[str, Any]], columns: Mapping[str, str], name: str) -> None:
        """Show records as a table under a sentence; ``columns`` maps fields to headings, ``name`` is the JSON key."""
        if self.as_json:
            self.say(sentence, **{name: [dict(record) for record in records]})
            return
        from rich import box
        from rich.console import Console
        from rich.table import Table

        typer.echo(sentence)
        if records:
            table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
            for heading in columns.values():
                table.add_column(heading, overflow="fold")
            for record in records:
                table.add_row(*(_cell(record.get(field)) for field in columns))
            console = Console(width=None if sys.stdout.isatty() else 160)
            console.print(table)

    @contextmanager
    def progress(self) -> "Iterator[Notify]":
        """Show how far long work is: a bar on a terminal, a line every few seconds elsewhere, nothing for a program."""
        if self.as_json or logs.form() == "json" or not sys.stderr.isatty():
            yield _lines(quiet=self.as_json)
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bars:
            tasks: dict[str, Any] = {}

            def notify(what: str, done: int, total: int) -> None:
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=total)
                bars.update(tasks[what], completed=done, total=total)

            yield notify


def _lines(*, quiet: bool) -> "Notify":
    said_s: dict[str, float] = {}

    def notify(what: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        if not quiet and (done == total or now_s - said_s.get(what, now_s - 3) > 5):
            said_s[what] = now_s
            _tell(f"{what}: {done} of {total}")

    return notify


def _tell(sentence: str) -> None:
    if logs.form() == "json":
        logging.getLogger("duiding").info(sentence)
    else:
        typer.echo(sentence, err=True)


def add_group(app: typer.Typer, name: str, help_: str, commands: Commands) -> None:
    """Add commands under a common name, which says what there is when it stands alone."""
    group = typer.Typer(help=help_, no_args_is_help=True)
    group.callback()(_nothing)
    for each, command in commands.items():
        group.command(each)(command)
    app.add_typer(group, name=name)


def _nothing() -> None:
    """A group with one command stays a group."""


def written(value: Any) -> Any:
    """Return a value as JSON can hold it: moments as ISO 8601 with zone, sets sorted."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def _cell(value: Any) -> str:
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return escape(printable(value))


def printable(value: Any) -> str:
    """Return a value as one line of text: control characters in a feed's words would move the terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in str(value))


def fraction_failed(failed: int) -> int:
    """Return the exit code of work of which some parts failed: 3, or 0 when none did."""
    return 3 if failed else 0


def bytes_of(file: Path) -> bytes:
    """Return what a file given to a command holds; raises UsageError when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Check the path.") from None
