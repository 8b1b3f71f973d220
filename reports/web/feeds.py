"""Issues for programs: Atom, JSON Feed, and a plain list. Asked again while nothing changed, they say just that."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from curate.people import LANGUAGES, Language
from reports import digests
from reports import feeds as told
from reports.digests import Beside
from reports.feeds import Channel, Listed
from reports.web import caching
from reports.web.issues import told_notes
from reports.web.shelf import Entry, Read, notes_of
from reports.web.site import Site, site_of


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a feed is made of, and what it is marked with."""

    read: Read
    language: Language
    mark: str
    changed_at: datetime
    since: datetime


async def atom(request: Request) -> Response:
    """GET /issues.atom: the newest issues, whole; ``lang`` chooses the words around what people said."""
    return await _answer(request, "application/atom+xml; charset=utf-8", told.atom)


async def json_feed(request: Request) -> Response:
    """GET /issues.feed.json: the same as JSON Feed."""
    return await _answer(request, "application/feed+json", told.json_feed)


async def listed(request: Request) -> Response:
    """GET /issues.json: all issues, newest first, each with where it is read."""
    site = site_of(request)
    asked = await _asked(request, None)
    if same := caching.unchanged(request, asked.mark, asked.changed_at):
        return same
    entries = await run_in_threadpool(lambda: site.shelf.entries(asked.read))
    value = {"network": site.config.network, "issues": [_listed(site, one, asked.read) for one in entries]}
    content = json.dumps(value, ensure_ascii=False)
    return Response(content, media_type="application/json", headers=caching.headers(asked.mark, asked.changed_at))


async def _answer(request: Request, media_type: str, write: Callable[[Channel, Sequence[Listed]], str]) -> Response:
    site, asked = site_of(request), await _asked(request, told.MOST)
    if same := caching.unchanged(request, asked.mark, asked.changed_at):
        return same
    config = site.config
    channel = Channel(config.network, config.public_url, asked.language, config.zone, asked.since)

    def written() -> str:
        return write(channel, [_entry(request, one, asked) for one in site.shelf.entries(asked.read)])

    content = await run_in_threadpool(written)
    headers = {**caching.headers(asked.mark, asked.changed_at), "Content-Language": asked.language}
    return Response(content, headers={**headers, "Content-Type": media_type})


async def _asked(request: Request, most: int | None) -> _Asked:
    """Feeds look the same to everybody: their language stands in the address, else it is the network's."""
    site = site_of(request)
    wanted = request.query_params.get("lang", "")
    language = next((one for one in LANGUAGES if one == wanted), site.config.language)
    read, first = await site.desk.read(lambda db: (site.shelf.read(db, most), site.shelf.first_frozen_at(db)))
    numbers = {one.number for one in read.stored}
    notes = [one for one in read.notes if one.number in numbers]
    moments = [*(one.frozen_at for one in read.stored), *(one.noted_at for one in notes)]
    since = first or site.config.clock()
    parts = [request.url.path, language, site.config.network, site.config.public_url, site.config.code_version]
    parts += [one.content_hash for one in read.stored] + [repr(one) for one in notes]
    return _Asked(read, language, caching.mark_of(parts), max(moments, default=since), since)


def _entry(request: Request, one: Entry, asked: _Asked) -> Listed:
    notes = notes_of(one.issue.number, asked.read.notes)
    updated_at = max((one.frozen_at, *(note.noted_at for note in notes)))
    return Listed(one.issue, one.frozen_at, updated_at, Beside(told_notes(notes, asked.language, request)))


def _listed(site: Site, one: Entry, read: Read) -> dict[str, object]:
    notes, base = notes_of(one.issue.number, read.notes), f"{site.config.public_url}/issues/{one.issue.number}"
    return {
        "number": one.issue.number,
        "week": one.issue.week,
        "title": digests.first_title(one.issue),
        "items": len(one.issue.items),
        "frozen_at": one.frozen_at.isoformat(),
        "updated_at": max((one.frozen_at, *(note.noted_at for note in notes))).isoformat(),
        "content_hash": one.content_hash,
        "url": base,
        "json": f"{base}.json",
        "notes": f"{base}/notes.json",
        "provenance": f"{base}/provenance.json",
    }
