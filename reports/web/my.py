"""A person's own page: how they are known, when they are asked, what they follow, where they are signed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import own, pauses
from curate.annotations import BYLINES
from curate.people import ABOUT_MAX, ANNOTATING, INVITING, LANGUAGES, NAME_MAX, Person
from curate.weeks import Week
from reports import tokens
from reports.web import visitors
from reports.web.site import check_form, page, site_of, typed
from storage import askables, interests, people, rounds, sign_ins, themes
from storage.askables import Askable
from storage.database import Session
from storage.sign_ins import SignedIn
from storage.themes import Theme

PATH = "/my"

_SAVED = ("own", "paused", "resumed", "themes", "asked", "withdrawn", "sessions")
_MOST_THEMES = 30
"""Themes that are offered besides those that a person follows: the ones seen last."""


@dataclass(frozen=True, slots=True)
class My:
    """What there is of a person's own affairs."""

    person: Person
    paused_until: str | None
    themes: tuple[Theme, ...]
    followed: frozenset[str]
    askables: tuple[Askable, ...]
    sessions: tuple[SignedIn, ...]
    here: str
    """Hash of the token with which this page was asked for."""

    @property
    def is_asked(self) -> bool:
        """Whether rounds ask this person anything."""
        return self.person.role in ANNOTATING

    @property
    def invites(self) -> bool:
        """Whether this person invites others."""
        return self.person.role in INVITING

    @property
    def pauses_for_now(self) -> bool:
        """Whether the pause lasts until they end it."""
        return self.paused_until == pauses.FOR_NOW

    @property
    def asked_again_on(self) -> date | None:
        """The Monday on which the first round after the pause opens, if the pause has an end."""
        if self.paused_until is None or self.pauses_for_now:
            return None
        return Week.parse(self.paused_until).next.ends_at.date()

    def theme_name(self, theme_id: str) -> str:
        """The name of a theme that may have gone since; empty for no theme in particular."""
        return next((one.name for one in self.themes if one.id == theme_id), "")


async def show(request: Request) -> Response:
    """GET /my: everything that a person settles for themselves."""
    seen = await _seen(request)
    saved = request.query_params.get("saved", "")
    return _page(request, seen, saved=saved if saved in _SAVED else "")


async def change(request: Request) -> Response:
    """POST /my: keep name, language and byline."""
    sent = await typed(request)
    check_form(request, sent)
    found = own.checked(sent)
    if found.own is None:
        return _page(request, await _seen(request), form=sent, problems=found.problems)
    said = found.own

    def changed(db: Session, person: Person) -> None:
        byline = said.byline if person.role in ANNOTATING else person.byline
        people.change(db, replace(person, name=said.name, language=said.language, byline=byline))

    await _write(request, changed)
    answer = RedirectResponse(f"{PATH}?saved=own", 303)
    visitors.remember_language(answer, site_of(request).config, said.language)
    return answer


async def pause(request: Request) -> Response:
    """POST /my/pause: be asked nothing for some ``weeks`` (1, 2, 4; ``open``: until further notice; 0: go on again).

    ``next`` is the page to go back to, so that the form may stand anywhere.
    """
    sent = await typed(request)
    check_form(request, sent)
    weeks, now = sent.get("weeks", ""), site_of(request).config.clock()

    def paused(db: Session, person: Person) -> None:
        people.pause(db, person.id, _until(db, weeks, now))

    if weeks in {"0", "open", *map(str, pauses.LENGTHS)}:
        await _write(request, paused)
    back = visitors.own_path(sent.get("next", ""))
    done = f"{PATH}?saved={'resumed' if weeks == '0' else 'paused'}#pause"
    return RedirectResponse(done if back in {"/", PATH} else back, 303)


def _until(db: Session, weeks: str, now: datetime) -> str | None:
    if weeks == "0":
        return None
    return pauses.FOR_NOW if weeks == "open" else pauses.until(_first_week(db, now), int(weeks))


def _first_week(db: Session, now: datetime) -> Week:
    newest = next(iter(rounds.every(db)), None)
    return pauses.first_week(now, newest.week if newest else None, bool(newest and newest.is_open))


