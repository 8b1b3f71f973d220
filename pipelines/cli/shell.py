"""A plain SQL shell: each statement in a session of its own, answers as tables."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any

import typer

from curate.errors import DuidingError, UsageError
from pipelines.cli.output import printable
from storage import database
from storage.database import Session

_HELP = """\
Statements end with a semicolon; each is a transaction of its own. Without --write nothing can be changed.
.tables           which tables and views there are
.schema TABLE     the columns of one
.quit             leave; so does the end of the input
"""
_TABLES = (
    "SELECT table_name AS name, 'table' AS kind, estimated_size AS rows FROM duckdb_tables() "
    "UNION ALL SELECT view_name, 'view', NULL FROM duckdb_views() WHERE NOT internal ORDER BY 1"
)

Answer = dict[str, list[Any]]


class _Left(Exception):  # noqa: N818  # not an error: somebody leaves
    """Somebody wants to leave the shell."""


def run(
    session: Callable[[], AbstractContextManager[Session]], lines: Iterable[str], *, aloud: bool
) -> tuple[list[Answer], int]:
    """Answer statements until the end of the lines; a wrong one is told and the shell goes on.

    Returns the answers as ``{columns, rows}`` and how many statements failed; ``aloud`` also writes them as they come.
    """
    answers: list[Answer] = []
    failed = 0
    with suppress(_Left):
        for begun in _statements(lines):
            try:
                for statement in database.statements(_meant(begun)):
                    with session() as db:
                        columns, *rows = db.table(statement)
                    answers.append({"columns": list(columns), "rows": [list(row) for row in rows]})
                    if aloud:
                        _show(answers[-1])
            except DuidingError as error:
                typer.echo(f"duiding: {' '.join(str(error).split())}", err=True)
                failed += 1
    return answers, failed


def lines(given: str) -> Iterator[str]:
    """Return the lines of what was given, else of the input: asked for on a terminal, with what was typed before."""
    if given:
        return iter(given.splitlines(keepends=True))
    return _typed() if sys.stdin.isatty() else iter(sys.stdin)


def _statements(lines: Iterable[str]) -> Iterator[str]:
    begun = ""
    for line in lines:
        if not line:  # somebody thought better of it
            begun = ""
            continue
        begun += line
        if not begun.strip():
            begun = ""
        elif begun.lstrip().startswith(".") or (begun.rstrip().endswith(";") and not database.is_open(begun)):
            yield begun
            begun = ""
    if begun.strip():
        yield begun


def _meant(begun: str) -> str:
    """Return the SQL that a line with a dot stands for; other lines stand for themselves."""
    if not begun.lstrip().startswith("."):
        return begun
    word, _, rest = begun.strip().rstrip(";").partition(" ")
    if word == ".tables":
        return _TABLES
    if word == ".schema" and rest.strip():
        return f'DESCRIBE "{rest.strip()}"'
    if word in (".quit", ".exit"):
        raise _Left
    if word == ".help":
        typer.echo(_HELP, nl=False, err=True)
        return ""
    raise UsageError(f"There is no {word} here. .help says what there is.")


def _show(answer: Answer) -> None:
    if sys.stdout.isatty() and answer["columns"]:
        _as_table(answer)
        return
    for row in (answer["columns"], *answer["rows"]):
        typer.echo("\t".join(map(_cell, row)))


def _as_table(answer: Answer) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*map(escape, answer["columns"]), box=box.SIMPLE, show_edge=False, pad_edge=False)
    for row in answer["rows"]:
        table.add_row(*(escape(_cell(value)) for value in row))
    Console().print(table)


def _cell(value: Any) -> str:
    return "" if value is None else printable(value)


def _typed() -> Iterator[str]:
    with suppress(ImportError):
        import readline  # noqa: F401  # arrows and what was typed before

    fresh = True
    while True:
        try:
            line = input("duiding> " if fresh else "    ...> ") + "\n"
        except EOFError:
            return
        except KeyboardInterrupt:
            typer.echo("", err=True)
            fresh, line = True, ""
        else:
            fresh = not line.strip() or line.rstrip().endswith(";") or line.lstrip().startswith(".")
        yield line
