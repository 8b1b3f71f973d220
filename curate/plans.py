"""What the editor decides about an issue, on top of what the machine would choose.

A plan chooses and orders; it never changes what somebody said. It is kept in versions of which the last one counts, so
that nothing an editor decided is lost when two of them work at once. What a plan speaks of and is no longer there (a
cluster, a voice) is passed over; a voice that its owner wrote anew is followed to their newest words.

**What comes in after a plan was made shows up.** A cluster that is kept only later joins behind those the plan put in
order, and stands under "no room" when five stand before it. A voice that is given later joins the voices that were
chosen for its cluster while fewer than three are shown; else it waits on the desk, marked as new.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from curate.annotations import MAX_VOICES_SHOWN

MAX_ITEMS = 5
MAX_LINKS = 3

MACHINE = "machine"
"""Stands for the machine's title where a voice's is meant otherwise."""

ChangeKind = Literal[
    "nothing", "order", "left_out", "held_over", "brought_back", "voices", "links", "title", "question", "experiment"
]


@dataclass(frozen=True, slots=True)
class Choice:
    """How one cluster is shown, where the editor chose; what is None or empty is left to the machine."""

    cluster_id: str
    voices: tuple[str, ...] | None = None
    """Annotation ids, three at most."""
    offered: tuple[str, ...] = ()
    """The annotation ids that ``voices`` was chosen from: what is not among them came later."""
    links: tuple[str, ...] | None = None
    """Article ids, three at most; none is a choice too."""
    title: str = ""
    """The annotation whose title stands above it, or ``MACHINE``."""

    @property
    def chooses(self) -> bool:
        """Whether anything is chosen at all."""
        return self.voices is not None or self.links is not None or bool(self.title)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided about one issue. Without any decision the issue is what the machine makes of the voices."""

    order: tuple[str, ...] = ()
    """Cluster ids, first one first; those it does not name follow in the machine's order."""
    left_out: tuple[str, ...] = ()
    held_over: tuple[str, ...] = ()
    """Cluster ids that wait for the next issue."""
    choices: tuple[Choice, ...] = ()
    question: str | None = None
    """The annotation whose question is put to the readers; empty for none, None for the first there is."""
    experiment: str | None = None
    """The same for the experiment."""

    def choice(self, cluster_id: str) -> Choice:
        """Return what was chosen for a cluster."""
        return next((one for one in self.choices if one.cluster_id == cluster_id), Choice(cluster_id))


@dataclass(frozen=True, slots=True)
class Places:
    """Where each cluster goes; every one of them stands in exactly one of these."""

    items: tuple[str, ...]
    no_room: tuple[str, ...]
    left_out: tuple[str, ...]
    held_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What one version decided differently from the one before, for the log."""

    kind: ChangeKind
    clusters: tuple[str, ...] = field(default=())
    """The clusters it is about, if it is about some."""


def placed(own: Sequence[str], held: Sequence[str], plan: Plan) -> Places:
    """Return where the kept clusters go: the week's ``own``, best first, and those ``held`` over from earlier weeks.

    What was held over has its seat and stands behind the week's own, unless the plan says otherwise. A cluster that
    is both left out and held over is held over: nothing is lost by a plan that contradicts itself.
    """
    away = {*plan.held_over, *plan.left_out}
    waited = [one for one in dict.fromkeys(held) if one not in away]
    new = [one for one in dict.fromkeys(own) if one not in {*away, *held}]
    seats = max(0, MAX_ITEMS - len(waited))
    automatic = [*new[:seats], *waited, *new[seats:]]
    ordered = [one for one in dict.fromkeys(plan.order) if one in set(automatic)]
    line = [*ordered, *(one for one in automatic if one not in set(ordered))]
    every = dict.fromkeys((*own, *held))
    return Places(
        items=tuple(line[:MAX_ITEMS]),
        no_room=tuple(line[MAX_ITEMS:]),
        left_out=tuple(one for one in every if one in plan.left_out and one not in plan.held_over),
        held_over=tuple(one for one in every if one in plan.held_over),
    )


def shown(choice: Choice, heard: Sequence[str], newest: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return which of the voices that are ``heard`` are shown by choice, in their order; None leaves it to the machine.

    ``newest`` leads from an annotation id to its owner's last one.
    """
    if choice.voices is None:
        return None
    chosen = [one for one in heard if one in {newest.get(each, each) for each in choice.voices}]
    if not chosen:
        return None
    came_later = set(since(choice, heard, newest))
    picked = [*chosen, *(one for one in heard if one in came_later)][:MAX_VOICES_SHOWN]
    return tuple(one for one in heard if one in picked)


