"""The pages of readers in a real browser: subscribing, choosing, being forgotten; light and dark, two languages."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from curate.readers import CONSENT_VERSION, PREFERENCES_LAST, Wishes
from curate.themes import Match
from reports import tokens
from storage import subscribers, subscriptions, themes
from storage.subscriptions import Subscription
from tests.browser.looking import CHROMIUM, LONG, LOOKS, barriers, look_over, visit
from tests.reports.web import builders
from tests.reports.web.builders import ANNA, EVA, NOW, SECRET, WEEK, World, speak

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

FAR = f"{'l' * 60}@{'d' * 60}.example.org"


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = builders.world(tmp_path_factory.mktemp("readers"))
    found = world.clusters()
    speak(world, ANNA, found[0])
    world.publish()
    with world.db.writing() as db:
        matches = [Match(one, f"t{n}", f"huurprijs {LONG if n == 3 else n}", "new", 1.0) for n, one in enumerate(found)]
        themes.link(db, WEEK, matches, run_id="run")
        themes.name(db, "t1", "Betaalbaar wonen", EVA.id, NOW)
        subscribers.add(db, subscribers.wishing(FAR, Wishes("nl", "month", ("t1", "t3"))), "sample", NOW)
    return world


def asked(week: World, email: str = FAR) -> str:
    """The path of a fresh link to confirm."""
    token = tokens.new()
    one = Subscription(
        tokens.hashed(token), email, Wishes("nl", "issue", ("t1",)), CONSENT_VERSION, NOW, NOW + timedelta(days=3)
    )
    with week.db.writing() as db:
        subscriptions.ask(db, one)
    return f"/subscribe/{token}"


def choices(name: str = FAR, days: int = 0) -> str:
    """The path to a reader's choices, by a link of some days ago."""
    reader = subscribers.subscriber(name, "nl").id
    return f"/preferences/{tokens.preferences_token(SECRET, reader, NOW.date() - timedelta(days=days))}"


def paths(week: World) -> list[str]:
    old = PREFERENCES_LAST.days + 1
    return [
        "/",
        "/issues",
        "/issues/1",
        "/subscribe",
        asked(week),
        "/subscribe/used",
        choices(),
        f"{choices()}?saved=yes",
        f"{choices()}/forget",
        choices(days=old),
        choices("nobody@example.org"),
    ]


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_pages_of_readers_have_nothing_in_the_way(
    browser: Browser, site: str, week: World, scheme: str, language: str
) -> None:
    page = visit(browser, site, {"color_scheme": scheme})
    assert look_over(page, paths(week), language, site) == []


def test_a_form_with_mistakes_is_accessible(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    page.goto("/subscribe")
    page.get_by_label("E-mailadres").fill("mia")
    page.get_by_role("button", name="Schrijf me in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mailadres")).to_be_focused()
    expect(page.get_by_label("E-mailadres")).to_have_value("mia")
    assert barriers(page) == []


def test_somebody_subscribes_chooses_and_is_forgotten_without_javascript(
    browser: Browser, site: str, week: World
) -> None:
    page = visit(browser, site, {"java_script_enabled": False})
    page.goto("/")
    page.get_by_role("link", name="Krijg het in je mail").click()
    page.get_by_label("E-mailadres").fill("mia@example.org")
    page.get_by_label("Eens per maand").check()
    page.get_by_label("Betaalbaar wonen").check()
    page.get_by_role("button", name="Schrijf me in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in je mail")
    one, url = week.asked[-1]
    assert one.email == "mia@example.org"
    page.goto(url.replace(week.config.public_url, site))
    expect(page.get_by_text("Eens per maand, in het Nederlands.")).to_be_visible()
    expect(page.get_by_text("Voorop: Betaalbaar wonen.")).to_be_visible()
    page.get_by_role("button", name="Ja, schrijf me in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je staat op de lijst")
    page.get_by_role("link", name="Bekijk wat je koos").click()
    expect(page.get_by_label("Betaalbaar wonen")).to_be_checked()
    every_issue = page.get_by_role("radio", name=re.compile("^Elk nummer"))
    every_issue.check()
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard")
    expect(every_issue).to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("link", name="Alles wat we van je hebben").click()
    assert download.value.suggested_filename == "duiding-2026-11-23.json"
    page.get_by_role("link", name="Vergeet me").click()
    page.get_by_role("button", name="Wis alles van mij").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent vergeten")


def test_nothing_is_fetched_from_elsewhere_and_nothing_breaks_the_policy(
    browser: Browser, site: str, week: World
) -> None:
    asked_for, said = [], []
    page = visit(browser, site)
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in paths(week):
        page.goto(path)
    assert {url for url in asked_for if not url.startswith(site)} == set()
    assert [text for text in said if "Content Security Policy" in text] == []