async def follow(request: Request) -> Response:
    """POST /my/themes: follow what is ticked, and nothing else."""
    sent = await typed(request)
    check_form(request, sent)
    ticked, now = {name.removeprefix("theme-") for name in sent if name.startswith("theme-")}, _now(request)

    def followed(db: Session, person: Person) -> None:
        interests.keep(db, person.id, ticked & {one.id for one in _offered(db, person.id)}, now)

    await _write(request, followed)
    return RedirectResponse(f"{PATH}?saved=themes#themes", 303)


async def be_asked(request: Request) -> Response:
    """POST /my/asked: say about what one may be asked; with ``withdraw``, about what no more."""
    sent = await typed(request)
    check_form(request, sent)
    about, problem = own.about(sent.get("about", ""))
    theme_id, now = sent.get("theme", ""), _now(request)

    def asked(db: Session, person: Person) -> None:
        known = {"", *(one.id for one in _offered(db, person.id))}
        askables.keep(db, person.id, theme_id if theme_id in known else "", about, now)

    if "withdraw" in sent:
        await _write(request, lambda db, person: askables.withdraw(db, person.id, theme_id))
        return RedirectResponse(f"{PATH}?saved=withdrawn#asked", 303)
    if problem:
        return _page(request, await _seen(request), form=sent, problems={"about": problem})
    await _write(request, asked)
    return RedirectResponse(f"{PATH}?saved=asked#asked", 303)


async def end_sessions(request: Request) -> Response:
    """POST /my/sessions: sign out elsewhere: in the browser called ``session``, or in all others."""
    sent = await typed(request)
    check_form(request, sent)
    session, now, here = sent.get("session", ""), _now(request), _here(request)

    def ended(db: Session, person: Person) -> None:
        if session:
            sign_ins.end_session_of(db, person.id, session, now)
        else:
            sign_ins.end_other_sessions(db, person.id, here, now)

    await _write(request, ended)
    return RedirectResponse(f"{PATH}?saved=sessions#sessions", 303)


async def _seen(request: Request) -> My:
    site, now, here = site_of(request), _now(request), _here(request)

    def seen(db: Session) -> My:
        person = visitors.anyone(visitors.person(db, request, site.config, now))
        first, until = _first_week(db, now), people.paused_until(db, person.id)
        return My(
            person,
            until if until and until >= str(first) else None,
            _offered(db, person.id),
            interests.of(db, person.id),
            askables.of(db, person.id),
            sign_ins.sessions(db, person.id, now),
            here,
        )

    return await site.desk.read(seen)


def _offered(db: Session, person_id: str) -> tuple[Theme, ...]:
    """The themes seen last, and those that this person follows or may be asked about."""
    own_ones = interests.of(db, person_id) | {one.theme_id for one in askables.of(db, person_id)}
    every = themes.every(db)
    latest = {one.id for one in [one for one in every if one.went_up_in is None][:_MOST_THEMES]}
    return tuple(one for one in every if one.id in latest | own_ones)


async def _write(request: Request, work: Callable[[Session, Person], None]) -> None:
    """Do something for whoever is signed in here, and for nobody else."""
    site, now = site_of(request), _now(request)

    def written(db: Session) -> None:
        work(db, visitors.anyone(visitors.person(db, request, site.config, now)))

    await site.desk.write(written)


def _now(request: Request) -> datetime:
    return site_of(request).config.clock()


def _here(request: Request) -> str:
    return tokens.hashed(request.cookies.get(visitors.session_cookie(site_of(request).config), ""))


def _page(
    request: Request,
    seen: My,
    *,
    form: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    saved: str = "",
) -> Response:
    person = seen.person
    blank = {"name": person.name, "language": person.language, "byline": person.byline, "theme": "", "about": ""}
    values = {
        "my": seen,
        "form": blank | dict(form or {}),
        "problems": problems or {},
        "saved": saved,
        "languages": LANGUAGES,
        "bylines": BYLINES,
        "lengths": pauses.LENGTHS,
        "name_max": NAME_MAX,
        "about_max": ABOUT_MAX,
    }
    return page(request, "my.html", values, person=person, status=422 if problems else 200)
