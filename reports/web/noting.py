"""Putting something right about an issue that is out: a note beside it, never a change in it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import issue_notes as rules
from curate.errors import NotFoundError
from curate.people import Person
from curate.weeks import Week
from reports.web import editing, visitors
from reports.web.site import check_form, page, site_of, typed
from storage import issue_notes, issues
from storage.database import Session


async def note(request: Request) -> Response:
    """POST /rounds/{week}/issue/notes: keep a note about the week's issue; what is wrong with it is said, and kept."""
    form = await typed(request)
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()
    checked = rules.checked(form.get("text", ""), form.get("language", ""))

    def kept(db: Session) -> Person:
        person = visitors.editor(visitors.person(db, request, site.config, now))
        week = str(Week.parse(request.path_params["week"]))
        found = issues.of_week(db, week)
        if found is None:
            raise NotFoundError(f"There is no issue of {week} yet. What is not out can still be changed on the desk.")
        if not checked.problem:
            issue_notes.add(db, found.number, checked.text, checked.language, by=person.id, now=now)
        return person

    person = await site.desk.write(kept)
    if checked.problem:
        making = await editing.making(request)
        values = {"making": making, "problem": checked.problem, "form": dict(form), "told": ""}
        return page(request, "issue_log.html", values, person=person, status=422)
    return RedirectResponse(f"/rounds/{request.path_params['week']}/issue/log?told=noted", 303)
