"""Joining by a link: what this network is, what is asked, and a form."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import own
from curate.annotations import BYLINES
from curate.own import Own
from curate.people import ANNOTATING, LANGUAGES, NAME_MAX, Person, id_of
from reports import tokens
from reports.web import sign_in, visitors
from reports.web.site import check_form, page, site_of, typed
from storage import people, welcomes
from storage.database import Session
from storage.welcomes import Welcome


async def show(request: Request) -> Response:
    """GET /welcome/{token}: what joining means; changes nothing, since mail scanners open every link."""
    found = await _found(request)
    return _over(request) if found is None else _page(request, found, {}, {})


async def join(request: Request) -> Response:
    """POST /welcome/{token}: become one of the people, and be signed in."""
    sent = await typed(request)
    check_form(request, sent)
    found = await _found(request)
    if found is None:
        return _over(request)
    said = own.checked(sent)
    if said.own is None:
        return _page(request, found, sent, said.problems)
    session = tokens.new()
    person = await _joined(request, said.own, session)
    if person is None:
        return _over(request)
    answer = RedirectResponse("/my" if person.role == "member" else "/", 303)
    sign_in.remember_session(answer, site_of(request).config, person, session)
    return answer


async def _joined(request: Request, said: Own, session: str) -> Person | None:
    site, token, now = site_of(request), _token(request), site_of(request).config.clock()

    def joined(db: Session) -> Person | None:
        welcome = _open(db, token, request)
        if welcome is None:
            return None
        welcomes.use(db, token, now)
        byline = said.byline if welcome.role in ANNOTATING else "name"
        person = Person(id_of(welcome.email), welcome.email, said.name, welcome.role, said.language, byline)
        people.add(db, person, now)
        people.change(db, person)  # also the byline of who was here before
        sign_in.start_session(db, request, person, session)
        return person

    return await site.desk.write(joined)


async def _found(request: Request) -> Welcome | None:
    token = _token(request)
    return await site_of(request).desk.read(lambda db: _open(db, token, request))


def _open(db: Session, token: str, request: Request) -> Welcome | None:
    """The invitation, unless its link works no more, or the operator added the same person meanwhile."""
    found = welcomes.find(db, token, site_of(request).config.clock())
    return None if found is None or people.by_email(db, found.email) else found


def _token(request: Request) -> str:
    return tokens.hashed(request.path_params["token"])


def _page(request: Request, welcome: Welcome, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    language = visitors.language_of(request, welcome.language)
    values = {
        "welcome": welcome,
        "is_asked": welcome.role in ANNOTATING,
        "asked": site_of(request).config.asked,
        "form": {"name": "", "language": language, "byline": "name"} | dict(form),
        "problems": problems,
        "languages": LANGUAGES,
        "bylines": BYLINES,
        "name_max": NAME_MAX,
    }
    return page(request, "welcome.html", values, status=422 if problems else 200)


def _over(request: Request) -> Response:
    return page(request, "welcome_over.html", {"next": "/"}, status=410)
