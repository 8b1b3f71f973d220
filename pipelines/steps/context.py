"""What the two halves of an ingest work with."""

from dataclasses import dataclass

from pipelines.fetching import Fetcher
from pipelines.home import Clock, Notify
from pipelines.workers import Workers
from storage.desk import Desk


@dataclass(frozen=True, slots=True)
class Ingest:
    """One ingest at work; everything it derives carries ``run_id``."""

    clock: Clock
    run_id: str
    desk: Desk
    fetcher: Fetcher
    workers: Workers
    notify: Notify
