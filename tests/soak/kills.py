"""Which program is killed when: planned from a seed, spread over the whole week. Pure."""

import random
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["flow", "worker", "worker and flow", "server", "all", "up"]
"""What gets SIGKILL; ``all`` are flow, worker and server at once, ``up`` is the one that starts them."""
Phase = Literal["ingest", "weekly", "annotate", "publish", "send"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PHASES: tuple[Phase, ...] = get_args(Phase)
VICTIMS: dict[Kind, tuple[str, ...]] = {
    "flow": ("flow",),
    "worker": ("worker",),
    "worker and flow": ("worker", "flow"),
    "server": ("server",),
    "all": ("worker", "flow", "server"),
    "up": ("up",),
}
"""The kinds of program (:attr:`tests.soak.programs.Program.kind`) that a kill takes."""
LONGEST_S: dict[Phase, float] = {"ingest": 8.0, "weekly": 12.0, "annotate": 5.0, "publish": 5.0, "send": 8.0}
"""Seconds within which the kill comes, counted from when the program of the phase's flow is there."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One planned kill: in the ``nth`` week (0 first), so many seconds after its flow's program is there."""

    nth: int
    phase: Phase
    kind: Kind
    after_s: float


def planned(kills: int, weeks: int, seed: int) -> tuple[Kill, ...]:
    """Spread kills evenly over the phases of the weeks, in their order; each kind as often as any other."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    kinds = [KINDS[place % len(KINDS)] for place in range(kills)]
    chance.shuffle(kinds)
    cells = [(nth, phase) for nth in range(weeks) for phase in PHASES]
    first = chance.random()
    places = [cells[int((place + first) * len(cells) / kills)] for place in range(kills)]
    return tuple(
        Kill(nth, phase, kind, chance.uniform(0, LONGEST_S[phase]))
        for (nth, phase), kind in zip(places, kinds, strict=True)
    )
