"""The board: one round's clusters as one person may see them."""

import time
from collections import defaultdict
from dataclasses import dataclass

from curate.annotations import Annotation
from curate.cards import Card, CardArticle
from curate.errors import NotFoundError
from curate.weeks import Week
from reports.web import threads
from reports.web.threads import Thread
from storage import annotations, clusters, rounds
from storage.database import Session
from storage.rounds import Round

REPRESENTATIVES = 3
_KEPT_S = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One cluster on the board."""

    card: Card
    thread: Thread

    @property
    def path(self) -> str:
        """Where the cluster is shown in full."""
        return f"/clusters/{self.card.cluster_id}"

    @property
    def title(self) -> str:
        """What people call it, as far as this person may see; empty while nobody has named it."""
        return self.thread.title

    @property
    def is_title_by_machine(self) -> bool:
        """Whether people left the machine's title as it was: then it is shown as the machine's."""
        return bool(self.title) and self.title == self.card.title

    @property
    def representatives(self) -> tuple[CardArticle, ...]:
        """Three articles that stand for the cluster: they were put in that order when it was made."""
        return self.card.articles[:REPRESENTATIVES]

    @property
    def brought_by(self) -> tuple[str, ...]:
        """The sources and people who surfaced the articles, those who brought most first."""
        counts: dict[str, int] = defaultdict(int)
        for article in self.card.articles:
            for name in article.brought_by:
                counts[name] += 1
        return tuple(sorted(counts, key=lambda name: -counts[name]))


@dataclass(frozen=True, slots=True)
class Board:
    """One round for one person."""

    round: Round
    entries: tuple[Entry, ...]
    most_asked: int
    """At most this many clusters are asked of one person in a week; the rest can be looked at."""

    @property
    def asked(self) -> tuple[Entry, ...]:
        """What the person is asked about."""
        return self.entries[: self.most_asked]

    @property
    def rest(self) -> tuple[Entry, ...]:
        """What there is besides."""
        return self.entries[self.most_asked :]

    @property
    def spoken(self) -> int:
        """On how many of the asked clusters the person has spoken."""
        return sum(entry.thread.has_spoken for entry in self.asked)

    def entry(self, cluster_id: str) -> Entry:
        """Return one cluster; raises NotFoundError when it is not in this round."""
        for one in self.entries:
            if one.card.cluster_id == cluster_id:
                return one
        raise NotFoundError(f"This cluster is not in the round of {self.round.week} any more. Open the board again.")

    def following(self, cluster_id: str) -> Entry | None:
        """Return the next asked cluster on which the person has not spoken, after this one and then from the top."""
        ids = [entry.card.cluster_id for entry in self.asked]
        start = ids.index(cluster_id) + 1 if cluster_id in ids else 0
        turned = (*self.asked[start:], *self.asked[:start])
        return next((one for one in turned if not one.thread.has_spoken and one.card.cluster_id != cluster_id), None)


class Boards:
    """Makes boards. A run's clusters never change, so their cards are read once a minute at most, not for every page.

    Only the desk's one thread calls it.
    """

    def __init__(self, most_asked: int) -> None:
        self._most_asked = most_asked
        self._cards: dict[str, tuple[float, tuple[Card, ...]]] = {}

    def of_week(self, db: Session, week: str, person_id: str, show: str = "") -> Board:
        """Return the board of a week; ``show`` is the cluster whose voices the person asked to read before they speak.

        Raises UsageError for what is no week and NotFoundError for a week without a round.
        """
        found = rounds.of_week(db, str(Week.parse(week)))
        if found is None:
            raise NotFoundError(f"There is no round for {week}. Open the board of this week instead.")
        said: dict[str, list[Annotation]] = defaultdict(list)
        for one in annotations.of_week(db, found.week):
            said[one.cluster_id].append(one)
        cards = self._cards_of(db, found)
        entries = tuple(_entry(card, said[card.cluster_id], person_id, show) for card in cards)
        return Board(found, entries, self._most_asked)

    def of_cluster(self, db: Session, cluster_id: str, person_id: str, show: str = "") -> Board:
        """Return the board that a cluster is on; raises NotFoundError."""
        week = clusters.week_of(db, cluster_id)
        if week is None:
            raise NotFoundError("There is no such cluster. Open the board of this week instead.")
        return self.of_week(db, week, person_id, show)

    def _cards_of(self, db: Session, found: Round) -> tuple[Card, ...]:
        now = time.monotonic()
        self._cards = {run: kept for run, kept in self._cards.items() if kept[0] > now}
        if found.cluster_run_id not in self._cards:
            self._cards[found.cluster_run_id] = (now + _KEPT_S, clusters.cards_of_round(db, found.week))
        return self._cards[found.cluster_run_id][1]


def _entry(card: Card, said: list[Annotation], person_id: str, show: str) -> Entry:
    return Entry(card, threads.of(said, person_id, has_asked=card.cluster_id == show))
