"""The flow ``ingest``: what waits in the inbox | due sources | pages | copies; resumable after any step."""

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from curate.errors import DuidingError
from pipelines import flowing
from pipelines.steps import exports
from pipelines.steps import ingest as steps
from pipelines.steps.ingest import Ingested

FAILED_ABOVE = 0.5
"""Share of failing sources above which a person must look: then it is our network, not theirs."""


@task(name="take the inbox", cache_policy=NO_CACHE)
def take_inbox() -> list[str]:
    """Import the LinkedIn exports that were put in the inbox; return a sentence each."""
    return [exports.told(one) for one in exports.take_inbox(flowing.home())]


@task(name="ask the sources", cache_policy=NO_CACHE)
def ask_sources() -> Ingested:
    """Ask all due sources once, and read the pages that wait."""
    return steps.ingest_due(flowing.home(), flowing.to_log(get_run_logger()))


@flow(name="ingest", flow_run_name=flowing.named("ingest"))
def ingest() -> str:
    """inbox | due sources | pages | copies; one bad source never stops the others."""
    log = get_run_logger()
    for sentence in take_inbox():
        log.info(sentence)
    done = ask_sources()
    _show(done)
    log.info(done.sentence)
    if len(done.failed) > FAILED_ABOVE * max(1, len(done.polled)):
        raise DuidingError(
            f"{len(done.failed)} of {len(done.polled)} sources failed: is this machine's network well? "
            "The artifact ingest-sources has the reasons. Nothing is lost: the next run asks again."
        )
    return done.sentence


def _show(done: Ingested) -> None:
    rows = [
        {
            "source": flowing.plain(one.source.title or one.source.url),
            "outcome": one.outcome,
            "new": one.new,
            "changed": one.changed,
            "kind": one.error_kind,
            "what is wrong": flowing.plain(one.error),
        }
        for one in done.polled
    ]
    create_table_artifact(key="ingest-sources", table=rows, description=done.sentence)
