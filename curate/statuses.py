"""Statuses: whether a theme emerges, grows, stays, fades, sleeps or is back, with the numbers that say so.

What counts are distinct sources, never articles: one busy feed must not make a trend. A theme's share is its sources
among all sources of the week; expected is the mean share of the eight weeks before, times this week's sources; and
``z = (sources - expected) / sqrt(expected + 1)``. Where too little is known the status says so, and in a week in which
hardly anything was published every theme keeps the status it had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

Status = Literal["too_early", "emerging", "growing", "steady", "fading", "dormant", "returned"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of the rules, stored with the run. Weeks are weeks that were clustered, this one counted in."""

    baseline_weeks: int = 8
    """Weeks before this one that say what to expect; in those without the theme its share is nothing."""
    first_weeks: int = 4
    """Weeks after a start in which nothing is said yet."""
    young_weeks: int = 3
    emerging_sources: int = 3
    beyond: float = 1.5
    """z from which a theme grows, and below whose negative it fades."""
    in_a_row: int = 3
    """Rises (or falls) of the share, one after the other, that say the same."""
    dormant_weeks: int = 4
    """Weeks without the theme after which it sleeps, and among which a steady one was seen twice."""
    steady_weeks: int = 2
    back_sources: int = 2
    thin: float = 0.4
    """Share of the usual volume (the median of the baseline's weeks) below which statuses are frozen."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A clustered week: its volume, and the sources that spoke in it, on the whole and of each theme (never empty)."""

    articles: int
    sources: frozenset[str]
    themes: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a theme stands in a week. ``expected`` and ``z`` are None while there is nothing to compare with."""

    status: Status
    sources: int
    of_sources: int
    expected: float | None
    z: float | None
    frozen: str | None = None
    """Why the status of the week before was kept."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a theme from before: its last status, and weeks since it was first seen (1: this week)."""

    before: Status | None
    age_weeks: int


def of_week(
    weeks: Sequence[Measured],
    silent: frozenset[str],
    pasts: Mapping[str, Past],
    *,
    measured_weeks: int,
    rules: Rules = Rules(),
) -> dict[str, Standing]:
    """Return how each theme of ``pasts`` stands in the last of ``weeks``, the others being those before it, in order.

    ``measured_weeks`` counts all weeks ever measured. Sources that could not be heard this week (``silent``) are left
    out of every week: an outage is not a fading theme.
    """
    weeks = weeks[-rules.baseline_weeks - 1 :]
    heard = [_without(week, silent) for week in weeks]
    measure = _Measure(measured_weeks <= rules.first_weeks, _thin(weeks, rules), rules)
    return {theme: _standing(theme, heard, past, measure) for theme, past in pasts.items()}


@dataclass(frozen=True, slots=True)
class _Measure:
    is_early: bool
    frozen: str | None
    rules: Rules


def _without(week: Measured, silent: frozenset[str]) -> Measured:
    themes = {theme: sources - silent for theme, sources in week.themes.items()}
    return Measured(week.articles, week.sources - silent, themes)


def _thin(weeks: Sequence[Measured], rules: Rules) -> str | None:
    """Say why statuses are frozen, when they are."""
    *before, now = weeks
    usual = median(week.articles for week in before) if before else 0
    if now.articles >= rules.thin * usual:
        return None
    return f"a thin week: {now.articles} article{'' if now.articles == 1 else 's'}, usual are {usual:g}"


def _standing(theme: str, weeks: Sequence[Measured], past: Past, measure: _Measure) -> Standing:
    x = [len(week.themes.get(theme, ())) for week in weeks]
    share = [count / len(week.sources) if week.sources else 0.0 for count, week in zip(x, weeks, strict=True)]
    of_sources, before = len(weeks[-1].sources), share[:-1]
    expected = sum(before) / len(before) * of_sources if before else None
    z = None if expected is None else (x[-1] - expected) / (expected + 1) ** 0.5
    status: Status
    if measure.is_early:
        status, frozen = "too_early", None
    elif measure.frozen:
        status, frozen = past.before or "too_early", measure.frozen
    else:
        status, frozen = _status(x, share, z or 0.0, past, measure.rules), None
    rounded = None if expected is None else round(expected, 2)
    return Standing(status, x[-1], of_sources, rounded, None if z is None else round(z, 2), frozen)


def _status(x: Sequence[int], share: Sequence[float], z: float, past: Past, rules: Rules) -> Status:
    """The rules in their order: the first that holds."""
    seen_lately = sum(count > 0 for count in x[-rules.dormant_weeks :])
    slept = not any(x[-rules.dormant_weeks - 1 : -1]) and past.age_weeks > rules.dormant_weeks
    is_young = past.age_weeks <= rules.young_weeks
    rules_in_order: list[tuple[bool, Status]] = [
        # One source alone does not wake a theme.
        ((slept or past.before == "dormant") and x[-1] >= rules.back_sources, "returned"),
        (not seen_lately or slept, "dormant"),
        (is_young and x[-1] >= rules.emerging_sources, "emerging"),
        # Growing and fading are said of what was there before.
        (past.age_weeks > 1 and (z >= rules.beyond or _runs(share, rules.in_a_row, 1)), "growing"),
        (z <= -rules.beyond or _runs(share, rules.in_a_row, -1), "fading"),
        (seen_lately >= rules.steady_weeks, "steady"),
        (is_young, "too_early"),
    ]
    return next((status for holds, status in rules_in_order if holds), "fading")


def _runs(share: Sequence[float], times: int, sign: int) -> bool:
    """Say whether the share rose (sign 1) or fell (-1) so many times in a row, up to now."""
    last = list(pairwise(share[-times - 1 :]))
    return len(last) == times and all((later - earlier) * sign > 0 for earlier, later in last)
