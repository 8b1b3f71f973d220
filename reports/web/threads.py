"""What is said about one cluster, as one person may see it: the others only after they spoke themselves, or asked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from curate import annotations as voices_of
from curate.annotations import Annotation, Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that was said about one cluster, sorted out once for everybody who looks at it."""

    versions: Mapping[str, tuple[Annotation, ...]]
    """All that each person wrote, by person id, oldest first."""
    last: tuple[Annotation, ...]
    """Everybody's last words."""
    heard: tuple[Annotation, ...]
    """Those with a sentence, each followed by what answers it."""
    ids: frozenset[str]
    """Of every version."""


NOTHING = Said({}, (), (), frozenset())


def sorted_out(annotations: Iterable[Annotation]) -> Said:
    """Return what was said about one cluster, sorted out."""
    versions: dict[str, list[Annotation]] = defaultdict(list)
    for one in sorted(annotations, key=lambda one: (one.written_at, one.version)):
        versions[one.person_id].append(one)
    last = voices_of.latest(one for mine in versions.values() for one in mine)
    heard = voices_of.in_order([one for one in last if one.words.so_what])
    ids = frozenset(one.id for mine in versions.values() for one in mine)
    return Said({who: tuple(mine) for who, mine in versions.items()}, last, heard, ids)


@dataclass(frozen=True, slots=True)
class Thread:
    """The voices on one cluster. What the person may not see yet is not in here, so that no page can show it."""

    mine: tuple[Annotation, ...]
    """The person's own versions, oldest first."""
    voices: tuple[Annotation, ...]
    """Everybody's last words, in order; empty while they are hidden."""
    wordless: Mapping[Verdict, int]
    """Verdicts that others gave without a sentence, counted; empty while they are hidden."""
    waiting: int
    """How many others have spoken and are hidden."""
    others: int
    """How many others have spoken."""

    @property
    def has_spoken(self) -> bool:
        """Whether the person has saved anything about this cluster."""
        return bool(self.mine)

    @property
    def last(self) -> Annotation | None:
        """The person's own last version."""
        return self.mine[-1] if self.mine else None

    @property
    def to_answer(self) -> tuple[Annotation, ...]:
        """The voices of others that the person may answer."""
        own = {one.id for one in self.mine}
        return tuple(one for one in self.voices if one.id not in own)

    @property
    def title(self) -> str:
        """The human title: the person's own, else that of the first visible voice that has one; else empty."""
        candidates = [*(() if self.last is None else (self.last,)), *self.voices]
        return next((one.words.title for one in candidates if one.words.title), "")


def of(said: Said, person_id: str, *, is_open: bool) -> Thread:
    """Return the thread of one cluster for one person.

    ``is_open`` when they chose to read before they speak, or when nobody can speak any more.
    """
    mine = list(said.versions.get(person_id, ()))
    others = [one for one in said.last if one.person_id != person_id]
    if not (mine or is_open):
        return Thread((), (), {}, len({one.person_id for one in others}), len({one.person_id for one in others}))
    if mine:
        # What one saves again answers the newest version of what it answered, the only one that the page offers.
        mine[-1] = next((one for one in said.last if one.id == mine[-1].id), mine[-1])
    wordless = Counter(one.words.verdict for one in others if not one.words.so_what)
    return Thread(tuple(mine), said.heard, wordless, 0, len({one.person_id for one in others}))
