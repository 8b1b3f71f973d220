"""The page for LinkedIn exports in a real browser: on a phone and a laptop, in light and dark, in both languages."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from curate.people import person
from pipelines.home import Home
from pipelines.serving import application
from reports import tokens
from storage import people, sign_ins
from tests.browser.looking import CHROMIUM, LOOKS, PHONE, barriers, look_over
from tests.pipelines.at_home import home_at
from tests.pipelines.exports_of import COMMENTS, SHARES, archive, article, comment, share

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

MIA = person("mia@example.org", "Mia Jansen", "member", "nl")
LONG = "https://voorbeeld.example/" + "heel-lang-adres-zonder-einde" * 8


@dataclass(frozen=True)
class Site:
    """Where the pages stand, and the home behind them."""

    url: str
    home: Home


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from pipelines.home import clock_of

    home = home_at(tmp_path_factory.mktemp("drops") / "home", clock_of({}))
    with home.database.writing() as db:
        people.add(db, MIA, home.clock())
    server = uvicorn.Server(uvicorn.Config(application(home), host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield Site(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", home)
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    said = [
        share(1, "Kennis delen is geen bijzaak: het netwerk ís het filter.", "https://example.com/artikel/0"),
        share(2, f"Een post met een lang adres: {LONG} en verder niets.", LONG),
        share(3, "Werk hardop.\n\nEen tweede alinea, omdat het kan.", ""),
        share(4, "Alleen voor mijn netwerk", audience="MEMBER_NETWORK"),
        *(share(number, f"Post nummer {number}", f"https://example.com/{number}") for number in range(5, 32)),
    ]
    return archive(
        tmp_path_factory.mktemp("export") / "Basic_LinkedInDataExport.zip",
        {
            "Shares.csv": SHARES + "".join(said),
            "Comments.csv": COMMENTS + comment(),
            "Articles/Articles/a.html": article("Netwerken als filter", "netwerken"),
            "Articles/Articles/klad.html": article("Nog niet af", "klad", published="Published on"),
            "messages.csv": "FROM,CONTENT\nX,geheim\n",
            "Connections.csv": "First Name\nX\n",
            "Een_heel_lange_bestandsnaam_" + "zonder_einde" * 12 + ".csv": "a\n",
        },
    )


def come_in(opened: Browser, site: Site, **look: object) -> Page:
    """A fresh window in which the member has used the link from her mail."""
    token, now = tokens.new(), site.home.clock()
    with site.home.database.writing() as db:
        sign_ins.offer(db, tokens.hashed(token), MIA.id, now, now + timedelta(hours=1))
    settings = {"viewport": PHONE, "locale": "nl-NL", "base_url": site.url, **look}
    page = opened.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.goto(f"/sign-in/{token}")
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jouw LinkedIn")
    return page


def offer(page: Page, file: Path) -> None:
    page.goto("/my/linkedin")
    page.get_by_label("Het ZIP-bestand van LinkedIn").set_input_files(file)
    page.get_by_role("button", name="Laat zien wat erin staat").click()


def test_a_member_gives_an_export_and_takes_it_back_without_javascript(
    browser: Browser, site: Site, export: Path
) -> None:
    page = come_in(browser, site, java_script_enabled=False)
    offer(page, export)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat we zouden bewaren")
    expect(page.get_by_text("Met deze vinkjes zouden 31 rijen bewaard worden.")).to_be_visible()
    page.get_by_label("laat deze weg").first.check()
    page.get_by_role("button", name="Volgende rijen").click()
    expect(page.get_by_text("zouden 30 rijen bewaard worden")).to_be_visible()
    page.get_by_label("mijn reacties onder posts").check()
    page.get_by_role("button", name="Ik ga akkoord, bewaar dit").click()
    expect(page.get_by_role("status")).to_contain_text("Je vinkjes zijn veranderd")
    page.get_by_role("button", name="Ik ga akkoord, bewaar dit").click()
    expect(page.get_by_role("status")).to_contain_text("31 rijen zijn nieuw")
    page.get_by_text("Alles intrekken", exact=True).click()
    page.get_by_role("button", name="Verwijder alles uit mijn exports").click()
    expect(page.get_by_role("status")).to_contain_text("Alles uit je exports is verwijderd")
    with site.home.database.reading() as db:
        assert db.execute("SELECT count(*) FROM entries") == [(0,)]


def test_what_is_no_export_is_told_where_one_looks(browser: Browser, site: Site, tmp_path: Path) -> None:
    page = come_in(browser, site)
    (tmp_path / "foto.zip").write_bytes(b"geen zip")
    offer(page, tmp_path / "foto.zip")
    expect(page.get_by_role("alert")).to_contain_text("Dat lukte niet")
    assert barriers(page) == []


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_pages_have_nothing_in_the_way(browser: Browser, site: Site, export: Path, scheme: str, language: str) -> None:
    page = come_in(browser, site, color_scheme=scheme)
    offer(page, export)
    paths = ["/my/linkedin?new=3&known=2&removed=1", "/my/linkedin/preview?changed=1"]
    assert look_over(page, paths, language, site.url) == []
