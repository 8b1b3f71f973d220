"""A link that somebody brings by hand: the form, the bookmarklet that fills it in, and what they brought before."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import links
from curate.errors import DuidingError
from curate.links import Link
from curate.people import LANGUAGES, Person
from reports.web import faults, visitors
from reports.web.site import check_form, page, site_of, typed
from reports.web.visitors import NotSignedInError
from storage import links as stored
from storage.database import Session
from storage.links import Brought, Outcome

FIELDS = ("url", "why", "title", "language")
_SHOWN = 10
_LONGEST_KEPT = 1500
"""Characters of an address carried through signing in: it travels in a mail."""


@dataclass(frozen=True, slots=True)
class _Seen:
    person: Person
    brought: tuple[Brought, ...]


async def form(request: Request) -> Response:
    """GET /links/add: the form, filled in by ``url`` and ``title``; who must sign in first finds them back after it."""
    values = _first_values(request.query_params)
    try:
        seen = await _seen(request)
    except NotSignedInError:
        return RedirectResponse(f"/sign-in?next={quote(f'/links/add{_kept(values)}')}", 303)
    saved = request.query_params.get("saved", "")
    return _page(request, seen, values, saved=saved if saved in {"new", "changed", "known"} and seen.brought else "")


async def bring(request: Request) -> Response:
    """POST /links/add: keep the link; whatever stops it, what was typed stays in the form."""
    sent = await typed(request)
    values = {name: sent.get(name, "") for name in FIELDS}
    try:
        check_form(request, sent)
        seen = await _seen(request)
        found = links.checked(sent, site_of(request).config.may_bring)
        if found.link is None:
            return _page(request, seen, values, found.problems)
        if not site_of(request).doors.bring(seen.person.id):
            return _page(request, seen, values, {"url": "problem.link_many"}, status=429)
        outcome = await _keep(request, seen.person, found.link)
    except DuidingError as error:
        return _given_back(request, values, error)
    return RedirectResponse(f"/links/add?saved={outcome}", 303)


async def _seen(request: Request) -> _Seen:
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> _Seen:
        person = visitors.person(db, request, site.config, now)
        if person is None:
            raise NotSignedInError("Sign in first: links are brought by people of the network.")
        return _Seen(person, stored.latest(db, person.id, _SHOWN))

    return await site.desk.read(seen)


async def _keep(request: Request, person: Person, link: Link) -> Outcome:
    site = site_of(request)
    run = stored.run_of(site.config.clock(), site.config.code_version)
    return await site.desk.write(lambda db: stored.keep(db, person, link, run))


def _page(
    request: Request,
    seen: _Seen,
    values: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
    *,
    saved: str = "",
    status: int = 422,
) -> Response:
    shown = _shown(request, values) | {"problems": problems or {}, "saved": saved, "brought": seen.brought}
    return page(request, "links.html", shown, person=seen.person, status=status if problems else 200)


def _given_back(request: Request, values: Mapping[str, str], error: DuidingError) -> Response:
    """The same form with everything typed in it, under what happened."""
    fault = faults.of(error)
    return page(request, "links.html", _shown(request, values) | {"fault": fault}, status=fault.status)


def _shown(request: Request, values: Mapping[str, str]) -> dict[str, object]:
    return {
        "form": values,
        "problems": {},
        "saved": "",
        "fault": None,
        "brought": (),
        "languages": LANGUAGES,
        "why_max": links.WHY_MAX,
        "bookmarklet": bookmarklet(site_of(request).config.public_url),
    }


def bookmarklet(public_url: str) -> str:
    """Return the bookmark that opens the form for the page one is on; our own pages let no script run, bookmarks do."""
    form_url = json.dumps(f"{quote(public_url.rstrip('/'), safe=':/[]@')}/links/add?url=")
    return (
        f"javascript:location.href={form_url}+encodeURIComponent(location.href)"
        '+"&title="+encodeURIComponent(document.title)'
    )


def _first_values(query: Mapping[str, str]) -> dict[str, str]:
    given = _unpacked(query.get("kept", "")) or query
    blank = dict.fromkeys(FIELDS, "")
    return blank | {name: str(given[name])[:4096] for name in ("url", "title") if name in given}


def _kept(values: Mapping[str, str]) -> str:
    """Return what was filled in as a query that may stand in a path of ours; too long a title is left out first."""
    for names in (("url", "title"), ("url",)):
        written = json.dumps({name: values[name] for name in names if values[name]}).encode()
        packed = urlsafe_b64encode(written).decode().rstrip("=")
        if values["url"] and len(packed) <= _LONGEST_KEPT:
            return f"?kept={packed}"
    return ""


def _unpacked(text: str) -> dict[str, str]:
    try:
        found = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
