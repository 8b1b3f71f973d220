"""The editor's desk in a real browser: phone and laptop, light and dark, both languages, also without scripts."""

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from curate.issues import Issue
from curate.people import Person, person
from curate.plans import Plan
from reports.web.app import create_app
from storage import people, plans
from tests.browser.looking import CHROMIUM, LAPTOP, LONG, LOOKS, PHONE, look_over
from tests.reports.web import builders
from tests.reports.web.builders import ANNA, BEN, EVA, HOSTILE, NOW, SO_WHAT, WEEK, World, speak

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

DESK = f"/rounds/{WEEK}/issue"
PATHS = (DESK, f"{DESK}?told=saved", f"{DESK}?told=both&over=1", f"{DESK}/preview", f"{DESK}/log")
ROOS = person("roos@example.org", "Roos Vermeer", "editor", "nl")


def a_week(folder: Path) -> World:
    """Every cluster kept, two who differ, questions, hostile and long words, and two versions of a plan."""
    world = builders.world(folder)
    cluster_ids = world.clusters()
    for number, cluster_id in enumerate(cluster_ids):
        speak(world, ANNA, cluster_id, title=f"Titel {number}", question="Wie kent iemand?", experiment="Bel iemand.")
    anna = world.annotations(cluster_ids[1])[0].id
    speak(world, BEN, cluster_ids[1], relation="contrasts", relation_to=anna, relation_why="nee", title=LONG[:80])
    speak(world, BEN, cluster_ids[2], so_what=f"{LONG} {SO_WHAT}", title=HOSTILE[:80], question=LONG[:200])
    with world.db.writing() as db:
        people.add(db, ROOS, NOW)
        plans.save(db, WEEK, Plan(order=(cluster_ids[2],)), ROOS.id, NOW)
        plans.save(db, WEEK, Plan(left_out=(cluster_ids[0],), held_over=(cluster_ids[3],)), EVA.id, NOW)
    return world


@pytest.fixture(scope="module")
def tried() -> list[tuple[Person, Issue]]:
    """The trials that were mailed."""
    return []


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory, tried: list[tuple[Person, Issue]]) -> World:
    world = a_week(tmp_path_factory.mktemp("desk"))
    world.config = replace(world.config, post_trial=lambda who, issue: tried.append((who, issue)))
    return world


def come_in(browser: Browser, site: str, week: World, who: Person = EVA, **look: object) -> Page:
    """A browser window in which an editor has signed in."""
    settings = {"viewport": PHONE, "locale": "nl-NL", "base_url": site, **look}
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.goto(week.link(who))
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Week 47")
    return page


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_pages_have_nothing_in_the_way(browser: Browser, site: str, week: World, scheme: str, language: str) -> None:
    page = come_in(browser, site, week, color_scheme=scheme)
    paths = [f"{path}{'&' if '?' in path else '?'}in={language}" for path in PATHS]
    assert look_over(page, paths, language, site) == []


def test_both_frames_really_show_what_readers_will_see(browser: Browser, site: str, week: World) -> None:
    page = come_in(browser, site, week, viewport=LAPTOP)
    for language, said in (("nl", "Waarom je dit ziet"), ("en", "Why you see this")):
        page.goto(f"{DESK}/preview?in={language}")
        for frame in page.locator("iframe").all():
            inside = frame.content_frame
            expect(inside.get_by_text(said).first).to_be_visible()
            expect(inside.get_by_text(SO_WHAT).filter(visible=True).first).to_be_visible()
            expect(inside.locator("script, img[src=x]")).to_have_count(0)
    boxes = [frame.bounding_box() for frame in page.locator("iframe").all()]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"], "side by side on a wide screen"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    boxes = [frame.bounding_box() for frame in page.locator("iframe").all()]
    assert boxes[0]
    assert boxes[1]
    assert boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"], "one after the other on a phone"


def test_a_trial_is_mailed_from_the_preview(
    browser: Browser, site: str, week: World, tried: list[tuple[Person, Issue]]
) -> None:
    page = come_in(browser, site, week, java_script_enabled=False)
    page.goto(DESK)
    page.get_by_role("link", name="Bekijk het zoals lezers het zien").click()
    page.get_by_role("button", name="Mail mij een proef").click()
    expect(page.get_by_role("status")).to_contain_text("onderweg naar eva@example.org")
    assert [who.email for who, _ in tried] == [EVA.email]


def test_an_editor_orders_shortens_goes_back_and_publishes_without_javascript(browser: Browser, tmp_path: Path) -> None:
    week = a_week(tmp_path)
    server = uvicorn.Server(uvicorn.Config(create_app(week.config), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        page = come_in(browser, f"http://127.0.0.1:{port}", week, java_script_enabled=False)
        _edit(page)
    finally:
        server.should_exit = True
        thread.join(10)
    assert week.closed == [WEEK]


def _edit(page: Page) -> None:
    page.goto(DESK)
    titles = page.locator("ol.cards h3")
    third = titles.nth(2).inner_text()
    page.get_by_role("button", name=re.compile(f"^Omhoog ?: {third}")).click()
    expect(titles.nth(1)).to_have_text(third)
    page.get_by_role("button", name=re.compile("^Haal terug ?: Titel 0")).click()
    card = page.locator("li.card").first
    card.locator("summary").click()
    card.get_by_role("checkbox").first.uncheck()
    if card.get_by_role("checkbox", checked=True).count() < 4:  # the only voice: refused, and told why
        card.get_by_role("button", name=re.compile("Bewaar deze keuze")).click()
        expect(page.locator(".problem").first).to_be_visible()
        page.locator("li.card").first.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Bewaar deze keuze").last.click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard")
    page.get_by_role("button", name="Terug naar versie 1").click()
    expect(page.get_by_role("status")).to_contain_text("eerdere versie geldt weer")
    page.get_by_role("button", name="Sluit alleen de ronde").click()
    expect(page.get_by_role("status")).to_contain_text("De ronde is gesloten")
    page.get_by_role("button", name="Geef het nummer uit").click()
    expect(page.get_by_text("Het nummer wordt gemaakt")).to_be_visible()
