"""The work itself: sources that have failed for long, and mail that has waited for long."""

from datetime import timedelta

from curate.findings import Finding
from pipelines.home import Home
from storage import deliveries, sending_pauses, sources, subscribers, suspensions

_LONG = timedelta(days=7)
_UNSENT = timedelta(hours=2)
_MANY = 0.05
"""Share of readers whose mail does not arrive, from which on the fault is rather ours."""


def of_sources(home: Home) -> list[Finding]:
    """Return which sources have failed for a week."""
    with home.database.reading() as db:
        found = list(sources.export(db))
    before = home.clock() - _LONG
    failing = [one for one in found if one["state"] == "failing" and one["since"] and one["since"] <= before]
    if not failing:
        return [Finding("sources", "fine", f"None of {len(found)} sources has failed for a week.")]
    named = "; ".join(f"{one['title'] or one['url']}: {one['error']}" for one in failing[:5])
    more = f"; and {len(failing) - 5} more" if len(failing) > 5 else ""
    return [
        Finding(
            "sources",
            "warning",
            f"{len(failing)} of {len(found)} sources have failed for a week ({named}{more}).",
            "`duiding sources list` says what to do about each; `duiding sources disable URL` for those that are gone.",
        )
    ]


def of_outbox(home: Home) -> list[Finding]:
    """Return whether mail waits longer than it should, and for how many readers none arrives."""
    now = home.clock()
    with home.database.reading() as db:
        pause, readers, away = sending_pauses.current(db), len(subscribers.every(db)), len(suspensions.current(db))
        count, oldest = deliveries.overdue(db, now)
    found = []
    if pause:
        found.append(Finding("outbox", "warning", pause.sentence))
    elif oldest and now - oldest > _UNSENT:
        told = f"{count} mails wait, the oldest since {oldest:%Y-%m-%d %H:%M} UTC."
        found.append(Finding("outbox", "broken", told, "`duiding send` sends them, or says why it cannot."))
    if away > _MANY * readers and away > 1:
        told = f"The mail of {away} of {readers} readers does not arrive."
        found.append(Finding("outbox", "warning", told, "`duiding deliveries suspended` lists them with the reasons."))
    return found or [Finding("outbox", "fine", f"{count} mails wait, none of them for long.")]
