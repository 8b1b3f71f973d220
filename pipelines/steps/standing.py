"""round | how far it is | its counts | as it is told to operators; changes nothing"""

from curate import stages
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import publishing, reviewing
from reports.overviews import Standing
from storage import overviews, rounds


def of_week(home: Home, week: str) -> Standing | None:
    """Return how a week stands; None without a round."""
    with home.database.reading() as db:
        if (found := rounds.of_week(db, week)) is None:
            return None
        progress = publishing.progress(db, home, found)
        stage = stages.stage(progress, home.settings.rounds.thin_below, home.clock())
        goes_out_at = reviewing.goes_out_at(home, found, progress.items) if stage == "review" else None
        return Standing(week, stage, overviews.of_week(db, week), found.closes_at, goes_out_at)


def links(home: Home, week: str, issue: int | None) -> dict[str, str]:
    """Return where the pages about a week are, by the words of the link."""
    base, of_week_ = home.settings.public_url, Week.parse(week)
    found = {"Board": f"{base}/rounds/{of_week_}", "Editors' desk": f"{base}/rounds/{of_week_}/issue"}
    if issue:
        found |= {
            f"Issue {issue}": f"{base}/issues/{issue}",
            "Where it comes from": f"{base}/issues/{issue}/provenance",
        }
    return found
