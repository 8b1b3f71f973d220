"""Bringing a link: what was typed is never lost, the same twice is one, and nobody is asked by GET."""

import html
import json
import re
from typing import Any
from urllib.parse import unquote

import pytest
from limits import RateLimitItemPerHour
from starlette.testclient import TestClient

from curate import links
from curate.links import Link
from curate.people import Person
from reports.web import doors
from reports.web.links import bookmarklet
from storage import articles, entries, people
from storage import links as stored
from tests.reports.web.builders import ANNA, BEN, HOSTILE, MIA, NOW, OLGA, WEEK, World, mark, send

URL = "https://krant.example/een-stuk"
WHY = "Dit raakt aan wat wij in Zwolle proberen."
PATH = "/links/add"


def brought(client: TestClient, **changes: str) -> Any:
    return send(client, PATH, {"url": URL, "why": WHY, "title": "", "language": "", **changes})


def kept(world: World) -> list[tuple[str, str, str]]:
    """What is kept of links: (address, person, words), every version."""
    with world.db.reading() as db:
        return db.execute(
            "SELECT e.url, p.name, t.text FROM entries e JOIN entry_texts t USING (entry_id) JOIN sources s"
            " USING (source_id) JOIN people p USING (person_id) WHERE e.via = 'link' ORDER BY t.rowid"
        )  # type: ignore[return-value]


@pytest.mark.parametrize("who", [ANNA, OLGA, MIA])
def test_everybody_of_the_network_can_bring_a_link_that_then_waits_for_its_page(world: World, who: Person) -> None:
    with world.signed_in(who) as client:
        answer = brought(client)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?saved=new")
        said = client.get(answer.headers["location"]).text
    assert kept(world) == [(URL, who.name, WHY)]
    assert "Binnen een uur wordt de pagina gelezen" in said
    assert WHY in said
    with world.db.reading() as db:
        assert entries.waiting(db, NOW, 9) == (URL,)


def test_the_form_is_filled_in_by_the_bookmark_and_looking_changes_nothing(world: World) -> None:
    with world.signed_in(ANNA) as client:
        before = world.fingerprint()
        said = client.get(PATH, params={"url": URL, "title": HOSTILE, "why": "x"})
        assert f'value="{URL}"' in said.text
        assert "<script" not in said.text
        assert html.unescape(re.search(r'name="title" value="([^"]*)"', said.text)[1]) == HOSTILE  # type: ignore[index]
        assert world.fingerprint() == before


def test_what_is_wrong_is_said_beside_the_field_and_everything_typed_stays(world: World) -> None:
    typed = {"url": f"https://www.linkedin.com/{HOSTILE}", "why": HOSTILE * 9, "title": HOSTILE, "language": "en"}
    with world.signed_in(ANNA) as client:
        answer = brought(client, **typed)
    assert answer.status_code == 422
    assert "LinkedIn lezen we nooit automatisch" in answer.text
    assert "langer dan 600 tekens" in answer.text
    assert "<script" not in answer.text
    assert html.unescape(answer.text).count(HOSTILE) >= 11
    assert '<option value="en" selected>' in answer.text
    assert kept(world) == []


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "http://127.0.0.1/", "http://localhost/", "https://a.example/\u202ex", "x" * 5000],
)
def test_an_address_that_cannot_be_asked_is_refused_in_both_languages(world: World, url: str) -> None:
    with world.signed_in(ANNA) as client:
        for language, sorry in (("nl", "Nog niet bewaard"), ("en", "Not saved yet")):
            client.cookies.set("language", language, domain="duiding.test", path="/")
            answer = brought(client, url=url)
            assert (answer.status_code, sorry in answer.text, WHY in answer.text) == (422, True, True)
    assert kept(world) == []


def test_the_same_link_again_is_kept_once_and_other_words_are_a_next_version(world: World) -> None:
    other = "Hier kunnen we morgen al mee beginnen."
    with world.signed_in(ANNA) as client:
        asked = [brought(client), brought(client), brought(client, why=other, url=f"{URL}/?utm_source=mail")]
        assert [one.headers["location"].split("=")[1] for one in asked] == ["new", "known", "changed"]
        said = client.get(f"{PATH}?saved=changed").text
    assert [why for _, _, why in kept(world)] == [WHY, other]
    assert "Je nieuwe woorden zijn bewaard" in said
    assert said.count('<p class="reason said"') == 1


