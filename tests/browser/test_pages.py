"""The pages in a real browser: what people do on a phone and a laptop, in light and dark, without JavaScript."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from curate import sources
from curate.errors import FetchError, RetryLaterError
from curate.links import Link
from curate.reasons import Shared
from curate.sources import Poll
from curate.themes import Match
from reports.tokens import unsubscribe_token
from storage import issue_notes, issues, links, themes
from storage import sources as stored_sources
from tests.browser.looking import CHROMIUM, LAPTOP, LONG, LOOKS, PHONE, barriers, come_in, look_over, visit
from tests.reports import builders as reports
from tests.reports.web import builders
from tests.reports.web.builders import ANNA, BEN, EVA, NOW, SECRET, SO_WHAT, WEEK, World, speak

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = builders.world(tmp_path_factory.mktemp("browser"))
    first, second, third, *_ = world.clusters()
    speak(world, BEN, first, so_what="We keep building tools for landlords and call it housing policy.", language="en")
    speak(
        world,
        BEN,
        second,
        so_what="We treat libraries as weather, and their makers as the people who bring it.",
        language="en",
    )
    bens = world.annotations(second)[0].id
    speak(
        world,
        EVA,
        second,
        relation="contrasts",
        relation_to=bens,
        relation_why="wij niet",
        byline="role",
        question=LONG[:200],
    )
    speak(world, EVA, third, verdict="not_now", so_what="", title="")
    speak(world, BEN, third, so_what=f"{LONG} {SO_WHAT}", title=LONG[:80])
    with world.db.writing() as db:
        builders.explain(db, second, halves=(("a", "b"), ("c", "d")))
        builders.explain(db, third, shared=(Shared(LONG, 4),))
    world.publish()
    _faces(world)
    _feed(world)
    return world


def _faces(world: World) -> None:
    """An older issue with everything that can stand in one, and words that put it right."""
    with world.db.writing() as db:
        issues.freeze(db, reports.full_issue(number=2, week="2025-W46"), NOW)
        issue_notes.add(db, 2, f"Het was {LONG}.", "nl", by=EVA.id, now=NOW)
        issue_notes.add(db, 1, "Het was 2024.", "nl", by=EVA.id, now=NOW)


def _feed(world: World) -> None:
    """Sources that fail, are silent and were switched off, a theme they fed, and links that an editor brought."""
    slow = RetryLaterError("timeout", f"https://krant.example/{'x' * 90} did not answer in time; it is tried later.")
    off, still = sources.feed("https://weg.example/feed", LONG[:70], ("Zorg",)), sources.feed("https://stil.example/f")
    first = world.clusters()[0]
    with world.db.writing() as db:
        stored_sources.add(db, [off, still], NOW - timedelta(days=200))
        gone = FetchError("gone", "It is gone.")
        polls = [
            (replace(still, id="De Krant"), sources.after_failure(Poll(), slow, NOW)),
            (off, sources.after_failure(Poll(), gone, NOW)),
            (still, sources.after_success(Poll(), Poll(), NOW)),
        ]
        stored_sources.polled(db, polls, NOW, "run")
        themes.link(db, WEEK, [Match(first, "t", "huurprijs, gemeenten", "new", 1.0)], run_id="run")
        links.keep(db, EVA, Link("https://krant.example/lang", f"{LONG} daarom."), links.run_of(NOW, "1"))


def paths(week: World) -> dict[str, list[str]]:
    """Every kind of page, for visitors and for who signed in."""
    first, second, third, *_ = week.clusters()
    leaving = f"/unsubscribe/{unsubscribe_token(SECRET, week.subscriber())}"
    return {
        "visitor": [
            "/",
            "/sign-in",
            "/issues",
            "/issues/1",
            "/issues/2",
            "/issues/1/provenance",
            "/issues/2/provenance",
            "/issues?q=huur",
            "/issues?q=walvis",
            "/nowhere",
            "/sign-in/used",
            leaving,
            f"{week.link(ANNA)}",
        ],
        "editor": [
            f"/rounds/{WEEK}",
            "/issues",
            f"/rounds/{WEEK}/issue/log",
            f"/clusters/{first}?show=1",
            f"/clusters/{second}?saved=both",
            f"/clusters/{third}",
            "/sources",
            f"/links/add?saved=new&url=https://krant.example/{'y' * 200}&title=Stuk",
        ],
    }


def test_a_catalyst_signs_in_speaks_and_then_sees_the_others(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site, {"java_script_enabled": False})
    come_in(page, week, ANNA)
    page.get_by_role("link", name=re.compile("^Geef betekenis ?: huurprijs")).click()
    expect(page.get_by_text("1 stem wacht tot jij gesproken hebt.")).to_be_visible()
    expect(page.get_by_text("We keep building tools")).to_have_count(0)
    page.get_by_label("Ja, neem op").check()
    page.get_by_label("Wat betekent dit voor ons?").fill("te kort")
    page.get_by_role("button", name="Bewaar mijn stem").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Alles wat je typte staat er nog")
    expect(page.get_by_label("Wat betekent dit voor ons?")).to_have_value("te kort")
    expect(page.get_by_label("Wat betekent dit voor ons?")).to_be_focused()
    page.get_by_label("Wat betekent dit voor ons?").fill(SO_WHAT)
    page.get_by_label("Hoe noem je dit?").fill("Huren wordt bewijzen")
    page.get_by_role("button", name="Bewaar mijn stem").first.click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard")
    expect(page.get_by_role("heading", level=1)).to_have_text("Huren wordt bewijzen")
    expect(page.get_by_text("We keep building tools").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Door naar de volgende")).click()
    expect(page.get_by_role("button", name="Bewaar mijn stem").first).to_be_visible()


def test_the_keyboard_alone_reaches_save_in_the_order_of_the_page(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, ANNA)
    page.goto(f"/clusters/{week.clusters()[3]}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    seen: list[str] = []
    while (focused := _focused(page)) != "BUTTON.main" and len(seen) < 40:
        page.keyboard.press("Tab")
        seen.append(focused)
    form = [name for name in seen if name in {"verdict", "so_what", "title", "ripeness", "language"}]
    assert form == ["verdict", "so_what", "title", "ripeness", "language"]
    assert focused == "BUTTON.main"
    page.locator("#so_what").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def _focused(page: Page) -> str:
    return str(page.evaluate("(({id, tagName, className}) => id || `${tagName}.${className}`)(document.activeElement)"))


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
@pytest.mark.parametrize("who", ["visitor", "editor"])
def test_pages_have_nothing_in_the_way(
    browser: Browser, site: str, week: World, who: str, scheme: str, language: str
) -> None:
    page = visit(browser, site, {"color_scheme": scheme})
    if who == "editor":
        come_in(page, week, EVA)
    assert look_over(page, paths(week)[who], language, site) == []


def test_a_page_with_problems_is_accessible(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, ANNA)
    page.goto(f"/clusters/{week.clusters()[4]}")
    page.locator("#verdict").check()
    page.locator("#title").fill("t" * 90)
    page.locator("button.main").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []


def test_the_quick_path_of_the_form_fits_one_phone_screen(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, ANNA)
    page.goto(f"/clusters/{week.clusters()[4]}")
    top = page.locator("fieldset").first.bounding_box()
    save = page.locator("button.main").first.bounding_box()
    assert top
    assert save
    assert save["y"] + save["height"] - top["y"] <= PHONE["height"]


def test_a_link_is_brought_without_javascript_and_a_mistake_keeps_what_was_typed(
    browser: Browser, site: str, week: World
) -> None:
    page = visit(browser, site, {"java_script_enabled": False})
    come_in(page, week, ANNA)
    page.get_by_role("link", name="Breng een link").click()
    page.get_by_label("Adres").fill("https://www.linkedin.com/posts/1")
    page.get_by_label("Waarom moeten anderen dit zien?").fill("Dit raakt aan wat wij in Zwolle proberen.")
    page.get_by_role("button", name="Breng deze link").click()
    expect(page.get_by_role("alert")).to_contain_text("LinkedIn lezen we nooit automatisch")
    expect(page.get_by_label("Adres")).to_be_focused()
    expect(page.get_by_label("Waarom moeten anderen dit zien?")).to_have_value(re.compile("Zwolle"))
    page.get_by_label("Adres").fill("https://krant.example/zwolle")
    page.get_by_role("button", name="Breng deze link").click()
    expect(page.get_by_role("status")).to_contain_text("Binnen een uur wordt de pagina gelezen")
    expect(page.get_by_text("Dit raakt aan wat wij in Zwolle proberen.")).to_be_visible()


def test_a_form_with_a_wrong_link_is_accessible(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, ANNA)
    page.goto("/links/add")
    page.locator("button.main").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []


def test_the_bookmark_fills_in_the_form_and_does_nothing_on_our_own_page(
    browser: Browser, site: str, week: World
) -> None:
    page = visit(browser, site, {"viewport": LAPTOP})
    come_in(page, week, ANNA)
    page.goto("/links/add")
    button = page.get_by_role("link", name="Breng naar Netwerk Stad & Zorg")
    bookmark = str(button.get_attribute("href"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    button.click()
    page.reload()
    assert [urlsplit(url).path for url in asked if "/static/" not in url] == ["/links/add"]
    page.goto("/issues/1?a=1&b=2")
    title = page.title()
    # What a browser runs for a bookmark, in the page that is open.
    page.evaluate(bookmark.removeprefix("javascript:").replace(week.config.public_url, site))
    expect(page.get_by_label("Adres")).to_have_value(f"{site}/issues/1?a=1&b=2")
    assert page.locator("#title").input_value() == title
