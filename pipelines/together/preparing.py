"""Tell a Prefect server what there is: pool, deployments, automations; again and again, nothing doubles.

Run as a program, one for all three, since starting Prefect takes longer than what it does here.
"""

import asyncio
import io
import os
import sys
import time
from contextlib import redirect_stdout, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.prefect_api import PrefectApi
from pipelines.together import HEARTBEAT_S, POOL, deployments_file

if TYPE_CHECKING:
    from prefect.events.schemas.automations import AutomationCore

ZOMBIES = "duiding frees runs that show no sign of life"
_SILENT_S = 3 * HEARTBEAT_S
"""After which a run counts as dead: killed with its worker, it would be Running for ever and hold its place."""
_PATIENCE_S = 90.0


def prepare() -> None:
    """pool | deployments of prefect.yaml | automations, on the server that ``PREFECT_API_URL`` names."""
    _wait_for_server()
    asyncio.run(_make_pool())
    _deploy_all()
    automation = asyncio.run(make_automation())
    print(f"Pool and deployments are in place; the automation that frees dead runs was {automation}.")  # noqa: T201


async def make_automation() -> str:
    """Make, change or leave the automation that frees dead runs, by its name; return which of the three it was."""
    from prefect.client.orchestration import get_client

    wanted = _zombies()
    async with get_client() as client:
        there = await client.read_automations_by_name(ZOMBIES)
        for double in there[1:]:
            await client.delete_automation(double.id)
        if not there:
            await client.create_automation(wanted)
            return "made"
        if _same(there[0], wanted):
            return "left"
        await client.update_automation(there[0].id, wanted)
        return "changed"


def _same(there: "AutomationCore", wanted: "AutomationCore") -> bool:
    kept, ours = there.model_dump(), wanted.model_dump()
    return all(kept.get(key) == value for key, value in ours.items())


def _zombies() -> "AutomationCore":
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

    ends = ("heartbeat", "Completed", "Failed", "Cancelled", "Crashed", "Suspended")
    trigger = EventTrigger(
        posture=Posture.Proactive,
        match={"prefect.resource.id": "prefect.flow-run.*"},
        for_each={"prefect.resource.id"},
        after={"prefect.flow-run.heartbeat"},
        expect={f"prefect.flow-run.{name}" for name in ends},
        threshold=1,
        within=timedelta(seconds=_SILENT_S),
    )
    message = f"No sign of life for {_SILENT_S} seconds: its program was killed. The next run goes on where it was."
    return AutomationCore(
        name=ZOMBIES,
        description="Made by `duiding up`, which sets it right again when it was changed.",
        trigger=trigger,
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=message)],
    )


async def _make_pool() -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    async with get_client() as client:
        # One that is there is left as it is: an operator may have paused it or given it a limit.
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))


def _deploy_all() -> None:
    from prefect.cli import app

    # Two screens about each deployment, of which only a failure is worth reading here.
    said = io.StringIO()
    sys.argv = ["prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(deployments_file())]
    try:
        with redirect_stdout(said):
            app()
    except SystemExit as left:
        if left.code:
            sys.exit(said.getvalue())


def _wait_for_server() -> None:
    import prefect.cli.deploy._commands  # noqa: F401  # while the server starts, not after

    api = PrefectApi(os.environ["PREFECT_API_URL"])
    until = time.monotonic() + _PATIENCE_S
    while not api.is_up():
        if time.monotonic() > until:
            sys.exit(f"Prefect's server did not answer within {_PATIENCE_S:.0f} seconds.")
        time.sleep(0.1)


if __name__ == "__main__":
    prepare()
