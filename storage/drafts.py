"""Drafts: what somebody is typing about a cluster and has not said yet; nobody else sees them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.database import Session


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of a form as they were typed, and when they were kept last."""

    form: Mapping[str, str]
    saved_at: datetime


def keep(db: Session, cluster_id: str, person_id: str, form: Mapping[str, str], now: datetime) -> None:
    """Keep what a person has typed so far, in the place of what they had typed before."""
    drop(db, cluster_id, person_id)
    content = json.dumps(dict(form), ensure_ascii=False)
    db.rows("drafts.add", cluster_id=cluster_id, person_id=person_id, content=content, now=now)


def of_cluster(db: Session, cluster_id: str, person_id: str) -> Draft | None:
    """Return what a person was typing about a cluster."""
    if cluster_id not in of_person(db, person_id):
        return None
    row = db.one("drafts.of_cluster", cluster_id=cluster_id, person_id=person_id)
    return Draft(json.loads(row[0]), row[1]) if row else None


def of_person(db: Session, person_id: str) -> frozenset[str]:
    """Return the clusters about which a person began to type."""
    return db.remembered("drafts", ("drafts",), lambda: _by_person(db)).get(person_id, frozenset())


def _by_person(db: Session) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for person_id, cluster_id in db.rows("drafts.every"):
        found[person_id] = found.get(person_id, frozenset()) | {cluster_id}
    return found


def drop(db: Session, cluster_id: str, person_id: str) -> None:
    """Forget what a person was typing: it is said now, or not to be."""
    db.rows("drafts.drop", cluster_id=cluster_id, person_id=person_id)
