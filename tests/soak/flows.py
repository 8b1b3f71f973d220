"""Prefect's server as the harness sees it: schedules that come often, and what became of runs."""

from datetime import datetime
from typing import Any

import httpx2

ALIVE = ("RUNNING", "PENDING", "CANCELLING")


class Flows:
    """The API at this address. Every method raises ``httpx2.HTTPError`` while the server is away."""

    def __init__(self, api: str) -> None:
        # One client for all: making one costs thirty times as much as asking with it.
        self._client = httpx2.Client(base_url=api, timeout=20, trust_env=False, verify=False)  # loopback

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return what the API answers."""
        answer = self._client.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployments(self) -> dict[str, dict[str, Any]]:
        """All deployments by name."""
        return {one["name"]: one for one in self.ask("POST", "/deployments/filter", {})}

    def schedule(self, wanted: str, every_s: float) -> None:
        """Let this deployment come every so many seconds and no other at all; changes only what is not so already."""
        for name, one in self.deployments().items():
            kept = [each["schedule"].get("interval") for each in one["schedules"] if each["active"]]
            if kept == ([every_s] if name == wanted else []):
                continue
            path = f"/deployments/{one['id']}/schedules"
            for each in one["schedules"]:
                self.ask("DELETE", f"{path}/{each['id']}")
            if name != wanted:
                # Those that queued: in life a week's only run never stands in line behind a dozen others.
                for run in self._runs(name, ["SCHEDULED"]):
                    self.ask("DELETE", f"/flow_runs/{run['id']}")
            else:
                self.ask("POST", path, [{"schedule": {"interval": every_s}, "active": True}])

    def completed_at(self, deployment: str, since: datetime) -> datetime | None:
        """When the first run that the schedule made, and that began after this moment, was Completed."""
        done = [
            datetime.fromisoformat(run["end_time"])
            for run in self._runs(deployment, ["COMPLETED"])
            if run["auto_scheduled"] and run["start_time"] and datetime.fromisoformat(run["start_time"]) > since
        ]
        return min(done, default=None)

    def alive(self) -> list[str]:
        """The runs that look alive: name and state of each."""
        wanted = {"flow_runs": {"state": {"type": {"any_": list(ALIVE)}}}}
        return [f"{run['name']} {run['state_name']}" for run in self.ask("POST", "/flow_runs/filter", wanted)]

    def failed(self) -> list[str]:
        """The runs that are Failed, which asks a person to act: name and message of each."""
        wanted = {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}}
        return [f"{run['name']}: {run['state']['message']}" for run in self.ask("POST", "/flow_runs/filter", wanted)]

    def held(self) -> dict[str, int]:
        """Places that deployments hold, by name; those that hold none are left out."""
        found = {name: one["global_concurrency_limit"] for name, one in self.deployments().items()}
        return {name: one["active_slots"] for name, one in found.items() if one and one["active_slots"]}

    def _runs(self, deployment: str, states: list[str]) -> list[dict[str, Any]]:
        body = {
            "deployments": {"name": {"any_": [deployment]}},
            "flow_runs": {"state": {"type": {"any_": states}}},
            "sort": "START_TIME_DESC",
            "limit": 200,
        }
        found: list[dict[str, Any]] = self.ask("POST", "/flow_runs/filter", body)
        return found
