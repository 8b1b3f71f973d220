"""Curating by hand: move, drop, split and merge, name the theme, see who did what and why, and undo it."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import arrangements as arranged
from curate import themes as themes_of
from curate.arrangements import DEEDS, WHY_MAX, Wish
from curate.errors import ClosedError, NotFoundError, UsageError
from curate.people import Person
from curate.weeks import Week
from reports.web import visitors
from reports.web.boards import Board, Entry
from reports.web.site import check_form, page, site_of, typed
from storage import arrangements, articles, issues, themes
from storage.arrangements import Done
from storage.database import Session


@dataclass(frozen=True, slots=True)
class _Seen:
    person: Person
    board: Board
    entry: Entry


@dataclass(frozen=True, slots=True)
class _Log:
    """What was done to a week's clusters by hand."""

    person: Person
    board: Board
    done: tuple[Done, ...]
    titles: Mapping[str, str]
    """Of the articles, by id."""
    may_undo: bool


async def show(request: Request) -> Response:
    """GET /clusters/{id}/arrange: the articles to choose from, and what can be done with them."""
    site = site_of(request)
    seen = await site.desk.read(lambda db: _seen(db, request))
    if seen.entry.card.cluster_id != request.path_params["cluster_id"]:
        return RedirectResponse(f"{seen.entry.path}/arrange", 303)
    return _page(request, seen, {"deed": "", "articles": "", "other_id": "", "why": ""}, "")


async def do(request: Request) -> Response:
    """POST /clusters/{id}/arrange: do it, or say why it cannot be done with everything chosen still chosen."""
    form = await typed(request, ("articles",))
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()

    def done(db: Session) -> tuple[_Seen, str, str]:
        seen = _seen(db, request)
        card = seen.entry.card
        cards = {entry.card.cluster_id: entry.card for entry in seen.board.entries}
        chosen = tuple(form.get("articles", "").split())
        wish = Wish(form.get("deed", ""), card.cluster_id, chosen, form.get("other_id", ""), form.get("why", ""))
        found = arranged.checked(wish, cards, seen.person.id, now)
        if found.arrangement is None:
            return seen, found.problem, ""
        arrangements.add(db, found.arrangement, card, seen.person.id, now)
        # After a merge one is where the articles went; after anything else where one was.
        return seen, "", found.arrangement.other_id if found.arrangement.deed == "merge" else card.cluster_id

    seen, problem, then = await site.desk.write(done)
    if problem:
        given = {name: form.get(name, "") for name in ("deed", "articles", "other_id", "why")}
        return _page(request, seen, given, problem)
    return RedirectResponse(f"/clusters/{then}?saved=arranged", 303)


async def name_theme(request: Request) -> Response:
    """POST /clusters/{id}/theme: give the theme of this cluster its name, for all weeks."""
    form = await typed(request)
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()

    def named(db: Session) -> tuple[_Seen, str]:
        seen = _seen(db, request)
        try:
            name = themes_of.clean_name(form.get("name", ""))
        except UsageError:
            return seen, "problem.theme_name"
        themes.name(db, seen.entry.card.theme_id, name, seen.person.id, now)
        site.boards.forget()
        return seen, ""

    seen, problem = await site.desk.write(named)
    if problem:
        return _page(request, seen, {"deed": "", "articles": "", "other_id": "", "why": ""}, problem, form.get("name"))
    return RedirectResponse(f"{seen.entry.path}?saved=named", 303)


async def log(request: Request) -> Response:
    """GET /rounds/{week}/changes: everything that was done by hand, the latest first."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> _Log:
        person = visitors.reader_of_boards(visitors.person(db, request, site.config, now))
        board = site.boards.of_week(db, request.path_params["week"], person.id)
        done = arrangements.of_week(db, board.round.week)
        titles = articles.titles(db, sorted({article for one in done for article in one.articles}))
        return _Log(person, board, done, titles, _may_arrange(db, person, board))

    found = await site.desk.read(seen)
    names = {
        entry.card.cluster_id: entry.title or entry.card.title or entry.card.label for entry in found.board.entries
    }
    values = {"log": found, "names": names, "week": Week.parse(found.board.round.week)}
    return page(request, "changes.html", values, person=found.person)


async def undo(request: Request) -> Response:
    """POST /rounds/{week}/changes/{id}/undo: let an act hold no more; anybody who may arrange may undo."""
    check_form(request, await typed(request))
    site, now = site_of(request), site_of(request).config.clock()

    def undone(db: Session) -> str:
        person = visitors.catalyst(visitors.person(db, request, site.config, now))
        board = site.boards.of_week(db, request.path_params["week"], person.id)
        _check_open(db, person, board)
        wanted = request.path_params["arrangement_id"]
        done = next((one for one in arrangements.of_week(db, board.round.week) if one.id == wanted), None)
        if done is None:
            raise NotFoundError("There is no such change. Look at the list of changes.")
        arrangements.undo(db, done, person.id, now)
        return board.round.week

    return RedirectResponse(f"/rounds/{await site.desk.write(undone)}/changes", 303)


def _seen(db: Session, request: Request) -> _Seen:
    site = site_of(request)
    person = visitors.catalyst(visitors.person(db, request, site.config, site.config.clock()))
    board = site.boards.of_cluster(db, request.path_params["cluster_id"], person.id)
    _check_open(db, person, board)
    return _Seen(person, board, board.entry(request.path_params["cluster_id"]))


def _check_open(db: Session, person: Person, board: Board) -> None:
    if not _may_arrange(db, person, board):
        raise ClosedError(f"The clusters of {board.round.week} stay as they are now.")


def _may_arrange(db: Session, person: Person, board: Board) -> bool:
    """While a round is open everybody who gives meaning; after that its editor, until the issue is frozen."""
    if person.role == "editor":
        return issues.of_week(db, board.round.week) is None
    return person.role == "catalyst" and board.round.is_open


def _page(request: Request, seen: _Seen, form: Mapping[str, str], problem: str, name: str | None = None) -> Response:
    card, history = seen.entry.card, seen.entry.history
    values = {
        "seen": seen,
        "entry": seen.entry,
        "card": card,
        "others": [one for one in seen.board.entries if one.card.cluster_id != card.cluster_id],
        "chosen": form["articles"].split(),
        "deeds": DEEDS,
        "form": form,
        "problem": problem,
        "theme_name": (history.name if history else "") if name is None else name,
        "why_max": WHY_MAX,
    }
    return page(request, "arrange.html", values, person=seen.person, status=422 if problem else 200)
