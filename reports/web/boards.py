"""The board: one round's clusters as one person may see them."""

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from curate import mixes
from curate.annotations import Annotation
from curate.cards import Card, CardArticle
from curate.errors import NotFoundError
from curate.mixes import Mix
from curate.weeks import Week
from reports.web import threads
from reports.web.threads import Said, Thread
from storage import annotations, arrangements, assignments, clusters, rounds, themes
from storage.assignments import Asked
from storage.database import Row, Session
from storage.rounds import Round
from storage.themes import History

REPRESENTATIVES = 3
_KEPT_S = 60.0


@dataclass(frozen=True)
class Entry:
    """One cluster on the board."""

    card: Card
    thread: Thread
    history: History | None
    """What is known of its theme; None when it has none yet."""
    asked: Asked | None
    """Why it is asked of this person; None when it is not."""

    @property
    def path(self) -> str:
        """Where the cluster is shown in full."""
        return f"/clusters/{self.card.cluster_id}"

    @property
    def title(self) -> str:
        """What people call it, as far as this person may see; else the name of its theme; empty without any."""
        return self.thread.title or (self.history.name if self.history else "")

    @property
    def is_title_by_machine(self) -> bool:
        """Whether people left the machine's title as it was: then it is shown as the machine's."""
        return bool(self.title) and self.title == self.card.title

    @cached_property
    def representatives(self) -> tuple[CardArticle, ...]:
        """Three articles that stand for the cluster: they were put in that order when it was made."""
        return self.card.articles[:REPRESENTATIVES]

    @cached_property
    def mix(self) -> Mix:
        """How many sources stand behind it."""
        return mixes.of(self.card.articles)

    @cached_property
    def brought_by(self) -> tuple[str, ...]:
        """The sources and people who surfaced the articles, those who brought most first."""
        counts: dict[str, int] = defaultdict(int)
        for article in self.card.articles:
            for name in article.brought_by:
                counts[name] += 1
        return tuple(sorted(counts, key=lambda name: -counts[name]))


@dataclass(frozen=True)
class Board:
    """One round for one person."""

    round: Round
    entries: tuple[Entry, ...]
    """In the order of the round."""
    asked_ids: tuple[str, ...]
    """What the person is asked about, in order."""
    follows: Mapping[str, str]
    """Where clusters went that people merged, or split and put back."""
    before: Mapping[str, Annotation]
    """What was said last about a theme in the weeks before, by theme id."""

    @cached_property
    def _by_id(self) -> Mapping[str, Entry]:
        return {entry.card.cluster_id: entry for entry in self.entries}

    @cached_property
    def asked(self) -> tuple[Entry, ...]:
        """What the person is asked about."""
        return tuple(self._by_id[one] for one in self.asked_ids)

    @cached_property
    def rest(self) -> tuple[Entry, ...]:
        """What there is besides."""
        asked = set(self.asked_ids)
        return tuple(entry for entry in self.entries if entry.card.cluster_id not in asked)

    @property
    def spoken(self) -> int:
        """On how many of the asked clusters the person has spoken."""
        return sum(entry.thread.has_spoken for entry in self.asked)

    def entry(self, cluster_id: str) -> Entry:
        """Return one cluster, or the one it was merged into; raises NotFoundError when it is not in this round."""
        found = self._by_id.get(self.follows.get(cluster_id, cluster_id))
        if found is None:
            raise NotFoundError(
                f"This cluster is not in the round of {self.round.week} any more. Open the board again."
            )
        return found

    def following(self, cluster_id: str) -> Entry | None:
        """Return the next asked cluster on which the person has not spoken, after this one and then from the top."""
        start = self.asked_ids.index(cluster_id) + 1 if cluster_id in self.asked_ids else 0
        turned = (*self.asked[start:], *self.asked[:start])
        return next((one for one in turned if not one.thread.has_spoken and one.card.cluster_id != cluster_id), None)


