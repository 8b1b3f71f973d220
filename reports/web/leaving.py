"""What a person may take along, and going away."""

import json

from starlette.requests import Request
from starlette.responses import Response

from curate.people import Person
from reports.web import visitors
from reports.web.site import check_form, page, site_of, typed
from reports.web.visitors import NotAllowedError
from storage import own_data, people
from storage.database import Session

WHAT = (
    "Everything that is held about you, by kind. Moments are in UTC. Ids of clusters, themes and articles are those of "
    "`duiding export`; of other people stands here only that it was another. Secrets and hashes are left out."
)


async def data(request: Request) -> Response:
    """GET /my/data.json: everything that is held about who asks, as a file."""
    site, now = site_of(request), site_of(request).config.clock()

    def held(db: Session) -> dict[str, object]:
        person = visitors.anyone(visitors.person(db, request, site.config, now))
        return {**own_data.of(db, person.id)}

    about = {"what": WHAT, "network": site.config.network, "made_at": now.isoformat()}
    text = json.dumps(about | await site.desk.read(held), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="duiding-{now:%Y-%m-%d}.json"'}
    return Response(text, media_type="application/json", headers=headers)


async def ask(request: Request) -> Response:
    """GET /my/leave: what happens when somebody leaves, and the button."""
    site, now = site_of(request), site_of(request).config.clock()

    def seen(db: Session) -> tuple[Person, bool]:
        person = visitors.anyone(visitors.person(db, request, site.config, now))
        return person, people.is_last_operator(db, person.id)

    person, is_last = await site.desk.read(seen)
    return page(request, "leave.html", {"is_last": is_last}, person=person)


async def leave(request: Request) -> Response:
    """POST /my/leave: end one's own access; with ``name`` = ``off``, take one's name along."""
    sent = await typed(request)
    check_form(request, sent)
    site, now = site_of(request), site_of(request).config.clock()

    def left(db: Session) -> None:
        person = visitors.anyone(visitors.person(db, request, site.config, now))
        if people.is_last_operator(db, person.id):
            raise NotAllowedError("Nobody would run the network. Make somebody else an operator first.")
        people.remove(db, person.id, now)
        if sent.get("name") == "off":
            people.take_name_off(db, person.id)

    await site.desk.write(left)
    answer = page(request, "left.html", {"is_nameless": sent.get("name") == "off"})
    visitors.forget(answer, site.config, visitors.session_cookie(site.config))
    return answer
