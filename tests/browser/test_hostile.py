"""Texts that try to run something, in all faces of an issue, in a real browser: nothing runs, nothing is asked for.

The pages come with their policy, as readers get them. The mail, and the content of feeds, are looked at without any
policy and with scripts allowed: other programs show those, with rules of their own.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from playwright.sync_api import Browser, Page

from curate.issues import Issue
from reports import digests
from storage import issue_notes, issues
from tests.browser.looking import CHROMIUM, come_in, open_all, visit
from tests.reports import builders as b
from tests.reports.hostile import ADDRESSES, PAYLOADS
from tests.reports.test_digests import ALL_LINKS
from tests.reports.web import builders
from tests.reports.web.builders import ANNA, EVA, WEEK, World, speak

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

REAL = Path(__file__).parents[2] / "../shared/realweek/real"
PER_ISSUE = 13
WATCH = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = (...said) => window.ran.push(name + said);
"""


def hostile(number: int, texts: tuple[str, ...]) -> Issue:
    """An issue with one of the texts wherever anybody says something."""

    def said(place: int) -> str:
        return texts[place % len(texts)]

    voices = tuple(
        b.voice(
            f"v{number}-{n}", byline=said(n), so_what=f"Woord {said(n + 1)}", relation_why=said(n), language=said(n)
        )
        for n in range(2)
    )
    links = tuple(
        b.link(
            f"a{n}",
            title=said(n + 2),
            source=said(n + 3),
            url=ADDRESSES[(number + n) % len(ADDRESSES)],
            language=said(n),
        )
        for n in range(3)
    )
    look = b.look(title=said(1), then=said(2), now=said(3), why=said(4), byline=said(5), language=said(6))
    missing = (replace(b.full_item().missing[0], text=said(7), url=ADDRESSES[number % len(ADDRESSES)], byline=said(8)),)
    ask = (replace(b.full_item().ask[0], name=said(9), about=said(10)),)
    items = tuple(
        b.item(f"c{number}-{n}", title=said(n), label=said(n + 4), voices=voices, links=links,
               sources=(said(n), said(5)), standing=b.standing(), missing=missing, ask=ask, looked_back=(look,))
        for n in range(3)
    )  # fmt: skip
    sample = b.full_issue()
    assert sample.question and sample.experiment
    return replace(
        sample,
        number=number,
        week=f"2025-W{number:02d}",
        network=said(0),
        items=items,
        question=replace(sample.question, text=said(3), byline=said(4)),
        experiment=replace(sample.experiment, text=said(5), byline=said(6)),
        said_before=b.said_before(title=said(7), so_what=said(8), byline=said(9)),
        tried=look,
        looked_back=(look,),
        corrections=(b.correction(text=said(10)),),
        unannotated=links,
    )


ISSUES = [
    hostile(number, PAYLOADS[start : start + PER_ISSUE])
    for number, start in enumerate(range(0, len(PAYLOADS), PER_ISSUE), start=1)
]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = builders.world(tmp_path_factory.mktemp("hostile"))
    first, second, *_ = world.clusters()
    speak(world, ANNA, first, so_what=f"“een twee drie vier {PAYLOADS[0]}” en {PAYLOADS[9]}", title=PAYLOADS[45])
    speak(world, EVA, second, so_what=f"Dit zegt iets over alles en {PAYLOADS[39]}", question=PAYLOADS[40])
    with world.db.writing() as db:
        for place, one in enumerate(PAYLOADS[:20]):
            db.execute("UPDATE article_texts SET title = $t WHERE rowid = $r", {"t": one, "r": place})
        for number, one in enumerate(ISSUES, start=1):
            issues.freeze(db, one, world.clock())
            for payload in PAYLOADS[number::6]:
                issue_notes.add(db, number, payload, "nl", by=EVA.id, now=world.clock())
    return world


@pytest.fixture
def looked_at(browser: Browser, site: str) -> Iterator[Page]:
    """A browser that notes what runs and what is asked for."""
    page = visit(browser, site)
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: dialog.dismiss())
    yield page
    page.context.close()


def ran(page: Page) -> list[str]:
    """What ran, after everything was unfolded, focused and hovered over."""
    open_all(page)
    page.evaluate("document.querySelectorAll('*').forEach(one => { one.focus?.() })")
    page.evaluate(
        "document.querySelectorAll('*').forEach(one => one.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})))"
    )
    page.wait_for_load_state("load")
    return [said for frame in page.frames for said in frame.evaluate("window.ran ?? []")]


