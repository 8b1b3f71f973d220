"""Answers that may be kept: marked with what they hold and since when, and not sent again while that is the same."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response


def mark_of(parts: Iterable[str]) -> str:
    """Return the ``ETag`` of an answer that is made of these."""
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


def headers(mark: str, changed_at: datetime) -> dict[str, str]:
    """Return what says that an answer may be kept for five minutes, and how to ask whether it is still the same."""
    return {
        "ETag": mark,
        "Last-Modified": format_datetime(changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True),
        "Cache-Control": "public, max-age=300",
    }


def unchanged(request: Request, mark: str, changed_at: datetime) -> Response | None:
    """Return the answer "not modified" when the asker has the same already; the mark counts for more than the date."""
    asked = request.headers.get("if-none-match")
    if asked is not None:
        known = {one.strip().removeprefix("W/") for one in asked.split(",")}
        is_same = mark in known or "*" in known
    else:
        is_same = _is_since(request.headers.get("if-modified-since", ""), changed_at)
    return Response(status_code=304, headers=headers(mark, changed_at)) if is_same else None


def _is_since(text: str, changed_at: datetime) -> bool:
    try:
        since = parsedate_to_datetime(text)
    except ValueError:
        return False
    return since.tzinfo is not None and changed_at.replace(microsecond=0) <= since
