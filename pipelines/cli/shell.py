"""A plain SQL shell: statements from stdin, each in a session of its own, answers as tables."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import typer

from curate.errors import DuidingError
from storage.database import Session


def run(session: Callable[[], AbstractContextManager[Session]]) -> None:
    """Read statements that end with ``;`` until the end of the input; a wrong one is told and the shell goes on."""
    for statement in _statements():
        try:
            with session() as db:
                rows = db.table(statement)
        except DuidingError as error:
            typer.echo(f"duiding: {error}", err=True)
            continue
        for row in rows:
            typer.echo("\t".join("" if value is None else str(value) for value in row))


def _statements() -> Iterator[str]:
    begun = ""
    for line in _lines():
        begun += line
        if begun.rstrip().endswith(";"):
            yield begun
            begun = ""
    if begun.strip():
        yield begun


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    while True:
        try:
            yield input("duiding> ") + "\n"
        except EOFError:
            return
