"""A person's own page for their LinkedIn export: offer it, see row by row what would be kept, tick, give or take back.

What was dropped lies apart, unread by anything else, until its owner gives it, throws it away, or a day is over.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import archives, linkedin_permissions, sources
from curate.errors import ExportError, NotFoundError
from curate.linkedin import Export, LeftOut
from curate.linkedin_permissions import ALLOWED_BY_DEFAULT, AUDIENCES, OPT_IN, Permission
from curate.people import Person
from reports.web import uploads, visitors
from reports.web.giving import Giving, Pending
from reports.web.site import check_form, page, site_of, typed
from storage import activities, consents
from storage.database import Session

PATH = "/my/linkedin"
MOST_BYTES = archives.ARCHIVE_BYTES + 64 * 1024
"""Of the body with which an archive is offered: the largest that is read, and the form around it."""
ROWS = 25
"""Rows on one page of a preview."""

_TICKS = ("shares", "articles", "comments", "saved", "reposts", "reactions", "votes", "undated_articles", "group_posts")
_AUDIENCE_WORDS = {"PUBLIC": "public", "MEMBER_NETWORK": "member_network", "CONNECTIONS": "connections", "": "unsaid"}
_CONSENT = "linkedin:"
_PROBLEMS = {413: "drop.problem.too_large", 422: "drop.problem.empty"}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What there is of a person's exports."""

    person: Person
    counts: Mapping[str, int]
    given: frozenset[str]
    since: datetime | None
    deselected: frozenset[str]

    @property
    def permission(self) -> Permission:
        """What the ticks stand at before anything is chosen: what was given before, else the cautious default."""
        before = linkedin_permissions.of_names(self.given)
        return before if before.allow else Permission()


async def show(request: Request) -> Response:
    """GET /my/linkedin: what is kept, what waits, and where to offer an archive."""
    standing = await _standing(request)
    return await _page(request, standing)


async def offer(request: Request) -> Response:
    """POST /my/linkedin: receive an archive. Nothing of it is kept until its owner says so."""
    giving, standing = _giving(request), await _standing(request)
    try:
        await _receive(request, standing.person)
    except HTTPException as error:
        if error.status_code not in _PROBLEMS:
            raise
        return await _page(request, standing, _PROBLEMS[error.status_code], status=error.status_code)
    try:
        await run_in_threadpool(giving.read, standing.person, standing.permission)
    except ExportError as error:
        await run_in_threadpool(giving.cancel, standing.person)
        return await _page(request, standing, "drop.problem.unreadable", str(error), status=422)
    return RedirectResponse(f"{PATH}/preview", 303)


async def _receive(request: Request, person: Person) -> None:
    with _giving(request).receiving(person) as out:
        fields, size = await uploads.received(request, "archive", out)
        check_form(request, fields)
        _refuse_empty(size)


def _refuse_empty(size: int) -> None:
    if not size:
        raise HTTPException(422)


async def preview(request: Request) -> Response:
    """GET /my/linkedin/preview: row by row what would be kept, what is left out and why, what was never opened."""
    giving, standing = _giving(request), await _standing(request)
    pending = await run_in_threadpool(giving.pending, standing.person)
    if pending is None:
        return RedirectResponse(PATH, 303)
    permission = pending.permission or standing.permission
    try:
        export = await run_in_threadpool(giving.read, standing.person, permission)
    except ExportError as error:
        return await _page(request, standing, "drop.problem.for_now", str(error), status=422)
    values = _preview_values(standing, pending, export, permission, request.query_params.get("page", ""))
    shown = {**values, "changed": request.query_params.get("changed") == "1"}
    return page(request, "drop_preview.html", shown, person=standing.person)


def _preview_values(
    standing: _Standing, pending: Pending, export: Export, permission: Permission, asked: str
) -> dict[str, object]:
    left = pending.left if pending.permission else standing.deselected
    rows = sorted(export.activities, key=lambda one: one.at or _LONG_AGO, reverse=True)
    hashes = [activities.row_hash(standing.person.id, one.key) for one in rows]
    pages = max(1, math.ceil(len(rows) / ROWS))
    at = min(pages, int(asked)) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6 and int(asked) else 1
    on_page = slice((at - 1) * ROWS, at * ROWS)
    return {
        "rows": list(zip(rows[on_page], hashes[on_page], strict=True)),
        "shown": ",".join(hashes[on_page]),
        "left": left,
        "kept": len(rows) - len(left & set(hashes)),
        "left_out": _rows_left_out(export.left_out),
        "unread": sorted({one.kind for one in export.left_out if one.why == "not_ticked"}),
        "never_opened": export.never_opened,
        "at": at,
        "pages": pages,
        "archive_mark": pending.mark,
        "permission": permission,
        **_choices(),
    }


