"""The board: one round's clusters as one person may see them."""

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from curate import mixes
from curate.annotations import Annotation
from curate.cards import Card, CardArticle
from curate.errors import NotFoundError
from curate.mixes import Mix
from curate.weeks import Week
from reports.web import threads
from reports.web.threads import Said, Thread
from storage import annotations, arrangements, assignments, clusters, people, rounds, themes
from storage.assignments import Asked
from storage.database import Session
from storage.rounds import Marks, Round
from storage.themes import History

REPRESENTATIVES = 3
_KEPT_S = 300.0
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """One cluster on the board."""

    card: Card
    thread: Thread
    voice_ids: frozenset[str]
    """Ids of all that was said about it, in every version; of what is hidden there is no more in here than that."""
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

    What people say and do is followed by its marks in the database; what only flows write is read again every few
    minutes. Only the desk's one thread calls it.
    """

    def __init__(self, most_asked: int) -> None:
        self._most_asked = most_asked
        self._kept: dict[tuple[str, str], tuple[Hashable, float, Any]] = {}

    def of_week(self, db: Session, week: str, person_id: str, show: str = "") -> Board:
        """Return the board of a week; ``show`` is the cluster whose voices the person asked to read before they speak.

        Raises UsageError for what is no week and NotFoundError for a week without a round.
        """
        watched = rounds.watched(db, str(Week.parse(week)))
        if watched is None:
            raise NotFoundError(f"There is no round for {week}. Open the board of this week instead.")
        found, marks = watched
        arranged = (found.cluster_run_id, marks.of_clusters)
        follows = self.once("follows", found.week, arranged, lambda: arrangements.follows(db, found.week))
        cards = self.once("cards", found.week, arranged, lambda: clusters.cards_of_round(db, found.week))
        said = self._said(db, found.week, marks, follows)
        histories = self.once("themes", found.week, arranged, lambda: themes.histories(db, found.week))
        before = self.once("before", found.week, arranged, lambda: _before(db, found.week, cards))
        asked = self._asked(db, found, person_id, cards, follows)

        def entry(card: Card) -> Entry:
            heard = said.get(card.cluster_id, threads.NOTHING)
            is_open = not found.is_open or card.cluster_id == follows.get(show, show)
            thread = threads.of(heard, person_id, is_open=is_open)
            return Entry(card, thread, heard.ids, histories.get(card.theme_id), asked.get(card.cluster_id))

        return Board(found, tuple(map(entry, cards)), tuple(asked), follows, before)

    def of_cluster(self, db: Session, cluster_id: str, person_id: str, show: str = "") -> Board:
        """Return the board that a cluster is on; raises NotFoundError."""
        week = self.once("week of", cluster_id, None, lambda: clusters.week_of(db, cluster_id))
        if week is None:
            raise NotFoundError("There is no such cluster. Open the board of this week instead.")
        return self.of_week(db, week, person_id, show)

    def once(self, what: str, which: str, mark: Hashable, read: Callable[[], T]) -> T:
        """Return what ``read`` returned last for this, while the mark is the same and a few minutes at most."""
        now = time.monotonic()
        kept = self._kept.get((what, which))
        if kept is None or kept[0] != mark or kept[1] < now:
            self._kept = {key: one for key, one in self._kept.items() if one[1] >= now}
            kept = self._kept[what, which] = (mark, now + _KEPT_S, read())
        value: T = kept[2]
        return value

    def heard(self, said: Annotation) -> None:
        """Know what somebody has just said, without asking the database for it."""
        kept = self._kept.get(("said", said.week))
        if kept:
            kept[2].hear([said])

    def drop(self, what: str, which: str) -> None:
        """Read one thing again when it is asked for next."""
        self._kept.pop((what, which), None)

    def forget(self) -> None:
        """Read everything again: something was written that has no mark of its own."""
        self._kept.clear()

    def _said(self, db: Session, week: str, marks: Marks, follows: Mapping[str, str]) -> Mapping[str, Said]:
        """Return what was said by cluster; what came since it was asked last is added to what is known."""
        mark = (marks.of_clusters, marks.names)
        known = self.once("said", week, mark, lambda: _Known({}, {}, -1))
        if len(known.words) != marks.annotations:
            known.add(annotations.of_week_after(db, week, known.last, follows), marks)
        if len(known.words) != marks.annotations:
            known.words, known.said = {}, {}
            known.add(annotations.of_week_after(db, week, -1, follows), marks)
        return known.said

    def _asked(
        self, db: Session, found: Round, person_id: str, cards: tuple[Card, ...], follows: Mapping[str, str]
    ) -> dict[str, Asked]:
        """What a person is asked about, by the cluster where it stands now.

        Who pauses is asked nothing; who came after the round was opened is asked about the first.
        """
        shown = {card.cluster_id for card in cards}
        if person_id in people.paused(db, found.week):
            return {}
        given = assignments.of_person(db, found.week, person_id)
        if given is None:
            return {card.cluster_id: Asked(card.cluster_id, "load", "", "") for card in cards[: self._most_asked]}
        asked = {follows.get(one.cluster_id, one.cluster_id): one for one in reversed(given)}
        return {one: why for one, why in reversed(asked.items()) if one in shown}


@dataclass(slots=True)
class _Known:
    """The words of a week that are in memory, and by cluster what was made of them."""

    words: dict[str, Annotation]
    said: dict[str, Said]
    last: int

    def add(self, new: Sequence[Annotation], marks: Marks) -> None:
        """Take in what was added to the database since."""
        self.hear(new)
        # Rows of a transaction that is not committed yet have no place of their own: they are asked for again.
        self.last = marks.last if marks.is_settled else self.last

    def hear(self, new: Sequence[Annotation]) -> None:
        """Sort out again the clusters on which somebody spoke; what is known already counts once."""
        self.words |= {one.id: one for one in new}
        about = {one.cluster_id for one in new}
        by_cluster: dict[str, list[Annotation]] = {cluster_id: [] for cluster_id in about}
        for one in self.words.values():
            if one.cluster_id in about:
                by_cluster[one.cluster_id].append(one)
        self.said |= {cluster_id: threads.sorted_out(words) for cluster_id, words in by_cluster.items()}


def _before(db: Session, week: str, cards: tuple[Card, ...]) -> dict[str, Annotation]:
    return annotations.before(db, [card.theme_id for card in cards if card.theme_id], week)
