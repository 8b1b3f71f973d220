"""Prefect: whether each deployment has a run ahead, somebody to run it, and no run that is alive in name only."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from curate.findings import Finding
from pipelines import together
from pipelines.home import Home
from pipelines.prefect_api import PrefectApi, PrefectError

PATIENCE_S = 5.0
_FRESH = timedelta(minutes=2)
"""How long Prefect may take to plan the runs of a deployment that was just made."""
_TOO_LONG = {"RUNNING": timedelta(hours=6), "PENDING": timedelta(minutes=15), "CANCELLING": timedelta(minutes=15)}
_ALIVE = ["ONLINE"]


def of_server(home: Home) -> list[Finding]:
    """Ask Prefect's server; one that is not started is worth a note, since everything works by hand, too."""
    url = os.environ.get("PREFECT_API_URL") or together.api_of(home)
    auth = os.environ.get("PREFECT_API_AUTH_STRING") or together.auth_of(home)
    api = PrefectApi(url, auth, PATIENCE_S)
    try:
        if not api.is_up():
            told = f"Prefect's server does not answer at {url}: nothing runs by itself."
            return [Finding("flows", "note", told, "`duiding up` starts it.")]
        return [*_deployments(api, home), *_workers(api), *_zombies(api, home)]
    except (PrefectError, ValueError) as error:
        told = f"What answers at {url} is not Prefect's server, or does not let us in: {str(error).splitlines()[0]}"
        return [Finding("flows", "broken", told, "Look at prefect.port and prefect.auth, or at PREFECT_API_URL.")]


def _found(api: PrefectApi, path: str, **wanted: Any) -> list[dict[str, Any]]:
    """Return what a filter finds."""
    found: list[dict[str, Any]] = api.post(f"/{path}/filter", **wanted)
    return found


def _deployments(api: PrefectApi, home: Home) -> Iterator[Finding]:
    found = {str(one["name"]): one for one in _found(api, "deployments")}
    if missing := sorted(_expected() - set(found)):
        told = f"Prefect has no deployment called {', '.join(missing)}: these flows never run."
        yield Finding("flows", "broken", told, "Start `duiding up` again, or run `prefect --no-prompt deploy --all`.")
    ours = {name: found[name] for name in sorted(_expected() & set(found))}
    if paused := [name for name, one in ours.items() if one.get("paused")]:
        told = f"Paused on Prefect's pages: {', '.join(paused)}."
        yield Finding("flows", "warning", told, "Let them go on there when the reason is gone.")
    idle = [name for name, one in ours.items() if _should_have_runs(one, home) and not _ahead(api, one)]
    if idle:
        yield Finding(
            "flows",
            "broken",
            f"No run is planned for {', '.join(idle)}, though their schedule says so.",
            "See `versions` here: above sqlalchemy 2.1 Prefect plans no runs, without a word. Else start `duiding up` "
            "again.",
        )
    elif ours and not missing and not paused:
        yield Finding("flows", "fine", f"Each of the {len(ours)} deployments has a run ahead.")


def _expected() -> frozenset[str]:
    """Return the names of the deployments in prefect.yaml."""
    import yaml

    said = yaml.safe_load(together.deployments_file().read_text(encoding="utf-8"))
    return frozenset(str(one["name"]) for one in said["deployments"])


def _should_have_runs(deployment: dict[str, Any], home: Home) -> bool:
    has_schedule = any(one.get("active") for one in deployment.get("schedules", ()))
    changed = datetime.fromisoformat(str(deployment["updated"]).replace("Z", "+00:00"))
    return has_schedule and not deployment.get("paused") and home.clock() - changed > _FRESH


def _ahead(api: PrefectApi, deployment: dict[str, Any]) -> bool:
    wanted = {"deployment_id": {"any_": [deployment["id"]]}, "state": {"type": {"any_": ["SCHEDULED"]}}}
    return bool(_found(api, "flow_runs", flow_runs=wanted, limit=1))


def _workers(api: PrefectApi) -> Iterator[Finding]:
    workers = _found(api, f"work_pools/{together.POOL}/workers")
    if not any(one.get("status") in _ALIVE for one in workers):
        told = "No worker is at work: runs are planned, and nobody runs them."
        yield Finding("flows", "broken", told, "`duiding up` starts one; its log is log/worker.log in the home.")


def _zombies(api: PrefectApi, home: Home) -> Iterator[Finding]:
    alive = _found(api, "flow_runs", flow_runs={"state": {"type": {"any_": list(_TOO_LONG)}}}, limit=200)
    stuck = [one for one in alive if _age(one, home) > _TOO_LONG[one["state_type"]]]
    if stuck:
        names = ", ".join(f"{one['name']} ({str(one['state_type']).lower()})" for one in stuck[:5])
        more = f" and {len(stuck) - 5} more" if len(stuck) > 5 else ""
        told = f"Runs that have been alive for far too long: {names}{more}."
        yield Finding("flows", "broken", told, "Start `duiding up` again: it frees what a crash left. No row is lost.")


def _age(run: dict[str, Any], home: Home) -> timedelta:
    since = datetime.fromisoformat(str(run["state"]["timestamp"]).replace("Z", "+00:00"))
    return home.clock() - since
