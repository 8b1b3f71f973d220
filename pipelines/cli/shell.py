"""A plain SQL shell: statements from stdin, each in a session of its own, answers as tables."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import typer

from curate.errors import DuidingError
from pipelines.cli.output import printable
from storage.database import Session


def run(
    session: Callable[[], AbstractContextManager[Session]], *, aloud: bool
) -> tuple[list[dict[str, list[Any]]], int]:
    """Read statements that end with ``;`` until the end of the input; a wrong one is told and the shell goes on.

    Returns the answers as ``{columns, rows}`` and how many statements failed; ``aloud`` also writes them as they come.
    """
    answers: list[dict[str, list[Any]]] = []
    failed = 0
    for statement in _statements():
        try:
            with session() as db:
                columns, *rows = db.table(statement)
        except DuidingError as error:
            typer.echo(f"duiding: {' '.join(str(error).split())}", err=True)
            failed += 1
            continue
        answers.append({"columns": list(columns), "rows": [list(row) for row in rows]})
        for row in (columns, *rows) if aloud else ():
            typer.echo("\t".join("" if value is None else printable(value) for value in row))
    return answers, failed


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
