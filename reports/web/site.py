"""What every page handler has at hand, and how a page is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from curate.errors import DuidingError
from curate.people import LANGUAGES, Language, Person
from reports import templating, tokens
from reports.web import security, visitors
from reports.web.boards import Boards
from reports.web.config import WebConfig
from reports.web.doors import Doors
from reports.web.shelf import Shelf
from storage.desk import Desk


class ForeignFormError(DuidingError):
    """A form was sent that this site did not give to this browser."""


@dataclass(frozen=True, slots=True)
class Site:
    """The parts that live as long as the application."""

    config: WebConfig
    desk: Desk
    doors: Doors
    boards: Boards
    stylesheet: str
    """Path of the stylesheet, with a mark of its content."""
    script: str
    """Path of the one script, with a mark of its content."""
    shelf: Shelf = field(default_factory=Shelf)


def site_of(request: Request) -> Site:
    """Return the site that a request came to."""
    found: Site = request.app.state.site
    return found


class FormMark:
    """The token of a page's forms; a visitor without a session gets a cookie to bind it to, if there is a form."""

    def __init__(self, request: Request, config: WebConfig) -> None:
        self._config = config
        self._bound_to = _binding(request, config)
        self._new = ""

    @cached_property
    def token(self) -> str:
        """The token; asking for it is what makes the cookie needed."""
        if not self._bound_to:
            self._bound_to = self._new = tokens.new()
        return security.form_token(self._config.secret, self._bound_to)

    def remember(self, response: Response) -> None:
        """Give the browser the cookie that the token is bound to, if it has none yet."""
        if self._new:
            visitors.remember(response, self._config, visitors.form_cookie(self._config), self._new)


def _binding(request: Request, config: WebConfig) -> str:
    """The session when there is one, else the cookie made for forms."""
    cookies = request.cookies
    return cookies.get(visitors.session_cookie(config), "") or cookies.get(visitors.form_cookie(config), "")


_MOST_FIELDS = 500
"""Five items of an issue with all their voices and articles ticked are some hundred fields."""


async def typed(request: Request, several: Collection[str] = ()) -> dict[str, str]:
    """Return the text fields of a form as they were sent; of one that was sent twice the last counts.

    The values of fields that may be sent ``several`` times come joined by spaces.
    """
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    sent = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    chosen = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in several}
    return sent | {name: " ".join(values) for name, values in chosen.items() if values}


def check_form(request: Request, form: Mapping[str, str]) -> None:
    """Raise ForeignFormError unless this site gave the form to this browser."""
    config = site_of(request).config
    if not security.is_form_token(config.secret, _binding(request, config), form.get("csrf", "")):
        raise ForeignFormError("This form does not belong to this browser, or it is too old.")


def page(
    request: Request,
    name: str,
    values: Mapping[str, object],
    *,
    person: Person | None = None,
    status: int = 200,
    script: bool = False,
) -> Response:
    """Return the page ``web/<name>`` in the visitor's language; with ``script`` it may run our own one script."""
    site = site_of(request)
    language = visitors.language_of(request, site.config.language, person)
    mark = FormMark(request, site.config)
    around = {
        "network": site.config.network,
        "zone": site.config.zone,
        "stylesheet": site.stylesheet,
        "script": site.script if script else "",
        "person": person,
        "takes_exports": site.config.giving is not None,
        "mark": mark,
        "other_languages": _others(request, language),
    }
    html = templating.rendered(f"web/{name}", language, {**around, **values})
    headers: dict[str, str] = {"Content-Language": language}
    if script:
        headers["Content-Security-Policy"] = security.content_policy(script="'self'")
    response = HTMLResponse(html, status, headers=headers)
    mark.remember(response)
    visitors.remember_language(response, site.config, request.query_params.get("lang", ""))
    return response


def _others(request: Request, language: Language) -> list[tuple[Language, str]]:
    """The same page in the other languages; only a page that was asked for with GET has such an address."""
    if request.method not in {"GET", "HEAD"}:
        return []
    return [
        (code, "?" + str(request.url.include_query_params(lang=code).query)) for code in LANGUAGES if code != language
    ]
