"""Answers of readers as an issue tells them: what was asked, what they said, and what a catalyst did with it."""

from dataclasses import dataclass

from curate.answered import CHOICES, Answered, Heard, Signals
from reports.words import Words


@dataclass(frozen=True, slots=True)
class Part:
    """A passage of what somebody said, with the words before it, which may be empty."""

    before: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as it is told."""

    parts: tuple[Part, ...]
    language: str
    byline: str
    url: str
    done: str
    """What a catalyst did with it; empty when they said nothing of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """What readers said of one thing."""

    intro: str
    """Where it was asked, like "Op de vraag uit nummer 12"."""
    asked: str
    language: str
    signals: str
    """What readers signalled, as a sentence; empty when they did not."""
    lines: tuple[Line, ...]


def told(one: Answered, w: Words) -> Group:
    """Return what readers said of one thing, with the words around it."""
    kind = "question" if one.about == "question" else "experiment" if one.about == "experiment" else "item"
    return Group(
        intro=w(f"answered.{kind}", number=one.number),
        asked=one.asked,
        language=one.language,
        signals=signalled(one.signals, w) if one.signals else "",
        lines=tuple(_line(each, w) for each in one.heard),
    )


def signalled(signals: Signals, w: Words) -> str:
    """Return what readers signalled: "9 van 14", and words alone while they are few."""
    if not signals.counts:
        return w("answered.signals_few", given=w.listed(w(f"signal_said.{one}.plain") for one in signals.given))
    counted = dict(zip(signals.given, signals.counts, strict=True))
    of = w.number(signals.of)
    said = [w(f"signal_said.{one}.counted", k=w.number(counted[one]), n=of) for one in CHOICES if one in counted]
    return w("answered.signals", given=w.listed(said))


def _line(one: Heard, w: Words) -> Line:
    return Line(
        parts=_parts(one, w),
        language=one.language,
        byline=_byline(one, w),
        url=one.url,
        done=_done(one, w),
    )


def _parts(one: Heard, w: Words) -> tuple[Part, ...]:
    if one.kind != "report":
        return (Part("", one.text),)
    said = (("tried", one.text), ("happened", one.happened), ("next", one.next))
    return tuple(Part(w(f"report.{name}.before"), text) for name, text in said if text)


def _byline(one: Heard, w: Words) -> str:
    name = one.byline or w("answered.reader")
    if one.kind == "signal":
        return w("answered.by_signal", name=name, signal=w(f"signal.{one.choice}"))
    return w(f"answered.by_{one.kind}", name=name) if one.kind in ("source", "meaning") else name


def _done(one: Heard, w: Words) -> str:
    if not one.done:
        return ""
    return (
        w("answered.done", name=one.done_by, note=one.done)
        if one.done_by
        else w("answered.done_someone", note=one.done)
    )
