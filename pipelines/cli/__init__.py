"""The command line: ``duiding``. Exit codes: 0 all well, 1 failed, 2 wrong usage or configuration, 3 partly."""

import logging
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from curate import redaction
from curate.errors import DuidingError
from pipelines import logs
from pipelines.cli import (
    answers,
    clusters,
    deliveries,
    homes,
    incoming,
    issues,
    keeping,
    links,
    people,
    readers,
    sources,
    subscribers,
    themes,
    weeks,
)
from pipelines.cli.output import Output

app = typer.Typer(
    name="duiding",
    help="Machines filter, people give meaning: from feeds to a curated, signed digest.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for room in (
    homes,
    keeping,
    sources,
    links,
    incoming,
    weeks,
    issues,
    deliveries,
    people,
    clusters,
    themes,
    subscribers,
    readers,
    answers,
):
    room.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"duiding {metadata.version('duiding')}")
        raise typer.Exit


@app.callback()
def duiding(
    ctx: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="The home of the network; else DUIDING_HOME, else the current folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout; may stand anywhere.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    """Machines filter, people give meaning: from feeds to a curated, signed digest."""
    ctx.obj = Output(as_json=json, home=home)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; every error of ours is one line on stderr."""
    logs.set_up(logs.wanted(os.environ), logs.known_secrets(os.environ))
    try:
        code = app(_global_first(arguments), prog_name="duiding", standalone_mode=False)
    except typer.Exit as left:
        return left.exit_code
    except typer.Abort:
        return 130
    except typer.TyperException as error:
        return _misused(error.format_message())
    except DuidingError as error:
        return _failed(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _failed("Stopped. What was done is kept; run the same command again to go on.", 130)
    except BrokenPipeError:
        # Whoever read us has had enough (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _global_first(arguments: list[str]) -> list[str]:
    """Let --json and --home stand anywhere: people put them last."""
    front: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for word in left:
        if word == "--":
            rest += [word, *left]
        elif word == "--json" or word.startswith("--home="):
            front.append(word)
        elif word == "--home":
            front += [word, *(next(left, ""),)]
        else:
            rest.append(word)
    return front + rest


def _misused(message: str) -> int:
    """A group without a command answers with its help, which is many lines; everything else is one."""
    if message.startswith("Usage:"):
        typer.echo(message, err=True)
        return 2
    sentence = message if message.endswith(("?", ".")) else f"{message}."
    return _failed(f"{sentence} `--help` after a command says how it is used.", 2)


def _failed(sentence: str, code: int) -> int:
    shown = redaction.redacted(" ".join(sentence.split()), logs.hidden())
    if logs.form() == "json":
        logging.getLogger("duiding").error(shown)
    else:
        typer.echo(f"duiding: {shown}", err=True)
    return code
