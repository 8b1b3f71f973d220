"""The flow ``ingest``: what waits in the inbox | due sources | pages | copies; resumable after any step."""

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from curate import health
from curate.errors import DuidingError
from pipelines import flowing, showing
from pipelines.home import Home
from pipelines.steps import exports
from pipelines.steps import ingest as steps
from pipelines.steps.ingest import Ingested
from storage import gauges

_TOLD = 20
"""Failing sources of which the log tells; the table has the others."""


@task(name="ask the sources", cache_policy=NO_CACHE)
@flowing.plainly
def ask_sources() -> Ingested:
    """Ask all due sources once, and read the pages that wait."""
    return steps.ingest_due(flowing.home(), flowing.to_log(get_run_logger()))


@flow(name="ingest", flow_run_name=flowing.named("ingest", flowing.week_now))
@flowing.told
def ingest() -> str:
    """inbox | due sources | pages | copies; one bad source never stops the others."""
    home, log = flowing.home(), get_run_logger()
    for outcome in exports.take_inbox(home):
        log.info(exports.told(outcome))
    done = ask_sources()
    showing.sources(done)
    _tell_failing(done)
    log.info(done.sentence)
    if done.articles or done.copies:
        flowing.tag([flowing.week_now(home)])
    _refuse_our_own_fault(home, done)
    return done.sentence


def _tell_failing(done: Ingested) -> None:
    log = get_run_logger()
    for one in done.failed[:_TOLD]:
        log.warning("%s failed: %s", one.source.title or one.source.url, one.error)
    if len(done.failed) > _TOLD:
        log.warning("%d more failed; the artifact %s has them.", len(done.failed) - _TOLD, showing.SOURCES)


def _refuse_our_own_fault(home: Home, done: Ingested) -> None:
    """Fail when so many sources do that it is this machine's network: then a person must look."""
    with home.database.reading() as db:
        feeds = gauges.every(db, home.clock()).get("feeds", {})
    failing, active = int(feeds.get("failing", 0)), int(feeds.get("failing", 0) + feeds.get("active", 0))
    asked = [one.outcome == "failed" for one in done.polled if not one.was_failing]
    if health.is_our_network(asked, failing, active):
        raise DuidingError(
            f"{len(done.failed)} of {len(done.polled)} sources failed, and {failing} of all {active} fail now: is this "
            f"machine's network well? The artifact {showing.SOURCES} has the reasons, and `duiding sources check` asks "
            "one. Nothing is lost: the next run asks again."
        )
