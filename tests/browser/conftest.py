"""A real Chromium, and the pages of a module's own week on a port of this machine."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from reports.web.app import create_app
from tests.browser.looking import CHROMIUM
from tests.kept_open import kept_open
from tests.reports.web.builders import World


@pytest.fixture(scope="module", autouse=True)
def open_() -> Iterator[None]:
    """Open the module's week once."""
    with kept_open():
        yield


@pytest.fixture(scope="module")
def site(week: World) -> Iterator[str]:
    """The address of the pages around the module's ``week``."""
    server = uvicorn.Server(uvicorn.Config(create_app(week.config), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of its own for each module."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()
