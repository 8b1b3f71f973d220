"""How much is measured: the whole, or a taste of it."""

from dataclasses import dataclass

from tests.quality.labelled import SETS


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of things in each measurement; texts have 200 words."""

    starts: int = 5
    """Commands started for each number."""
    requests: int = 20
    feeds: int = 500
    entries_per_feed: int = 10
    pages: int = 181
    texts: int = 256
    clustered: tuple[int, ...] = (2_000, 10_000, 100_000)
    labelled: tuple[str, ...] = SETS
    stored: int = 50_000
    sessions: int = 40
    mails: int = 20_000
    answers: int = 100
    """Readers who answer, one after the other."""
    catalysts: int = 100
    saves: int = 50
    """Annotations of each catalyst."""
    pause_s: float = 4.0
    """Between the requests of one catalyst, on average; people need a minute or two."""


WHOLE = Sizes()
TASTE = Sizes(
    starts=3,
    requests=10,
    feeds=40,
    pages=20,
    texts=32,
    clustered=(500,),
    labelled=("bilingual_nl_en",),
    stored=2_000,
    sessions=20,
    mails=500,
    answers=20,
    catalysts=20,
    saves=5,
)
