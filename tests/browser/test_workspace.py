"""The workspace in a real browser: drafts while one types, the whole form, curating by hand, what comes back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from curate.assignments import Assignment
from curate.themes import Match
from storage import askables, assignments, themes
from storage.assignments import Asked
from tests.browser.looking import CHROMIUM, LAPTOP, LONG, LOOKS, barriers, come_in, look_over, visit
from tests.reports.web import builders
from tests.reports.web.builders import ANNA, BEN, EVA, NOW, SO_WHAT, WEEK, World, speak

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A week with themes, people to ask, something passed on, something moved, and a thought of a month ago."""
    world = builders.world(tmp_path_factory.mktemp("workspace"))
    first, second, third, *_ = found = world.clusters()
    speak(world, EVA, first, title="Huren wordt bewijzen")
    world.clock.later(days=30)
    speak(world, BEN, third, so_what=f"{LONG} {SO_WHAT}", missing=LONG, key_articles="", checked="tried_myself")
    with world.db.writing() as db:
        matches = [Match(one, f"theme-{n}", LONG[:70], "new", 1.0) for n, one in enumerate(found)]
        themes.link(db, WEEK, matches, run_id="run")
        themes.name(db, "theme-1", "Wie onderhoudt wat wij allemaal gebruiken", EVA.id, NOW)
        db.execute(
            "INSERT INTO theme_weeks VALUES ('w', 'theme-1', $week, 'growing', NULL, 4, 31, 1, 2, 'run')",
            {"week": WEEK},
        )
        askables.keep(db, BEN.id, "theme-1", LONG[:120], NOW)
        ask = [Assignment(EVA.id, one, n, "interest") for n, one in enumerate(found[1:6], 1)]
        assignments.add(db, WEEK, [*ask, Assignment(BEN.id, first, 1, "load")], NOW)
        assignments.hand_over(db, WEEK, Asked(first, "load", "", LONG[:200]), EVA.id, BEN.id, NOW)
    with world.signed_in(BEN) as client:
        page = f"/clusters/{second}/arrange"
        form = {"deed": "move", "articles": f"{second}-2", "other_id": third, "why": LONG[:200]}
        assert builders.send(client, page, form).status_code == 303
    return world


def pages(week: World) -> list[str]:
    """Every page of the workspace."""
    first, second, third, *_ = week.clusters()
    echo = week.annotations(first)[0].id
    return [
        f"/rounds/{WEEK}?done=draft",
        f"/clusters/{second}?saved=arranged",
        f"/clusters/{third}?show=1",
        f"/clusters/{second}/arrange",
        f"/clusters/{second}/hand-over",
        f"/rounds/{WEEK}/changes",
        f"/echoes/{echo}",
    ]


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_pages_have_nothing_in_the_way(browser: Browser, site: str, week: World, scheme: str, language: str) -> None:
    page = visit(browser, site, {"color_scheme": scheme})
    come_in(page, week, EVA)
    assert look_over(page, pages(week), language, site) == []


@pytest.mark.parametrize("path", ["arrange", "hand-over", "theme", "echo"])
def test_a_form_with_a_problem_is_accessible(browser: Browser, site: str, week: World, path: str) -> None:
    page = visit(browser, site)
    come_in(page, week, EVA)
    second = f"/clusters/{week.clusters()[1]}"
    page.goto(pages(week)[-1] if path == "echo" else f"{second}/{'arrange' if path == 'theme' else path}")
    if path == "arrange":
        page.locator("input[name=deed]").first.check()
        page.locator("#why").fill("Hoort elders")
    if path == "hand-over":
        page.locator("#why").fill("x" * 201)
    if path == "theme":
        page.locator("#name").fill("…")
    if path == "echo":
        page.locator("#outcome").check()
    button = page.locator("button.main")
    (button.first if path == "arrange" else button.last).click()
    expect(page.locator(".problem, [role=alert]").first).to_be_visible()
    assert barriers(page) == []


