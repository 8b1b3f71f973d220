"""Answering, deciding and asking in a real browser: one phone screen, no script, and no words of a reader ever act."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from curate import ids
from storage import answers, askables
from tests.browser.looking import CHROMIUM, LONG, LOOKS, PHONE, barriers, come_in, look_over, open_all, visit
from tests.reports.web import answers as readers
from tests.reports.web import builders
from tests.reports.web.answers import decide, door, give, item, link, publish, token
from tests.reports.web.builders import ANNA, BEN, EVA, MIA, World

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

ASKABLE = ids.of("askable", MIA.id, "t")
PAYLOADS = (
    "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    "\"><svg onload=document.title='taken'>",
    "' autofocus onfocus=document.title='taken' x='",
    "</textarea><script>document.title='taken'</script>",
    "</blockquote><iframe srcdoc='<script>parent.document.title=\"taken\"</script>'></iframe>",
    "{{ 7*7 }}{% include 'x' %}${7*7}",
    "javascript:document.title='taken'",
    "\u202e<b onclick=document.title='taken'>klik</b>\u2028",
    "&lt;script&gt;document.title='taken'&lt;/script&gt;",
)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An issue that is out, answers that wait and that were decided about, somebody who may be asked."""
    world = builders.world(tmp_path_factory.mktemp("answers"))
    publish(world)
    reader = world.subscriber()
    give(world, reader, {"text": f"{LONG} en meer.", "name": LONG[:70], "may_show": "on", "wants_thanks": "on"})
    give(world, reader, {"kind": "report", "text": "Eén dossier", "happened": LONG, "next": "Nog een"}, "experiment")
    source = {"kind": "source", "url": f"https://krant.example/{'y' * 90}", "text": "Lees dit.", "may_show": "on"}
    give(world, reader, source, item(world))
    for n in range(9):
        choice = ("recognise", "differ", "useful")[n % 3]
        give(world, world.subscriber(f"r{n}@example.org"), {"choice": choice}, item(world))
    other = world.subscriber("ander@example.org")
    shown = give(world, other, {"text": "Bij ons wel.", "may_show": "on"})
    decide(world, BEN, shown.id, "show", note=LONG[:150])
    decide(world, ANNA, shown.id, "aside", seen="1")
    with world.db.writing() as db:
        askables.keep(db, MIA.id, "t", "huurdossiers", world.clock())
        ((content,),) = db.execute("SELECT content FROM issue_contents")
        named = json.dumps({**json.loads(content), "corrections": [ASKABLE]})  # anywhere in it will do
        db.execute("UPDATE issue_contents SET content = $content", {"content": named})
    return world


def forms(week: World) -> list[str]:
    """Every form that a reader can meet."""
    reader = week.subscriber()
    return [
        door(week, reader),
        door(week, reader, "experiment"),
        door(week, reader, link(week)),
        *(door(week, reader, f"{item(week)}&kind={kind}") for kind in ("signal", "source", "offer")),
        f"/issues/1/answer?about={item(week)}",
        f"/ask/1/{ASKABLE}",
    ]


def others(week: World) -> list[str]:
    """Every other page of a reader."""
    own = f"/answer/{token(week, week.subscriber())}"
    return [
        own,
        f"{own}?done=offer",
        "/issues/1/answer",
        "/issues/1/answer?done=signal",
        "/answer/forged?about=question",
        f"{own}?about=c-nowhere",
        f"/ask/1/{ASKABLE}?done=1",
        "/ask/1/nobody",
        "/issues/1",
    ]


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_pages_of_answers_have_nothing_in_the_way(
    browser: Browser, site: str, week: World, scheme: str, language: str
) -> None:
    page = visit(browser, site, {"color_scheme": scheme})
    come_in(page, week, EVA)
    paths = [*forms(week), *others(week), "/answers", "/answers?told=both&name=Anna"]
    assert look_over(page, paths, language, site) == []


