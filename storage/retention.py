"""Letting go of what was kept long enough."""

from datetime import datetime

from curate.retention import Rule
from storage.database import Session

_STATEMENTS = (
    "retention.export_words",
    "retention.export_rows",
    "retention.surfacings",
    "retention.brought_rows",
    "retention.unconfirmed",
    "retention.sign_ins",
    "retention.sessions",
    "retention.welcomes",
    "retention.drafts",
    "retention.returns",
    "retention.suspensions",
    "retention.delivery_errors",
    "retention.fetches",
)
_OF_RULE = {statement.partition(".")[2]: statement for statement in _STATEMENTS}


def apply(db: Session, rule: Rule, before: datetime, most: int) -> int:
    """Let go of what is older than ``before``, at most so many rows, and return how many went.

    Doing it again until none goes is all there is to do; each call is whole by itself.
    """
    ((count,),) = db.rows(_OF_RULE[rule.name], before=before, most=most)
    return int(count)
