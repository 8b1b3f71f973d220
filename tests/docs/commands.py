"""The commands as the program has them, and as pages mention them."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

from typer.main import get_command

from pipelines import cli
from tests.docs import pages

_OPTION = re.compile(r"--[a-z][a-z-]*")
_WORD = re.compile(r"[a-z]+")
EVERYWHERE = frozenset({"--home", "--json", "--help"})
"""Options that may stand after every command."""


@cache
def every() -> dict[str, Any]:
    """Return each command by its whole name, ``sources add``; groups and the program itself (``""``) too."""
    found: dict[str, Any] = {}
    waiting = [("", get_command(cli.app))]
    while waiting:
        name, command = waiting.pop()
        found[name] = command
        waiting += [(f"{name} {word}".strip(), one) for word, one in getattr(command, "commands", {}).items()]
    return dict(sorted(found.items()))


def is_group(name: str) -> bool:
    """Whether this only gathers other commands."""
    return hasattr(every()[name], "commands")


def options(name: str) -> frozenset[str]:
    """Return the options of a command, with those that every command has."""
    return EVERYWHERE | {word for one in every()[name].params for word in one.opts if word.startswith("--")}


def mentions(file: str) -> Iterator[str]:
    """Yield what a page says of the program, from the word ``duiding`` on: in its sentences and in its blocks."""
    for span in pages.spans(file):
        yield from re.findall(r"(?:^|[ /])duiding (.+)", span)
    for block in pages.blocks(file):
        for line in block.text.replace("\\\n", " ").splitlines():
            yield from re.findall(r"(?:^|[ /=\"])duiding ([^#]+)", line.partition(" # ")[0])


def shortened(file: str) -> Iterator[str]:
    """Yield what a page says of a group without the program's name, like ``sources list``."""
    groups = {name for name in every() if name and is_group(name)}
    yield from (span for span in pages.spans(file) if len(span.split()) > 1 and span.split()[0] in groups)


def wrong_in(said: str) -> str | None:
    """Return what is wrong with a mention of the program (without its name); None when such a command exists."""
    words = _words(said)
    name = ""
    while words and is_group(name):
        word = words.pop(0)
        if word in EVERYWHERE | options(""):
            words = words[1:] if word == "--home" else words
            continue
        if f"{name} {word}".strip() not in every():
            return None if name == "" and not _WORD.fullmatch(word) else f"there is no `duiding {name} {word}`"
        name = f"{name} {word}".strip()
    unknown = sorted(set(_OPTION.findall(" ".join(words))) - options(name))
    return f"`duiding {name}` has no {', '.join(unknown)}" if unknown else None


def _words(said: str) -> list[str]:
    """Return the words of a command as far as its line goes: pipes, ends and quotation marks of a shell left out."""
    line = re.split(r"[|>;&)](?= |$)|\|\|", said)[0]
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()
