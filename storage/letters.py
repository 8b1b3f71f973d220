"""Letters about answers: whom to thank, whom to ask whether we may; and which of our own messages a mail answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from curate import ids
from curate.people import Language
from storage import answers
from storage.answers import Decided
from storage.database import Session

LetterKind = Literal["thanks", "may_we"]


@dataclass(frozen=True, slots=True)
class ToThank:
    """A reader to whom a letter about their answer is to be sent."""

    decided: Decided
    email: str
    language: Language

    @property
    def kind(self) -> LetterKind:
        """What the letter is about."""
        return "may_we" if self.decided.act.decided == "ask" else "thanks"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours that somebody answers."""

    number: int
    subscriber_id: str
    email: str
    """Empty when that reader is not here any more."""


def to_thank(db: Session, before: datetime) -> tuple[ToThank, ...]:
    """Return whom a letter is still to be sent, about what was decided before this moment."""
    return tuple(
        ToThank(answers.decided_from(row[:-2]), *row[-2:]) for row in db.rows("letters.to_thank", before=before)
    )


def posted(db: Session, answer_id: str, kind: LetterKind, now: datetime) -> None:
    """Note that a letter about an answer was handed over."""
    letter_id = ids.of("answer letter", answer_id, kind)
    db.rows("letters.posted", letter_id=letter_id, answer_id=answer_id, kind=kind, now=now)


def delivered(db: Session, message_ids: Sequence[str]) -> Sent | None:
    """Return which message of ours is among these Message-IDs; of several the newest issue's."""
    row = db.one("letters.delivered", message_ids=list(message_ids))
    return Sent(*row) if row else None
