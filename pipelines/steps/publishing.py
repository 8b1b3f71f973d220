"""round | close | build the issue from the voices | freeze, with its outbox, in one transaction | send

Freezing and the outbox stand in one transaction: there is never an issue whose readers were forgotten, nor one number
for two issues. Sending is another step that takes what the outbox holds, and can be killed and repeated.
"""

from dataclasses import dataclass
from pathlib import Path

from curate import issues
from curate.errors import ClosedError, NotFoundError
from curate.issues import Frame, Issue
from curate.weeks import Week
from pipelines import posting
from pipelines.home import Home, finish_run, start_run
from reports import digests, maps
from reports.digests import IssueLinks
from storage import annotations, articles, clusters, deliveries, rounds, subscribers
from storage import issues as stored_issues
from storage.database import Session
from storage.runs import Run


@dataclass(frozen=True, slots=True)
class PublishedIssue:
    """An issue that is frozen, and where it can be looked at."""

    issue: Issue
    waiting: int
    """Deliveries that the outbox holds for it."""
    page: Path
    map: Path


def draft(home: Home, week: Week) -> Issue:
    """Return the issue as it would be published now; changes nothing. Raises NotFoundError without a round."""
    with home.database.reading() as db:
        _round_of(db, week)
        return _built(db, home, week, "draft")


def publish(home: Home, week: Week, by: str = "operator") -> PublishedIssue:
    """Close the week's round, build its issue, freeze it and fill the outbox; an issue that exists stays as it is.

    Raises NotFoundError without a round, and ClosedError when nobody has given meaning yet: an issue without a human
    voice is never published, and the round stays as it is.
    """
    with home.database.reading() as db:
        _round_of(db, week)
        done = stored_issues.of_week(db, str(week))
        if done is None and not _built(db, home, week, "draft").items:
            raise ClosedError(
                f"Nobody has given meaning to a cluster of {week} yet, so there is nothing to publish. "
                f"Remind the catalysts with `duiding remind --week {week}`."
            )
    return _shown(home, week) if done else _freeze(home, week, by)


def due(home: Home) -> tuple[str, ...]:
    """Return the weeks whose issue is to be published: closed by an editor or past their deadline, with a voice."""
    now = home.clock()
    with home.database.reading() as db:
        return tuple(
            one.week
            for one in reversed(rounds.every(db))
            if (not one.is_open or one.closes_at <= now)
            and stored_issues.of_week(db, one.week) is None
            and _built(db, home, Week.parse(one.week), "draft").items
        )


def close_silent(home: Home) -> tuple[str, ...]:
    """Close the rounds whose deadline passed without a voice, and return their weeks: no issue is padded."""
    now = home.clock()
    with home.database.writing() as db:
        silent = tuple(one.week for one in rounds.every(db) if one.is_open and one.closes_at <= now)
        for week in silent:
            rounds.close(db, week, "deadline", now)
    return silent


def _freeze(home: Home, week: Week, by: str) -> PublishedIssue:
    run = start_run(home, "publish", week=str(week), by=by)
    with home.database.writing() as db:
        rounds.close(db, str(week), by, home.clock())
        if stored_issues.of_week(db, str(week)) is None:
            _keep(db, home, _built(db, home, week, run.id), run)
    finish_run(home, run, f"The issue of {week} is frozen.")
    return _shown(home, week)


def _keep(db: Session, home: Home, issue: Issue, run: Run) -> None:
    stored_issues.freeze(db, issue, home.clock())
    deliveries.fill(db, issue.number, subscribers.every(db), domain=posting.domain(home), run=run)


def _built(db: Session, home: Home, week: Week, run_id: str) -> Issue:
    frame = Frame(stored_issues.next_number(db), str(week), home.settings.name, home.clock(), run_id)
    cards = clusters.cards_of_round(db, str(week))
    return issues.build(frame, cards, annotations.of_week(db, str(week)), articles.counted(db, str(week)))


def _round_of(db: Session, week: Week) -> None:
    if rounds.of_week(db, str(week)) is None:
        raise NotFoundError(f"There is no round for {week}. Open it with `duiding week run --week {week}`.")


def _shown(home: Home, week: Week) -> PublishedIssue:
    """Write the frozen issue's page and map where a person can open them; the same issue gives the same files."""
    with home.database.reading() as db:
        frozen = stored_issues.of_week(db, str(week))
        issue = stored_issues.by_number(db, frozen.number) if frozen else None
        cards = clusters.cards_of_round(db, str(week))
        waiting = deliveries.counts(db, issue.number).get("waiting", 0) if issue else 0
    if issue is None:
        raise NotFoundError(f"There is no issue of {week}.")
    folder = home.path / "issues"
    folder.mkdir(exist_ok=True)
    language = home.settings.language
    page, picture = folder / f"{week}.html", folder / f"{week}.map.svg"
    page.write_text(digests.page(issue, language, links_of(home, issue)), encoding="utf-8")
    hrefs = {card.cluster_id: f"{home.settings.public_url}/clusters/{card.cluster_id}" for card in cards}
    picture.write_text(maps.standalone(cards, language, hrefs), encoding="utf-8")
    return PublishedIssue(issue, waiting, page, picture)


def links_of(home: Home, issue: Issue) -> IssueLinks:
    """Return where an issue can be read on the web."""
    return IssueLinks(web=f"{home.settings.public_url}/issues/{issue.number}")
