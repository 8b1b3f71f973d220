"""What a reader chose, reached by the link in each of their mails: change it, take one's data along, be forgotten."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import readers
from curate.people import LANGUAGES
from curate.readers import EVERY, PREFERENCES_LAST
from reports import tokens
from reports.tokens import Choosing
from reports.web import visitors
from reports.web.leaving import WHAT
from reports.web.site import check_form, page, site_of, typed
from reports.web.subscribing import choices, filled
from storage import own_data, subscribers
from storage.database import Session
from storage.subscribers import Subscriber
from storage.themes import Choice

PATH = "/preferences"


@dataclass(frozen=True, slots=True)
class _Seen:
    """A reader before their choices."""

    reader: Subscriber
    themes: tuple[Choice, ...]


async def show(request: Request) -> Response:
    """GET /preferences/{token}: everything that a reader settles; changes nothing."""
    choosing = _choosing(request)
    if choosing.is_over:
        return page(request, "preferences_over.html", {"path": _path(request)}, status=410)
    seen = await _seen(request, choosing)
    return _page(request, seen, {}) if seen else _gone(request)


async def change(request: Request) -> Response:
    """POST /preferences/{token}: keep language, how often, and themes."""
    sent, choosing = await typed(request), _choosing(request)
    check_form(request, sent)
    seen = None if choosing.is_over else await _seen(request, choosing)
    if seen is None:
        return RedirectResponse(_path(request), 303)
    found = readers.wished(sent, [one.theme_id for one in seen.themes])
    if found.wishes is None:
        return _page(request, seen, found.problems)
    site, wishes, now = site_of(request), found.wishes, _now(request)
    await site.desk.write(lambda db: subscribers.change(db, seen.reader.id, wishes, now))
    answer = RedirectResponse(f"{_path(request)}?saved=yes", 303)
    visitors.remember_language(answer, site.config, wishes.language)
    return answer


async def data(request: Request) -> Response:
    """GET /preferences/{token}/data.json: everything that is held about a reader, as a file."""
    choosing, now = _valid(request), _now(request)
    held = await site_of(request).desk.read(lambda db: own_data.of_reader(db, choosing.subscriber_id))
    about = {"what": WHAT, "network": site_of(request).config.network, "made_at": now.isoformat()}
    headers = {"Content-Disposition": f'attachment; filename="duiding-{now:%Y-%m-%d}.json"'}
    text = json.dumps(about | held, ensure_ascii=False, indent=2)
    return Response(text, media_type="application/json", headers=headers)


async def ask_to_forget(request: Request) -> Response:
    """GET /preferences/{token}/forget: what is erased and what stays, and the button."""
    _valid(request)
    return page(request, "forget_me.html", {"back": _path(request), "path": request.url.path})


async def forget(request: Request) -> Response:
    """POST /preferences/{token}/forget: erase a reader; twice is as well as once."""
    check_form(request, await typed(request))
    choosing, now = _valid(request), _now(request)

    def forgotten(db: Session) -> None:
        if reader := subscribers.by_id(db, choosing.subscriber_id):
            subscribers.forget(db, reader.email, now)

    await site_of(request).desk.write(forgotten)
    return page(request, "forgotten.html", {})


async def fresh(request: Request) -> Response:
    """POST /preferences/{token}/fresh: mail a new link to whom an old one belongs, if they are still known."""
    check_form(request, await typed(request))
    choosing, site = _choosing(request), site_of(request)
    site.doors.ring(request.client.host if request.client else "", choosing.subscriber_id)
    reader = await site.desk.read(lambda db: subscribers.by_id(db, choosing.subscriber_id))
    answer = page(request, "preferences_sent.html", {})
    if reader and reader.state == "active":
        answer.background = BackgroundTask(site.config.post_preferences, reader)
    return answer


async def _seen(request: Request, choosing: Choosing) -> _Seen | None:
    now = _now(request)

    def seen(db: Session) -> _Seen | None:
        reader = subscribers.by_id(db, choosing.subscriber_id)
        return _Seen(reader, choices(db, now, reader.follows)) if reader else None

    return await site_of(request).desk.read(seen)


def _choosing(request: Request) -> Choosing:
    config = site_of(request).config
    found = tokens.choosing(config.secret, request.path_params["token"], config.clock().date(), PREFERENCES_LAST)
    if found is None:
        raise HTTPException(404)
    return found


def _valid(request: Request) -> Choosing:
    """A token that is ours and not too old; what is behind the page of choices is not shown for an old one."""
    found = _choosing(request)
    if found.is_over:
        raise HTTPException(404)
    return found


def _path(request: Request) -> str:
    return f"{PATH}/{request.path_params['token']}"


def _now(request: Request) -> datetime:
    return site_of(request).config.clock()


def _gone(request: Request) -> Response:
    return page(request, "preferences_gone.html", {}, status=410)


def _page(request: Request, seen: _Seen, problems: Mapping[str, str]) -> Response:
    reader, secret = seen.reader, site_of(request).config.secret
    values = {
        "reader": reader,
        "form": filled(reader.wishes),
        "problems": problems,
        "saved": request.query_params.get("saved") == "yes",
        "languages": LANGUAGES,
        "frequencies": EVERY,
        "themes": seen.themes,
        "path": _path(request),
        "leave": f"/unsubscribe/{tokens.unsubscribe_token(secret, reader.id)}",
    }
    return page(request, "preferences.html", values, status=422 if problems else 200)
