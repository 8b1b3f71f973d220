"""What Prefect's pages tell operators: sources as rows, a week as Markdown. In English, as those pages are.

Prefect's pages read Markdown and more people may see them than ours: words from outside are written so that they are no
Markdown, secrets and addresses are left out, and people are counts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from curate import health, texts
from curate.redaction import redacted, without_addresses
from curate.stages import Stage
from reports.words import words
from storage.overviews import Overview

MOST_ROWS = 100
"""Rows of a table; Prefect keeps each table of each run for a month."""
_MARKUP = re.compile(r"[\\`*_\[\]<>|#!]")
_PLACES = {"failed": 0, "new": 1, "changed": 2, "unchanged": 3}


@dataclass(frozen=True, slots=True)
class Told:
    """What asking one source brought, as far as it is told."""

    name: str
    outcome: str
    """failed, new, changed or unchanged."""
    new: int = 0
    changed: int = 0
    error_kind: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One week as it is told: where it stands, until when, and what it looks like in counts."""

    week: str
    stage: Stage
    overview: Overview
    closes_at: datetime
    """Aware UTC, as is the next."""
    goes_out_at: datetime | None
    """When its issue goes out by itself while it is in review."""


def plain(text: str) -> str:
    """Return outside words as one plain line, without secrets and addresses."""
    return _MARKUP.sub(r"\\\g<0>", without_addresses(redacted(texts.one_line(text))))


def source_rows(told: Sequence[Told]) -> list[dict[str, object]]:
    """Return a table: what fails first, then what brought something; of more than MOST_ROWS the rest is one row."""
    ordered = sorted(told, key=lambda one: (_PLACES[one.outcome], -one.new, -one.changed, one.name.casefold()))
    kept, rest = (ordered, []) if len(ordered) <= MOST_ROWS else (ordered[: MOST_ROWS - 1], ordered[MOST_ROWS - 1 :])
    return [_row(one) for one in kept] + ([_rest(rest)] if rest else [])


def week_markdown(standing: Standing, zone: ZoneInfo, links: Mapping[str, str]) -> str:
    """Return a week on one page: what it waits for, what to do, its counts; ``links`` are addresses by their words."""
    seen = standing.overview
    rows = {
        "Clusters": f"{seen.clusters}",
        "Articles": f"{seen.articles.get('clustered', 0)} in clusters, {seen.articles.get('loose', 0)} in none",
        "Languages": ", ".join(f"{count} {code}" for code, count in seen.languages.items()) or "none",
        "Catalysts": f"{seen.asked} asked, {seen.spoken} spoke, {seen.waiting} waited for, {seen.reminded} reminded",
        "Voices so far": f"{seen.voices}",
        "Deadline": moment(standing.closes_at, zone),
        "Issue": f"{seen.issue}, frozen" if seen.issue else "not frozen",
        "Deliveries": ", ".join(f"{count} {state}" for state, count in seen.deliveries.items()) or "none yet",
    }
    table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    ways = " · ".join(f"[{name}]({link})" for name, link in links.items())
    head = f"# {standing.week}: {standing.stage}\n\n{_now(standing, zone)}"
    return f"{head}\n\n| Week | {standing.week} |\n|---|---|\n{table}\n\n{ways}\n"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment as operators read it, in their zone."""
    return f"{at.astimezone(zone):%a %d %b %Y %H:%M} ({zone.key})"


def _row(one: Told) -> dict[str, object]:
    w = words("en")
    advice = w(f"sources.advice.{health.reason_of(one.error_kind)}") if one.error_kind else ""
    return {
        "outcome": one.outcome,
        "source": plain(one.name),
        "new": one.new,
        "changed": one.changed,
        # Before the reason: those pages do not fold a long line.
        "what to do": advice,
        "what is wrong": plain(one.error),
    }


def _rest(rest: Sequence[Told]) -> dict[str, object]:
    counts = {name: sum(one.outcome == name for one in rest) for name in _PLACES}
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return {
        "outcome": "…",
        "source": f"and {len(rest)} more ({said})",
        "new": sum(one.new for one in rest),
        "changed": sum(one.changed for one in rest),
        "what to do": "`duiding sources list` shows all." if counts["failed"] else "",
        "what is wrong": "",
    }


def _now(standing: Standing, zone: ZoneInfo) -> str:
    week, failed = standing.week, standing.overview.deliveries.get("failed", 0)
    by_itself = (
        f" The issue goes out by itself at {moment(standing.goes_out_at, zone)}." if standing.goes_out_at else ""
    )
    said = {
        "open": f"Catalysts may speak until {moment(standing.closes_at, zone)}. Nothing to do.",
        "review": f"The asking is over; it is an editor's turn.{by_itself}",
        "thin": "The asking is over and the issue is too thin to go out by itself. **An editor** publishes it as a "
        f"short one or skips the week; or here: `duiding publish --week {week}`, or "
        f"`duiding week skip --week {week} --why …`.",
        "frozen": "The issue is frozen; mails are on their way.",
        "sent": "The issue is sent.",
        "skipped": "Skipped: this week has no issue.",
    }[standing.stage]
    if not failed:
        return said
    return (
        f"{said} **{failed} mails failed for good:** `duiding deliveries list --state failed` says why, "
        "`duiding send --only failed` tries again."
    )
