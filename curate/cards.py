"""Cards: a stored cluster as people see it, on the board, in the issue and on the map."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from curate.reasons import Reasons


@dataclass(frozen=True, slots=True)
class CardArticle:
    """An article as it is shown on a card."""

    article_id: str
    url: str
    title: str
    source: str
    language: str
    copies: int
    excerpt: str
    published_at: datetime
    brought_by: tuple[str, ...]
    """Names of the sources and people that surfaced it or a copy of it, first one first."""
    position: tuple[float, float] | None = None
    """Where it lies on the map, both between 0 and 1; None when the run laid only clusters there."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A near-identical article, shown under the one it copies."""

    url: str
    title: str
    source: str
    language: str


@dataclass(frozen=True, slots=True)
class Card:
    """A stored cluster as people see it: representatives first, copies folded under what they copy."""

    cluster_id: str
    theme_id: str
    label: str
    keywords: tuple[str, ...]
    title: str
    articles: tuple[CardArticle, ...]
    position: tuple[float, float]
    """Where it lies on the map, both between 0 and 1."""
    reasons: Reasons | None = None
    """Why its articles stand together; None when its run gave none, or people changed it since."""
    by_hand: bool = False
    """Whether people moved articles into it or out of it."""

    @property
    def size(self) -> int:
        """Articles, copies counted once."""
        return len(self.articles)

    @property
    def sources(self) -> tuple[str, ...]:
        """The distinct sources, in order of appearance."""
        return tuple(dict.fromkeys(article.source for article in self.articles))

    @property
    def languages(self) -> tuple[str, ...]:
        """The distinct languages, most frequent first."""
        counts = Counter(article.language for article in self.articles)
        return tuple(sorted(counts, key=lambda code: (-counts[code], code)))
