"""What goes wrong, as pages in words: what happened, what is kept, what to do. No page shows how we are made."""

import logging
from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate.errors import ClosedError, DatabaseBusyError, DuidingError, NotFoundError, StorageError, UsageError
from reports.web import security
from reports.web.doors import TooManyError
from reports.web.site import ForeignFormError, page
from reports.web.visitors import NotAllowedError, NotSignedInError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault as it is shown; ``name`` is its key in the words files (``fault.<name>.title``, ``….text``)."""

    name: str
    status: int
    detail: str = ""
    """The error's own English sentence, for faults that are about what was asked; never about our inside."""


_KINDS: tuple[tuple[type[DuidingError], str, int], ...] = (
    (NotSignedInError, "not_signed_in", 403),
    (NotAllowedError, "not_allowed", 403),
    (ForeignFormError, "foreign_form", 403),
    (TooManyError, "too_many", 429),
    (NotFoundError, "not_found", 404),
    (ClosedError, "closed", 409),
    (UsageError, "not_found", 404),
    (DatabaseBusyError, "busy", 503),
    (StorageError, "busy", 503),
)
_TOLD = (NotFoundError, UsageError, ClosedError, NotAllowedError, TooManyError)
_BY_STATUS = {404: "not_found", 405: "wrong_method", 413: "too_large", 400: "unreadable"}


def of(error: DuidingError) -> Fault:
    """Return how an error of the tree is shown."""
    for kind, name, status in _KINDS:
        if isinstance(error, kind):
            return Fault(name, status, str(error) if isinstance(error, _TOLD) else "")
    return Fault("broken", 500)


async def of_tree(request: Request, error: Exception) -> Response:
    """Answer an error of curate/errors.py; who must sign in first is brought back afterwards."""
    assert isinstance(error, DuidingError)  # noqa: S101  # registered for this class only
    if isinstance(error, NotSignedInError) and request.method in {"GET", "HEAD"}:
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    fault = of(error)
    if fault.status >= 500:
        _LOG.error("%s %s: %s", request.method, request.url.path, error)
    answer = _page(request, fault)
    if isinstance(error, TooManyError):
        answer.headers["Retry-After"] = str(error.minutes * 60)
    return answer


async def of_http(request: Request, error: Exception) -> Response:
    """Answer 404, 405, 413 and the other errors of HTTP."""
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    answer = _page(request, Fault(_BY_STATUS.get(error.status_code, "broken"), error.status_code))
    answer.headers.update(error.headers or {})
    return answer


async def unforeseen(request: Request, error: Exception) -> Response:
    """Answer a defect of ours; the server logs where it is, the reader gets none of it."""
    answer = _page(request, Fault("broken", 500))
    for name, value in security.HEADERS.items():  # this answer does not pass through security.Guard
        answer.headers.setdefault(name, value)
    return answer


def _page(request: Request, fault: Fault) -> Response:
    return page(request, "fault.html", {"fault": fault}, status=fault.status)
