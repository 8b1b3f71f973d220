"""What may come into an issue: the clusters that people kept, with how each would be shown, and where each goes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from curate import annotations as voices_of
from curate import plans
from curate.annotations import MAX_VOICES_SHOWN, Annotation
from curate.answered import Answered
from curate.cards import Card, CardArticle
from curate.plans import MACHINE, MAX_LINKS, Choice, Plan


@dataclass(frozen=True, slots=True)
class Held:
    """A cluster that was held over, from the week whose round it was in."""

    week: str
    card: Card


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier weeks leave to an issue."""

    held: tuple[Held, ...] = ()
    """Kept clusters that wait to be published."""
    published: frozenset[str] = frozenset()
    """Clusters that stand in other issues: nothing is published twice."""
    answers: tuple[Answered, ...] = ()
    """What readers said of earlier issues, and catalysts want to be shown."""
    well_asked: frozenset[str] = frozenset()
    """Themes about which enough people may be asked."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cluster that was kept, and how it would be shown."""

    card: Card
    week: str
    """The week it comes from when it was held over; empty for the issue's own."""
    heard: tuple[Annotation, ...]
    """Everybody's last words, in the order in which they are shown."""
    newest: Mapping[str, str]
    """From an annotation id to its owner's last one."""
    choice: Choice

    @property
    def shown(self) -> tuple[Annotation, ...]:
        """The voices there is room for, as the editor chose or by our rule."""
        chosen = plans.shown(self.choice, [one.id for one in self.heard], self.newest)
        if chosen is None:
            return _shown(self.heard)
        return tuple(one for one in self.heard if one.id in chosen)

    @property
    def new(self) -> frozenset[str]:
        """Annotation ids of the voices that came after the editor had chosen."""
        return frozenset(plans.since(self.choice, [one.id for one in self.heard], self.newest))

    @property
    def links(self) -> tuple[CardArticle, ...]:
        """The articles to read: as the editor chose, else what most voices call a must-read, else the first ones."""
        if self.choice.links is None:
            votes = Counter(key for one in self.heard for key in one.words.key_articles)
            return tuple(sorted(self.card.articles, key=lambda one: -votes[one.article_id]))[:MAX_LINKS]
        chosen = tuple(one for one in self.card.articles if one.article_id in self.choice.links)
        return (chosen if chosen or not self.choice.links else self.card.articles)[:MAX_LINKS]

    @property
    def names(self) -> tuple[Annotation, ...]:
        """The voices that keep it and gave it a title of their own.

        The form offers the machine's title: who leaves it standing has named nothing.
        """
        return tuple(
            one for one in self.heard if one.words.verdict == "keep" and one.words.title not in ("", self.card.title)
        )

    @property
    def named_by(self) -> Annotation | None:
        """The voice whose title stands above it; None for the machine's."""
        if self.choice.title == MACHINE:
            return None
        wanted = self.newest.get(self.choice.title, self.choice.title)
        return next((one for one in self.names if one.id == wanted), next(iter(self.names), None))

    @property
    def title(self) -> str:
        """What stands above it."""
        return self.named_by.words.title if self.named_by else self.card.title


@dataclass(frozen=True, slots=True)
class Sorted:
    """The candidates, each where it goes; every one of them stands in exactly one of the four."""

    items: tuple[Candidate, ...]
    no_room: tuple[Candidate, ...]
    left_out: tuple[Candidate, ...]
    held_over: tuple[Candidate, ...]
    newest: Mapping[str, str]

    @property
    def heard(self) -> tuple[Annotation, ...]:
        """All voices of the items, from which the question and the experiment come."""
        return tuple(one for candidate in self.items for one in candidate.heard)

    @property
    def every(self) -> tuple[Candidate, ...]:
        """All of them."""
        return (*self.items, *self.no_room, *self.left_out, *self.held_over)


def sort(cards: Sequence[Card], annotations: Sequence[Annotation], plan: Plan, earlier: Earlier) -> Sorted:
    """Return where the kept clusters of the round and those held over go.

    Clusters with more voices come first: where several people had something to say there is something to read. Ties
    keep the order of the round.
    """
    last = voices_of.newest(annotations)
    held_ids = {one.card.cluster_id for one in earlier.held}
    own = [_candidate(card, "", annotations, (plan, last)) for card in cards if card.cluster_id not in held_ids]
    held = [_candidate(one.card, one.week, annotations, (plan, last)) for one in earlier.held]
    kept = {
        one.card.cluster_id: one
        for one in sorted(own, key=lambda one: -len(one.heard)) + held
        if one.card.cluster_id not in earlier.published and _is_kept(one.card.cluster_id, annotations)
    }
    places = plans.placed([one for one in kept if one not in held_ids], [one for one in kept if one in held_ids], plan)
    return Sorted(
        items=tuple(kept[one] for one in places.items),
        no_room=tuple(kept[one] for one in places.no_room),
        left_out=tuple(kept[one] for one in places.left_out),
        held_over=tuple(kept[one] for one in places.held_over),
        newest=last,
    )


def said_of(cluster_id: str, annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """Return everybody's last words about a cluster."""
    return voices_of.latest(one for one in annotations if one.cluster_id == cluster_id)


def _is_kept(cluster_id: str, annotations: Sequence[Annotation]) -> bool:
    return voices_of.is_kept(said_of(cluster_id, annotations))


def _candidate(
    card: Card, week: str, annotations: Sequence[Annotation], decided: tuple[Plan, Mapping[str, str]]
) -> Candidate:
    plan, last = decided
    # A verdict without a sentence is counted nowhere and shown nowhere: a tag alone is no meaning.
    heard = voices_of.in_order([one for one in said_of(card.cluster_id, annotations) if one.words.so_what])
    return Candidate(card, week, heard, last, plan.choice(card.cluster_id))


def _shown(heard: Sequence[Annotation]) -> tuple[Annotation, ...]:
    """Return the voices there is room for: the first ones, but where people differ always both who do."""
    known = {one.id for one in heard}
    differing = [
        one for one in heard if one.words.relation in voices_of.DIFFERING and one.words.relation_to in known - {one.id}
    ]
    both = {differing[0].id, differing[0].words.relation_to} if differing else set()
    first = sorted(heard, key=lambda one: one.id not in both)[:MAX_VOICES_SHOWN]
    return tuple(one for one in heard if one in first)
