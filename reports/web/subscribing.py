"""Subscribing to the digest: a form, a mail with a link, and a button behind it.

Whether an address is known, gone, forgotten or new, the form says and does the same: nobody learns who subscribes. The
link only shows a button, because mail scanners open every link they meet.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from curate import readers
from curate.people import LANGUAGES, Language
from curate.readers import ASKED_LASTS, CONSENT_VERSION, EVERY, Wishes
from curate.weeks import Week
from reports import tokens
from reports.web import visitors
from reports.web.site import check_form, page, site_of, typed
from storage import subscriptions, themes
from storage.database import Session
from storage.subscriptions import Subscription
from storage.themes import Choice

PATH = "/subscribe"


async def form(request: Request) -> Response:
    """GET /subscribe: address, language, how often, themes."""
    return await _form(request, {}, {})


async def ask(request: Request) -> Response:
    """POST /subscribe: mail a link to confirm; the answer does not tell whether the address is known."""
    sent = await typed(request)
    check_form(request, sent)
    site, now = site_of(request), site_of(request).config.clock()
    offered = await site.desk.read(lambda db: {one.theme_id for one in choices(db, now)})
    found = readers.asked(sent, offered)
    if found.wishes is None or not found.email:
        return await _form(request, sent, found.problems)
    site.doors.ring(request.client.host if request.client else "", found.email)
    token = tokens.new()
    asked = Subscription(tokens.hashed(token), found.email, found.wishes, CONSENT_VERSION, now, now + ASKED_LASTS)
    await site.desk.write(lambda db: subscriptions.ask(db, asked))
    url = tokens.subscribe_url(site.config.public_url, token, asked.wishes.language)
    answer = page(request, "subscribe_sent.html", {"email": found.email})
    answer.background = BackgroundTask(site.config.post_subscription, asked, url)
    return answer


async def confirm(request: Request) -> Response:
    """GET /subscribe/{token}: what was asked for, and a button; changes nothing."""
    site, token, now = site_of(request), tokens.hashed(request.path_params["token"]), _now(request)

    def seen(db: Session) -> tuple[Subscription | None, tuple[Choice, ...]]:
        found = subscriptions.find(db, token, now)
        return found, themes.chosen(db, found.wishes.follows) if found else ()

    found, follows = await site.desk.read(seen)
    if found is None:
        return _over(request)
    return page(request, "subscribe_confirm.html", {"asked": found, "follows": follows})


async def enter(request: Request) -> Response:
    """POST /subscribe/{token}: use the link up and be on the list."""
    check_form(request, await typed(request))
    site, token, now = site_of(request), tokens.hashed(request.path_params["token"]), _now(request)
    done = await site.desk.write(lambda db: subscriptions.confirm(db, token, now))
    if done is None:
        return _over(request)
    reader = done.subscriber
    choosing = tokens.preferences_token(site.config.secret, reader.id, now.date())
    values = {"email": reader.email, "is_in": done.is_in, "preferences": f"/preferences/{choosing}"}
    return page(request, "subscribed.html", values)


def choices(db: Session, now: datetime, followed: Sequence[str] = ()) -> tuple[Choice, ...]:
    """Return the themes that are offered: those seen lately, and those that a reader follows already."""
    lately = themes.lately(db, str(Week.of(now - readers.THEMES_SEEN_FOR)), readers.THEMES_OFFERED)
    known = {one.theme_id for one in lately}
    return (*themes.chosen(db, [one for one in followed if one not in known]), *lately)


def filled(wishes: Wishes) -> dict[str, str]:
    """Return the form that would say these wishes."""
    ticks = {f"theme-{theme_id}": "on" for theme_id in wishes.follows}
    return {"language": wishes.language, "every": wishes.every, **ticks}


async def _form(request: Request, sent: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    now = _now(request)
    offered = await site_of(request).desk.read(lambda db: choices(db, now))
    language: Language = visitors.language_of(request, site_of(request).config.language)
    values = {
        "form": {"email": "", **filled(Wishes(language))} | dict(sent),
        "problems": problems,
        "languages": LANGUAGES,
        "frequencies": EVERY,
        "themes": offered,
    }
    return page(request, "subscribe.html", values, status=422 if problems else 200)


def _over(request: Request) -> Response:
    return page(request, "subscribe_over.html", {}, status=410)


def _now(request: Request) -> datetime:
    return site_of(request).config.clock()
