"""Leaving the mailing list: a button for people, and one click for mail programs (RFC 8058)."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reports import tokens
from reports.web.site import page, site_of
from storage import subscribers
from storage.database import Session
from storage.subscribers import Subscriber


async def confirm(request: Request) -> Response:
    """GET /unsubscribe/{token}: a button only, because mail scanners open every link."""
    subscriber_id = _subscriber_id(request)
    found = await site_of(request).desk.read(lambda db: subscribers.by_id(db, subscriber_id))
    is_on_list = found is not None and found.state != "unsubscribed"
    return page(request, "unsubscribe.html" if is_on_list else "unsubscribed.html", {"path": request.url.path})


async def leave(request: Request) -> Response:
    """POST /unsubscribe/{token}: leave, at once and for good; needs no cookie, and twice is as well as once."""
    subscriber_id, now = _subscriber_id(request), site_of(request).config.clock()

    def left(db: Session) -> Subscriber | None:
        subscribers.unsubscribe(db, subscriber_id, now)
        return subscribers.by_id(db, subscriber_id)

    await site_of(request).desk.write(left)
    return page(request, "unsubscribed.html", {"path": request.url.path})


def _subscriber_id(request: Request) -> str:
    config = site_of(request).config
    subscriber_id = tokens.subscriber_of(config.secret, request.path_params["token"])
    if subscriber_id is None:
        raise HTTPException(404)
    return subscriber_id