def test_forms_with_problems_are_accessible(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    for path in forms(week):
        page.goto(path)
        for field in page.locator("textarea, input[type=text], input[type=url], input[type=email]").all():
            field.fill("")
        page.locator("button.main").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert barriers(page) == [], path


def test_each_form_fits_one_phone_screen(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    for path in forms(week):
        page.goto(path)
        form = page.locator("form.sheet").bounding_box()
        assert form
        assert form["height"] <= PHONE["height"], path


def test_a_reader_answers_without_javascript_or_cookies_and_takes_it_back(
    browser: Browser, site: str, week: World
) -> None:
    reader = week.subscriber("stil@example.org")
    page = visit(browser, site, {"java_script_enabled": False})
    page.goto(door(week, reader))
    expect(page.get_by_text(readers.QUESTION)).to_be_visible()
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    expect(page.get_by_role("alert")).to_contain_text("Wat je typte, staat er nog")
    expect(page.get_by_label("Jouw antwoord")).to_be_focused()
    page.get_by_label("Jouw antwoord").fill("De vereniging, op dinsdag.")
    page.get_by_label("Dit mag in een volgend nummer staan").check()
    page.get_by_role("button", name="Verstuur mijn antwoord").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dank je wel")
    assert page.context.cookies() == []
    page.get_by_role("link", name="Wat je nog meer kunt zeggen, en intrekken").click()
    expect(page.get_by_text("De vereniging, op dinsdag.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Trek in")).click()
    expect(page.get_by_role("status")).to_contain_text("Je woorden zijn weg")


def test_a_catalyst_decides_and_it_leaves_the_queue(browser: Browser, site: str, week: World) -> None:
    give(week, week.subscriber("bas@example.org"), {"text": "Vraag het Bas.", "may_show": "on"})
    page = visit(browser, site, {"java_script_enabled": False})
    come_in(page, week, EVA)
    page.get_by_role("link", name=re.compile("antwoorden van lezers wachten")).click()
    said = page.locator(".said-back", has_text="Vraag het Bas.")
    said.get_by_role("button", name=re.compile("^Laat zien")).click()
    expect(page.get_by_role("alert")).to_contain_text("Zeg in één zin")
    said = page.locator(".said-back", has_text="Vraag het Bas.")
    said.get_by_label("Wat deed je ermee?").fill("Gebeld.")
    said.get_by_role("button", name=re.compile("^Laat zien")).click()
    expect(page.get_by_role("status")).to_have_text("Bewaard.")
    assert page.locator(".said-back", has_text="Vraag het Bas.").count() == 0
    expect(page.locator(".lines li", has_text="Vraag het Bas.").first).to_contain_text("Gebeld.")


def untouched(page: Page, path: str) -> None:
    """Open a page; whatever a reader wrote in it has not run, and offers nothing that would."""
    page.goto(path)
    open_all(page)
    assert page.title() != "taken", path
    assert page.evaluate("document.querySelectorAll('main script, main iframe, main img, main [onclick]').length") == 0
    assert page.evaluate("[...document.links].filter(one => one.protocol === 'javascript:').length") == 0, path


def test_no_words_of_a_reader_act_anywhere(browser: Browser, site: str, week: World) -> None:
    page = visit(browser, site)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    come_in(page, week, ANNA)
    reader = week.subscriber("vijand@example.org")
    for first in range(0, len(PAYLOADS), 3):
        text, happened, later = (PAYLOADS[(first + more) % len(PAYLOADS)] for more in range(3))
        for kind, about in (("report", "experiment"), ("source", item(week)), ("meaning", link(week))):
            said = {"text": text, "happened": happened, "next": later, "name": text[:80], "may_show": "on"}
            url = f"https://krant.example/?q={text}".replace(" ", "+")
            give(week, reader, {"kind": kind, "url": url, **said}, about)
        for path in (f"/answer/{token(week, reader)}", door(week, reader, "experiment"), "/answers"):
            untouched(page, path)
    with week.db.reading() as db:
        mine = [one.id for one in answers.waiting(db) if one.subscriber_id == reader]
    for one in mine:
        decide(week, BEN, one, "show", note=PAYLOADS[1])
    untouched(page, "/answers")
    assert dialogs == []
