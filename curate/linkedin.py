"""A member's LinkedIn export: bytes in, the owner's own activity out.

``read_export`` lists the files, opens only those that are allowed, and says of everything else why it was left out.
Nothing of other people is ever read: their names, letters and addresses stay closed in the archive.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from curate import archives, linkedin_articles, linkedin_tables, texts
from curate import linkedin_files as files
from curate.errors import ExportError
from curate.linkedin_activity import Activity, Choice, Kind, LeftOut, Reading, left_out
from curate.linkedin_permissions import ALLOWED_BY_DEFAULT, OPT_IN, Permission, refuse_unknown

__all__ = [
    "ALLOWED_BY_DEFAULT",
    "KINDS",
    "OPT_IN",
    "Activity",
    "Export",
    "Kind",
    "LeftOut",
    "Permission",
    "read_export",
]

KINDS: Mapping[str, Kind] = {
    "shares": "share",
    "articles": "article",
    "comments": "comment",
    "saved": "saved",
    "reposts": "repost",
    "reactions": "reaction",
    "votes": "vote",
}
"""What a file holds → what its rows are."""


@dataclass(frozen=True, slots=True)
class Export:
    """What one archive says about its owner's activity."""

    sha256: str  # of the archive, hexadecimal
    activities: tuple[Activity, ...]  # each key once
    counts: Mapping[str, int]  # rows of each allowed file kind, taken or left out, each once; 0 when it was not there
    left_out: tuple[LeftOut, ...]
    never_opened: tuple[str, ...]  # every other file in the archive
    unknown: tuple[str, ...]  # files and columns that are not recognised
    notes: tuple[str, ...]  # how each file was read, in plain words
    complete: bool = False  # looks like the large archive; in a partial one, a missing row says nothing
    made_at: datetime | None = None  # aware UTC; as far as the ZIP and its rows tell, None when neither does
    whole: frozenset[Kind] = frozenset()  # kinds of which a file was read without a row that could not be

    def keys(self, kind: Kind) -> frozenset[str]:
        """Return the key of every row of a kind, taken or left out."""
        rows: tuple[Activity | LeftOut, ...] = (*self.activities, *self.left_out)
        return frozenset(one.key for one in rows if one.kind == kind and one.key is not None)

    def without(self, deselected: Callable[[str], bool]) -> "Export":
        """Return the same without the rows whose key the owner deselected; they count as left out."""
        taken = tuple(one for one in self.activities if not deselected(one.key))
        out = tuple(left_out("", one, "deselected") for one in self.activities if deselected(one.key))
        return replace(self, activities=taken, left_out=(*self.left_out, *out))


def read_export(
    body: bytes,
    allow: frozenset[str] = ALLOWED_BY_DEFAULT,
    *,
    visibilities: frozenset[str] = frozenset({"PUBLIC"}),
) -> Export:
    """list the files | recognise | open the allowed ones | read their rows | leave out what is not public.

    ``allow`` names file kinds (of :data:`ALLOWED_BY_DEFAULT` and :data:`OPT_IN`), ``visibilities`` the audiences of
    shares that are taken; ``""`` stands for shares that do not name theirs. Several archives of one person are merged
    by ``Activity.key``. Raises :class:`ExportError` when the archive is not safe to read or is not an export, and
    :class:`UsageError` when ``allow`` names something that is never read.
    """
    refuse_unknown(allow)
    names = archives.names(body)
    _refuse_foreign(names)
    wanted = {name for name in names if files.holds(name) in allow}
    choice = Choice(allow, frozenset(each.upper() for each in visibilities))
    readings = _readings(body, wanted, choice)
    activities = _each_once(readings)
    return Export(
        sha256=hashlib.sha256(body).hexdigest(),
        activities=activities,
        counts={holds: _rows(readings, kind) for holds, kind in KINDS.items() if holds in allow},
        left_out=(*_left_out(readings, activities), *_not_ticked(names, wanted)),
        never_opened=tuple(_shown(name) for name in names if name not in wanted),
        unknown=(*_unknown_files(names), *(each for reading in readings for each in reading.unknown)),
        notes=tuple(note for reading in readings for note in reading.notes),
        complete=files.is_complete(names),
        made_at=_made_at(archives.packed_at(body), activities),
        whole=_whole(readings),
    )


def _made_at(packed_at: datetime | None, activities: Iterable[Activity]) -> datetime | None:
    return max((at for at in (packed_at, *(one.at for one in activities)) if at), default=None)


def _whole(readings: Sequence[Reading]) -> frozenset[Kind]:
    broken = {reading.kind for reading in readings if _is_broken(reading)}
    return frozenset(reading.kind for reading in readings) - broken


def _is_broken(reading: Reading) -> bool:
    """Whether some of what stands in a file is not known: then a row that seems missing may be among it."""
    has_table = bool(reading.activities or reading.left_out or reading.notes)
    return not has_table or any(one.key is None for one in reading.left_out)


def _refuse_foreign(names: Sequence[str]) -> None:
    if any(files.standing_of(name) in {"usable", "never", "off"} for name in names):
        return
    present = [texts.one_line(name, 60) for name in names if files.standing_of(name) != "debris"]
    more = f" and {len(present) - 10} more" if len(present) > 10 else ""
    listed = ", ".join(present[:10]) or "nothing"
    raise ExportError(f"This ZIP holds no file of a LinkedIn export; it holds {listed}{more}.")


def _readings(body: bytes, wanted: set[str], choice: Choice) -> list[Reading]:
    opened = archives.contents(body, wanted)
    numbered = [(files.has_owner_number(name), _reading(name, content, choice)) for name, content in opened]
    # Where one row stands in both, the file with the plain name is believed.
    return [reading for _, reading in sorted(numbered, key=lambda pair: pair[0])]


def _reading(name: str, content: bytes, choice: Choice) -> Reading:
    holds = files.holds(name)
    if holds is None or holds == files.ARTICLES:
        return linkedin_articles.reading_of(name, content, choice)
    return linkedin_tables.reading_of(_shown(name), holds, content, choice)


def _each_once(readings: Iterable[Reading]) -> tuple[Activity, ...]:
    first: dict[str, Activity] = {}
    for reading in readings:
        for activity in reading.activities:
            first.setdefault(activity.key, activity)
    return tuple(first.values())


def _left_out(readings: Iterable[Reading], taken: Iterable[Activity]) -> list[LeftOut]:
    seen, kept = {activity.key for activity in taken}, []
    for each in (each for reading in readings for each in reading.left_out):
        if each.key is None or each.key not in seen:
            kept.append(each)
        if each.key is not None:
            seen.add(each.key)
    return kept


def _rows(readings: Iterable[Reading], kind: Kind) -> int:
    of_kind = [reading for reading in readings if reading.kind == kind]
    taken = {activity.key for reading in of_kind for activity in reading.activities}
    left = {each.key for reading in of_kind for each in reading.left_out if each.key is not None}
    return len(taken | left)


def _not_ticked(names: Iterable[str], wanted: set[str]) -> list[LeftOut]:
    closed = [(name, files.holds(name)) for name in names if name not in wanted]
    return [LeftOut(_shown(name), KINDS[holds], None, "not_ticked") for name, holds in closed if holds]


def _unknown_files(names: Iterable[str]) -> list[str]:
    return [_shown(name) for name in names if files.standing_of(name) == "unknown"]


def _shown(name: str) -> str:
    return texts.one_line(name, 120)
