"""GET /healthz and GET /metrics: whether we are well, for programs that watch.

The metrics are for programs on this machine only: to whoever comes from elsewhere, or through a proxy, there is no such
page.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from curate.errors import DatabaseBusyError, DuidingError
from reports.web.site import site_of
from storage import gauges
from storage.gauges import Gauges

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 5.0
"""Who asks how we are wants to hear that we are slow, too."""
_PROXIED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


@dataclass(frozen=True, slots=True)
class _Told:
    """One metric: what stands in :mod:`storage.gauges` under ``gauge``, as it is called outside."""

    gauge: str
    name: str
    help: str
    label: str = ""
    always: Mapping[str, float] | None = None
    """Values that are told as zero when there is none: an alert cannot watch what is not there."""


_STATES = ("waiting", "sending", "sent", "failed", "withdrawn", "returned")
_METRICS = (
    _Told("feeds", "feeds", "Feeds by state.", "state", dict.fromkeys(("active", "failing", "disabled"), 0)),
    _Told("articles", "articles", "Articles, and copies of others.", "kind", {"original": 0, "copy": 0}),
    _Told("entries_waiting", "entries_waiting_for_page", "Entries whose page is still to be read."),
    _Told("asked", "open_round_asked", "Catalysts who were asked in a round that is open.", "week"),
    _Told("spoken", "open_round_spoken", "Catalysts who have spoken in a round that is open.", "week"),
    _Told("deliveries", "deliveries", "Mails to readers by state.", "state", dict.fromkeys(_STATES, 0)),
    _Told("oldest_unsent", "oldest_unsent_delivery_seconds", "Age of the oldest mail that still waits; 0: none does."),
    _Told("suspended", "suspended_readers", "Readers who get no mail because it does not arrive."),
    _Told("paused", "sending_paused", "1 while sending is paused by hand."),
    _Told(
        "completed", "last_completed_timestamp_seconds", "When work of a kind was last done, in Unix time.", "kind"
    ),
    _Told("schema", "schema_version", "Version of the database's schema."),
)  # fmt: skip


async def healthz(request: Request) -> Response:
    """GET /healthz: 200 when the database can be read, else 503; one line says which."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await site_of(request).desk.read(gauges.schema)
    except (DuidingError, TimeoutError) as error:
        _LOG.error("Not healthy: %s", error or f"the database did not answer within {_PATIENCE_S:.0f} s.")
        is_busy = isinstance(error, DatabaseBusyError | TimeoutError)
        said = "the database is held by another program" if is_busy else "the database cannot be read"
        return PlainTextResponse(f"unwell: {said}\n", 503)
    return PlainTextResponse("ok\n")


async def metrics(request: Request) -> Response:
    """GET /metrics: the gauges as Prometheus reads them, for this machine only."""
    if not is_from_here(request):
        raise HTTPException(404)
    from prometheus_client import CollectorRegistry
    from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

    site = site_of(request)
    now = site.config.clock()
    registry = CollectorRegistry()
    registry.register(_Collector(await site.desk.read(lambda db: gauges.every(db, now)), site.config.code_version))
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def is_from_here(request: Request) -> bool:
    """Whether a program on this machine asks us directly: by the socket, and by what a proxy would have added."""
    if any(name in request.headers for name in _PROXIED):
        return False
    # A page elsewhere whose name leads to this machine sends that name; a proxy may pass on the one it was asked for.
    return _is_loopback(request.client.host if request.client else "") and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Collector:
    """Hands the gauges of one moment to a registry of their own."""

    def __init__(self, found: Gauges, version: str) -> None:
        self._found = found
        self._version = version

    def collect(self) -> "Iterator[Metric]":
        """Yield each metric with its values."""
        from prometheus_client.core import GaugeMetricFamily

        for one in _METRICS:
            family = GaugeMetricFamily(f"duiding_{one.name}", one.help, labels=[one.label] if one.label else [])
            for label, value in {**(one.always or {}), **self._found.get(one.gauge, {})}.items():
                family.add_metric([label] if one.label else [], value)
            yield family
        built = GaugeMetricFamily("duiding_build_info", "The version that runs; always 1.", labels=["version"])
        built.add_metric([self._version], 1)
        yield built
