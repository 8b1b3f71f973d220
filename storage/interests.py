"""The themes that people follow: they are asked about those first."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from curate import ids
from storage.database import Session


def of_everyone(db: Session) -> dict[str, frozenset[str]]:
    """Return the ids of the themes that each active person follows, by person id; who follows none is not in it."""
    found: dict[str, set[str]] = defaultdict(set)
    for person_id, theme_id in db.rows("interests.of_everyone"):
        found[person_id].add(theme_id)
    return {person_id: frozenset(themes) for person_id, themes in found.items()}


def of(db: Session, person_id: str) -> frozenset[str]:
    """Return the ids of the themes that a person follows."""
    return frozenset(row[0] for row in db.rows("interests.of", person_id=person_id))


def keep(db: Session, person_id: str, theme_ids: Collection[str], now: datetime) -> None:
    """Let a person follow these themes and no others."""
    wanted = sorted(set(theme_ids))
    db.rows("interests.drop_others", person_id=person_id, theme_ids=wanted)
    db.bulk(
        "interests.add",
        ("interest_id", "person_id", "theme_id", "since"),
        [(ids.of("interest", person_id, theme_id), person_id, theme_id, now) for theme_id in wanted],
    )


def forget(db: Session, person_id: str) -> None:
    """Let a person follow nothing."""
    db.rows("interests.forget", person_id=person_id)
