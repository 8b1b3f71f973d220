"""The flow ``publish``: what came back | close | freeze | tell the month | send | tell editors and readers."""

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact
from prefect.cache_policies import NO_CACHE

from curate.errors import MailError, UsageError
from curate.weeks import Week
from pipelines import flowing, mailboxes
from pipelines.steps import letters, monthly, publishing, returning, reviewing, sending
from pipelines.steps.publishing import links_of
from pipelines.steps.tours import Sent


@task(name="read what came back", cache_policy=NO_CACHE)
def take_returns() -> str:
    """Read the mailbox of what came back and say what was in it; one that cannot be read stops nothing."""
    try:
        taken = returning.read_configured(flowing.home())
    except (MailError, UsageError) as error:
        return str(error)
    return taken.sentence if taken else ""


@task(name="freeze the issue", cache_policy=NO_CACHE)
def freeze(week: str) -> int | None:
    """Freeze the week's issue, fill its outbox and return its number; None when an editor decided otherwise."""
    home = flowing.home()
    done = publishing.publish_due(home, Week.parse(week))
    if done is None:
        return None
    issue = done.issue
    create_link_artifact(key="issue", link=links_of(home, issue).web, link_text=f"Issue {issue.number}, {week}")
    return issue.number


@task(name="write the letters of the month", cache_policy=NO_CACHE)
def fill_months() -> int:
    """Write the letters about the months that are over into the outbox, and return how many."""
    return monthly.fill_due(flowing.home())


@task(name="send what waits", cache_policy=NO_CACHE)
def send() -> Sent:
    """Send what the outbox holds."""
    return sending.send(flowing.home(), notify=flowing.to_log(get_run_logger()))


@task(name="tell the editors", cache_policy=NO_CACHE)
def tell_editors() -> int:
    """Mail the editors whose turn it is, and return how many."""
    return reviewing.tell_editors(flowing.home())


@task(name="letters about answers", cache_policy=NO_CACHE)
def post_letters() -> int:
    """Mail readers what became of their answers, and pass questions on; return how many letters went."""
    return letters.post(flowing.home())


@flow(name="publish", flow_run_name=flowing.named("publish"))
def publish() -> str:
    """what came back | close the overdue | freeze what is approved or has waited | tell the month | send | tell people

    A sweep that finds nothing does nothing. Readers come first: a mail to an editor that fails holds up nothing.
    """
    home, log = flowing.home(), get_run_logger()
    if mailboxes.is_configured(home):
        log.info(take_returns())
    for week in reviewing.close_overdue(home):
        log.info("The round of %s is over.", week)
    if publishing.show_last(home):
        log.info("Wrote the page of the last issue, which a crash had left out.")
    numbers = [freeze(week) for week in publishing.due(home)]
    if monthly.due(home):
        log.info("%s letters about the month wait.", fill_months())
    sentence = send().sentence if numbers or sending.waits(home) else "Nothing to publish, nothing to send."
    log.info(sentence)
    if reviewing.anyone_to_tell(home):
        log.info("%s editors told that an issue is ready for review.", tell_editors())
    if letters.wait(home):
        log.info("%s letters about answers and questions sent.", post_letters())
    return sentence
