"""The pages about oneself and about the people, in a real browser: phone and laptop, light and dark, both languages."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from curate.people import Person
from curate.themes import Match
from reports import tokens
from storage import askables, interests, people, sign_ins, themes, welcomes
from storage.welcomes import Welcome
from tests.browser.looking import CHROMIUM, LONG, LOOKS, PHONE, barriers, come_in, look_over, visit
from tests.reports.web import builders
from tests.reports.web.builders import ANNA, BEN, EVA, MIA, NOW, OLGA, WEEK, World, speak

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = builders.world(tmp_path_factory.mktemp("my"))
    speak(world, ANNA, world.clusters()[0])
    found = world.clusters()
    with world.db.writing() as db:
        matches = [
            Match(cluster_id, f"t{n}", f"huurprijs, gemeenten {LONG if n == 3 else n}", "new", 1.0)
            for n, cluster_id in enumerate(found)
        ]
        themes.link(db, WEEK, matches, run_id="run")
        themes.name(db, "t1", "Betaalbaar wonen", EVA.id, NOW)
        interests.keep(db, EVA.id, ["t1", "t3"], NOW)
        askables.keep(db, EVA.id, "t1", "hoe wij de wijkbudgetten opzetten", NOW)
        askables.keep(db, EVA.id, "", LONG[:120], NOW)
        people.pause(db, BEN.id, "2026-W49")
        for hashed in ("phone", "laptop"):
            sign_ins.start_session(db, hashed, EVA.id, NOW - timedelta(days=3), NOW + timedelta(days=27))
        until = NOW + timedelta(days=14)
        long = f"{'l' * 60}@{'d' * 60}.example.org"
        for email, who in (("nina@example.org", EVA), (long, OLGA)):
            welcomes.offer(db, Welcome(f"hash of {email}", email, "catalyst", "nl", who.id, who.name, NOW, until))
    return world


def welcome(week: World, email: str = "nieuw@example.org") -> str:
    """The path of a fresh invitation."""
    token, until = tokens.new(), NOW + timedelta(days=14)
    with week.db.writing() as db:
        given = Welcome(tokens.hashed(token), email, "catalyst", "nl", EVA.id, EVA.name, NOW, until)
        welcomes.offer(db, given)
    return f"/welcome/{token}"


def paths(week: World) -> dict[Person | None, list[str]]:
    """Every page, and who sees most on it."""
    return {
        None: [welcome(week), "/welcome/used"],
        EVA: ["/my?saved=own", "/my?saved=themes", "/my/leave", "/people?saved=withdrawn"],
        BEN: ["/my?saved=paused"],
        MIA: ["/my"],
        OLGA: ["/people", f"/people/{ANNA.id}", f"/people/{OLGA.id}", "/my/leave"],
    }


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_pages_have_nothing_in_the_way(browser: Browser, site: str, week: World, scheme: str, language: str) -> None:
    for who, all_paths in paths(week).items():
        page = visit(browser, site, {"color_scheme": scheme})
        if who:
            come_in(page, week, who, "/my")
        assert look_over(page, all_paths, language, site) == []


def test_pages_with_problems_are_accessible(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    come_in(page, week, EVA, "/my")
    for path, button in (("/my", "Bewaar"), ("/my", "Hierover mag je me vragen"), ("/people", "Nodig uit")):
        page.goto(path)
        page.locator("#name" if button == "Bewaar" else "#about" if path == "/my" else "#email").fill("")
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert barriers(page) == []


def test_a_person_settles_their_affairs_without_javascript(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site, {"java_script_enabled": False, "viewport": PHONE})
    come_in(page, week, ANNA, "/my")
    page.get_by_label("alleen als katalysator").check()
    page.get_by_role("button", name="Bewaar", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Bewaard.")
    expect(page.get_by_label("alleen als katalysator")).to_be_checked()
    page.get_by_label("2 weken").check()
    page.get_by_role("button", name="Vraag me even niets").click()
    expect(page.get_by_role("status")).to_have_text("Goed. We laten je met rust.")
    expect(page.get_by_text("We vragen je niets tot maandag 7 december 2026")).to_be_visible()
    page.get_by_role("button", name="Vraag me weer mee").click()
    expect(page.get_by_role("status")).to_have_text("Fijn dat je er weer bent.")
    page.get_by_label("Betaalbaar wonen").check()
    page.get_by_role("button", name="Bewaar mijn thema's").click()
    expect(page.get_by_label("Betaalbaar wonen")).to_be_checked()
    page.get_by_label("Waarover mogen anderen je vragen?").fill("wonen in Delft")
    page.get_by_role("button", name="Hierover mag je me vragen").click()
    expect(page.get_by_text("wonen in Delft", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Trek in ?: wonen in Delft")).click()
    expect(page.get_by_role("status")).to_contain_text("Ingetrokken.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Alles wat we van je hebben").click()
    assert download.value.suggested_filename == "duiding-2026-11-23.json"


def test_somebody_is_invited_joins_and_leaves_without_javascript(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site, {"java_script_enabled": False})
    come_in(page, week, EVA, "/my")
    page.get_by_role("link", name="Mensen").click()
    page.get_by_label("E-mailadres").fill("cas@example.org")
    page.get_by_role("button", name="Nodig uit", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De uitnodiging is gemaakt")
    link = page.locator(".address").inner_text().replace(week.config.public_url, site)
    guest = visit(browser, site, {"java_script_enabled": False})
    guest.goto(link)
    expect(guest.get_by_text("Eva Smit nodigt je uit")).to_be_visible()
    guest.get_by_label("Je naam").fill("Cas Bakker")
    guest.get_by_role("button", name="Doe mee").click()
    expect(guest.get_by_role("heading", level=1)).to_contain_text("Week 47")
    page.goto("/people")
    expect(page.get_by_text("Cas Bakker")).to_be_visible()
    guest.get_by_role("link", name="Jij", exact=True).click()
    guest.get_by_role("link", name="Ga weg uit dit netwerk").click()
    guest.get_by_label("Haal mijn naam weg").check()
    guest.get_by_role("button", name="Ga weg").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Het ga je goed")
    expect(guest.get_by_role("link", name="Aanmelden")).to_be_visible()
