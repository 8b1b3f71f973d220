"""Published issues, for everybody: the list and the search, a page and the frozen JSON of each, what was put right."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from curate import answers, searching
from curate.errors import NotFoundError
from curate.issues import Issue
from curate.people import Language, Person
from curate.searching import Found, Passage
from curate.weeks import Week
from reports import digests
from reports.digest_parts import Quoted
from reports.digests import Beside
from reports.web import security, visitors
from reports.web.shelf import Entry, Read, notes_of
from reports.web.site import page, site_of
from reports.words import words
from storage import issue_notes, issues
from storage.database import Session
from storage.issue_notes import Note

_MAY_BE_KEPT = {"Cache-Control": "public, max-age=300", "Vary": "Cookie, Accept-Language"}
QUERY_MAX = 200
"""Characters of what is looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """An issue in the list, or among what was found."""

    number: int
    week: Week
    title: str
    """Of its first item; empty when it has none."""
    found: Found | None = None
    pieces: tuple[tuple[str, bool], ...] = ()
    """The passage that was found, each piece with whether it is a word looked for."""
    byline: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Archive:
    """The list of issues of a year, or what was found in it."""

    query: str
    terms: tuple[str, ...]
    lines: tuple[Line, ...]
    years: Mapping[int, int]
    """Issues by year, the newest year first."""
    year: int | None
    """The year whose issues are listed."""

    @property
    def total(self) -> int:
        """Issues in all years."""
        return sum(self.years.values())


async def archive(request: Request) -> Response:
    """GET /issues: the issues of a year, newest first; with ``q`` those that hold all of the words."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person | None, Read]:
        return visitors.person(db, request, site.config, now), site.shelf.read(db)

    person, read = await site.desk.read(seen)
    query = " ".join(request.query_params.get("q", "")[:QUERY_MAX].split())
    asked = request.query_params.get("year", "")
    shown = await run_in_threadpool(lambda: _archive(site.shelf.entries(read), read, query, asked))
    language = visitors.language_of(request, site.config.language, person)
    return page(request, "issues.html", {"archive": shown, "feeds": feeds_of(language)}, person=person)


def _archive(entries: Sequence[Entry], read: Read, query: str, asked: str) -> Archive:
    terms = searching.terms(query)
    hits: list[tuple[Entry, Found | None]] = [(one, None) for one in entries]
    if query:
        looked = ((one, searching.found(_passages(one, read), terms, read.nameless)) for one in entries)
        hits = [(one, found) for one, found in looked if found]
    years: dict[int, int] = {}
    for one, _ in hits:
        years[one.week.year] = years.get(one.week.year, 0) + 1
    chosen = next((year for year in years if str(year) == asked), next(iter(years), None))
    lines = tuple(_line(one, found, terms, read) for one, found in hits if one.week.year == chosen)
    return Archive(query, terms, lines, years, chosen)


def _passages(entry: Entry, read: Read) -> tuple[Passage, ...]:
    notes = notes_of(entry.issue.number, read.notes)
    return (*entry.passages, *(searching.passage("note", one.text, one.language) for one in notes))


def _line(entry: Entry, found: Found | None, terms: Sequence[str], read: Read) -> Line:
    title = digests.first_title(entry.issue)
    if found is None:
        return Line(entry.issue.number, entry.week, title)
    passage = found.passage
    name = "" if passage.annotation_id in read.nameless else passage.byline
    pieces = searching.marked(searching.excerpt(passage.text, terms), terms)
    return Line(entry.issue.number, entry.week, title, found, pieces, searching.marked(name, terms))


async def issue(request: Request) -> Response:
    """GET /issues/{number}: the page of one issue, with what was put right above it."""
    site, number = site_of(request), number_in(request)

    def read(db: Session) -> tuple[Issue | None, tuple[Note, ...]]:
        return issues.by_number(db, number), issue_notes.of_issue(db, number)

    found, notes = await site.desk.read(read)
    language, there = visitors.language_of(request, site.config.language), _there(found, number)
    public, can_answer = digests.links_of(site.config.public_url, number), answers.is_open(there, site.config.clock())
    links = replace(
        digests.links_of("", number), web="", answer=public.answer if can_answer else None, subscribe=public.subscribe
    )
    beside = Beside(told_notes(notes, language, request), feeds_of(language))
    answer = issue_page(digests.page(there, language, links, beside))
    answer.headers.update({**_MAY_BE_KEPT, "Content-Language": language})
    return answer


async def frozen(request: Request) -> Response:
    """GET /issues/{number}.json: the issue's frozen bytes."""
    number = number_in(request)
    content = await site_of(request).desk.read(lambda db: issues.content_of(db, number))
    if content is None:
        raise NotFoundError(f"There is no issue {number}. Look in the list of issues.")
    return Response(content, media_type="application/json", headers=_MAY_BE_KEPT)


async def notes(request: Request) -> Response:
    """GET /issues/{number}/notes.json: what was put right about the issue, oldest first."""
    number = number_in(request)

    def read(db: Session) -> tuple[Issue | None, tuple[Note, ...]]:
        return issues.by_number(db, number), issue_notes.of_issue(db, number)

    found, noted = await site_of(request).desk.read(read)
    _there(found, number)
    told = [
        {"text": one.text, "language": one.language, "noted_at": one.noted_at.isoformat(), "by": one.name}
        for one in noted
    ]
    content = json.dumps({"number": number, "notes": told}, ensure_ascii=False)
    return Response(content, media_type="application/json", headers=_MAY_BE_KEPT)


def told_notes(those: Sequence[Note], language: Language, request: Request) -> tuple[Quoted, ...]:
    """Return notes with who wrote them and when, in a language."""
    w, zone = words(language), site_of(request).config.zone

    def by(name: str, at: datetime) -> str:
        moment = w.moment(at, zone)
        return w("notes.by", name=name, moment=moment) if name else w("notes.by_operator", moment=moment)

    return tuple(Quoted(by(one.name, one.noted_at), one.text, one.language) for one in those)


def feeds_of(language: Language) -> tuple[tuple[str, str], ...]:
    """Return (media type, path) of the feeds in a language."""
    return (
        ("application/atom+xml", f"/issues.atom?lang={language}"),
        ("application/feed+json", f"/issues.feed.json?lang={language}"),
    )


def number_in(request: Request) -> int:
    """Read the number in the address; what is no number of an issue is not found, however long it is."""
    text: str = request.path_params["number"]
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise NotFoundError("There is no such issue. Look in the list of issues.")
    return int(text)


def issue_page(html: str) -> Response:
    """Return a page of reports/digests, whose one inline style the policy names by its hash."""
    return HTMLResponse(html, headers={"Content-Security-Policy": security.content_policy(digests.style_source())})


def _there(found: Issue | None, number: int) -> Issue:
    if found is None:
        raise NotFoundError(f"There is no issue {number}. Look in the list of issues.")
    return found
