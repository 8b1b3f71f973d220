"""Answers of readers as they stand in the next issue, with what a catalyst did with them.

Signals are shown as counts only from eight on: below, a number would say too much about the few who gave them, so only
which signals came is frozen, and not how many.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal["signal", "answer", "source", "offer", "report", "meaning", "reply"]
"""A reply came by mail; the others each have a form."""
Choice = Literal["recognise", "differ", "useful"]
CHOICES: tuple[Choice, ...] = get_args(Choice)

COUNTED_FROM = 8
"""Signals on one thing before any number is shown."""
MOST_SHOWN = 8
"""Answers with words in one issue, so that its mail stays light; the others wait for the next one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer with words."""

    answer_id: str
    kind: Kind
    choice: str
    """Of a signal; else empty."""
    text: str
    url: str
    happened: str
    next: str
    byline: str
    """The name they gave; empty: a reader."""
    language: str
    done: str
    """What a catalyst did with it, in a sentence; may be empty."""
    done_by: str
    """That catalyst's name; empty when they are shown without."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What readers signalled about one thing."""

    given: tuple[Choice, ...]
    counts: tuple[int, ...] = ()
    """How often each was given; empty while there are fewer than eight in all."""

    @property
    def of(self) -> int:
        """How many there are in all; 0 when that is not told."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Answered:
    """One thing in an earlier issue, and what readers said of it."""

    number: int
    about: str
    asked: str
    """The question, or the title, as it stood there."""
    language: str
    heard: tuple[Heard, ...]
    signals: Signals | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that a catalyst wants in the next issue."""

    number: int
    about: str
    asked: str
    language: str
    """Of ``asked``."""
    heard: Heard


@dataclass(frozen=True, slots=True)
class Told:
    """What goes into the next issue, and the ids of all answers that are told of with it."""

    answers: tuple[Answered, ...] = ()
    ids: tuple[str, ...] = ()


def signals(choices: Iterable[str]) -> Signals | None:
    """Return what may be told of some signals; None when there are none."""
    counts = Counter(choices)
    given = tuple(one for one in CHOICES if counts[one])
    if not given:
        return None
    told = counts.total() >= COUNTED_FROM
    return Signals(given, tuple(counts[one] for one in given) if told else ())


def told(ready: Sequence[Ready]) -> Told:
    """Return what the next issue tells, grouped by what was answered, in the order given.

    Answers without words are told as signals only. Of those with words at most ``MOST_SHOWN`` come in, the first ones.
    """
    worded = [one for one in ready if one.heard.text][:MOST_SHOWN]
    chosen = [one for one in ready if one in worded or not one.heard.text]
    groups: dict[tuple[int, str], list[Ready]] = {}
    for one in chosen:
        groups.setdefault((one.number, one.about), []).append(one)
    return Told(tuple(_answered(group) for group in groups.values()), tuple(one.heard.answer_id for one in chosen))


def _answered(group: Sequence[Ready]) -> Answered:
    first = group[0]
    heard = tuple(one.heard for one in group if one.heard.text)
    given = signals(one.heard.choice for one in group if one.heard.kind == "signal")
    return Answered(first.number, first.about, first.asked, first.language, heard, given)


def from_value(value: dict[str, Any]) -> Answered:
    """Read what JSON made of an :class:`Answered`."""
    given = value["signals"]
    return Answered(
        **{
            **value,
            "heard": tuple(Heard(**one) for one in value["heard"]),
            "signals": Signals(tuple(given["given"]), tuple(given["counts"])) if given else None,
        }
    )
