"""The flow ``upkeep``: backup | rotate | let go of what was kept long enough | logs and Prefect's own database."""

import os

from prefect import flow, get_run_logger

from curate.errors import DuidingError
from pipelines import flowing
from pipelines.steps import upkeep as steps


@flow(name="upkeep", flow_run_name=flowing.named("upkeep", flowing.week_now))
@flowing.told
def upkeep() -> str:
    """Keep the home well. Fails when some part did not work, with what to do as its last line."""
    os.umask(0o077)  # copies of the database hold everybody's addresses
    log = get_run_logger()
    done = steps.keep_up(flowing.home(), flowing.to_log(log))
    log.info(done.sentence)
    if done.failures:
        raise DuidingError(" ".join(done.failures))
    return done.sentence
