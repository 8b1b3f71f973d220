"""The web application: addresses, and the parts behind them."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import reports
from curate.errors import DuidingError
from reports.web import (
    clusters,
    drops,
    editing,
    faults,
    issues,
    links,
    previews,
    rounds,
    sign_in,
    sources,
    subscribers,
)
from reports.web.boards import Boards
from reports.web.config import WebConfig
from reports.web.doors import Doors
from reports.web.security import Guard
from reports.web.site import Site, site_of
from storage import rounds as stored_rounds
from storage.desk import Desk

_STATIC = Path(reports.__file__).parent / "static"

Handler = Callable[[Request], Awaitable[Response]]


def create_app(config: WebConfig) -> Starlette:
    """Return the application; its one database thread runs from start-up to shutdown. Serve it in one process."""
    desk = Desk(config.database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        desk.open()
        try:
            yield
        finally:
            desk.close()

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, larger={drops.PATH: drops.MOST_BYTES})],
        exception_handlers={DuidingError: faults.of_tree, HTTPException: faults.of_http, Exception: faults.unforeseen},
        lifespan=lifespan,
    )
    # A redirect to the path without its last slash would be built from the Host header, which anybody can send.
    app.router.redirect_slashes = False
    app.state.site = Site(config, desk, Doors(), Boards(config.asked), _stylesheet())
    return app


def _routes() -> list[BaseRoute]:
    return [
        Route("/", rounds.home),
        Route("/healthz", healthz),
        _form("/sign-in", sign_in.form, sign_in.ask),
        _form("/sign-in/{token}", sign_in.confirm, sign_in.enter),
        Route("/sign-out", sign_in.leave, methods=["POST"]),
        Route("/rounds/{week}", rounds.board),
        _form("/rounds/{week}/issue", editing.show, editing.change),
        Route("/rounds/{week}/issue/log", editing.log),
        Route("/rounds/{week}/issue/restore", editing.restore, methods=["POST"]),
        Route("/rounds/{week}/issue/preview", previews.show),
        Route("/rounds/{week}/issue/preview/page", previews.framed_page),
        Route("/rounds/{week}/issue/preview/mail", previews.framed_mail),
        Route("/rounds/{week}/issue/trial", previews.trial, methods=["POST"]),
        Route("/rounds/{week}/review", editing.review, methods=["POST"]),
        Route("/rounds/{week}/close", editing.close, methods=["POST"]),
        Route("/rounds/{week}/skip", editing.skip, methods=["POST"]),
        Route("/rounds/{week}/reopen", editing.reopen, methods=["POST"]),
        _form("/clusters/{cluster_id}", clusters.show, clusters.save),
        _form("/links/add", links.form, links.bring),
        Route("/sources", sources.show),
        _form(drops.PATH, drops.show, drops.offer),
        _form(f"{drops.PATH}/preview", drops.preview, drops.decide),
        Route(f"{drops.PATH}/cancel", drops.cancel, methods=["POST"]),
        Route(f"{drops.PATH}/withdraw", drops.withdraw, methods=["POST"]),
        Route("/issues", issues.archive),
        Route("/issues/{number}.json", issues.frozen),
        Route("/issues/{number}", issues.issue),
        _form("/unsubscribe/{token}", subscribers.confirm, subscribers.leave),
        Mount("/static", _Static(directory=_STATIC)),
    ]


def _form(path: str, show: Handler, act: Handler) -> Route:
    """An address that shows a form with GET and takes it with POST."""

    async def either(request: Request) -> Response:
        return await (act if request.method == "POST" else show)(request)

    return Route(path, either, methods=["GET", "POST"])


async def healthz(request: Request) -> Response:
    """GET /healthz: whether the database answers."""
    await site_of(request).desk.read(stored_rounds.every)
    return PlainTextResponse("ok")


def _stylesheet() -> str:
    mark = hashlib.sha256((_STATIC / "duiding.css").read_bytes()).hexdigest()[:12]
    return f"/static/duiding.css?v={mark}"


class _Static(StaticFiles):
    """Our own files, which a browser may keep: the stylesheet's address changes with its content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        if isinstance(answer, FileResponse):
            answer.headers["Cache-Control"] = "public, max-age=604800"
        return answer
