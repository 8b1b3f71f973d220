"""Passing a cluster on: to somebody who knows more of it, with a sentence; or back, to nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import texts
from curate.errors import ClosedError
from curate.people import ANNOTATING, Person
from reports.web import visitors
from reports.web.boards import Board, Entry
from reports.web.site import check_form, page, site_of, typed
from storage import assignments, people
from storage.assignments import Asked
from storage.database import Session

WHY_MAX = 200


@dataclass(frozen=True, slots=True)
class _Seen:
    person: Person
    board: Board
    entry: Entry
    others: tuple[Person, ...]
    """Who else gives meaning and does not pause this week."""


async def show(request: Request) -> Response:
    """GET /clusters/{id}/hand-over: to whom, with which words."""
    site = site_of(request)
    seen = await site.desk.read(lambda db: _seen(db, request))
    return _page(request, seen, {"to": "", "why": ""}, {})


async def do(request: Request) -> Response:
    """POST /clusters/{id}/hand-over: ask it of somebody else, or of nobody in particular."""
    form = await typed(request)
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()

    def done(db: Session) -> tuple[_Seen, Mapping[str, str]]:
        seen = _seen(db, request)
        problems = _problems(form, seen)
        if problems:
            return seen, problems
        week, why = seen.board.round.week, " ".join(texts.clean(form.get("why", "")).split())
        for cluster_id in _as_asked(seen):
            if form.get("to"):
                passed = Asked(cluster_id, "handed_over", "", why)
                assignments.hand_over(db, week, passed, form["to"], seen.person.id, now)
            else:
                assignments.release(db, week, seen.person.id, cluster_id, now)
        return seen, {}

    seen, problems = await site.desk.write(done)
    if problems:
        return _page(request, seen, {name: form.get(name, "") for name in ("to", "why")}, problems)
    done_what = "handed" if form.get("to") else "released"
    return RedirectResponse(f"/rounds/{seen.board.round.week}?done={done_what}", 303)


def _seen(db: Session, request: Request) -> _Seen:
    site = site_of(request)
    person = visitors.catalyst(visitors.person(db, request, site.config, site.config.clock()))
    board = site.boards.of_cluster(db, request.path_params["cluster_id"], person.id)
    if not board.round.is_open:
        raise ClosedError(f"The round of {board.round.week} is closed; nothing is asked any more.")
    paused = people.paused(db, board.round.week)
    others = (one for one in people.every(db) if one.role in ANNOTATING and one.id != person.id)
    return _Seen(
        person,
        board,
        board.entry(request.path_params["cluster_id"]),
        tuple(one for one in others if one.id not in paused),
    )


def _as_asked(seen: _Seen) -> list[str]:
    """Return the clusters as they were asked: one that was merged is still asked under its first id."""
    asked = seen.entry.asked
    return [asked.cluster_id if asked else seen.entry.card.cluster_id]


def _problems(form: Mapping[str, str], seen: _Seen) -> dict[str, str]:
    problems = {}
    if form.get("to") and form["to"] not in {one.id for one in seen.others}:
        problems["to"] = "problem.hand_to"
    if len(form.get("why", "")) > WHY_MAX:
        problems["why"] = "problem.hand_why_long"
    return problems


def _page(request: Request, seen: _Seen, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    values = {"seen": seen, "entry": seen.entry, "form": form, "problems": problems, "why_max": WHY_MAX}
    return page(request, "hand_over.html", values, person=seen.person, status=422 if problems else 200)