def since(choice: Choice, heard: Sequence[str], newest: Mapping[str, str]) -> tuple[str, ...]:
    """Return the voices that came after the editor chose; none when nothing was chosen."""
    if choice.voices is None:
        return ()
    known = {newest.get(each, each) for each in (*choice.offered, *choice.voices)}
    return tuple(one for one in heard if one not in known)


def waiting(decided: Iterable[Plan], published: AbstractSet[str]) -> tuple[str, ...]:
    """Return the clusters that wait to be published, from the last plans of all earlier weeks, oldest week first.

    Held over is until it is published: a week that is skipped, or that has no room, lets it wait on. Leaving it out
    in a later week ends its waiting.
    """
    waits: dict[str, None] = {}
    for plan in decided:
        waits |= dict.fromkeys(plan.held_over)
        for one in {*plan.left_out} - {*plan.held_over}:
            waits.pop(one, None)
    return tuple(one for one in waits if one not in published)


def moved(line: Sequence[str], cluster_id: str, by: int) -> tuple[str, ...]:
    """Return the order with one cluster moved up (-1) or down (1); at an end, or unknown, nothing changes."""
    ids = list(line)
    if cluster_id in ids:
        place = ids.index(cluster_id)
        ids.insert(min(max(place + by, 0), len(ids) - 1), ids.pop(place))
    return tuple(ids)


def brought_in(line: Sequence[str], cluster_id: str) -> tuple[str, ...]:
    """Return the order in which a cluster that had no room takes the last seat."""
    rest = [one for one in line if one != cluster_id]
    return (*rest[: MAX_ITEMS - 1], cluster_id, *rest[MAX_ITEMS - 1 :])


def changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return what a version decided differently from the one before it."""
    away, was_away = {*after.left_out, *after.held_over}, {*before.left_out, *before.held_over}
    chosen = {one.cluster_id for one in (*before.choices, *after.choices)}
    found = [
        Change("left_out", _more(before.left_out, after.left_out)),
        Change("held_over", _more(before.held_over, after.held_over)),
        Change("brought_back", tuple(sorted(was_away - away))),
        *(Change(kind, _chosen_differently(before, after, kind, chosen)) for kind in ("voices", "links", "title")),
    ]
    told = [one for one in found if one.clusters]
    # Who leaves out or brings back changes the line with it; only moving for its own sake is worth telling.
    if [one for one in before.order if one not in away] != [one for one in after.order if one not in was_away]:
        told.insert(0, Change("order"))
    told += [Change(kind) for kind in ("question", "experiment") if getattr(before, kind) != getattr(after, kind)]
    return tuple(told) or (Change("nothing"),)


def _more(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in after if one not in before)


def _chosen_differently(before: Plan, after: Plan, kind: str, among: AbstractSet[str]) -> tuple[str, ...]:
    return tuple(one for one in sorted(among) if getattr(before.choice(one), kind) != getattr(after.choice(one), kind))


def to_json(plan: Plan) -> str:
    """Return the form in which a version is kept."""
    return json.dumps(asdict(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Plan:
    """Read what :func:`to_json` wrote."""
    value: dict[str, Any] = json.loads(text)
    lists = {name: tuple(value.get(name, ())) for name in ("order", "left_out", "held_over")}
    return Plan(
        **lists,
        choices=tuple(_choice_from(one) for one in value.get("choices", ())),
        question=value.get("question"),
        experiment=value.get("experiment"),
    )


def _choice_from(value: dict[str, Any]) -> Choice:
    listed = {name: tuple(value[name]) for name in ("voices", "offered", "links") if value.get(name) is not None}
    return Choice(cluster_id=value["cluster_id"], title=value.get("title", ""), **listed)
