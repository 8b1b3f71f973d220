"""The board of a round; for editors the draft of its issue and the button that closes it."""

from dataclasses import dataclass, replace

from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import issues as built
from curate.issues import Frame, Issue
from curate.people import Person
from curate.weeks import Week
from reports import digests, maps
from reports.digests import IssueLinks
from reports.web import drops, visitors
from reports.web.boards import Board
from reports.web.issues import issue_page
from reports.web.site import check_form, page, site_of, typed
from storage import annotations, articles, clusters, issues, rounds
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


@dataclass(frozen=True, slots=True)
class Draft:
    """The issue as it would be frozen now."""

    person: Person
    round: Round
    issue: Issue
    published: Published | None


async def draft(request: Request) -> Response:
    """GET /rounds/{week}/issue: what the issue would hold now, and the button that closes the round."""
    found = await _draft(request)
    if found.published and not found.round.is_open:
        return RedirectResponse(f"/issues/{found.published.number}", 303)
    values = {"draft": found, "week": Week.parse(found.round.week)}
    return page(request, "draft.html", values, person=found.person)


async def preview(request: Request) -> Response:
    """GET /rounds/{week}/issue/preview: the draft exactly as readers would see it."""
    found = await _draft(request)
    language = visitors.language_of(request, site_of(request).config.language, found.person)
    return issue_page(digests.page(found.issue, language, IssueLinks(web="")))


async def _draft(request: Request) -> Draft:
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> Draft:
        person = visitors.editor(visitors.person(db, request, site.config, now))
        found = site.boards.of_week(db, request.path_params["week"], person.id).round
        frame = Frame(issues.next_number(db), found.week, site.config.network, now, "draft")
        return Draft(person, found, _issue(db, frame), issues.of_week(db, found.week))

    return await site.desk.read(seen)


def _issue(db: Session, frame: Frame) -> Issue:
    cards = clusters.cards_of_round(db, frame.week)
    return built.build(frame, cards, annotations.of_week(db, frame.week), articles.counted(db, frame.week))


async def close(request: Request) -> Response:
    """POST /rounds/{week}/close: close the round; the publish flow freezes and sends its issue."""
    check_form(request, await typed(request))
    site, now = site_of(request), site_of(request).config.clock()

    def closed(db: Session) -> tuple[str, bool]:
        person = visitors.editor(visitors.person(db, request, site.config, now))
        found = site.boards.of_week(db, request.path_params["week"], person.id).round
        rounds.close(db, found.week, person.id, now)
        return found.week, found.is_open

    week, was_open = await site.desk.write(closed)
    # The event only makes publishing sooner; when nobody hears it, the sweep finds the closed round all the same.
    event = BackgroundTask(site.config.closed, week) if was_open else None
    return RedirectResponse(f"/rounds/{week}", 303, background=event)
