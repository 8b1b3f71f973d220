"""Everything at once on one machine: Prefect's server and worker, and the web pages, watched by one program.

check | end what a crash left | server, pages | pool, deployments, automations | free its runs | worker | watch | stop

Words: a *part* is one program that is watched (server, flows, pages). Each runs in a session of its own and carries a
*mark* in its environment, which all that it starts inherits: nothing of it can hide (:mod:`pipelines.together.marks`).
"""

import os
import sys
from importlib import resources
from pathlib import Path

from pipelines.home import Home

POOL = "duiding"
"""The work pool, and the name of its one worker."""
HEARTBEAT_S = 30
"""Seconds between two signs of life of a flow run; the least that Prefect allows."""
READY_S = 180.0
"""Seconds that a part may take until it answers. Ten are usual; one that does much else must not end the start."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def api_of(home: Home) -> str:
    """Return the address of Prefect's API as programs on this machine reach it."""
    host = near(home.settings.prefect.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{home.settings.prefect.port}/api"


def near(host: str) -> str:
    """Return the address at which this machine reaches a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared only


def scratch_of(home: Home) -> Path:
    """Return the folder for files that nobody needs once everything is stopped."""
    return home.path / "tmp"


def auth_of(home: Home) -> str:
    """Return what Prefect's API asks of who calls it, as ``name:password``; empty when it asks nothing."""
    auth = home.settings.prefect.auth
    return auth.get_secret_value() if auth else ""


def environment(home: Home) -> dict[str, str]:
    """Return the environment of everything that belongs to Prefect; what the operator set wins, where it may."""
    api = api_of(home)
    ours = {
        "DUIDING_TIMEZONE": home.settings.timezone,
        "PREFECT_HOME": str((home.path / "prefect").resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # The newer pages call an outside host from the operator's browser even so; these do not.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        # Else any site that is open in the operator's browser may ask the API on this machine to run things.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": api.removesuffix("/api"),
        # Their pages ask where they came from: a browser elsewhere has no server at 127.0.0.1.
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_S),
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        # Nine tenths of what a run leaves behind are events, which only the event feed shows: a day of them is enough.
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_CLI_COLORS": "false",
    }
    return {**ours, **os.environ, **_fixed(home, api)}


def _fixed(home: Home, api: str) -> dict[str, str]:
    """What must hold whatever the operator set."""
    # The programs beside this interpreter, whatever else is on the path: a worker of another one lacks our packages.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    direct = ",".join(filter(None, [os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")), *LOOPBACK]))
    fixed = {
        "DUIDING_HOME": str(home.path.resolve()),
        "PATH": path,
        "NO_PROXY": direct,
        "no_proxy": direct,
        # Prefect leaves folders behind when it is killed; in this one `up` can tidy them away.
        "TMPDIR": str(scratch_of(home).resolve()),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_API_HOST": home.settings.prefect.host,
        "PREFECT_SERVER_API_PORT": str(home.settings.prefect.port),
        # Read by our log view line by line, so they must not wait in a buffer.
        "PYTHONUNBUFFERED": "1",
    }
    if auth := auth_of(home):
        # In the environment only: whoever may list processes sees their arguments.
        fixed |= {"PREFECT_SERVER_API_AUTH_STRING": auth, "PREFECT_API_AUTH_STRING": auth}
    return fixed


def deployments_file() -> Path:
    """Return ``prefect.yaml``: beside the packages in a checkout, inside them in an installed wheel."""
    beside = Path(__file__).parent.parent.parent / "prefect.yaml"
    return beside if beside.exists() else Path(str(resources.files("pipelines").joinpath("prefect.yaml")))
