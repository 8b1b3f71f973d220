"""How tests look at pages: on small phones and a laptop, light and dark, by the standard of WCAG 2.2 AA."""

import shutil
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from curate.people import Person
from tests.reports.web.builders import World

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1100, "height": 800}
LOOKS = (("light", "nl"), ("dark", "en"))
"""A page is looked at in each of these: both colour schemes and both languages, without every pair of them."""
LONG = "Meervoudigepersoonlijkheidsstoornisbehandelingsovereenkomst https://example.org/" + "a" * 120
_STANDARD = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
_WIDTHS = (320, PHONE["width"], LAPTOP["width"])
_LARGE = 43.5
"""Pixels that a thumb needs to hit a button or field; a link among words needs ``_LINE``."""
_LINE = 24
_MISSED = """() => {
  const small = (selector, least) => [...document.querySelectorAll(selector)]
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width > 1 && box.height > 0 && box.height < least && one.checkVisibility())
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)}: ${box.height} px high`);
  const fields = ["text", "email", "url", "date", "search"].map(type => `input[type=${type}]`).join(",");
  return [
    ...small(`main :is(button:not(.unseen), .button, select, textarea, .choice, .tick, summary, ${fields})`, LARGE),
    ...small(":is(header, footer, main) a:not(svg a)", LINE),
  ];
}""".replace("LARGE", str(_LARGE)).replace("LINE", str(_LINE))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a browser window asked for and complained about."""

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def visit(browser: Browser, site: str, look: dict[str, object] | None = None) -> Page:
    """A fresh browser window."""
    settings = {"viewport": PHONE, "locale": "nl-NL", "base_url": site, **(look or {})}
    return browser.new_context(**settings).new_page()  # type: ignore[arg-type]


def come_in(page: Page, week: World, who: Person, then: str = "/") -> None:
    """Open a link from the mail and press its button."""
    page.goto(f"{week.link(who)}?next={then}")
    page.locator("button.main").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def listened(page: Page) -> Heard:
    """Note from now on what the window asks for and complains about."""
    heard = Heard()
    page.on("request", lambda request: heard.asked.append(request.url))
    page.on("console", lambda message: heard.said.append(message.text))
    page.on("pageerror", lambda error: heard.said.append(str(error)))
    return heard


def open_all(page: Page) -> None:
    """Unfold everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def barriers(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds against WCAG 2.2 AA and good practice: the rule, and where."""
    found = Axe().run(page, options=_STANDARD).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


def look_over(page: Page, paths: list[str], language: str, site: str) -> list[object]:
    """Open each page once, and return all that is wrong with it for those who read it.

    It speaks another language, asks for anything from elsewhere, breaks its own policy, scrolls sideways on a small
    phone or a laptop, has what a thumb would miss, or a barrier. The last thing that is looked at is the checker's: it
    is itself refused by frames, and says so.
    """
    heard, wrong = listened(page), list[object]()
    for path in paths:
        answer = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        open_all(page)
        said = [text for text in heard.said if not (answer and answer.status >= 400 and str(answer.status) in text)]
        wrong += [(path, text) for text in said]
        wrong += [(path, url) for url in heard.asked if not url.startswith(site)]
        wrong += [(path, "language")] if page.locator("html").get_attribute("lang") != language else []
        wrong += [(path, one) for one in (*_sideways(page), *page.evaluate(_MISSED), *barriers(page))]
        heard.said.clear()
        heard.asked.clear()
    return wrong


def _sideways(page: Page) -> list[str]:
    """At which widths the page sticks out; it is left as wide as a phone."""
    found = []
    for width in (*_WIDTHS, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{wide} px in a window of {width}"] if wide > width else []
    return found
