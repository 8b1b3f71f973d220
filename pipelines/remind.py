"""The flow ``remind``: open rounds | who was asked and has not spoken | one reminder each."""

from prefect import flow, get_run_logger

from pipelines import flowing, showing
from pipelines.steps import reviewing, rounds


@flow(name="remind", flow_run_name=flowing.named("remind", flowing.week_asked))
@flowing.told
def remind() -> str:
    """Remind everybody who was asked in an open round, has not spoken and was not reminded."""
    home, log = flowing.home(), get_run_logger()
    open_weeks = [week for week, stage in reviewing.under_way(home).items() if stage == "open"]
    with showing.kept_up(home):
        reminded = rounds.remind_open(home)
        sentence = f"{reminded} catalysts reminded ({', '.join(open_weeks) or 'no round is open'})."
        log.info(sentence)
    if reminded:
        flowing.tag(open_weeks)
    return sentence
