"""Letting go of what was kept long enough."""

from datetime import datetime

from curate.retention import Rule
from storage.database import Session


def apply(db: Session, rule: Rule, before: datetime, most: int) -> int:
    """Let go of what is older than ``before``, at most so many rows, and return how many went.

    Doing it again until none goes is all there is to do; each call is whole by itself.
    """
    ((count,),) = db.rows(f"retention.{rule.name}", before=before, most=most)
    return int(count)
