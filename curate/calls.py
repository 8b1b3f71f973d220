"""The one thing that each item of an issue asks of its reader.

A reader who meets the same request under every item stops seeing it: so an item asks one thing, and never what the item
before it asked. What fits an item best comes first (docs/answering.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Act = Literal["signal", "source", "offer", "report"]
"""Say whether you recognise it; add a source; offer to be asked; tell how the experiment went."""

ENOUGH_ASKABLES = 2
"""With so many people who may be asked about a theme, readers are not asked to offer themselves."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What of an item decides what it may ask."""

    differ: bool
    """Whether its voices differ: then readers are asked where they stand."""
    is_tried: bool
    """Whether the issue's experiment comes from it."""
    misses: bool
    """Whether a shown voice says that somebody is missing."""
    is_open: bool
    """Whether it has a theme that few people may be asked about."""


def chosen(fits: Sequence[Fit]) -> tuple[Act, ...]:
    """Return what each item asks, in their order: never the same twice in a row, and ``offer`` once at most."""
    acts: list[Act] = []
    for fit in fits:
        acts.append(next(one for one in _fitting(fit, acts) if one not in acts[-1:]))
    return tuple(acts)


def _fitting(fit: Fit, before: Sequence[Act]) -> Iterator[Act]:
    """Everything that fits, best first; a signal and a source always do."""
    if fit.differ:
        yield "signal"
    if fit.is_tried:
        yield "report"
    if fit.misses:
        yield "source"
    if fit.is_open and "offer" not in before:
        yield "offer"
    yield from ("signal", "source")
