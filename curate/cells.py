"""Cells of a table that a spreadsheet would run: written so that it does not, and read back as they were."""

import re

_RUNS = re.compile(r"'*[=+\-@\t\r]")
"""Also what looks defused already, so that reading back is exact."""
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")


def defused(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs: what begins like a formula gets an apostrophe before it."""
    return f"'{text}" if _RUNS.match(text) else text


def fused(cell: str) -> str:
    """Return the text of which :func:`defused` made this cell."""
    return cell[1:] if _DEFUSED.match(cell) else cell
