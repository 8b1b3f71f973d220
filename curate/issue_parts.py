"""What stands around the voices of an issue: how a theme stands, whom to ask, who is missing, what was said before.

Each of these is a part that some issues have and others do not. Frozen with the issue, they hold no id of a person and
no address; names are those of people who had one to show when the issue was frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How many articles a theme had in a week that was clustered; copies counted once."""

    week: str
    articles: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a theme stands in the week of the issue, with the numbers that say so."""

    status: str
    """``emerging``, ``growing``, ``steady``, ``fading`` or ``returned``; empty while it is too early to say."""
    weeks: tuple[WeekCount, ...]
    """The last weeks that were clustered, eight at most, oldest first; the last one is the issue's own."""
    before: int | None
    """Articles in the ISO week before; None when that one was not clustered."""

    @property
    def articles(self) -> int:
        """Articles in the week of the issue."""
        return self.weeks[-1].articles if self.weeks else 0


@dataclass(frozen=True, slots=True)
class Missing:
    """A voice that a catalyst misses beside their own, with where it can be heard if they know."""

    annotation_id: str
    text: str
    url: str
    """http(s), or empty."""
    language: str
    byline: str
    """Who misses it; empty for who showed no name."""


@dataclass(frozen=True, slots=True)
class WhoToAsk:
    """Somebody who said that they may be asked, and what for, in their words. Never an address."""

    askable_id: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class LookedBack:
    """Then and now: somebody looked again at what they had said, or at what they had proposed to try."""

    annotation_id: str
    """Of the words of now."""
    earlier_id: str
    number: int
    """The issue in which the earlier words stood; 0 when they stood in none."""
    week: str
    """Of the earlier words."""
    title: str
    """Of what they were about; empty when it had none."""
    then: str
    now: str
    """Empty when the words did not change."""
    outcome: str
    """``still_holds``, ``sharpened``, ``changed_my_mind`` or ``disproved``."""
    why: str
    language: str
    byline: str
    shown_as: str


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """One older voice, brought back because its theme is in the issue again."""

    annotation_id: str
    cluster_id: str
    """Of the item of this issue whose theme it is about."""
    number: int
    week: str
    title: str
    so_what: str
    language: str
    byline: str
    shown_as: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right about an earlier issue since the one before this."""

    text: str
    language: str = ""
    number: int = 0
    """The issue it is about; 0 when that is not known."""
    week: str = ""
    noted_at: str = ""
    """ISO moment, UTC."""


def standing_from(value: Mapping[str, Any] | None) -> Standing | None:
    """Read a standing from JSON."""
    if not value:
        return None
    return Standing(**{**value, "weeks": tuple(WeekCount(**one) for one in value["weeks"])})


def correction_from(value: Mapping[str, Any] | str) -> Correction:
    """Read a correction from JSON; the first issues would have held a text alone."""
    return Correction(value) if isinstance(value, str) else Correction(**value)


def item_parts_from(value: Mapping[str, Any]) -> dict[str, Any]:
    """Read the parts that an item may have beside its voices and links."""
    return {
        "standing": standing_from(value.get("standing")),
        "missing": tuple(Missing(**one) for one in value.get("missing", ())),
        "ask": tuple(WhoToAsk(**one) for one in value.get("ask", ())),
        "looked_back": tuple(LookedBack(**one) for one in value.get("looked_back", ())),
    }


def issue_parts_from(value: Mapping[str, Any]) -> dict[str, Any]:
    """Read the parts that an issue may have beside its items."""
    said_before, tried = value.get("said_before"), value.get("tried")
    return {
        "said_before": SaidBefore(**said_before) if said_before else None,
        "tried": LookedBack(**tried) if tried else None,
        "looked_back": tuple(LookedBack(**one) for one in value.get("looked_back", ())),
        "corrections": tuple(correction_from(one) for one in value["corrections"]),
    }


def filled(value: dict[str, Any], later: frozenset[str]) -> dict[str, Any]:
    """Leave out what is empty of the fields that came later: an issue that lacks them has the bytes it always had."""
    return {name: each for name, each in value.items() if each or name not in later}