class Boards:
    """Makes boards, and keeps in memory what is the same for everybody who looks at a week.

    What people said and did is read again when its mark in the database changed; what only flows write, once a minute.
    Only the desk's one thread calls it.
    """

    def __init__(self, most_asked: int) -> None:
        self._most_asked = most_asked
        self._kept: dict[tuple[str, str], tuple[Hashable, float, Any]] = {}

    def of_week(self, db: Session, week: str, person_id: str, show: str = "") -> Board:
        """Return the board of a week; ``show`` is the cluster whose voices the person asked to read before they speak.

        Raises UsageError for what is no week and NotFoundError for a week without a round.
        """
        found = rounds.of_week(db, str(Week.parse(week)))
        if found is None:
            raise NotFoundError(f"There is no round for {week}. Open the board of this week instead.")
        arranged = arrangements.mark_of_week(db, found.week)
        follows = self._once("follows", found.week, arranged, lambda: arrangements.follows(db, found.week))
        cards = self._once("cards", found.week, (found.cluster_run_id, arranged), lambda: _cards(db, found))
        said = self._said(db, found.week, arranged)
        histories = self._once("themes", found.week, arranged, lambda: themes.histories(db, found.week))
        before = self._once("before", found.week, arranged, lambda: _before(db, found.week, cards))
        asked = self._asked(db, found, person_id, cards, follows)

        def entry(card: Card) -> Entry:
            heard = said.get(card.cluster_id, threads.NOTHING)
            is_open = not found.is_open or card.cluster_id == follows.get(show, show)
            thread = threads.of(heard, person_id, is_open=is_open)
            return Entry(card, thread, histories.get(card.theme_id), asked.get(card.cluster_id))

        return Board(found, tuple(map(entry, cards)), tuple(asked), follows, before)

    def of_cluster(self, db: Session, cluster_id: str, person_id: str, show: str = "") -> Board:
        """Return the board that a cluster is on; raises NotFoundError."""
        week = clusters.week_of(db, cluster_id)
        if week is None:
            raise NotFoundError("There is no such cluster. Open the board of this week instead.")
        return self.of_week(db, week, person_id, show)

    def forget(self) -> None:
        """Read everything again: something was written that has no mark of its own."""
        self._kept.clear()

    def _said(self, db: Session, week: str, arranged: Row) -> Mapping[str, Said]:
        mark = (annotations.mark_of_week(db, week), arranged)
        said: Mapping[str, Said] = self._once("said", week, mark, lambda: _sorted_out(annotations.of_week(db, week)))
        return said

    def _asked(
        self, db: Session, found: Round, person_id: str, cards: tuple[Card, ...], follows: Mapping[str, str]
    ) -> dict[str, Asked]:
        """What a person is asked about, by the cluster where it stands now.

        Who came after the round was opened is asked about the first.
        """
        shown = {card.cluster_id for card in cards}
        asked = {
            follows.get(one.cluster_id, one.cluster_id): one
            for one in reversed(assignments.of_person(db, found.week, person_id))
        }
        if not asked and not assignments.was_asked(db, found.week, person_id):
            return {card.cluster_id: Asked(card.cluster_id, "load", "", "") for card in cards[: self._most_asked]}
        return {one: why for one, why in reversed(asked.items()) if one in shown}

    def _once(self, what: str, week: str, mark: Hashable, read: Callable[[], Any]) -> Any:
        now = time.monotonic()
        kept = self._kept.get((what, week))
        if kept is None or kept[0] != mark or kept[1] < now:
            self._kept = {key: one for key, one in self._kept.items() if one[1] >= now}
            kept = self._kept[what, week] = (mark, now + _KEPT_S, read())
        return kept[2]


def _cards(db: Session, found: Round) -> tuple[Card, ...]:
    return clusters.cards_of_round(db, found.week)


def _before(db: Session, week: str, cards: tuple[Card, ...]) -> dict[str, Annotation]:
    return annotations.before(db, [card.theme_id for card in cards if card.theme_id], week)


def _sorted_out(said: tuple[Annotation, ...]) -> dict[str, Said]:
    by_cluster: dict[str, list[Annotation]] = defaultdict(list)
    for one in said:
        by_cluster[one.cluster_id].append(one)
    return {cluster_id: threads.sorted_out(about) for cluster_id, about in by_cluster.items()}
