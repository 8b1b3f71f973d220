"""The mix of a cluster: how many sources stand behind it, and whether one of them is most of it.

Said in plain counts, "k of n"; never as one score, and with few articles not as a measure at all (docs/domain.md).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Literal

from curate.cards import CardArticle

Leaning = Literal["one_source", "mostly_one", "copied", "spread", ""]

FEWEST = 8
"""Articles below which no measure is taken, only counts are given."""
_FEWEST_LEANING, _MOST = 5, 0.6
_COPIED = 0.7
_FEW_EFFECTIVE = 2.0


@dataclass(frozen=True, slots=True)
class Mix:
    """What a cluster is made of, copies counted once but for ``copies``."""

    articles: int
    copies: int
    sources: int
    top: str
    """The source with most articles."""
    top_articles: int
    leaning: Leaning
    """What is worth a sentence: all or most of one source, mostly copied from each other, or spread; else empty."""

    @property
    def is_narrow(self) -> bool:
        """Whether another voice is worth looking for."""
        return self.leaning in ("one_source", "mostly_one", "copied")


def of(articles: Sequence[CardArticle]) -> Mix:
    """Return the mix of a cluster's articles."""
    counts = Counter(article.source for article in articles)
    top, most = max(counts.items(), key=lambda pair: pair[1], default=("", 0))
    copies = sum(article.copies for article in articles)
    return Mix(len(articles), copies, len(counts), top, most, _leaning(counts, copies))


def effective_sources(counts: Counter[str]) -> float:
    """Return how many equally busy sources would be as diverse: exp of Shannon's entropy (Hill number of order 1)."""
    n = counts.total()
    return exp(-sum(c / n * log(c / n) for c in counts.values() if c)) if n else 0.0


def _leaning(counts: Counter[str], copies: int) -> Leaning:
    n, most = counts.total(), max(counts.values(), default=0)
    if n >= 2 and len(counts) == 1:
        return "one_source"
    if copies >= _FEWEST_LEANING and copies / (n + copies) >= _COPIED:
        return "copied"
    if n < _FEWEST_LEANING:
        return ""
    if most / n >= _MOST or effective_sources(counts) < _FEW_EFFECTIVE:
        return "mostly_one"
    return "spread" if n >= FEWEST else ""
