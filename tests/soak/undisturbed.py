"""The twin: the same weeks from the same home, by the same steps, with nobody killing anything."""

import time
from collections.abc import Callable

from curate.weeks import Week
from pipelines.demo import visiting
from pipelines.home import Home
from pipelines.steps import ingest, publishing, rounds, sending
from tests.pipelines.at_home import outbox
from tests.soak.running import VainError
from tests.soak.speaking import Visit, invitation

_PATIENCE_S = 300.0


def play(home: Home, week: str) -> None:
    """One whole week, as the flows do it: ingest, weekly, what people say, publish, send."""
    ingest.ingest_due(home)
    rounds.run_week(home, Week.parse(week))
    with visiting.served(home) as address:
        visit = Visit(home, address, week, patiently, lambda email: _way_in(home, address, email, week))
        visit.speak()
        visit.close()
    for due in publishing.due(home):
        publishing.publish_due(home, Week.parse(due))
    sending.send(home)


def patiently(tried: Callable[[], bool | None], what: str) -> None:
    """Try until it is done, as people do whose page does not answer; raises VainError after five minutes."""
    until_s = time.monotonic() + _PATIENCE_S
    while not tried():
        if time.monotonic() > until_s:
            raise VainError(f"waited {_PATIENCE_S:.0f} s in vain for {what}")
        time.sleep(0.3)


def _way_in(home: Home, address: str, email: str, week: str) -> str:
    return invitation(outbox(home), email, week).replace(home.settings.public_url, address)
