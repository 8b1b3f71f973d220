"""What was asked of the pages and how it went, as records: no address of a visitor, no token of a link."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curate.redaction import redacted

_LOG = logging.getLogger(__name__)
_QUIET = ("/static/", "/healthz", "/metrics", "/favicon.ico")
"""What programs ask all the time and no person looks for; told only when it goes wrong."""


class Access:
    """ASGI middleware: logs one record for each answer, with ``method``, ``path``, ``status`` and ``ms``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            _tell(scope, status, began_s)


def _tell(scope: Scope, status: int, began_s: float) -> None:
    if status < 500 and scope["path"].startswith(_QUIET):
        return
    ms = round((time.perf_counter() - began_s) * 1000)
    # The query is left out: it holds what people typed into a search.
    fields = {"method": scope["method"], "path": redacted(scope["path"]), "status": status, "ms": ms}
    _LOG.log(logging.WARNING if status >= 500 else logging.INFO, "request", extra=fields)
