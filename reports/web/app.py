"""The web application: addresses, and the parts behind them."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import reports
from curate.errors import DuidingError
from reports.web import (
    answering,
    arranging,
    clusters,
    deciding,
    drafting,
    drops,
    echoing,
    editing,
    faults,
    feeds,
    handing,
    issues,
    leaving,
    links,
    metrics,
    my,
    noting,
    people,
    preferences,
    previews,
    provenance,
    relaying,
    rounds,
    sign_in,
    sources,
    subscribers,
    subscribing,
    welcomes,
)
from reports.web.access import Access
from reports.web.boards import Boards
from reports.web.config import WebConfig
from reports.web.doors import Doors
from reports.web.security import Guard
from reports.web.site import Site
from storage.desk import Desk

_STATIC = Path(reports.__file__).parent / "static"

Handler = Callable[[Request], Awaitable[Response]]


def create_app(config: WebConfig) -> Starlette:
    """Return the application; its one database thread runs from start-up to shutdown. Serve it in one process."""
    boards = Boards(config.asked)
    desk = Desk(config.database, boards.forget)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        desk.open()
        with suppress(DuidingError):  # without a database the pages say so themselves
            await rounds.warm(app.state.site)
        try:
            yield
        finally:
            desk.close()

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Access), Middleware(Guard, larger={drops.PATH: drops.MOST_BYTES})],
        exception_handlers={DuidingError: faults.of_tree, HTTPException: faults.of_http, Exception: faults.unforeseen},
        lifespan=lifespan,
    )
    # A redirect to the path without its last slash would be built from the Host header, which anybody can send.
    app.router.redirect_slashes = False
    app.state.site = Site(config, desk, Doors(), boards, _marked("duiding.css"), _marked("autosave.js"))
    return app


def _routes() -> list[BaseRoute]:
    return [
        Route("/", rounds.home),
        Route("/healthz", metrics.healthz),
        Route("/metrics", metrics.metrics),
        Route("/favicon.ico", icon),
        _form("/sign-in", sign_in.form, sign_in.ask),
        _form("/sign-in/{token}", sign_in.confirm, sign_in.enter),
        Route("/sign-out", sign_in.leave, methods=["POST"]),
        Route("/rounds/{week}", rounds.board),
        _form("/rounds/{week}/issue", editing.show, editing.change),
        Route("/rounds/{week}/issue/log", editing.log),
        Route("/rounds/{week}/issue/notes", noting.note, methods=["POST"]),
        Route("/rounds/{week}/issue/restore", editing.restore, methods=["POST"]),
        Route("/rounds/{week}/issue/preview", previews.show),
        Route("/rounds/{week}/issue/preview/page", previews.framed_page),
        Route("/rounds/{week}/issue/preview/mail", previews.framed_mail),
        Route("/rounds/{week}/issue/trial", previews.trial, methods=["POST"]),
        Route("/rounds/{week}/review", editing.review, methods=["POST"]),
        Route("/rounds/{week}/close", editing.close, methods=["POST"]),
        Route("/rounds/{week}/skip", editing.skip, methods=["POST"]),
        Route("/rounds/{week}/reopen", editing.reopen, methods=["POST"]),
        Route("/rounds/{week}/changes", arranging.log),
        Route("/rounds/{week}/changes/{arrangement_id}/undo", arranging.undo, methods=["POST"]),
        _form("/clusters/{cluster_id}", clusters.show, clusters.save),
        Route("/clusters/{cluster_id}/draft", drafting.keep, methods=["POST"]),
        Route("/clusters/{cluster_id}/draft/drop", drafting.drop, methods=["POST"]),
        _form("/clusters/{cluster_id}/arrange", arranging.show, arranging.do),
        Route("/clusters/{cluster_id}/theme", arranging.name_theme, methods=["POST"]),
        _form("/clusters/{cluster_id}/hand-over", handing.show, handing.do),
        _form("/echoes/{annotation_id}", echoing.show, echoing.answer),
        Route("/echoes/{annotation_id}/later", echoing.put_off, methods=["POST"]),
        _form("/links/add", links.form, links.bring),
        Route("/sources", sources.show),
        _form(drops.PATH, drops.show, drops.offer),
        _form(f"{drops.PATH}/preview", drops.preview, drops.decide),
        Route(f"{drops.PATH}/cancel", drops.cancel, methods=["POST"]),
        Route(f"{drops.PATH}/withdraw", drops.withdraw, methods=["POST"]),
        _form(my.PATH, my.show, my.change),
        Route(f"{my.PATH}/pause", my.pause, methods=["POST"]),
        Route(f"{my.PATH}/themes", my.follow, methods=["POST"]),
        Route(f"{my.PATH}/asked", my.be_asked, methods=["POST"]),
        Route(f"{my.PATH}/sessions", my.end_sessions, methods=["POST"]),
        Route(f"{my.PATH}/data.json", leaving.data),
        _form(f"{my.PATH}/leave", leaving.ask, leaving.leave),
        _form(people.PATH, people.show, people.invite),
        Route(f"{people.PATH}/welcomes/{{welcome_id}}", people.withdraw, methods=["POST"]),
        _form(f"{people.PATH}/{{person_id}}", people.one, people.change),
        _form("/welcome/{token}", welcomes.show, welcomes.join),
        Route("/issues", issues.archive),
        Route("/issues.atom", feeds.atom),
        Route("/issues.feed.json", feeds.json_feed),
        Route("/issues.json", feeds.listed),
        Route("/issues/{number}/notes.json", issues.notes),
        Route("/issues/{number}/provenance.json", provenance.as_json),
        Route("/issues/{number}/provenance", provenance.show),
        Route("/issues/{number}.json", issues.frozen),
        Route("/issues/{number}", issues.issue),
        _form(subscribing.PATH, subscribing.form, subscribing.ask),
        _form(f"{subscribing.PATH}/{{token}}", subscribing.confirm, subscribing.enter),
        _form(f"{preferences.PATH}/{{token}}", preferences.show, preferences.change),
        Route(f"{preferences.PATH}/{{token}}/data.json", preferences.data),
        _form(f"{preferences.PATH}/{{token}}/forget", preferences.ask_to_forget, preferences.forget),
        Route(f"{preferences.PATH}/{{token}}/fresh", preferences.fresh, methods=["POST"]),
        Route("/issues/{number}/answer", answering.on_the_web, methods=["GET", "POST"]),
        Route("/answer/{token}", answering.by_link, methods=["GET", "POST"]),
        _form("/ask/{number}/{askable_id}", relaying.show, relaying.ask),
        _form(deciding.PATH, deciding.show, deciding.decide),
        _form("/unsubscribe/{token}", subscribers.confirm, subscribers.leave),
        Mount("/static", _Static(directory=_STATIC)),
    ]


def _form(path: str, show: Handler, act: Handler) -> Route:
    """An address that shows a form with GET and takes it with POST."""

    async def either(request: Request) -> Response:
        return await (act if request.method == "POST" else show)(request)

    return Route(path, either, methods=["GET", "POST"])


async def icon(request: Request) -> Response:
    """GET /favicon.ico: what browsers ask for on an issue's page, which names no other file."""
    return FileResponse(_STATIC / "icon.svg", headers={"Cache-Control": "public, max-age=604800"})


def _marked(name: str) -> str:
    mark = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


class _Static(StaticFiles):
    """Our own files, which a browser may keep: the stylesheet's address changes with its content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        if isinstance(answer, FileResponse):
            answer.headers["Cache-Control"] = "public, max-age=604800"
        return answer
