"""How tests look at pages: a phone, a laptop, the standard of WCAG 2.2 AA, and words that are too long."""

import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from curate.people import Person
from tests.reports.web.builders import World

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1100, "height": 800}
_STANDARD = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
LONG = "Meervoudigepersoonlijkheidsstoornisbehandelingsovereenkomst https://example.org/" + "a" * 120


def visit(browser: Browser, site: str, look: dict[str, object] | None = None) -> Page:
    """A fresh browser window."""
    settings = {"viewport": PHONE, "locale": "nl-NL", "base_url": site, **(look or {})}
    return browser.new_context(**settings).new_page()  # type: ignore[arg-type]


def come_in(page: Page, week: World, who: Person) -> None:
    """Open a link from the mail and press its button."""
    page.goto(week.link(who))
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Week 47")


def open_all(page: Page) -> None:
    """Unfold everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds against WCAG 2.2 AA and good practice: the rule, and where."""
    found = Axe().run(page, options=_STANDARD).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
