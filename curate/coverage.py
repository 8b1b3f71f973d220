"""What feeds us: which sources stand for which folders, languages and themes, and who is silent.

Of people's own links and exports only the sum is told: who brings how much is nobody's score.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from curate import health
from curate.health import Health, Heard

FEWEST = 8
"""Articles from which shares say something; below this no number is given."""

Brought = Mapping[str, frozenset[str]]
"""Source id -> ids of the articles it brought, copies under the article they copy."""


@dataclass(frozen=True, slots=True)
class Line:
    """One source with how it fares, and how many of the articles it brought."""

    heard: Heard
    health: Health
    articles: int


@dataclass(frozen=True, slots=True)
class Group:
    """The sources of one folder or language; ``name`` is empty for those that have none."""

    name: str
    lines: tuple[Line, ...]
    articles: int
    """Articles that any of them brought, each counted once."""


@dataclass(frozen=True, slots=True)
class FedTheme:
    """A theme of the last weeks and what fed it: (source, articles), most first; ``by_people`` is the sum of theirs."""

    name: str
    is_named: bool
    articles: int
    sources: tuple[tuple[str, int], ...]
    by_people: int

    @property
    def has_shares(self) -> bool:
        """Whether there are enough articles to give numbers."""
        return self.articles >= FEWEST


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole picture of some weeks that brought ``articles`` articles."""

    articles: int
    by_people: int
    """Articles that people brought by hand or by their own exports."""
    lines: tuple[Line, ...]
    by_folder: tuple[Group, ...]
    by_language: tuple[Group, ...]
    themes: tuple[FedTheme, ...]

    @property
    def has_shares(self) -> bool:
        """Whether there are enough articles to give numbers."""
        return self.articles >= FEWEST

    @property
    def troubled(self) -> tuple[Line, ...]:
        """Those that want attention: failing, then silent, then disabled; the longest first."""
        order = {"failing": 0, "silent": 1, "disabled": 2}
        wrong = [one for one in self.lines if one.health.state in order]
        return tuple(sorted(wrong, key=lambda one: (order[one.health.state], _since(one), one.heard.name.casefold())))

    def new(self, now: datetime) -> tuple[Line, ...]:
        """Those that were added in the last weeks, the newest first."""
        found = [one for one in self.lines if health.is_new(one.heard, now)]
        return tuple(sorted(found, key=lambda one: one.heard.added_at, reverse=True))

    def counted(self, state: health.State) -> int:
        """Return how many sources are in this state."""
        return sum(one.health.state == state for one in self.lines)


def of(heard: Sequence[Heard], brought: Brought, themes: Iterable[FedTheme], now: datetime) -> Coverage:
    """Return the picture; ``brought`` names every article of the time that any source brought."""
    ours = [one for one in heard if one.kind in ("feed", "import")]
    people = [one for one in heard if one.kind not in ("feed", "import")]
    lines = tuple(Line(one, health.of(one, now), len(brought.get(one.id, ()))) for one in ours)
    return Coverage(
        articles=len(_together([*ours, *people], brought)),
        by_people=len(_together(people, brought)),
        lines=lines,
        by_folder=_grouped(lines, brought, lambda one: one.tags or ("",)),
        by_language=_grouped(lines, brought, lambda one: (one.language or "",)),
        themes=tuple(themes),
    )


def _grouped(lines: Iterable[Line], brought: Brought, names: Callable[[Heard], Iterable[str]]) -> tuple[Group, ...]:
    """Group lines by name, the fullest group first and those without a name last."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        for name in names(line.heard):
            groups.setdefault(name, []).append(line)
    made = [
        Group(name, tuple(_fullest_first(some)), len(_together([one.heard for one in some], brought)))
        for name, some in groups.items()
    ]
    return tuple(sorted(made, key=lambda one: (not one.name, -one.articles, one.name.casefold())))


def _fullest_first(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda one: (-one.articles, one.heard.name.casefold()))


def _together(heard: Iterable[Heard], brought: Brought) -> frozenset[str]:
    return frozenset[str]().union(*(brought.get(one.id, frozenset()) for one in heard))


def _since(line: Line) -> float:
    """Seconds of the epoch; what has no beginning comes last."""
    return line.health.since.timestamp() if line.health.since else float("inf")
