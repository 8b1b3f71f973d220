"""The board of a round."""

import re
from dataclasses import replace

from tests.reports.web.builders import ANNA, BEN, EVA, MIA, OLGA, TOPICS, WEEK, World, enter, send, speak

BOARD = f"/rounds/{WEEK}"


def test_at_most_five_clusters_are_asked_and_the_rest_can_be_looked_at(world: World) -> None:
    with world.signed_in(ANNA) as client:
        html = client.get(BOARD).text
    asked, rest = html.split("Ook deze week")
    assert len(re.findall(r'<li class="card', asked)) == 5
    assert len(re.findall(r'class="untitled" href="/clusters/', rest)) == 2
    assert "Geef betekenis" not in rest
    listed = asked[: asked.index("<svg")] + rest
    places = [listed.index(label) for label, _, _ in TOPICS]
    assert places == sorted(places)


def test_a_network_may_ask_less_of_its_catalysts(world: World) -> None:
    modest = replace(world, config=replace(world.config, asked=3))
    with modest.signed_in(ANNA) as client:
        asked, rest = client.get(f"/rounds/{WEEK}").text.split("Ook deze week")
    assert len(re.findall(r'<li class="card', asked)) == 3
    assert len(re.findall(r'class="untitled" href="/clusters/', rest)) == 4


def test_a_card_shows_the_machines_label_as_such_three_sources_copies_and_the_mix(world: World) -> None:
    with world.signed_in(ANNA) as client:
        card = client.get(BOARD).text.split('<li class="card')[1].split('</li>\n<li class="card')[0]
    assert "<span>huurprijs, gemeenten, boete</span> · voorstel van de machine" in card
    assert "Gemeenten mogen te hoge huur beboeten</a>" in card
    assert "titel: voorstel van de machine" in card
    assert len(re.findall(r'href="https://krant.example/', card)) == 3
    sources = re.findall(r'class="from">([^<]+?) <abbr', card)
    assert len(set(sources)) == 3
    assert '<abbr class="language" title="Nederlands">NL</abbr>' in card
    assert "+1 overname" in card
    assert re.search(r"4 artikelen uit \d bronnen, Nederlands\.", card)
    assert "Aangedragen door" in card


def test_the_map_stands_on_the_board_and_a_list_with_the_same_clusters_too(world: World) -> None:
    with world.signed_in(ANNA) as client:
        html = client.get(BOARD).text
    svg = html[html.index("<svg") : html.index("</svg>")]
    for cluster_id in world.clusters():
        assert f"/clusters/{cluster_id}" in svg
        assert f'href="/clusters/{cluster_id}"' in html.replace(svg, "")
    assert not re.search(r"\sstyle=", html)
    assert "<style" not in html


def test_the_board_says_where_you_have_spoken_and_how_many_others_did(world: World) -> None:
    first, second, *_ = world.clusters()
    speak(world, ANNA, first)
    speak(world, BEN, first)
    speak(world, BEN, second, title="Bens titel")
    with world.signed_in(ANNA) as client:
        html = client.get(BOARD).text
    cards = html.split('<li class="card')[1:]
    assert "Jij sprak hier" in cards[0]
    assert "Huren wordt bewijzen" in cards[0]
    assert "1 andere stem" in cards[0]
    assert "1 andere stem" in cards[1]
    assert "Bens titel" not in html
    assert "Je sprak over 1 van 5." in html


def test_the_language_of_the_person_is_that_of_the_page(world: World) -> None:
    with world.signed_in(BEN) as client:
        html = client.get(BOARD).text
        assert '<html lang="en">' in html
        assert "machine suggestion" in html
        assert '<html lang="nl">' in client.get(BOARD, params={"lang": "nl"}).text
        assert '<html lang="nl">' in client.get(BOARD).text
    with world.visitor() as client:
        client.get("/", params={"lang": "nl"})
        enter(client, world.link(BEN))
        assert '<html lang="en">' in client.get(BOARD).text


def test_only_people_of_the_network_see_a_board(world: World) -> None:
    with world.visitor() as client:
        assert client.get(BOARD).status_code == 303
    with world.signed_in(MIA) as client:
        answer = client.get(BOARD)
        assert answer.status_code == 403
        assert "niet voor jou" in answer.text
    with world.signed_in(OLGA) as client:
        assert client.get(BOARD).status_code == 200


def test_weeks_without_a_round_and_words_that_are_no_week_are_told_in_words(world: World) -> None:
    with world.signed_in(ANNA) as client:
        for week in ("2026-W46", "2026-W99", "x", "%3Cscript%3E"):
            answer = client.get(f"/rounds/{week}")
            assert answer.status_code == 404
            assert "Dit is hier niet" in answer.text
            assert "<script>" not in answer.text


def test_visitors_see_what_this_is_the_form_and_the_last_issue(world: World) -> None:
    with world.visitor() as client:
        html = client.get("/").text
        assert "Machines filteren" in html
        assert 'action="/sign-in"' in html
        assert "Het eerste nummer moet nog verschijnen" in html
    world.publish()
    with world.visitor() as client:
        assert 'href="/issues/1"' in client.get("/").text


def test_without_a_round_the_start_page_says_so(world: World) -> None:
    with world.db.writing() as db:
        db.execute("DELETE FROM rounds")
    with world.signed_in(ANNA) as client:
        assert "Er is geen ronde open" in client.get("/").text


def test_after_publishing_the_board_leads_to_the_issue(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    with world.signed_in(EVA) as client:
        send(client, f"{BOARD}/close", {}, page=f"{BOARD}/issue")
        number = world.publish()
        assert f'href="/issues/{number}"' in client.get(BOARD).text
        assert client.get(f"{BOARD}/issue").headers["location"] == f"/issues/{number}"
