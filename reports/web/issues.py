"""Published issues: for everybody, as a list, as a page and as the frozen JSON."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from curate import answers
from curate.errors import NotFoundError
from curate.issues import Issue
from curate.people import Person
from curate.weeks import Week
from reports import digests
from reports.digests import IssueLinks
from reports.web import security, visitors
from reports.web.site import page, site_of
from storage import issues
from storage.database import Session
from storage.issues import Published

_MAY_BE_KEPT = {"Cache-Control": "public, max-age=300", "Vary": "Cookie, Accept-Language"}


async def archive(request: Request) -> Response:
    """GET /issues: all issues, newest first."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person | None, tuple[Published, ...]]:
        return visitors.person(db, request, site.config, now), issues.published(db)

    person, published = await site.desk.read(seen)
    listed = [(one, Week.parse(one.week)) for one in published]
    return page(request, "issues.html", {"published": listed}, person=person)


async def issue(request: Request) -> Response:
    """GET /issues/{number}: the page of one issue."""
    site, number = site_of(request), _number(request)
    found = await site.desk.read(lambda db: issues.by_number(db, number))
    language, there = visitors.language_of(request, site.config.language), _there(found, number)
    can_answer, public_url = answers.is_open(there, site.config.clock()), site.config.public_url
    answer_to = f"{public_url}/issues/{number}/answer" if can_answer else None
    answer = issue_page(
        digests.page(there, language, IssueLinks("", answer=answer_to, subscribe=f"{public_url}/subscribe"))
    )
    answer.headers.update({**_MAY_BE_KEPT, "Content-Language": language})
    return answer


async def frozen(request: Request) -> Response:
    """GET /issues/{number}.json: the issue's frozen bytes."""
    number = _number(request)
    content = await site_of(request).desk.read(lambda db: issues.content_of(db, number))
    if content is None:
        raise NotFoundError(f"There is no issue {number}. Look in the list of issues.")
    return Response(content, media_type="application/json", headers=_MAY_BE_KEPT)


def _number(request: Request) -> int:
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
