"""The people of the network, for those who look after it: who is here, inviting others, roles, ending access.

Nothing here says how much anybody does: it is not for judging people.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate.errors import NotFoundError, UsageError
from curate.people import INVITING, LANGUAGES, WELCOME_LASTS, Language, Person, Role, id_of, normal_email
from curate.weeks import Week
from reports import tokens
from reports.web import visitors
from reports.web.site import check_form, page, site_of, typed
from reports.web.visitors import NotAllowedError
from storage import people, welcomes
from storage.database import Session
from storage.people import Listed
from storage.welcomes import Welcome

PATH = "/people"

_SAVED = ("role", "removed", "withdrawn")


@dataclass(frozen=True, slots=True)
class _Seen:
    person: Person
    listed: tuple[Listed, ...]
    welcomes: tuple[Welcome, ...]

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that this person may hand out."""
        return INVITING[self.person.role]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the form to invite somebody says."""

    email: str
    role: Role
    language: Language


async def show(request: Request) -> Response:
    """GET /people: who is here, who is invited, and a form to invite."""
    saved = request.query_params.get("saved", "")
    return _page(request, await _seen(request), saved=saved if saved in _SAVED else "")


async def invite(request: Request) -> Response:
    """POST /people: invite somebody; the answer shows the link, this once."""
    sent = await typed(request)
    check_form(request, sent)
    seen, site = await _seen(request), site_of(request)
    asked, problems = _asked(sent, seen.roles)
    if asked is None or problems:
        return _page(request, seen, form=sent, problems=problems)
    if any(one.person.email == asked.email for one in seen.listed):
        return _page(request, seen, form=sent, problems={"email": "problem.invite_known"})
    if not site.doors.invite(seen.person.id):
        return _page(request, seen, form=sent, problems={"email": "problem.invite_many"}, status=429)
    token, now = tokens.new(), site.config.clock()
    welcome = Welcome(
        tokens.hashed(token),
        asked.email,
        asked.role,
        asked.language,
        seen.person.id,
        seen.person.name,
        now,
        now + WELCOME_LASTS,
    )

    def offered(db: Session) -> bool:
        person = visitors.inviter(visitors.person(db, request, site.config, now))
        if asked.role not in INVITING[person.role]:
            raise NotAllowedError("Nobody hands out more than they have.")
        welcomes.offer(db, welcome)
        return people.has_left(db, id_of(asked.email))

    was_here = await site.desk.write(offered)
    link = tokens.welcome_url(site.config.public_url, token, asked.language)
    # Who comes back finds their own words and data again: that link is for their own mailbox only.
    values = {"welcome": welcome, "link": "" if was_here else link}
    answer = page(request, "invited.html", values, person=seen.person)
    answer.background = BackgroundTask(site.config.post_welcome, welcome, link)
    return answer


async def withdraw(request: Request) -> Response:
    """POST /people/welcomes/{welcome_id}: let an invitation work no more."""
    check_form(request, await typed(request))
    site, now = site_of(request), site_of(request).config.clock()

    def withdrawn(db: Session) -> None:
        visitors.inviter(visitors.person(db, request, site.config, now))
        welcomes.withdraw(db, request.path_params["welcome_id"], now)

    await site.desk.write(withdrawn)
    return RedirectResponse(f"{PATH}?saved=withdrawn", 303)


async def one(request: Request) -> Response:
    """GET /people/{person_id}: for operators, somebody's role, and ending their access."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person, Person, bool]:
        person = visitors.operator(visitors.person(db, request, site.config, now))
        who = _known(db, request)
        return person, who, people.is_last_operator(db, who.id)

    person, who, is_last = await site.desk.read(seen)
    values = {"who": who, "is_last": is_last, "roles": INVITING["operator"]}
    return page(request, "people_one.html", values, person=person)


async def change(request: Request) -> Response:
    """POST /people/{person_id}: give somebody another ``role``, or, with ``remove``, end their access."""
    sent = await typed(request)
    check_form(request, sent)
    site, now = site_of(request), site_of(request).config.clock()
    role = next((each for each in INVITING["operator"] if each == sent.get("role")), None)

    def changed(db: Session) -> str:
        visitors.operator(visitors.person(db, request, site.config, now))
        who = _known(db, request)
        if people.is_last_operator(db, who.id) and ("remove" in sent or role != "operator"):
            raise NotAllowedError("Nobody would run the network. Make somebody else an operator first.")
        if "remove" in sent:
            people.remove(db, who.id, now)
            if sent.get("name") == "off":
                people.take_name_off(db, who.id)
            return "removed"
        if role:
            people.set_role(db, who.id, role, now)
        return "role"

    return RedirectResponse(f"{PATH}?saved={await site.desk.write(changed)}", 303)


def _known(db: Session, request: Request) -> Person:
    who = people.by_id(db, request.path_params["person_id"])
    if who is None:
        raise NotFoundError("This person is not here, or not any more.")
    return who


def _asked(sent: Mapping[str, str], roles: tuple[Role, ...]) -> tuple[_Asked | None, dict[str, str]]:
    problems: dict[str, str] = {}
    try:
        email = normal_email(sent.get("email", ""))
    except UsageError:
        problems["email"] = "sign_in.problem"
    role = next((each for each in roles if each == sent.get("role")), None)
    language = next((each for each in LANGUAGES if each == sent.get("language")), None)
    if role is None:
        problems["role"] = "problem.invite_role"
    if language is None:
        problems["language"] = "problem.own_language"
    return (None if problems or role is None or language is None else _Asked(email, role, language)), problems


async def _seen(request: Request) -> _Seen:
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> _Seen:
        person = visitors.inviter(visitors.person(db, request, site.config, now))
        return _Seen(person, people.listed(db), welcomes.unused(db, now))

    return await site.desk.read(seen)


def _page(
    request: Request,
    seen: _Seen,
    *,
    form: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    saved: str = "",
    status: int = 422,
) -> Response:
    site = site_of(request)
    pausing = {
        each.person.id
        for each in seen.listed
        if each.paused_until and each.paused_until >= str(Week.of(site.config.clock()).previous)
    }
    values = {
        "seen": seen,
        "pausing": pausing,
        "form": {"email": "", "role": "catalyst", "language": site.config.language} | dict(form or {}),
        "problems": problems or {},
        "saved": saved,
        "languages": LANGUAGES,
        "days": WELCOME_LASTS.days,
    }
    return page(request, "people.html", values, person=seen.person, status=status if problems else 200)