def _rows_left_out(left_out: Sequence[LeftOut]) -> list[LeftOut]:
    return [one for one in left_out if one.why != "not_ticked"]


def _choices() -> dict[str, object]:
    return {
        "ticks": _TICKS,
        "audiences": [(one or "UNKNOWN", one, _AUDIENCE_WORDS[one]) for one in AUDIENCES],
        "audience_words": _AUDIENCE_WORDS,
        "version": consents.TEXT_VERSION,
    }


async def decide(request: Request) -> Response:
    """POST /my/linkedin/preview: remember the ticks; show them again, or keep what was shown."""
    form = await request.form(max_files=0, max_fields=4 * ROWS)
    check_form(request, {"csrf": str(form.get("csrf", ""))})
    giving, standing = _giving(request), await _standing(request)
    pending = await run_in_threadpool(giving.pending, standing.person)
    if pending is None or form.get("mark") != pending.mark:
        return RedirectResponse(f"{PATH}/preview", 303)
    before = pending.left if pending.permission else standing.deselected
    permission, left = _ticked(form), _left(form, before)
    await run_in_threadpool(giving.choose, standing.person, permission, left)
    wanted = str(form.get("do", ""))
    if wanted != "keep":
        return RedirectResponse(f"{PATH}/preview?{urlencode({'page': wanted})}", 303)
    if permission != (pending.permission or standing.permission):
        # What was ticked since was not shown yet: nobody gives what they have not seen.
        return RedirectResponse(f"{PATH}/preview?changed=1", 303)
    try:
        kept = await run_in_threadpool(giving.keep, standing.person, permission, left)
    except ExportError as error:
        return await _page(request, standing, "drop.problem.for_now", str(error), status=422)
    told = urlencode({"new": kept.new, "known": kept.known, "removed": kept.removed})
    return RedirectResponse(f"{PATH}?{told}", 303)


def _ticked(form: FormData) -> Permission:
    kinds = frozenset(str(one) for one in form.getlist("allow")) & (ALLOWED_BY_DEFAULT | OPT_IN)
    said = {str(one) for one in form.getlist("audience")}
    return Permission(kinds, frozenset(one for one in AUDIENCES if (one or "UNKNOWN") in said))


def _left(form: FormData, before: frozenset[str]) -> frozenset[str]:
    """Rows of other pages stay as they were; of those that were shown, the ticked ones are left out."""
    shown = set(str(form.get("shown", "")).split(",")) - {""}
    return (before - shown) | (shown & {str(one) for one in form.getlist("left")})


async def cancel(request: Request) -> Response:
    """POST /my/linkedin/cancel: delete what waits."""
    check_form(request, await typed(request))
    standing = await _standing(request)
    await run_in_threadpool(_giving(request).cancel, standing.person)
    return RedirectResponse(f"{PATH}?cancelled=1", 303)


async def withdraw(request: Request) -> Response:
    """POST /my/linkedin/withdraw: remove all that came from this person's exports."""
    check_form(request, await typed(request))
    standing = await _standing(request)
    await run_in_threadpool(_giving(request).withdraw, standing.person)
    return RedirectResponse(f"{PATH}?withdrawn=1", 303)


def _giving(request: Request) -> Giving:
    giving = site_of(request).config.giving
    if giving is None:
        raise NotFoundError("LinkedIn exports are not taken on these pages. Ask the operator of your network.")
    return giving


async def _standing(request: Request) -> _Standing:
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> _Standing:
        person = visitors.anyone(visitors.person(db, request, site.config, now))
        source_id = sources.of_person("linkedin", person.id, person.name).id
        kinds = {one.removeprefix(_CONSENT) for one in consents.given(db, person.id) if one.startswith(_CONSENT)}
        return _Standing(
            person=person,
            counts=activities.counts(db, source_id),
            given=frozenset(kinds),
            since=consents.since(db, person.id, _CONSENT),
            deselected=activities.deselected(db, person.id),
        )

    return await site.desk.read(seen)


async def _page(
    request: Request, standing: _Standing, problem: str = "", detail: str = "", *, status: int = 200
) -> Response:
    pending = await run_in_threadpool(_giving(request).pending, standing.person)
    values = {
        "standing": standing,
        "pending": pending,
        "problem": problem,
        "detail": detail,
        "done": _done(request.query_params if request.method == "GET" else {}),
        "megabytes": archives.ARCHIVE_BYTES // archives.MEBIBYTE,
        **_choices(),
    }
    return page(request, "drop.html", values, person=standing.person, status=status)


def _done(query: Mapping[str, str]) -> dict[str, int | None]:
    """What the last button did, from the address it led to; only numbers are believed."""
    said = {name: query.get(name, "") for name in ("new", "known", "removed", "cancelled", "withdrawn")}
    return {name: int(n) if n.isascii() and n.isdecimal() and len(n) < 8 else None for name, n in said.items()}
