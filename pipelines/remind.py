"""The flow ``remind``: open rounds | who was asked and has not spoken | one reminder each."""

from prefect import flow, get_run_logger

from pipelines import flowing
from pipelines.steps import rounds


@flow(name="remind", flow_run_name=flowing.named("remind"))
def remind() -> str:
    """Remind everybody who was asked in an open round, has not spoken and was not reminded."""
    reminded = rounds.remind_open(flowing.home())
    sentence = f"{reminded} catalysts reminded."
    get_run_logger().info(sentence)
    return sentence
