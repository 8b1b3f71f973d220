"""Who asks: their cookies, their session, their language, and the path they wanted."""

import re
from collections.abc import Iterable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from curate.errors import DuidingError
from curate.people import ANNOTATING, INVITING, LANGUAGES, Language, Person
from reports import tokens
from reports.web.config import WebConfig
from storage import sign_ins
from storage.database import Session

LANGUAGE_COOKIE = "language"
_YEAR_S = 365 * 24 * 3600
_OUR_PATH = re.compile(r"/(?:[\w-]+(?:/[\w-]+)*)?(?:\?[\w=&-]*)?", re.ASCII)


class NotSignedInError(DuidingError):
    """The page is for people of the network and nobody is signed in here."""


class NotAllowedError(DuidingError):
    """The page is for another role."""


def session_cookie(config: WebConfig) -> str:
    """Return the name of the session cookie; browsers tie a ``__Host-`` cookie to this very host."""
    return "__Host-session" if config.is_https else "session"


def form_cookie(config: WebConfig) -> str:
    """Return the name of the cookie that a visitor's forms are bound to before there is a session."""
    return "__Host-form" if config.is_https else "form"


def remember(response: Response, config: WebConfig, name: str, value: str) -> None:
    """Set a cookie that only the server reads, for as long as a session lasts."""
    response.set_cookie(
        name, value, max_age=config.session_s, path="/", secure=config.is_https, httponly=True, samesite="lax"
    )


def forget(response: Response, config: WebConfig, name: str) -> None:
    """Take a cookie of :func:`remember` back."""
    response.delete_cookie(name, path="/", secure=config.is_https, httponly=True, samesite="lax")


def person(db: Session, request: Request, config: WebConfig, now: datetime) -> Person | None:
    """Return who is signed in here."""
    cookie = request.cookies.get(session_cookie(config), "")
    return sign_ins.person_of_session(db, tokens.hashed(cookie), now) if cookie else None


def anyone(found: Person | None) -> Person:
    """Return who is signed in, whatever their role; raises NotSignedInError."""
    if found is None:
        raise NotSignedInError("Sign in first: this page is for people of the network.")
    return found


def reader_of_boards(found: Person | None) -> Person:
    """Return who is signed in; raises NotSignedInError, or NotAllowedError for people who only donate exports."""
    found = anyone(found)
    if found.role not in ANNOTATING | {"operator"}:
        raise NotAllowedError("This page is for catalysts. Ask the operator of your network to make you one.")
    return found


def catalyst(found: Person | None) -> Person:
    """Return who is signed in and may annotate; raises as :func:`reader_of_boards`."""
    if found is not None and found.role not in ANNOTATING:
        raise NotAllowedError("Only catalysts and editors give meaning here.")
    return reader_of_boards(found)


def editor(found: Person | None) -> Person:
    """Return who is signed in and has the last word; raises as :func:`reader_of_boards`."""
    if found is not None and found.role != "editor":
        raise NotAllowedError("Only editors see the draft and close the round.")
    return reader_of_boards(found)


def inviter(found: Person | None) -> Person:
    """Return who is signed in and may invite others; raises NotSignedInError or NotAllowedError."""
    found = anyone(found)
    if found.role not in INVITING:
        raise NotAllowedError("This page is for editors and operators.")
    return found


def operator(found: Person | None) -> Person:
    """Return who is signed in and runs the network; raises NotSignedInError or NotAllowedError."""
    found = anyone(found)
    if found.role != "operator":
        raise NotAllowedError("Only operators change roles and end somebody's access.")
    return found


def own_path(text: str) -> str:
    """Return ``text`` when it is one of our paths, else ``/``: a redirect never leaves this site.

    Only plain paths pass; backslashes, double slashes, tabs and encoded characters do not (browsers read some of them
    as another host).
    """
    return text if _OUR_PATH.fullmatch(text) else "/"


def language_of(request: Request, default: Language, who: Person | None = None) -> Language:
    """Return the language: asked for in the address, remembered, the person's, the browser's, the network's.

    Signing in remembers the person's own, so the remembered one differs from it only when they chose another since.
    """
    asked = request.query_params.get("lang", "")
    known: Iterable[str] = (
        asked,
        request.cookies.get(LANGUAGE_COOKIE, ""),
        who.language if who else "",
        *_accepted(request.headers.get("accept-language", "")),
    )
    return _first_known(known, default)


def _first_known(codes: Iterable[str], default: Language) -> Language:
    for wanted in codes:
        for ours in LANGUAGES:
            if wanted == ours:
                return ours
    return default


def _accepted(header: str) -> list[str]:
    """Return the primary codes of an Accept-Language header, best first; what cannot be read is left out."""
    weighted = []
    for part in header[:500].split(","):
        match = re.fullmatch(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d+)?))?\s*", part)
        if match:
            weighted.append((float(match[2] or 1), match[1].lower()))
    return [code for weight, code in sorted(weighted, key=lambda one: -one[0]) if weight > 0]


def remember_language(response: Response, config: WebConfig, language: str) -> None:
    """Keep a language in the visitor's own browser; one that we do not speak is not kept."""
    if language in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=_YEAR_S, path="/", secure=config.is_https, httponly=True, samesite="lax"
        )