def test_the_watch_sees_what_runs(looked_at: Page) -> None:
    looked_at.goto("about:blank")
    looked_at.set_content(f"<p>{PAYLOADS[9]}{PAYLOADS[15]}<input autofocus onfocus=alert(3)></p>")
    looked_at.wait_for_function("window.ran.length >= 2")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_runs_on_our_pages(looked_at: Page, site: str, language: str) -> None:
    asked: list[str] = []
    looked_at.on("request", lambda request: asked.append(request.url))
    numbers = range(1, len(ISSUES) + 1)
    paths = [f"/issues/{n}" for n in numbers] + [f"/issues/{n}/provenance" for n in numbers]
    paths += [
        "/issues",
        "/issues?q=alert",
        "/issues?q=script&year=2025",
        "/issues?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E",
    ]
    for path in paths:
        looked_at.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert ran(looked_at) == [], path
        assert looked_at.url.startswith(site), path
    assert {url for url in asked if not url.startswith((site, "data:"))} == set()


def test_nothing_runs_on_the_desk_and_in_its_preview(looked_at: Page, week: World) -> None:
    come_in(looked_at, week, EVA)
    for path in (f"/rounds/{WEEK}/issue", f"/rounds/{WEEK}/issue/preview", f"/rounds/{WEEK}/issue/preview/page",
                 f"/rounds/{WEEK}/issue/preview/mail", f"/rounds/{WEEK}/issue/log"):  # fmt: skip
        looked_at.goto(path)
        assert ran(looked_at) == [], path


@pytest.mark.parametrize("one", ISSUES, ids=lambda one: f"issue {one.number}")
def test_nothing_runs_in_a_mail_without_any_policy(looked_at: Page, one: Issue) -> None:
    asked: list[str] = []
    looked_at.goto("about:blank")
    looked_at.on("request", lambda request: asked.append(request.url))
    for language in ("nl", "en"):
        looked_at.set_content(digests.mail_html(one, language, ALL_LINKS))  # type: ignore[arg-type]
        assert ran(looked_at) == []
    assert asked == []


def test_nothing_runs_in_what_feeds_carry_without_any_policy(looked_at: Page, site: str) -> None:
    atom = looked_at.request.get("/issues.atom?lang=nl").body()
    told = json.loads(looked_at.request.get("/issues.feed.json?lang=nl").text())
    read = feedparser.parse(atom, sanitize_html=False)
    assert not read.bozo
    contents: list[Any] = [entry.content[0].value for entry in read.entries]
    contents += [one["content_html"] for one in told["items"]]
    titles = [entry.title for entry in read.entries]
    assert len(contents) == 2 * len(ISSUES)
    looked_at.goto("about:blank")
    asked: list[str] = []
    looked_at.on("request", lambda request: asked.append(request.url))
    for content in contents:
        looked_at.set_content(content)
        assert ran(looked_at) == []
    assert titles
    assert asked == []


def test_the_feed_itself_runs_nothing_where_a_browser_shows_it(looked_at: Page) -> None:
    for path in ("/issues.json", "/issues/1.json", "/issues/1/notes.json", "/issues/1/provenance.json"):
        looked_at.goto(path)
        assert ran(looked_at) == [], path


@pytest.mark.realweek
@pytest.mark.skipif(not REAL.exists(), reason="the feeds are not beside the project")
def test_nothing_runs_with_the_titles_of_hostile_feeds(looked_at: Page) -> None:
    titles = _titles()
    assert len(titles) > 20
    looked_at.goto("about:blank")
    for start in range(0, len(titles), 8):
        one = hostile(1, tuple(titles[start : start + 8]))
        for face in (digests.page, digests.mail_html, digests.content):
            looked_at.set_content(face(one, "nl", ALL_LINKS))
            assert ran(looked_at) == []


def _titles() -> list[str]:
    """Titles and summaries of feeds that try to run something, as they are before anything is cleaned."""
    found: dict[str, None] = {}
    for one in json.loads((REAL / "index.json").read_text(encoding="utf-8")):
        if one["class"] == "xss":
            body = (REAL.parent / one["file"]).read_bytes()
            body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            found |= {body.decode("utf-8", "replace"): None}
            for entry in feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries:
                found |= dict.fromkeys(str(text) for text in (entry.get("title"), entry.get("summary")) if text)
    return list(found)
