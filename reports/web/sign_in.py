"""Signing in by a link in the mail, and out again.

A link only shows a button: mail scanners open every link they meet. The button uses it up.
"""

from datetime import datetime, timedelta

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate.errors import UsageError
from curate.people import Person, normal_email
from reports import tokens
from reports.web import visitors
from reports.web.config import WebConfig
from reports.web.site import check_form, page, site_of, typed
from storage import people, sign_ins
from storage.database import Session


async def form(request: Request) -> Response:
    """GET /sign-in: one field. Who is signed in goes on."""
    if await _person(request):
        return _onward(request.query_params.get("next", ""))
    return page(request, "sign_in.html", {"next": _next(request), "email": "", "problem": ""})


async def ask(request: Request) -> Response:
    """POST /sign-in: mail a link; the answer does not tell whether the address is known."""
    sent = await typed(request)
    check_form(request, sent)
    site, then = site_of(request), visitors.own_path(sent.get("next", "/"))
    try:
        email = normal_email(sent.get("email", ""))
    except UsageError:
        values = {"next": then, "email": sent.get("email", ""), "problem": "sign_in.problem"}
        return page(request, "sign_in.html", values, status=422)
    site.doors.knock(request.client.host if request.client else "", email)
    token, now = tokens.new(), site.config.clock()
    # The same session and the same commit for an unknown address: the time it takes tells nothing either.
    person = await site.desk.write(lambda db: _offered(db, email, token, now, now + _lasting(site.config.sign_in_s)))
    answer = page(request, "sign_in_sent.html", {"email": email})
    if person:
        url = tokens.sign_in_url(site.config.public_url, token, "" if then == "/" else then)
        answer.background = BackgroundTask(site.config.post_sign_in, person, url)
    return answer


def _offered(db: Session, email: str, token: str, now: datetime, until: datetime) -> Person | None:
    person = people.by_email(db, email)
    if person:
        sign_ins.offer(db, tokens.hashed(token), person.id, now, until)
    return person


async def confirm(request: Request) -> Response:
    """GET /sign-in/{token}: a button. Who has signed in here before with such a link simply goes on."""
    site, token = site_of(request), tokens.hashed(request.path_params["token"])
    now = site.config.clock()

    def seen(db: Session) -> tuple[Person | None, Person | None]:
        return sign_ins.find(db, token, now), visitors.person(db, request, site.config, now)

    invited, here = await site.desk.read(seen)
    if here and invited in {None, here}:
        return _onward(request.query_params.get("next", ""))
    if invited is None:
        return _used(request)
    return page(request, "sign_in_confirm.html", {"invited": invited, "next": _next(request)})


async def enter(request: Request) -> Response:
    """POST /sign-in/{token}: use the link up and start a session."""
    sent = await typed(request)
    check_form(request, sent)
    config, session, token = site_of(request).config, tokens.new(), tokens.hashed(request.path_params["token"])
    now = config.clock()

    def entered(db: Session) -> Person | None:
        person = sign_ins.use(db, token, now)
        if person:
            start_session(db, request, person, session)
        return person

    person = await site_of(request).desk.write(entered)
    if person is None:
        return _used(request)
    answer = _onward(sent.get("next", ""))
    remember_session(answer, config, person, session)
    return answer


def start_session(db: Session, request: Request, person: Person, session: str) -> None:
    """Sign a person in under a fresh token, in place of whoever was signed in in this browser."""
    config = site_of(request).config
    now, before = config.clock(), request.cookies.get(visitors.session_cookie(config), "")
    sign_ins.end_session(db, tokens.hashed(before), now)
    sign_ins.start_session(db, tokens.hashed(session), person.id, now, now + _lasting(config.session_s))


def remember_session(answer: Response, config: WebConfig, person: Person, session: str) -> None:
    """Give the browser the session that was started, and the person's own language."""
    visitors.remember(answer, config, visitors.session_cookie(config), session)
    visitors.forget(answer, config, visitors.form_cookie(config))
    visitors.remember_language(answer, config, person.language)


async def leave(request: Request) -> Response:
    """POST /sign-out: end the session, here and in the database."""
    check_form(request, await typed(request))
    config = site_of(request).config
    session, now = (
        tokens.hashed(request.cookies.get(visitors.session_cookie(config), "")),
        site_of(request).config.clock(),
    )
    await site_of(request).desk.write(lambda db: sign_ins.end_session(db, session, now))
    answer = RedirectResponse("/", 303)
    visitors.forget(answer, config, visitors.session_cookie(config))
    return answer


async def _person(request: Request) -> Person | None:
    site = site_of(request)
    if visitors.session_cookie(site.config) not in request.cookies:
        return None
    now = site.config.clock()
    return await site.desk.read(lambda db: visitors.person(db, request, site.config, now))


def _used(request: Request) -> Response:
    return page(request, "sign_in_used.html", {"next": _next(request)}, status=410)


def _next(request: Request) -> str:
    return visitors.own_path(request.query_params.get("next", "/"))


def _onward(then: str) -> RedirectResponse:
    return RedirectResponse(visitors.own_path(then), 303)


def _lasting(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
