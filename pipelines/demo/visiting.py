"""A visitor of the real pages, as a browser without scripts would be: opens links, fills in forms, sends them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import lxml.html

from curate.errors import DuidingError
from pipelines import serving
from pipelines.home import Home


@contextmanager
def served(home: Home) -> Iterator[str]:
    """Serve the real pages on a free port of loopback and give their address."""
    import uvicorn

    config = uvicorn.Config(serving.application(home), host="127.0.0.1", port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def signed_in(link: str) -> httpx2.Client:
    """Return a visitor who has opened a sign-in link and pressed its button; close it when done."""
    visitor = httpx2.Client(follow_redirects=True, trust_env=False, timeout=60)
    submit(visitor, visitor.get(link), {})
    return visitor


def submit(visitor: httpx2.Client, page: httpx2.Response, fields: dict[str, str], action: str = "") -> httpx2.Response:
    """Fill in a form in the main part of a page and send it, as a browser without scripts would.

    It is the first one whose address ends in ``action``.
    """
    document = lxml.html.fromstring(page.text, base_url=str(page.url))
    document.make_links_absolute()
    forms = document.xpath("//main//form[translate(@method, 'POST', 'post') = 'post']")
    form = next(one for one in forms if (one.action or "").endswith(action))
    answer = visitor.post(form.action or str(page.url), data={**dict(form.form_values()), **fields})
    if answer.status_code != 200:
        raise DuidingError(f"The page {page.url} refused what a catalyst sent: {answer.status_code}.")
    return answer
