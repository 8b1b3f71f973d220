"""Backups: whether the night takes them, and whether the newest one could be put back."""

from datetime import timedelta

from curate.findings import Finding
from pipelines.home import Home
from pipelines.steps import upkeep
from storage import backups

_LATE = timedelta(hours=50)


def of_copies(home: Home) -> list[Finding]:
    """Return how old the newest copy is and whether this program can read it."""
    taken = upkeep.copies(home)
    if not taken:
        told = f"There is no backup in {home.backups} yet."
        return [Finding("backups", "note", told, "`duiding up` takes one every night, `duiding upkeep` takes one now.")]
    newest = max(taken)
    backups.look_at(taken[newest])
    age = home.clock() - newest
    told = f"The newest of {len(taken)} backups is of {newest:%Y-%m-%d %H:%M} UTC"
    if age > _LATE:
        to_do = "See why the flow `upkeep` does not run: `duiding status`, and its runs on Prefect's pages."
        return [Finding("backups", "warning", f"{told}: {age.days} nights are missing.", to_do)]
    return [Finding("backups", "fine", f"{told} and can be read.")]
