"""The board of a round."""

import html
import re
from dataclasses import replace

from curate.people import person
from curate.themes import Match
from storage import people, themes
from tests.reports.web.builders import (
    ANNA,
    BEN,
    BOARD,
    EVA,
    HOSTILE,
    MIA,
    NOW,
    OLGA,
    TOPICS,
    WEEK,
    World,
    ask,
    enter,
    page_of,
    read,
    send,
    speak,
    themed,
)


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


def test_a_board_asks_what_was_assigned_and_says_why(world: World) -> None:
    ids = world.clusters()
    ask(world, ANNA, (ids[3], "interest"), (ids[6], "load"), (ids[1], "outside"))
    with world.signed_in(ANNA) as client:
        asked, rest = client.get(BOARD).text.split("Ook deze week")
    order = re.findall(r'<h3[^>]*><a href="/clusters/(\w+)"', asked)
    assert order == [ids[3], ids[6], ids[1]]
    assert "raakt aan waar je mee bezig bent" in asked
    assert "Van buiten je thema" in html.unescape(asked)
    assert set(re.findall(r'href="/clusters/(\w+)"', rest)) == {ids[0], ids[2], ids[4], ids[5]}


def test_who_came_after_the_round_was_opened_is_asked_about_the_first(world: World) -> None:
    late = person("laat@example.org", "Lara Laat", "catalyst", "nl")
    with world.db.writing() as db:
        people.add(db, late, NOW)
    with world.signed_in(late) as client:
        asked = client.get(BOARD).text.split("Ook deze week")[0]
    assert re.findall(r'<h3[^>]*><a href="/clusters/(\w+)"', asked) == world.clusters()[:5]


def test_who_pauses_is_asked_nothing_while_it_lasts_and_the_same_again_after_it(world: World) -> None:
    first = world.clusters()[0]
    ask(world, ANNA, (first, "interest"))
    with world.signed_in(ANNA) as client:
        send(client, "/my/pause", {"weeks": "1"}, page="/my")
        assert "Er wordt deze week niets van je gevraagd" in client.get(BOARD).text
        send(client, "/my/pause", {"weeks": "0"}, page="/my")
        assert f'<h3 class="untitled"><a href="{page_of(first)}"' in client.get(BOARD).text


def test_a_theme_shows_its_name_how_it_stands_and_what_was_said_before(world: World) -> None:
    first = world.clusters()[0]
    theme = themed(world, first, "Huur en recht")
    with world.db.writing() as db:
        db.execute(
            "INSERT INTO runs (run_id, kind, started_at, finished_at, code_version, parameters)"
            " VALUES ('before', 'cluster', $now, $now, '1', '{\"week\": \"2026-W46\"}')", {"now": NOW}
        )  # fmt: skip
        db.execute(
            "INSERT INTO clusters (cluster_id, run_id, week, place, label, keywords, title, x, y)"
            " VALUES ('earlier', 'before', '2026-W46', 1, 'huur', '[]', 'Huur', 0, 0)"
        )
        themes.link(db, "2026-W46", [Match("earlier", theme, "huur", "survive", 0.9)], run_id="before")
        db.execute(
            "INSERT INTO annotations VALUES ('a', 'earlier', '2026-W46', $who, 1, 'en', $now)",
            {"who": BEN.id, "now": NOW},
        )
        db.execute(
            "INSERT INTO annotation_words (annotation_id, verdict, so_what, title, ripeness, byline, relation_why,"
            " question, experiment) VALUES ('a', 'keep', $so_what, '', 'half_baked', 'name', '', '', '')",
            {"so_what": f"We said so. {HOSTILE}"},
        )
        db.execute(
            "INSERT INTO theme_weeks VALUES ('tw', $theme, $week, 'growing', NULL, 4, 31, 1.0, 2.0, 'run')",
            {"theme": theme, "week": WEEK},
        )
    with world.signed_in(ANNA) as client:
        board, cluster = client.get(BOARD).text, client.get(page_of(first)).text
    for shown in (board, cluster):
        text = read(shown)
        assert "Huur en recht" in text
        assert "groeit 4 van 31 bronnen" in text
        assert "2 weken gezien, sinds week 46" in text
        assert "Eerder gezegd, week 46" in text
        assert "We said so." in text
        assert "<script>" not in shown
        assert '<blockquote lang="en">We said so.' in shown


def test_copies_are_folded_under_the_article_they_copy(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        shown = client.get(page_of(first)).text
    folded = re.findall(r'<details class="copies">.*?</details>', shown, re.DOTALL)
    assert folded
    assert "+1 overname" in folded[0]
    assert f"https://copy.example/{first}" in folded[0]


def test_many_clusters_are_listed_up_to_a_number_and_all_when_asked(world: World) -> None:
    article = f"{world.clusters()[0]}-0"
    with world.db.writing() as db:
        for n in range(60):
            db.execute(
                "INSERT INTO clusters (cluster_id, run_id, week, place, label, keywords, title, x, y)"
                " VALUES ($id, 'run', $week, $place, 'label', '[]', 'Titel', 0.5, 0.5)",
                {"id": f"more-{n:02}", "week": WEEK, "place": 100 + n},
            )
            db.execute(
                "INSERT INTO cluster_articles (cluster_id, run_id, week, article_id, rank, score)"
                " VALUES ($id, 'run', $week, $article, 0, 1)",
                {"id": f"more-{n:02}", "week": WEEK, "article": article},
            )
    with world.signed_in(ANNA) as client:
        some, every = client.get(BOARD).text, client.get(f"{BOARD}?all=1").text
    assert "Toon ook de andere 22" in some
    assert len(re.findall(r'class="untitled" href="/clusters/', every)) == 62
    assert len(every) < 200_000


def test_a_week_that_is_none_or_has_no_round_is_told_in_a_sentence(world: World) -> None:
    with world.signed_in(ANNA) as client:
        for week in ("2026-W12", "2026-W99", "morgen"):
            answer = client.get(f"/rounds/{week}")
            assert answer.status_code == 404
            assert "Dit is hier niet" in answer.text
