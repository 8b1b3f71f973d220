"""How far an issue is, and whether it is time to publish it.

open      catalysts may speak
review    the asking is over, nothing is frozen: the editor's turn
thin      the same, with fewer items than the network wants in an issue: an editor publishes it as a short issue,
          or skips the week; it is never padded and never goes out by itself
frozen    the issue is made for good, and copies wait for their readers
sent      every copy is on its way
skipped   an editor decided that this week has no issue
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Stage = Literal["open", "review", "thin", "frozen", "sent", "skipped"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known about one week's round and its issue; all moments are aware UTC."""

    closes_at: datetime
    closed_at: datetime | None
    approved_at: datetime | None
    skipped_at: datetime | None
    items: int
    """Items that the issue has, or would have now."""
    is_frozen: bool
    waiting: int = 0
    """Deliveries of the frozen issue that are still to be sent."""

    def over_since(self, now: datetime) -> datetime | None:
        """Return the moment since which nobody is asked any more; None while the round goes on."""
        past = self.closes_at if self.closes_at <= now else None
        return self.closed_at or past


@dataclass(frozen=True, slots=True)
class Policy:
    """When a network publishes what no editor has approved."""

    has_editor: bool
    thin_below: int
    review: timedelta
    """How long an issue waits for an editor's eye."""


def stage(progress: Progress, thin_below: int, now: datetime) -> Stage:
    """Return how far a week is."""
    if progress.is_frozen:
        return "frozen" if progress.waiting else "sent"
    if progress.skipped_at:
        return "skipped"
    if progress.over_since(now) is None:
        return "open"
    return "thin" if progress.items < thin_below else "review"


def is_due(progress: Progress, policy: Policy, now: datetime) -> bool:
    """Whether the issue is to be frozen now. Never without a voice, never twice, never for a skipped week.

    An editor's word is enough. Without it a full issue goes out when it has waited long enough, a thin one does not.
    Where nobody is an editor, the deadline decides, and a thin issue is better than none.
    """
    over_since = progress.over_since(now)
    if progress.is_frozen or progress.skipped_at or not progress.items:
        return False
    if progress.approved_at:
        return True
    if over_since is None:
        return False
    if not policy.has_editor:
        return True
    return progress.items >= policy.thin_below and over_since + policy.review <= now


def reopened_until(closes_at: datetime, now: datetime) -> datetime:
    """Return until when a round is open that is opened again: its own deadline, or a day when that has passed."""
    return closes_at if closes_at > now else now + timedelta(days=1)
