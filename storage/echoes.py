"""Echoes that their author put off: "does this still hold?" is not asked again that week."""

from datetime import datetime

from curate import ids
from storage.database import Session


def put_off(db: Session, week: str, person_id: str, annotation_id: str, now: datetime) -> None:
    """Note that a person does not want to be asked in a week; twice is as well as once."""
    echo_id = _id(week, person_id)
    db.rows("echoes.put_off", echo_id=echo_id, week=week, person_id=person_id, annotation_id=annotation_id, now=now)


def is_put_off(db: Session, week: str, person_id: str) -> bool:
    """Whether a person put this week's question off."""
    return db.one("echoes.is_put_off", echo_id=_id(week, person_id)) is not None


def _id(week: str, person_id: str) -> str:
    return ids.of("echo", week, person_id)
