"""Themes: what lasts across weeks while clusters come and go."""

from collections.abc import Sequence
from dataclasses import dataclass

from curate import ids
from curate.themes import Match
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Theme:
    """A lasting theme; ``name`` is the machine's label until a person names it."""

    id: str
    name: str
    named: bool
    first_week: str
    last_week: str
    weeks: int


def link(db: Session, week: str, matches: Sequence[Match], *, run_id: str) -> None:
    """Keep the themes of a week's clusters and how each was matched."""
    db.bulk(
        "themes.keep",
        ("theme_id", "label", "week", "run_id"),
        [(one.theme_id, one.label, week, run_id) for one in matches],
    )
    db.bulk(
        "themes.link",
        ("link_id", "cluster_id", "theme_id", "kind", "score", "run_id"),
        [
            (ids.of("theme_link", one.cluster_id), one.cluster_id, one.theme_id, one.kind, one.score, run_id)
            for one in matches
        ],
    )


def every(db: Session) -> tuple[Theme, ...]:
    """Return all themes, the ones seen last first."""
    return tuple(Theme(*row) for row in db.rows("themes.every"))
