"""The web pages of a home, served by uvicorn."""

import asyncio
import logging
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from curate.errors import UsageError
from curate.people import Person
from pipelines import posting
from pipelines.giving import GivenOnPage
from pipelines.home import Home, code_version
from pipelines.steps import links, sending
from reports.web import access
from reports.web.app import create_app
from reports.web.config import WebConfig
from storage.database import without_pandas


def application(home: Home) -> Callable[..., Any]:
    """Return the pages as an ASGI application."""
    config = WebConfig(
        database=home.database,
        secret=home.secret,
        public_url=home.settings.public_url,
        network=home.settings.name,
        post_sign_in=lambda person, link: _post_sign_in(home, person, link),
        post_welcome=lambda welcome, link: posting.post_welcome(home, welcome, link),
        post_subscription=lambda asked, link: posting.post_subscription(home, asked, link),
        post_preferences=lambda reader: posting.post_preferences(home, reader),
        language=home.settings.language,
        zone=home.settings.zone,
        clock=home.clock,
        closed=tell_flows,
        post_trial=lambda person, issue: sending.try_out(home, person, issue),
        thin_below=home.settings.rounds.thin_below,
        review_hours=home.settings.rounds.review_hours,
        asked=home.settings.rounds.asked,
        may_bring=lambda url: links.may_bring(home, url),
        code_version=code_version(),
        giving=GivenOnPage(home),
    )
    return create_app(config)


def tell_flows(week: str) -> None:
    """Let the flow ``publish`` know sooner that an issue is approved; its sweep finds the row without this, too."""
    if not os.environ.get("PREFECT_API_URL"):
        return
    from prefect.events import emit_event

    emit_event(event="duiding.round.closed", resource={"prefect.resource.id": f"duiding.round.{week}"})


def serve(home: Home) -> None:
    """Serve the pages until they are stopped; raises UsageError when the port is taken or the place is not safe."""
    import uvicorn

    refuse_open_door(home)
    logging.getLogger(access.__name__).setLevel(logging.INFO)
    web = home.settings.web
    config = uvicorn.Config(
        application(home),
        host=web.host,
        port=web.port,
        log_level="warning",
        log_config=None,  # its records come to our handler like all others
        server_header=False,
        access_log=False,  # ours leaves out tokens and addresses
    )
    server = uvicorn.Server(config)
    try:
        with without_pandas():
            asyncio.run(server.serve())
    except SystemExit:
        # uvicorn says it on its log and ends the process; we say it as one sentence with the way out.
        raise UsageError(
            f"Port {web.port} on {web.host} is taken. Stop what is there, or set DUIDING_WEB__PORT."
        ) from None


def refuse_open_door(home: Home) -> None:
    """Beyond this machine only behind an address that people really use: links and cookies are made for it."""
    web, public = home.settings.web, urlsplit(home.settings.public_url)
    if web.host not in ("127.0.0.1", "::1", "localhost") and public.hostname in ("127.0.0.1", "::1", "localhost"):
        raise UsageError(
            f"web.host is {web.host}, open to others, but public_url is {home.settings.public_url}. "
            "Set public_url to the address that people use."
        )


def _post_sign_in(home: Home, person: Person, link: str) -> None:
    posting.post_sign_in(home, person, link, home.clock() + timedelta(hours=1))
