"""What a disturbed home lacks, and what it has too often, beside one that nothing ever disturbed. Pure.

Rows are compared as tables say them to people (addresses, words, weeks), not by the ids of runs, which differ between
any two homes. A table is a counter: how often each row is there.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Rows = Counter[tuple[Any, ...]]
Tables = Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one table: ``lost`` are missing, ``surplus`` are there twice or should not be there at all."""

    table: str
    lost: Rows
    surplus: Rows

    @property
    def sentence(self) -> str:
        """What is wrong, with an example of each."""
        said = [f"{self.lost.total()} lost (as {next(iter(self.lost))})"] if self.lost else []
        said += [f"{self.surplus.total()} doubled (as {next(iter(self.surplus))})"] if self.surplus else []
        return f"{self.table}: {', '.join(said)}"


def differences(undisturbed: Tables, found: Tables) -> tuple[Difference, ...]:
    """Return the tables that are not the same, by name; none when nothing is lost and nothing doubled."""
    names = sorted(undisturbed.keys() | found.keys())
    both = [(name, undisturbed.get(name, Counter()), found.get(name, Counter())) for name in names]
    return tuple(Difference(name, ours - theirs, theirs - ours) for name, ours, theirs in both if ours != theirs)


def total_lost(found: tuple[Difference, ...]) -> int:
    """Return how many rows are missing, over all tables."""
    return sum(one.lost.total() for one in found)


def total_surplus(found: tuple[Difference, ...]) -> int:
    """Return how many rows are there too often, over all tables."""
    return sum(one.surplus.total() for one in found)


Mail = tuple[str, str]
"""(recipient, Message-ID): the same letter to the same person, however often it came."""


def unsent(undisturbed: "Counter[Mail]", taken: "Counter[Mail]") -> tuple[Mail, ...]:
    """Return the mails that somebody should have and does not."""
    return tuple(sorted(undisturbed.keys() - taken.keys()))


def unwanted(undisturbed: "Counter[Mail]", taken: "Counter[Mail]") -> int:
    """Return how many mails came that would not have come undisturbed."""
    return (taken - undisturbed).total()
