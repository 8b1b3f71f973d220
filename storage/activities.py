"""Rows of members' LinkedIn exports: what they were, which are gone from there, and which their owner left out."""

from collections.abc import Collection, Mapping
from datetime import datetime

from curate import ids
from storage.database import Session


def note(db: Session, kinds: Mapping[str, str]) -> None:
    """Note what entries were in the export: entry id → share, article, comment …"""
    db.bulk("activities.note", ("entry_id", "activity"), list(kinds.items()))


def missing(db: Session, source_id: str, kind: str, present: Collection[str]) -> tuple[str, ...]:
    """Return the entries of one kind of a person's source that are not among ``present`` and are not marked yet."""
    rows = db.rows("activities.missing", source_id=source_id, activity=kind, entry_ids=sorted(present))
    return tuple(row[0] for row in rows)


def mark(db: Session, entry_ids: Collection[str], now: datetime) -> None:
    """Mark entries as withdrawn by their owner at LinkedIn. What they brought is to be let go with removals."""
    db.rows("activities.mark", entry_ids=sorted(entry_ids), now=now)


def bring_back(db: Session, entry_ids: Collection[str], now: datetime) -> frozenset[str]:
    """Take the mark off entries that stand in a newer export again, and return which had one."""
    marked = frozenset(row[0] for row in db.rows("activities.marked", entry_ids=sorted(entry_ids)))
    db.rows("activities.bring_back", entry_ids=sorted(marked), now=now)
    return marked


def of_source(db: Session, source_id: str) -> tuple[str, ...]:
    """Return the entries of a person's source, marked or not."""
    return tuple(row[0] for row in db.rows("activities.of_source", source_id=source_id))


def of_kind(db: Session, source_id: str, kind: str) -> tuple[str, ...]:
    """Return the entries of one kind of a person's source, marked or not."""
    return tuple(row[0] for row in db.rows("activities.of_kind", source_id=source_id, activity=kind))


def counts(db: Session, source_id: str) -> dict[str, int]:
    """Return how many entries of each kind a person's source has, the marked ones left out."""
    return {row[0]: int(row[1]) for row in db.rows("activities.counts", source_id=source_id)}


def row_hash(person_id: str, key: str) -> str:
    """Return what is kept of a row that its owner deselected: it says nothing of what stands there."""
    return ids.of("deselected", person_id, key)


def deselected(db: Session, person_id: str) -> frozenset[str]:
    """Return the hashes of the rows that a person does not want kept."""
    return frozenset(row[0] for row in db.rows("activities.deselected", person_id=person_id))


def deselect(db: Session, person_id: str, row_hashes: Collection[str], now: datetime) -> None:
    """Leave these rows out, now and whenever they come again."""
    rows = [(one, person_id, now) for one in sorted(row_hashes)]
    db.bulk("activities.deselect", ("row_hash", "person_id", "deselected_at"), rows)


def select_again(db: Session, person_id: str, row_hashes: Collection[str]) -> None:
    """Leave these rows out no longer."""
    db.rows("activities.forget_deselected", person_id=person_id, row_hashes=sorted(row_hashes))


def forget_deselected(db: Session, person_id: str) -> None:
    """Forget what a person deselected."""
    db.rows("activities.forget_all_deselected", person_id=person_id)
