"""round | close | build the issue from voices and plan | freeze, with its outbox, at once | send

Freezing and the outbox stand in one transaction: there is never an issue whose readers were forgotten, nor one number
for two issues. Sending is another step that takes what the outbox holds, and can be killed and repeated.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from curate import answered, stages
from curate.errors import ClosedError, NotFoundError, StorageError
from curate.issues import Frame, Issue
from curate.stages import Policy, Progress
from curate.weeks import Week
from pipelines import posting
from pipelines.home import Home, finish_run, start_run
from reports import digests, maps
from storage import answers, clusters, deliveries, plans, rounds, subscribers
from storage import issues as stored_issues
from storage.database import Session
from storage.rounds import Round
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
        round_of(db, week)
        return built(db, home, week)


def publish(home: Home, week: Week, by: str = "operator") -> PublishedIssue:
    """Close the week's round, build its issue, freeze it and fill the outbox; an issue that exists stays as it is.

    Raises NotFoundError without a round, and ClosedError when the week is skipped or nobody has given meaning yet: an
    issue without a human voice is never published, and the round stays as it is.
    """
    with home.database.reading() as db:
        round_of(db, week)
        done = stored_issues.of_week(db, str(week))
        if done is None:
            _refuse_unready(db, home, week)
    return _shown(home, week) if done else _freeze(home, week, by, _refuse_unready)


def publish_due(home: Home, week: Week) -> PublishedIssue | None:
    """Publish an issue that :func:`due` found; None when an editor decided otherwise meanwhile."""
    try:
        return _freeze(home, week, "deadline", _refuse_early)
    except ClosedError:
        return None


def due(home: Home) -> tuple[str, ...]:
    """Return the weeks whose issue is to be published now: :func:`curate.stages.is_due` has the rule."""
    now = home.clock()
    with home.database.reading() as db:
        return tuple(
            one.week for one in reversed(rounds.every(db)) if _may_be_due(db, one, now) and _is_due(db, home, one)
        )


def _is_due(db: Session, home: Home, one: Round) -> bool:
    wanted = home.settings.rounds
    policy = Policy(rounds.has_editor(db), wanted.thin_below, timedelta(hours=wanted.review_hours))
    return stages.is_due(progress(db, home, one), policy, home.clock())


def _refuse_unready(db: Session, home: Home, week: Week) -> None:
    found = round_of(db, week)
    if found.skipped_at:
        raise ClosedError(
            f"{week} is skipped: it has no issue ({found.skipped_why}). Open its round again with "
            f"`duiding week reopen --week {week}` if it is to have one."
        )
    if not built(db, home, week).items:
        raise ClosedError(
            f"Nothing stands in the issue of {week}: nobody has given meaning yet, or all of it was left out. "
            f"Remind the catalysts with `duiding remind --week {week}`."
        )


def _refuse_early(db: Session, home: Home, week: Week) -> None:
    if not _is_due(db, home, round_of(db, week)):
        raise ClosedError(f"The issue of {week} is not due any more; an editor decided otherwise.")


def _may_be_due(db: Session, one: Round, now: datetime) -> bool:
    """Whether it is worth building the draft."""
    over = one.closed_at or one.closes_at <= now
    return bool(over) and not one.skipped_at and stored_issues.of_week(db, one.week) is None


def progress(db: Session, home: Home, one: Round) -> Progress:
    """Return what is known about a round and its issue."""
    frozen = stored_issues.of_week(db, one.week)
    return Progress(
        closes_at=one.closes_at,
        closed_at=one.closed_at,
        approved_at=one.approved_at,
        skipped_at=one.skipped_at,
        items=0 if frozen or one.skipped_at else len(built(db, home, Week.parse(one.week)).items),
        is_frozen=frozen is not None,
        waiting=deliveries.unsent(db, frozen.number) if frozen else 0,
    )


def _freeze(home: Home, week: Week, by: str, refuse: Callable[[Session, Home, Week], None]) -> PublishedIssue:
    """Freeze in one transaction, in which it is looked at once more: editors may have decided something meanwhile."""
    run = start_run(home, "publish", week=str(week), by=by)
    try:
        with home.database.writing() as db:
            if stored_issues.of_week(db, str(week)) is None:
                refuse(db, home, week)
                rounds.approve(db, str(week), by, home.clock())
                _keep(db, home, built(db, home, week, run.id), run)
    except ClosedError as error:
        finish_run(home, run, str(error))
        raise
    finish_run(home, run, f"The issue of {week} is frozen.")
    return _shown(home, week)


def _keep(db: Session, home: Home, issue: Issue, run: Run) -> None:
    stored_issues.freeze(db, issue, home.clock())
    answers.mark_shown(db, answered.told(answers.ready(db)), issue.number)
    readers, domain = subscribers.every(db), posting.domain(home)
    deliveries.fill(db, issue.number, readers, domain=domain, run=run, key=home.secret)


def built(db: Session, home: Home, week: Week, run_id: str = "draft") -> Issue:
    """Return the issue as its plan has it now."""
    settings = home.settings
    number, short = stored_issues.next_number(db), settings.rounds.thin_below
    return plans.draft(db, Frame(number, str(week), settings.name, home.clock(), run_id, short))


def round_of(db: Session, week: Week) -> Round:
    """Return the round of a week; raises NotFoundError when it has none."""
    found = rounds.of_week(db, str(week))
    if found is None:
        raise NotFoundError(f"There is no round for {week}. Open it with `duiding week run --week {week}`.")
    return found


def _shown(home: Home, week: Week) -> PublishedIssue:
    """Write the frozen issue's page and map where a person can open them; the same issue gives the same files."""
    with home.database.reading() as db:
        frozen = stored_issues.of_week(db, str(week))
        issue = stored_issues.by_number(db, frozen.number) if frozen else None
        cards = clusters.cards_of_round(db, str(week))
        waiting = deliveries.counts(db, issue.number).get("waiting", 0) if issue else 0
    if issue is None:
        raise NotFoundError(f"There is no issue of {week}.")
    language = home.settings.language
    page, picture = _files(home, str(week))
    hrefs = {card.cluster_id: f"{home.settings.public_url}/clusters/{card.cluster_id}" for card in cards}
    _write_whole(page, digests.page(issue, language, digests.links_of(home.settings.public_url, issue.number)))
    _write_whole(picture, maps.standalone(cards, language, hrefs))
    return PublishedIssue(issue, waiting, page, picture)


def show_last(home: Home) -> bool:
    """Write page and map of the newest issue when they are not there; returns whether that was so.

    A crash, or a disk that is full, may come between freezing an issue and writing them, and a frozen issue is not due
    again. Raises StorageError when they cannot be written.
    """
    with home.database.reading() as db:
        every = stored_issues.published(db)
    if not every or all(file.exists() for file in _files(home, every[0].week)):
        return False
    _shown(home, Week.parse(every[0].week))
    return True


def _files(home: Home, week: str) -> tuple[Path, Path]:
    """Where the page and the map of a week's issue lie."""
    folder = home.path / "issues"
    return folder / f"{week}.html", folder / f"{week}.map.svg"


def _write_whole(file: Path, text: str) -> None:
    """Write a file whole or not at all: half a page would pass for one."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StorageError(
            f"{file} cannot be written: {error.strerror}. The issue is frozen and nothing is lost; free disk space, "
            "the next sweep writes it."
        ) from None
