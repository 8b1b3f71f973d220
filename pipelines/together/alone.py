"""One part of ``duiding up`` by itself, under something else that watches it: systemd, or a container.

Its environment comes from the settings of the home, so that a unit or a Compose file has nothing of Prefect's in it.
"""

import os
from typing import NoReturn

from curate.errors import UsageError
from pipelines import leftovers
from pipelines.home import Home
from pipelines.prefect_api import PrefectApi
from pipelines.together import POOL, api_of, auth_of, checks, watching

PARTS = ("server", "setup", "flows", "pages")
"""In the order in which they are started; ``setup`` ends when it is done, and may be repeated."""


def become(home: Home, name: str) -> NoReturn:
    """Turn this process into a part; before the flows, what a crash left at work is freed.

    Raises UsageError for an unknown part or an open door, and DuidingError when the home cannot be written or, before
    the flows, Prefect's server does not answer.
    """
    if name not in PARTS:
        raise UsageError(f"There is no part {name!r}. Name one of {', '.join(PARTS)}.")
    checks.refuse_open_doors(home)
    checks.refuse_unwritable(home)
    if name == "flows":
        leftovers.free(PrefectApi(api_of(home), auth_of(home)), POOL)
    part = watching.parts_of(home)[name]
    os.chdir(home.path)
    os.execve(part.command[0], list(part.command), dict(part.around))  # noqa: S606  # our own words only
