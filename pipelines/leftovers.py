"""Free what a crash left: runs that Prefect takes to be alive though nothing of ours is."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

_ALIVE = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


async def free() -> int:
    """Set all runs that look alive to Crashed, which gives their places back; return how many there were."""
    alive = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_ALIVE)))
    async with get_client() as client:
        runs = await client.read_flow_runs(flow_run_filter=alive)
        for run in runs:
            await client.set_flow_run_state(run.id, Crashed(message="Left from before a restart."), force=True)
    return len(runs)


if __name__ == "__main__":
    asyncio.run(free())