def test_another_person_brings_the_same_link_beside_it(world: World) -> None:
    for who in (ANNA, BEN):
        with world.signed_in(who) as client:
            assert brought(client).headers["location"].endswith("new")
    assert [name for _, name, _ in kept(world)] == [ANNA.name, BEN.name]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many links are enough for an hour."""
    monkeypatch.setattr(doors, "PER_BRINGER", RateLimitItemPerHour(3))
    return 3


def test_nobody_brings_more_links_an_hour_than_are_read_and_the_last_one_is_given_back(world: World, few: int) -> None:
    with world.signed_in(ANNA) as client:
        token = mark(client.get(PATH).text)
        for n in range(few):
            form = {"csrf": token, "url": f"{URL}-{n}", "why": WHY}
            assert client.post(PATH, data=form).status_code == 303
        answer = client.post(PATH, data={"csrf": token, "url": f"{URL}-x", "why": WHY})
    assert answer.status_code == 429
    assert f'value="{URL}-x"' in answer.text
    assert WHY in answer.text
    assert len(kept(world)) == few


def test_what_is_wrong_does_not_count_against_the_hour(world: World, few: int) -> None:
    with world.signed_in(ANNA) as client:
        token = mark(client.get(PATH).text)
        for _ in range(few + 1):
            client.post(PATH, data={"csrf": token, "url": "nee", "why": WHY})
        assert client.post(PATH, data={"csrf": token, "url": URL, "why": WHY}).status_code == 303


# --- where others see it ---------------------------------------------------------------------------------------------


def test_who_brought_an_article_and_why_stands_on_the_page_of_its_cluster(world: World) -> None:
    cluster_id, who = world.clusters()[0], Person("x", "x@example.org", "Ann <b>x</b>", "catalyst", "nl")
    said = links.entry(who, Link(URL, HOSTILE), NOW)
    with world.db.writing() as db:
        people.add(db, who, NOW)
        stored.keep(db, who, Link(URL, HOSTILE), stored.run_of(NOW, "1"))
        articles.surface(db, [(f"{cluster_id}-0", said)], "run")
    with world.signed_in(BEN) as client:
        page = client.get(f"/clusters/{cluster_id}").text
        other = client.get(f"/clusters/{world.clusters()[1]}").text
        kept_page = client.post(f"/clusters/{cluster_id}", data={"csrf": mark(page), "verdict": ""}).text
        board = client.get(f"/rounds/{WEEK}").text
    assert f"Ann <b>x</b> brought this: “{HOSTILE}”" in html.unescape(page.replace("\n", ""))
    assert "<b>x</b>" not in page
    assert "<script>" not in page
    assert "brought this" in kept_page
    assert "brought this" not in other
    assert "Ann &lt;b&gt;x&lt;/b&gt;" in board


# --- signing in, and forms that are too old --------------------------------------------------------------------------


def test_who_must_sign_in_first_finds_the_address_back_after_it(world: World) -> None:
    with world.visitor() as client:
        answer = client.get(PATH, params={"url": f"{URL}?a=1&b=é#c", "title": "Eén & twee"})
        assert answer.status_code == 303
        page = client.get(answer.headers["location"]).text
        then = html.unescape(re.search(r'name="next" value="([^"]*)"', page)[1])  # type: ignore[index]
        sent = send(client, "/sign-in", {"email": ANNA.email, "next": then}, page=answer.headers["location"])
        assert sent.status_code == 200
        ((_, link),) = world.posted
        entered = send(client, link.removeprefix("http://duiding.test"), {"next": then})
        form = client.get(entered.headers["location"]).text
    assert f'value="{URL}?a=1&amp;b=é#c"' in form
    assert 'value="Eén &amp; twee"' in form


@pytest.mark.parametrize("kept_", ["%%%", "e30", "W10", "bm9wZQ", "A" * 9000, "eyJ1cmwiOiBbMV19", ""])
def test_what_was_carried_along_may_be_anything(world: World, kept_: str) -> None:
    with world.signed_in(ANNA) as client:
        assert client.get(PATH, params={"kept": kept_}).status_code == 200


def test_a_long_address_still_leads_to_the_form(world: World) -> None:
    with world.visitor() as client:
        answer = client.get(PATH, params={"url": f"https://a.example/{'x' * 3000}"})
    assert unquote(answer.headers["location"]) == "/sign-in?next=/links/add"


def test_a_form_that_lost_its_session_gives_everything_back_and_works_after_signing_in(world: World) -> None:
    with world.visitor() as client:
        token = mark(client.get("/sign-in").text)
        answer = client.post(PATH, data={"csrf": token, "url": URL, "why": WHY, "title": "T"})
    assert answer.status_code == 403
    assert all(text in answer.text for text in (URL, WHY, 'value="T"', "/sign-in"))
    with world.signed_in(ANNA) as client:
        again = client.post(PATH, data={"csrf": mark(answer.text), "url": URL, "why": WHY})
        assert again.status_code == 403
        assert client.post(PATH, data={"csrf": mark(again.text), "url": URL, "why": WHY}).status_code == 303
    assert len(kept(world)) == 1


# --- the bookmark ----------------------------------------------------------------------------------------------------


def test_the_bookmark_leads_to_this_site_and_cannot_be_broken_out_of() -> None:
    assert bookmarklet("https://duiding.example/") == (
        'javascript:location.href="https://duiding.example/links/add?url="+encodeURIComponent(location.href)'
        '+"&title="+encodeURIComponent(document.title)'
    )
    (address,) = re.findall(
        r'^javascript:location\.href=("[^"]*")\+', bookmarklet('https://x.example/"+alert(1)+"</a>')
    )
    assert json.loads(address) == "https://x.example/%22%2Balert%281%29%2B%22%3C/a%3E/links/add?url="


def test_the_page_explains_the_bookmark_and_the_way_of_a_phone(world: World) -> None:
    with world.signed_in(ANNA) as client:
        dutch, english = client.get(PATH).text, client.get(f"{PATH}?lang=en").text
    assert "Sleep de knop hierboven naar die balk." in dutch
    assert "Kopieer het adres van de pagina" in dutch
    assert "Drag the button above to that bar." in english
    assert "Copy the address of the page" in english
