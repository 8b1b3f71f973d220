"""Drafts: what is typed into the form, kept while one types by the script, or by a button; nobody else sees it."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from curate.annotations import SEVERAL
from curate.errors import ClosedError
from reports.web import forms, visitors
from reports.web.site import check_form, site_of, typed
from reports.words import words
from storage import drafts
from storage.database import Session


async def keep(request: Request) -> Response:
    """POST /clusters/{id}/draft: keep what is typed; the script is told so in a sentence, a person sees the board."""
    form = await typed(request, SEVERAL)
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()

    def kept(db: Session) -> tuple[str, str]:
        person = visitors.catalyst(visitors.person(db, request, site.config, now))
        board = site.boards.of_cluster(db, request.path_params["cluster_id"], person.id)
        if not board.round.is_open:
            raise ClosedError(f"The round of {board.round.week} is closed; nothing was kept.")
        entry = board.entry(request.path_params["cluster_id"])
        drafts.keep(db, entry.card.cluster_id, person.id, forms.sent_values(form), now)
        return board.round.week, visitors.language_of(request, site.config.language, person)

    week, language = await site.desk.write(kept)
    if request.headers.get("accept") == "text/plain":
        w = words("nl" if language == "nl" else "en")
        return PlainTextResponse(w("form.draft_kept", time=f"{now.astimezone(site.config.zone):%H:%M}"))
    return RedirectResponse(f"/rounds/{week}?done=draft", 303)


async def drop(request: Request) -> Response:
    """POST /clusters/{id}/draft/drop: forget what was typed, and show the form as it was."""
    check_form(request, await typed(request))
    site, now = site_of(request), site_of(request).config.clock()
    cluster_id = request.path_params["cluster_id"]

    def dropped(db: Session) -> str:
        person = visitors.catalyst(visitors.person(db, request, site.config, now))
        entry = site.boards.of_cluster(db, cluster_id, person.id).entry(cluster_id)
        drafts.drop(db, entry.card.cluster_id, person.id)
        return entry.path

    return RedirectResponse(await site.desk.write(dropped), 303)