def test_what_is_typed_is_kept_without_pressing_anything(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    come_in(page, week, ANNA)
    page.goto(f"/clusters/{week.clusters()[3]}")
    page.get_by_label("Wat betekent dit voor ons?").fill("Halverwege een zin over")
    expect(page.locator("[data-draft-state]")).to_contain_text("Klad bewaard om")
    page.goto(f"/rounds/{WEEK}")
    expect(page.get_by_text("Ga verder waar je was")).to_be_visible()
    page.goto(f"/clusters/{week.clusters()[3]}")
    expect(page.get_by_label("Wat betekent dit voor ons?")).to_have_value("Halverwege een zin over")
    assert said == []


def test_a_draft_that_cannot_be_kept_is_told_and_tried_again(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, ANNA)
    page.goto(f"/clusters/{week.clusters()[4]}")
    page.route("**/draft", lambda route: route.abort())
    page.get_by_label("Wat betekent dit voor ons?").fill("Halverwege")
    expect(page.locator("[data-draft-state]")).to_contain_text("nu niet bewaard")
    page.unroute("**/draft")
    page.get_by_label("Wat betekent dit voor ons?").press_sequentially(" een zin")
    expect(page.locator("[data-draft-state]")).to_contain_text("Klad bewaard om")


def test_leaving_the_page_at_once_keeps_what_was_typed_too(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, ANNA)
    page.goto(f"/clusters/{week.clusters()[5]}")
    page.get_by_label("Wat betekent dit voor ons?").fill("De batterij is leeg")
    page.goto("/issues")
    page.goto(f"/clusters/{week.clusters()[5]}")
    expect(page.get_by_label("Wat betekent dit voor ons?")).to_have_value("De batterij is leeg")


def test_without_a_script_everything_can_be_done(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site, {"java_script_enabled": False})
    come_in(page, week, ANNA)
    first = week.clusters()[6]
    page.goto(f"/clusters/{first}")
    page.get_by_label("Wat betekent dit voor ons?").fill("Later verder")
    page.get_by_role("button", name="Later verder").first.click()
    expect(page.get_by_role("status")).to_contain_text("Je klad is bewaard")
    page.goto(f"/clusters/{first}/arrange")
    page.locator("input[name=articles]").last.check()
    page.get_by_label("maak er een eigen bundel van").check()
    page.get_by_label("Waarom?").fill("Dit gaat over iets anders")
    page.get_by_role("button", name="Pas aan").click()
    expect(page.locator(".notice[role=status]")).to_contain_text("Aangepast.")
    page.get_by_role("link", name=re.compile("draai het terug")).click()
    page.get_by_role("button", name=re.compile("^Draai terug ?: Dit gaat over")).click()
    expect(page.get_by_text("teruggedraaid door Anna de Vries").first).to_be_visible()


def test_the_map_is_walked_by_keyboard_and_leads_to_clusters(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site, {"viewport": LAPTOP})
    come_in(page, week, ANNA)
    links = page.locator("svg.map a.cluster")
    assert links.count() == len(week.clusters())
    links.first.focus()
    assert _is_outlined(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('svg.map a.cluster')")
    href = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _is_outlined(page: Page) -> bool:
    return bool(page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'"))


def test_a_thought_comes_back_and_is_looked_at_again(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, EVA)
    page.get_by_role("link", name="Kijk ernaar").click()
    page.get_by_label("het is scherper geworden").check()
    page.get_by_label("Waardoor? In één zin").fill("Ik sprak drie huurders.")
    page.get_by_label("Zo zeg ik het nu").fill(f"{SO_WHAT} Ook wie kort huurt.")
    page.get_by_role("button", name="Bewaar als nieuwe versie").click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard als nieuwe versie")
    expect(page.get_by_role("link", name="Kijk ernaar")).to_have_count(0)
