"""When a part that died is started again, and when that helps nobody any more."""

import signal
from contextlib import suppress
from dataclasses import dataclass

MOST, WITHIN_S = 5, 90.0
"""So many deaths of one part within so many seconds end everything: it would die for ever."""


@dataclass(frozen=True, slots=True)
class Deaths:
    """The last deaths of one part, each at its second of a clock that only goes forward."""

    at_s: tuple[float, ...] = ()

    def and_one(self, now_s: float) -> "Deaths":
        """Return these and one now; those long ago are forgotten."""
        return Deaths((*(each for each in self.at_s if now_s - each <= WITHIN_S), now_s))

    @property
    def are_too_many(self) -> bool:
        """Whether starting it again helps nobody."""
        return len(self.at_s) >= MOST

    @property
    def pause_s(self) -> float:
        """Seconds to wait before it is started again: 1, 2, 4, 8."""
        return 2.0 ** (len(self.at_s) - 1)


def in_words(code: int) -> str:
    """Return how a program ended, from its exit code (negative: the signal)."""
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"
