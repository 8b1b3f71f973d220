"""the round's clusters | who gives meaning and is asked nothing yet | a few each, one from outside | keep"""

from datetime import datetime, timedelta

from curate.assignments import Candidate, assigned
from curate.weeks import Week
from storage import assignments, clusters
from storage.database import Session
from storage.rounds import Round

_REMEMBERED = timedelta(weeks=26)
"""What somebody spoke on within this time tells of their interests."""


def assign(db: Session, round_: Round, most: int, now: datetime) -> None:
    """Decide what is asked of everybody who is asked nothing yet in a round; run again it asks only who came since."""
    assignments.drop_others(db, round_.week, round_.cluster_run_id)
    since = str(Week.of(Week.parse(round_.week).starts_at - _REMEMBERED))
    people = assignments.unasked(db, round_.week, since, round_.cluster_run_id)
    if people:
        found = assigned(_candidates(db, round_), people, most, round_.week, assignments.loads(db, round_.week))
        assignments.add(db, round_.week, found, now)


def _candidates(db: Session, round_: Round) -> list[Candidate]:
    return [
        Candidate(card.cluster_id, card.theme_id, card.languages, card.position)
        for card in clusters.cards_of_round(db, round_.week)
    ]
