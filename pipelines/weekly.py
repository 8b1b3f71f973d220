"""The flow ``weekly``: embed | cluster | open the round | invite; keyed by week, a second run asks nobody twice."""

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from curate.errors import MailError
from curate.weeks import Week
from pipelines import flowing, showing
from pipelines.steps import rounds
from pipelines.steps.rounds import Opened

_AFTERWARDS = "Then run `duiding week run --week {week}`, or this flow again: only who has no letter yet gets one."


@task(name="run the week", cache_policy=NO_CACHE)
@flowing.plainly
def run_week(week: str) -> Opened:
    """Embed and cluster the week's articles, open its round, invite the catalysts."""
    try:
        return rounds.run_week(flowing.home(), Week.parse(week), flowing.to_log(get_run_logger()))
    except MailError as error:
        raise MailError(f"{error} {_AFTERWARDS.format(week=week)}") from None


@flow(name="weekly", flow_run_name=flowing.named("weekly", flowing.week_over))
@flowing.told
def weekly(week: str | None = None) -> str:
    """embed | cluster | open the round | invite, for the week that has just ended or the one given."""
    home = flowing.home()
    about = week or str(rounds.last_week(home))
    flowing.tag([about])
    with showing.kept_up(home, about):
        opened = run_week(about)
        base = f"{home.settings.public_url}/rounds/{about}"
        if opened.clusters:
            showing.ways(
                [("board", base, f"The board of {about}"), ("desk", f"{base}/issue", f"The editors' desk, {about}")]
            )
        get_run_logger().info("%s: %s", about, opened.sentence)
    return opened.sentence
