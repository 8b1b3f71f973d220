"""Where an issue comes from, for everybody: each sentence, who wrote it when, and what had been read."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from curate.errors import NotFoundError
from curate.people import Person
from curate.provenance import Article, Provenance, Sentence
from curate.weeks import Week
from reports import digest_parts
from reports.web import visitors
from reports.web.issues import number_in
from reports.web.site import page, site_of
from reports.words import Words
from storage import provenance
from storage.database import Session


async def show(request: Request) -> Response:
    """GET /issues/{number}/provenance: in plain sentences, with the details folded."""
    site, now, number = site_of(request), site_of(request).config.clock(), number_in(request)

    def seen(db: Session) -> tuple[Person | None, Provenance | None]:
        return visitors.person(db, request, site.config, now), provenance.of_issue(db, number)

    person, found = await site.desk.read(seen)
    values = {
        "traced": _there(found, number),
        "week": Week.parse(_there(found, number).week),
        "frozen_at": digest_parts.moment(_there(found, number).frozen_at),
        "byline": _byline,
        "way_in": _way_in,
        "parameters": _parameters,
        "number": number,
    }
    return page(request, "provenance.html", values, person=person)


async def as_json(request: Request) -> Response:
    """GET /issues/{number}/provenance.json: the same for programs."""
    number = number_in(request)
    found = _there(await site_of(request).desk.read(lambda db: provenance.of_issue(db, number)), number)
    return Response(json.dumps(asdict(found), ensure_ascii=False, default=_written), media_type="application/json")


def _there(found: Provenance | None, number: int) -> Provenance:
    if found is None:
        raise NotFoundError(f"There is no issue {number}. Look in the list of issues.")
    return found


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _byline(one: Sentence, w: Words) -> str:
    return one.byline or w("voice.role")


def _way_in(one: Article, w: Words, zone: Any) -> str:
    """Return how the words of an article came in, as a sentence."""
    if one.got and one.text_from == "page":
        asked = w.moment(one.got.asked_at, zone)
        return w("from.page", moment=asked, status=one.got.status or "–")
    return w(f"from.{one.text_from}" if one.text_from in ("feed", "import") else "from.unknown")


def _parameters(value: Any) -> str:
    """Return parameters of a run as text that can be read and copied."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
