"""The start page, and the board of a round."""

from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate.cards import Card
from curate.echoes import Echo
from curate.people import ANNOTATING, LANGUAGES, Language, Person
from curate.weeks import Week
from reports import maps, templating
from reports.web import drops, echoing, visitors
from reports.web.boards import Board
from reports.web.site import Site, page, site_of
from reports.words import words
from storage import answers, drafts, issues, rounds
from storage.database import Session
from storage.issues import Published
from storage.rounds import Round

MOST_REST = 40
"""Clusters listed beside those that are asked, until one asks for all."""
_DONE = frozenset({"draft", "handed", "released", "echo", "later"})
"""What may have just happened, as the address says: told at the top of the board."""


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
        done = request.query_params.get("done", "")
        return RedirectResponse(f"/rounds/{newest.week}{f'?done={done}' if done in _DONE else ''}", 303)
    return page(request, "quiet.html", {"last": last}, person=person)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A board in front of a person."""

    person: Person
    board: Board
    published: Published | None
    drafts: frozenset[str]
    """Clusters about which they began to type."""
    echo: Echo | None
    """What comes back to them this week: does it still hold?"""
    answers: int | None
    """How many answers of readers wait for a catalyst; None for who is none."""


async def board(request: Request) -> Response:
    """GET /rounds/{week}: what is asked of you, and the rest; with ``all=1`` all of it."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> _Seen:
        person = visitors.reader_of_boards(visitors.person(db, request, site.config, now))
        found = site.boards.of_week(db, request.path_params["week"], person.id)
        published = None if found.round.is_open else issues.of_week(db, found.round.week)
        echo = echoing.of(db, site.boards, person, now) if found.round.is_open and person.role in ANNOTATING else None
        waiting = answers.counted_waiting(db) if person.role in ANNOTATING else None
        return _Seen(person, found, published, drafts.of_person(db, person.id), echo, waiting)

    found = await site.desk.read(seen)
    done = request.query_params.get("done", "")
    values = {
        "board": found.board,
        "week": Week.parse(found.board.round.week),
        "published": found.published,
        "drafts": found.drafts,
        "echo": found.echo,
        "answers": found.answers,
        "done": done if done in _DONE else "",
        "most_rest": len(found.board.rest) if request.query_params.get("all") == "1" else MOST_REST,
        "map": _map(found.board, visitors.language_of(request, site.config.language, found.person)),
    }
    return page(request, "board.html", values, person=found.person)


async def warm(site: Site) -> None:
    """Do once what the first visitor would wait for: read the newest board, draw its map, find our words."""

    def newest(db: Session) -> Board | None:
        return next((site.boards.of_week(db, one.week, "") for one in rounds.every(db)[:1]), None)

    for name in ("base", "_parts", "_form", "board", "cluster"):
        templating.environment().get_template(f"web/{name}.html")
    if found := await site.desk.read(newest):
        for language in LANGUAGES:
            w = words(language)
            w.moment(found.round.closes_at, site.config.zone)
            w.languages([language])
            _map(found, language)


def _map(found: Board, language: Language) -> Markup:
    hrefs = {entry.card.cluster_id: entry.path for entry in found.entries}
    # A card's own title is the machine's; the map names what people called it, as far as this person may see.
    cards = tuple(replace(entry.card, title=entry.title) for entry in found.entries)
    return _drawn(cards, language, tuple(hrefs.items()))


@lru_cache(maxsize=64)
def _drawn(cards: tuple[Card, ...], language: Language, hrefs: tuple[tuple[str, str], ...]) -> Markup:
    """Most people see the same map: placing names so that none covers another is most of the work of a board."""
    return Markup(maps.svg(cards, language, dict(hrefs)))  # noqa: S704  # ours, escaped there
