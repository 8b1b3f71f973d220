"""The flow ``weekly``: embed | cluster | open the round | invite; keyed by week, a second run asks nobody twice."""

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from curate.weeks import Week
from pipelines import flowing
from pipelines.steps import rounds
from pipelines.steps.rounds import Opened


@task(name="run the week", cache_policy=NO_CACHE)
def run_week(week: str) -> Opened:
    """Embed and cluster the week's articles, open its round, invite the catalysts."""
    return rounds.run_week(flowing.home(), Week.parse(week), flowing.to_log(get_run_logger()))


@flow(name="weekly", flow_run_name=flowing.named("weekly"))
def weekly(week: str | None = None) -> str:
    """embed | cluster | open the round | invite, for the week that has just ended or the one given."""
    home = flowing.home()
    opened = run_week(week or str(rounds.last_week(home)))
    create_markdown_artifact(key="weekly-round", markdown=f"## {opened.week}\n\n{opened.sentence}")
    create_link_artifact(
        key="weekly-board",
        link=f"{home.settings.public_url}/rounds/{opened.week}",
        link_text=f"The board of {opened.week}",
    )
    get_run_logger().info(opened.sentence)
    return opened.sentence
