"""Passing a question on to somebody who may be asked, without showing their address."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import ids, relays
from curate.errors import DuidingError, NotFoundError
from curate.people import NAME_MAX
from curate.relays import Question
from reports.web import answering, visitors
from reports.web.site import check_form, page, site_of, typed
from storage import askables, issues
from storage import relays as stored
from storage.askables import Contact
from storage.database import Session
from storage.relays import Relay

_TEXTS = ("text", "name", "email")


@dataclass(frozen=True, slots=True)
class _Seen:
    number: int
    contact: Contact


async def show(request: Request) -> Response:
    """GET /ask/{number}/{askable_id}: the form; changes nothing."""
    seen = await site_of(request).desk.read(lambda db: _seen(db, request))
    if request.query_params.get("done") == "1":
        return page(request, "relay_passed.html", {"seen": seen})
    return _page(request, seen, {}, {})


async def ask(request: Request) -> Response:
    """POST /ask/{number}/{askable_id}: keep the question; it is mailed with the letters that go out next."""
    form, site = await typed(request), site_of(request)
    try:
        check_form(request, form)
        seen = await site.desk.read(lambda db: _seen(db, request))
        checked = relays.checked(form)
        if checked.question is None:
            return _page(request, seen, form, checked.problems)
        kept = site.doors.ask(answering.client(request)) and await _keep(request, seen, checked.question, form)
    except DuidingError as error:
        return answering.given_back(request, _number(request), [form[one] for one in _TEXTS if form.get(one)], error)
    if not kept:
        return _page(request, seen, form, {"text": "problem.relay_many"}, status=429)
    return RedirectResponse(f"{request.url.path}?done=1", 303)


async def _keep(request: Request, seen: _Seen, question: Question, form: Mapping[str, str]) -> bool:
    """Keep the question; False when this person was asked enough today."""
    config, askable_id = site_of(request).config, seen.contact.id
    now, language = config.clock(), visitors.language_of(request, config.language)
    relay_id = ids.of("relay", form.get("csrf", ""), form.get("once", ""), askable_id)
    relay = Relay(relay_id, seen.number, question.name, question.email, question.text, language)

    def kept(db: Session) -> bool:
        if stored.lately(db, askable_id, now - timedelta(days=1)) >= relays.MOST_A_DAY:
            return False
        stored.keep(db, relay, askable_id, now)
        return True

    return await site_of(request).desk.write(kept)


def _seen(db: Session, request: Request) -> _Seen:
    """Only who stands in that very issue, and may still be asked: nobody is found by guessing."""
    number, askable_id = _number(request), request.path_params["askable_id"]
    content = issues.content_of(db, number) if number else None
    found = askables.contact(db, askable_id) if content and f'"{askable_id}"' in content else None
    if found is None:
        raise NotFoundError("This person cannot be asked here. The issue shows whom you can ask.")
    return _Seen(number, found)


def _number(request: Request) -> int:
    text = request.path_params["number"]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _page(
    request: Request, seen: _Seen, form: Mapping[str, str], problems: Mapping[str, str], status: int = 422
) -> Response:
    values = {
        "seen": seen,
        "form": {name: form.get(name, "") for name in relays.FIELDS},
        "problems": problems,
        "most": relays.QUESTION_MAX,
        "name_max": NAME_MAX,
        "once": form.get("once") or secrets.token_urlsafe(12),
        "here": request.url.path,
    }
    return page(request, "relay.html", values, status=status if problems else 200)
