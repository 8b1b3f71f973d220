"""What keeps the pages safe: headers on every answer, a limit on every body, a token in every form."""

import hashlib
import hmac
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
"""The largest body that is read: some fifty times what the longest form can hold."""


def content_policy(
    style: str = "'self'", *, script: str = "'none'", frames: str = "", ancestors: str = "'none'"
) -> str:
    """Return the Content-Security-Policy: styles from ``style`` only, and no script unless from ``script``.

    ``frames`` may stand inside the page, and the page may stand inside ``ancestors``; by default none.
    """
    return (
        f"default-src 'none'; style-src {style}; img-src 'self' data:; script-src {script}; connect-src {script}; "
        + (f"frame-src {frames}; " if frames else "")
        + f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Set on every answer that does not bring its own: safe is the default, a page that may be kept says so."""


class Guard:
    """ASGI middleware: adds the headers above and reads no more than MOST_BYTES of a body (413).

    ``larger`` names the paths to which more may be posted, and how many bytes.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._larger.get(scope["path"], MOST_BYTES) if scope["method"] == "POST" else MOST_BYTES
        await self._app(scope, _limited(Headers(scope=scope), receive, most), _with_headers(send))


def _limited(headers: Headers, receive: Receive, most: int) -> Receive:
    announced = headers.get("content-length", "")
    read = int(announced) if announced.isdecimal() and int(announced) > most else 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(413)
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return with_headers


def form_token(secret: bytes, cookie: str) -> str:
    """Return the token that stands in a form for the browser that holds ``cookie``."""
    return hmac.new(secret, b"form\x00" + cookie.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def is_form_token(secret: bytes, cookie: str, token: str) -> bool:
    """Whether ``token`` was made for the browser that holds ``cookie``; an empty cookie never has one."""
    ours = form_token(secret, cookie).encode()
    return hmac.compare_digest(ours, token.encode("utf-8", "replace")) and bool(cookie)
