"""What is known around the voices of a week: how themes stand, whom to ask, what earlier issues said and got wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from curate.annotations import Annotation
from curate.issue_parts import Correction, Standing, WeekCount
from curate.surroundings import WEEKS_SHOWN, Around, Askable, Shown
from curate.weeks import Week
from storage import annotations, askables, issue_notes, themes
from storage.database import Session

_REMEMBERED = timedelta(weeks=52)
"""How far back voices of issues are brought back or looked at again."""


def of_week(db: Session, week: str, cluster_ids: Sequence[str]) -> Around:
    """Return what is known around the issue of a week; ``cluster_ids`` are those that may stand in it."""
    since = str(Week.of(Week.parse(week).starts_at - _REMEMBERED))
    last_at = db.rows("surroundings.last_frozen_at", week=week)[0][0]
    earlier = {"week": week, "since": since}
    return Around(
        standings=_standings(db, week),
        brought_by=dict(db.rows("surroundings.brought", cluster_ids=list(cluster_ids))),
        askables=_askables(db),
        shown=_shown(db, "surroundings.shown", earlier) if last_at else (),
        tried=_shown(db, "surroundings.tried", earlier) if last_at else (),
        brought_back=frozenset(row[0] for row in db.rows("surroundings.brought_back", week=week)),
        looked_back=_looked_back(db, last_at) if last_at else (),
        corrections=_corrections(db, week, last_at) if last_at else (),
    )


def _askables(db: Session) -> tuple[Askable, ...]:
    """All who may be asked; of readers there is no person."""
    persons = {one.id: one.person_id for one in askables.every(db)}
    return tuple(
        Askable(one.id, persons.get(one.id, ""), one.name, one.theme_id, one.about) for one in askables.contacts(db)
    )


def _standings(db: Session, week: str) -> dict[str, Standing]:
    measured = [row[0] for row in db.rows("surroundings.clustered_weeks", week=week, most=WEEKS_SHOWN)][::-1]
    if not measured or measured[-1] != week:
        return {}
    counts: dict[str, dict[str, int]] = {}
    for theme_id, one, articles in db.rows("surroundings.weeks", week=week, since=measured[0]):
        counts.setdefault(theme_id, {})[one] = articles
    judged, previous = themes.histories(db, week), str(Week.parse(week).previous)
    return {
        theme_id: Standing(
            status=judged[theme_id].status if theme_id in judged and judged[theme_id].is_judged else "",
            weeks=tuple(WeekCount(one, seen.get(one, 0)) for one in measured),
            before=seen.get(previous, 0) if previous in measured else None,
        )
        for theme_id, seen in counts.items()
    }


def _shown(db: Session, name: str, earlier: dict[str, Any]) -> tuple[Shown, ...]:
    return tuple(
        Shown(number, week, theme_id, title, annotations.of_row(tuple(row)))
        for number, week, theme_id, title, *row in db.rows(name, **earlier)
    )


def _looked_back(db: Session, since: datetime) -> tuple[Annotation, ...]:
    return tuple(annotations.of_row(row) for row in db.rows("surroundings.looked_back", since=since))


def _corrections(db: Session, week: str, since: datetime) -> tuple[Correction, ...]:
    return tuple(
        Correction(one.text, one.language, one.number, one.week, one.noted_at.isoformat())
        for one in issue_notes.since(db, since, before=week)
    )
