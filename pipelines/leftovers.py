"""Free what a crash left: runs that Prefect takes to be alive though nothing of ours is, and the places they hold."""

from pipelines.prefect_api import PrefectApi

_ALIVE = ["RUNNING", "PENDING", "CANCELLING"]
_AT_ONCE = 200
"""The most that the server answers with."""


def free(api: PrefectApi, pool: str, why: str = "Left from before a restart.") -> int:
    """Set all runs of the pool that look alive to Crashed, which gives their places back; return how many there were.

    Only for when no worker of the pool is alive. Raises PrefectError when the server does not do it.
    """
    freed: set[str] = set()
    while runs := [run for run in _alive(api, pool) if run["id"] not in freed]:
        for run in runs:
            crashed = {"type": "CRASHED", "name": "Crashed", "message": why}
            api.post(f"/flow_runs/{run['id']}/set_state", state=crashed, force=True)
            freed.add(run["id"])
    _give_back_places(api)
    return len(freed)


def _alive(api: PrefectApi, pool: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = api.post(
        "/flow_runs/filter",
        flow_runs={"state": {"type": {"any_": _ALIVE}}},
        work_pools={"name": {"any_": [pool]}},
        limit=_AT_ONCE,
    )
    return found


def _give_back_places(api: PrefectApi) -> None:
    """A server that was killed forgot who held the places of a deployment, and would never give them out again."""
    for limit in api.post("/v2/concurrency_limits/filter", limit=_AT_ONCE):
        if limit["name"].startswith("deployment:") and limit["active_slots"]:
            api.patch(f"/v2/concurrency_limits/{limit['id']}", active_slots=0)
