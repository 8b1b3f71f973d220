"""The flow ``publish``: rounds that are closed or past their deadline | freeze | send what waits."""

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact
from prefect.cache_policies import NO_CACHE

from curate.weeks import Week
from pipelines import flowing
from pipelines.steps import publishing, sending
from pipelines.steps.publishing import links_of
from pipelines.steps.sending import Sent


@task(name="freeze the issue", cache_policy=NO_CACHE)
def freeze(week: str) -> int:
    """Freeze the week's issue, fill its outbox and return its number."""
    home = flowing.home()
    issue = publishing.publish(home, Week.parse(week), by="deadline").issue
    create_link_artifact(key="issue", link=links_of(home, issue).web, link_text=f"Issue {issue.number}, {week}")
    return issue.number


@task(name="send what waits", cache_policy=NO_CACHE)
def send() -> Sent:
    """Send what the outbox holds."""
    return sending.send(flowing.home(), notify=flowing.to_log(get_run_logger()))


@flow(name="publish", flow_run_name=flowing.named("publish"))
def publish() -> str:
    """closed or overdue rounds | freeze | send; a sweep that finds nothing does nothing."""
    home = flowing.home()
    numbers = [freeze(week) for week in publishing.due(home)]
    for week in publishing.close_silent(home):
        get_run_logger().info("The round of %s closed without a voice: there is no issue of it.", week)
    sentence = send().sentence if numbers or sending.waits(home) else "Nothing to publish, nothing to send."
    get_run_logger().info(sentence)
    return sentence
