"""The flow ``publish``: what came back | close | freeze | tell the month | send | tell editors and readers."""

from datetime import timedelta

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from curate.errors import MailError, UsageError
from curate.weeks import Week
from pipelines import flowing, mailboxes, showing
from pipelines.home import Home
from pipelines.steps import letters, monthly, publishing, returning, reviewing, sending
from pipelines.steps.tours import Sent
from reports import digests
from storage import gauges

PATIENCE = timedelta(hours=1)
"""How long mail may wait for a server that is away before a person is asked to look."""


@task(name="freeze the issue", cache_policy=NO_CACHE)
@flowing.plainly
def freeze(week: str) -> int | None:
    """Freeze the week's issue, fill its outbox and return its number; None when an editor decided otherwise."""
    home, log = flowing.home(), get_run_logger()
    done = publishing.publish_due(home, Week.parse(week))
    if done is None:
        log.info("The issue of %s is not due any more: an editor decided otherwise.", week)
        return None
    issue, web = done.issue, digests.links_of(home.settings.public_url, done.issue.number).web
    log.info("Issue %d of %s is frozen; %d mails wait.", issue.number, week, done.waiting)
    showing.ways(
        [
            ("issue", web, f"Issue {issue.number}, {week}"),
            ("provenance", f"{web}/provenance", f"Where issue {issue.number} comes from"),
        ]
    )
    return issue.number


@task(name="send what waits", cache_policy=NO_CACHE)
@flowing.plainly
def send() -> str:
    """Send what the outbox holds. A mail server that has not been away for long is waited for."""
    home, log = flowing.home(), get_run_logger()
    try:
        sent: Sent = sending.send(home, notify=flowing.to_log(log))
    except MailError as error:
        if not error.again or _waits_too_long(home):
            raise
        log.warning("%s The next sweep tries again; after an hour this run fails, so that somebody looks.", error)
        return "The mail server is away; what waits is kept."
    return sent.sentence


@flow(name="publish", flow_run_name=flowing.named("publish", flowing.week_asked))
@flowing.told
def publish() -> str:
    """what came back | close the overdue | freeze what is approved or has waited | tell the month | send | tell people

    A sweep that finds nothing does nothing, and has no task runs. Readers come first: a mail to an editor that fails
    holds up nothing.
    """
    home = flowing.home()
    flowing.name_ahead(home)
    with showing.kept_up(home):
        sentence = _swept(home)
        # The event of an editor's button that comes while a sweep is under way starts no second one.
        return _swept(home) if publishing.due(home) else sentence


def _swept(home: Home) -> str:
    log = get_run_logger()
    if mailboxes.is_configured(home):
        _take_returns(home)
    closed = reviewing.close_overdue(home)
    for week in closed:
        log.info("The round of %s is over.", week)
    if publishing.show_last(home):
        log.info("Wrote the page of the last issue, which a crash had left out.")
    due = publishing.due(home)
    flowing.tag([*closed, *due])
    numbers = [freeze(week) for week in due]
    if monthly.due(home):
        log.info("%d letters about the month wait.", monthly.fill_due(home))
    sentence = send() if numbers or sending.waits(home) else "Nothing to publish, nothing to send."
    log.info(sentence)
    if reviewing.anyone_to_tell(home):
        log.info("%d editors told that an issue is ready for review.", reviewing.tell_editors(home))
    if letters.wait(home):
        log.info("%d letters about answers and questions sent.", letters.post(home))
    return sentence


def _take_returns(home: Home) -> None:
    """Read the mailbox of what came back and say what was in it; one that cannot be read stops nothing."""
    log = get_run_logger()
    try:
        taken = returning.read_configured(home)
    except (MailError, UsageError) as error:
        log.warning("%s", error)
    else:
        log.info(taken.sentence if taken else "No mailbox is set.")


def _waits_too_long(home: Home) -> bool:
    with home.database.reading() as db:
        waited_s = gauges.every(db, home.clock()).get("oldest_unsent", {}).get("", 0)
    return waited_s > PATIENCE.total_seconds()
