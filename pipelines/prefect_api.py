"""Prefect's API, spoken to directly: importing Prefect takes two seconds and 90 MB, too much for who only asks."""

import time
from typing import Any

import httpx2

from curate.errors import DuidingError


class PrefectError(DuidingError):
    """Prefect's server could not be asked, or refused; ``str(error)`` never holds the auth string."""


class PrefectApi:
    """The API at ``address`` (ends in ``/api``); ``auth`` is ``name:password``, or empty when none is asked.

    ``patience_s`` bounds how long a server is waited for whose database is busy.
    """

    def __init__(self, address: str, auth: str = "", patience_s: float = 20.0) -> None:
        self.address = address
        self._patience_s = patience_s
        name, _, password = auth.partition(":")
        # Proxies of the environment are for the outside; this is our own machine.
        self._client = httpx2.Client(
            auth=(name, password) if auth else None, timeout=patience_s / 2, trust_env=False, follow_redirects=False
        )

    def is_up(self) -> bool:
        """Whether the server answers that it is well."""
        try:
            return bool(self._client.get(f"{self.address}/health", timeout=2).status_code == 200)
        except httpx2.HTTPError:
            return False

    def get(self, path: str) -> Any:
        """Return what the API answers; raises PrefectError."""
        return self._asked("GET", path, None)

    def post(self, path: str, **body: Any) -> Any:
        """Send a body and return the answer; raises PrefectError."""
        return self._asked("POST", path, body)

    def patch(self, path: str, **body: Any) -> Any:
        """Change something; raises PrefectError."""
        return self._asked("PATCH", path, body)

    def _asked(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        until = time.monotonic() + self._patience_s
        while True:
            try:
                answer = self._client.request(method, f"{self.address}{path}", json=body)
            except httpx2.HTTPError as error:
                why = type(error).__name__
                raise PrefectError(
                    f"Prefect's server at {self.address} does not answer ({why}). Is `duiding up` running?"
                ) from None
            # 503 says that its database is busy and will not be for long.
            if answer.status_code != 503 or time.monotonic() > until:
                break
            time.sleep(0.2)
        if answer.status_code == 401:
            raise PrefectError("Prefect's server asks for another auth string. Set prefect.auth to the one it has.")
        if answer.is_error:
            raise PrefectError(f"Prefect's server answered {answer.status_code} to {method} {path}. Its log says more.")
        return answer.json() if answer.content else None
