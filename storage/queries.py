"""Named SQL: every statement stands in ``storage/sql/<noun>.sql`` under ``-- name: <name>``, its reason above it."""

import re
from functools import cache
from importlib import resources

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def of(noun: str) -> dict[str, str]:
    """Return the statements of one noun by name."""
    text = resources.files("storage").joinpath("sql", f"{noun}.sql").read_text(encoding="utf-8")
    pieces = _NAME.split(text)[1:]
    return {name: sql.strip().rstrip(";") for name, sql in zip(pieces[::2], pieces[1::2], strict=True)}


def named(name: str) -> str:
    """Return the statement called ``<noun>.<name>``; raises KeyError for an unknown one."""
    noun, _, statement = name.partition(".")
    return of(noun)[statement]
