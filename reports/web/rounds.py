"""The start page, and the board of a round."""

from dataclasses import replace

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate.people import Person
from curate.weeks import Week
from reports import maps
from reports.web import drops, visitors
from reports.web.boards import Board
from reports.web.site import page, site_of
from storage import issues, rounds
from storage.database import Session
from storage.issues import Published
from storage.rounds import Round


async def home(request: Request) -> Response:
    """GET /: the board of the newest round, for members their own page, for visitors what this is."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person | None, Round | None, Published | None]:
        newest = next(iter(rounds.every(db)), None)
        return visitors.person(db, request, site.config, now), newest, next(iter(issues.published(db)), None)

    person, newest, last = await site.desk.read(seen)
    if person is None:
        return page(request, "home.html", {"last": last, "next": "/", "email": "", "problem": ""})
    if person.role == "member" and site.config.giving:
        return RedirectResponse(drops.PATH, 303)
    visitors.reader_of_boards(person)
    if newest:
        return RedirectResponse(f"/rounds/{newest.week}", 303)
    return page(request, "quiet.html", {"last": last}, person=person)


async def board(request: Request) -> Response:
    """GET /rounds/{week}: what is asked of you, and the rest."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person, Board, Published | None]:
        person = visitors.reader_of_boards(visitors.person(db, request, site.config, now))
        found = site.boards.of_week(db, request.path_params["week"], person.id)
        return person, found, issues.of_week(db, found.round.week)

    person, found, published = await site.desk.read(seen)
    week = Week.parse(found.round.week)
    values = {"board": found, "week": week, "published": published, "map": _map(request, found, person)}
    return page(request, "board.html", values, person=person)


def _map(request: Request, found: Board, person: Person) -> Markup:
    language = visitors.language_of(request, site_of(request).config.language, person)
    hrefs = {entry.card.cluster_id: entry.path for entry in found.entries}
    # A card's own title is the machine's; the map names what people called it, as far as this person may see.
    cards = [replace(entry.card, title=entry.title) for entry in found.entries]
    return Markup(maps.svg(cards, language, hrefs))  # noqa: S704  # ours, escaped there
