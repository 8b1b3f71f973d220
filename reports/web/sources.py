"""The sources: which ones feed us, what they cover, and which are failing or silent."""

from starlette.requests import Request
from starlette.responses import Response

from curate.coverage import Coverage
from curate.people import Person
from reports.web import visitors
from reports.web.site import page, site_of
from storage import coverage
from storage.database import Session

TELLS_ALL = frozenset({"editor", "operator"})
"""Roles that see addresses and the reasons word for word: they are the ones who mend."""

_MOST_NEW = 6
"""New sources that stand open; a whole list that was imported is unfolded by who wants to see it."""


async def show(request: Request) -> Response:
    """GET /sources: the coverage of the last four weeks."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person, Coverage]:
        person = visitors.reader_of_boards(visitors.person(db, request, site.config, now))
        return person, coverage.picture(db, now)

    person, found = await site.desk.read(seen)
    tells_all = person.role in TELLS_ALL
    values = {"found": found, "new": found.new(now), "most_new": _MOST_NEW, "tells_all": tells_all}
    return page(request, "sources.html", values, person=person)
