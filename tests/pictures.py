"""``python -m tests.pictures`` makes the pictures of the documentation: the demo's own pages and mail, in Chromium.

demo | before the catalysts speak: the board | when it is done: a mail | few colours, docs/pictures
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from pipelines import home as homes
from pipelines.demo import cycle, sample
from pipelines.home import Home
from pipelines.steps import rounds

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
MOST_BYTES = 150_000
_COLOURS = 96
"""What our pages need: ink, paper, an accent, and the shades between them at the edges of letters."""
_READER = "en"


def main() -> None:
    """Play the demo in a folder that goes away, and write one PNG for each picture."""
    FOLDER.mkdir(exist_ok=True)
    speak = cycle._speak

    def look_before_they_speak(home: Home, story: cycle._Story, week: str) -> int:
        if week == cycle.WEEKS[-1]:
            _board(home, week)
        return speak(home, story, week)

    cycle._speak = look_before_they_speak
    with tempfile.TemporaryDirectory() as folder:
        cycle.run(Path(folder) / "demo", print, homes.silent)
        _mail(homes.opened(Path(folder) / "demo"))


def _board(home: Home, week: str) -> None:
    """The board of the week, as a catalyst who reads English finds it on Tuesday."""
    who = next(one for one in sample.voices().catalysts if one.language == _READER)
    with _browser() as browser:
        page = browser.new_page(viewport={"width": 900, "height": 860}, device_scale_factor=1.25)
        page.goto(rounds.link_for(home, who.email))
        page.locator("button.main").click()
        page.goto(f"{home.settings.public_url}/rounds/{week}?lang=en")
        _keep(page, "board")


def _mail(home: Home) -> None:
    """The last issue in the inbox of a reader of English."""
    reader = next(one for one in sample.voices().subscribers if one.language == _READER)
    file = sorted(home.outbox.glob(f"{reader.email}.*.eml"), key=lambda one: one.stat().st_mtime)[-1]
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    with _browser() as browser:
        page = browser.new_page(viewport={"width": 680, "height": 1000}, device_scale_factor=1.25)
        page.set_content(_html(letter))
        _keep(page, "mail")


def _html(letter: EmailMessage) -> str:
    """Return the HTML part with the pictures it names put into it, since a browser knows no ``cid:``."""
    body = letter.get_body(("html",))
    assert body
    html = body.get_content()
    for part in letter.walk():
        if name := part.get("Content-ID"):
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            html = html.replace(f"cid:{name.strip('<>')}", f"data:{part.get_content_type()};base64,{data}")
    return str(html)


@contextmanager
def _browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("The pictures need Chromium.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def _keep(page: Page, name: str) -> None:
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    file = FOLDER / f"{name}.png"
    taken.save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        sys.exit(f"{file} has {file.stat().st_size} bytes; {MOST_BYTES} are allowed.")


if __name__ == "__main__":
    main()
