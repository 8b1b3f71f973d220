"""Does this still hold? An earlier annotation, shown to its author again, and what they say of it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import annotations as rules
from curate import echoes as of_author
from curate.annotations import OUTCOMES, RIPENESSES, Annotation
from curate.echoes import Echo
from curate.errors import NotFoundError
from curate.people import Person
from curate.weeks import Week
from reports.web import visitors
from reports.web.boards import Boards
from reports.web.site import check_form, page, site_of, typed
from storage import annotations, clusters, echoes
from storage.database import Session

FIELDS = ("outcome", "outcome_why", "so_what", "ripeness", "seen_version")


@dataclass(frozen=True, slots=True)
class _Seen:
    person: Person
    annotation: Annotation
    title: str
    """What the cluster was called: by its author, else by the machine."""


def of(db: Session, boards: Boards, person: Person, now: datetime) -> Echo | None:
    """Return what comes back to somebody this week, if anything does and they did not put it off."""

    def found() -> Echo | None:
        if echoes.is_put_off(db, str(Week.of(now)), person.id):
            return None
        return of_author.echo(annotations.of_person(db, person.id), now)

    return boards.once("echo", person.id, now.date(), found)


async def show(request: Request) -> Response:
    """GET /echoes/{annotation}: the words as they were, and what has become of them."""
    seen = await site_of(request).desk.read(lambda db: _seen(db, request))
    words = seen.annotation.words
    form = {
        "outcome": "",
        "outcome_why": "",
        "so_what": words.so_what,
        "ripeness": words.ripeness,
        "seen_version": str(seen.annotation.version),
    }
    return _page(request, seen, form, {})


async def answer(request: Request) -> Response:
    """POST /echoes/{annotation}: keep it as the next version, linked to the one before."""
    form = await typed(request)
    check_form(request, form)
    now = site_of(request).config.clock()

    def answered(db: Session) -> tuple[_Seen, Mapping[str, str]]:
        seen = _seen(db, request)
        checked = rules.reconsidered(form, seen.annotation.words)
        if checked.words is None:
            return seen, checked.problems
        if str(seen.annotation.version) == form.get("seen_version"):  # pressed twice: once is enough
            annotations.reconsider(db, seen.annotation, checked.words, seen.annotation.language, now)
            site_of(request).boards.drop("echo", seen.person.id)
        return seen, {}

    seen, problems = await site_of(request).desk.write(answered)
    if problems:
        return _page(request, seen, {name: form.get(name, "") for name in FIELDS}, problems)
    return RedirectResponse("/?done=echo", 303)


async def put_off(request: Request) -> Response:
    """POST /echoes/{annotation}/later: not this week."""
    check_form(request, await typed(request))
    now = site_of(request).config.clock()

    def later(db: Session) -> None:
        seen = _seen(db, request)
        echoes.put_off(db, str(Week.of(now)), seen.person.id, seen.annotation.id, now)
        site_of(request).boards.drop("echo", seen.person.id)

    await site_of(request).desk.write(later)
    return RedirectResponse("/?done=later", 303)


def _seen(db: Session, request: Request) -> _Seen:
    """Only their author sees words again here; the newest version stands for all of them."""
    site = site_of(request)
    person = visitors.catalyst(visitors.person(db, request, site.config, site.config.clock()))
    said = annotations.of_person(db, person.id)
    asked = next((one for one in said if one.id == request.path_params["annotation_id"]), None)
    if asked is None:
        raise NotFoundError("These are not words of yours. Open the board of this week instead.")
    last = next(one for one in rules.latest(said) if one.thread_id == asked.thread_id)
    card = clusters.card(db, last.cluster_id)
    return _Seen(person, last, last.words.title or (card.title if card else ""))


def _page(request: Request, seen: _Seen, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    values = {
        "seen": seen,
        "one": seen.annotation,
        "week": Week.parse(seen.annotation.week),
        "outcomes": OUTCOMES,
        "ripenesses": RIPENESSES,
        "form": form,
        "problems": problems,
    }
    return page(request, "echo.html", values, person=seen.person, status=422 if problems else 200)
