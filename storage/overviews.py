"""Overviews: how one week stands, in counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.database import Session


@dataclass(frozen=True, slots=True)
class Overview:
    """One week in counts; nobody is named."""

    clusters: int
    articles: Mapping[str, int]
    """``clustered`` and ``loose``."""
    languages: Mapping[str, int]
    """Articles by language, the most frequent first."""
    asked: int
    reminded: int
    waiting: int
    """Catalysts who were asked, may still speak and have not."""
    spoken: int
    voices: int
    issue: int | None
    """The number of its issue, once that is frozen."""
    deliveries: Mapping[str, int]
    """Mails of the issue by state."""


def of_week(db: Session, week: str) -> Overview:
    """Return how a week stands; all is zero for one without a round."""
    found: dict[str, dict[str, int]] = {}
    for name, label, value in db.rows("overviews.of_week", week=week):
        found.setdefault(name, {})[label] = int(value)

    def one(name: str) -> int:
        return found.get(name, {}).get("", 0)

    return Overview(
        clusters=one("clusters"),
        articles=found.get("articles", {}),
        languages=found.get("languages", {}),
        asked=one("asked"),
        reminded=one("reminded"),
        waiting=one("waiting"),
        spoken=one("spoken"),
        voices=one("voices"),
        issue=found.get("issue", {}).get(""),
        deliveries=found.get("deliveries", {}),
    )
