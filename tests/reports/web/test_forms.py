"""The annotation form, with its folded part."""

import re

from storage import askables
from tests.reports.web.builders import ANNA, BEN, EVA, NOW, World, mark, page_of, read, send, themed, words


def test_everything_in_the_folded_part_is_kept_and_stands_there_again(world: World) -> None:
    first, second, *_ = world.clusters()
    themed(world, first)
    theme = themed(world, second, "Bibliotheken")
    with world.db.writing() as db:
        askables.keep(db, BEN.id, "", "huurrecht", NOW)
    full = words(
        key_articles=f"{first}-1", missing="De huurder zelf", missing_url="https://huurders.example/brief",
        experiment="Bel drie huurders", review_on="2026-12-21", checked="tried_myself", distance="first_hand",
        links_to=theme, ask_who=BEN.id, ask_else="De griffier", moves="connect", style="mashup", question="Wie belt?",
    )  # fmt: skip
    with world.signed_in(ANNA) as client:
        assert send(client, page_of(first), full).status_code == 303
        shown = client.get(page_of(first)).text
    (said,) = world.annotations(first)
    kept = said.words
    assert (kept.key_articles, kept.links_to, kept.ask_who) == ((f"{first}-1",), (theme,), (BEN.id,))
    assert (kept.missing_url, str(kept.review_on), kept.style) == (
        "https://huurders.example/brief",
        "2026-12-21",
        "mashup",
    )
    assert re.search(rf'value="{theme}" checked', shown)
    assert "Mist: De huurder zelf" in shown
    assert "Probeerde het zelf." in shown
    assert "Ben Okafor: huurrecht" in shown


def test_several_of_one_kind_may_be_chosen(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        token = mark(client.get(page_of(first)).text)
        chosen = {"key_articles": [f"{first}-{n}" for n in range(3)], "moves": ["filter", "connect"]}
        answer = client.post(page_of(first), data={**words(), **chosen, "csrf": token})
    assert answer.status_code == 303
    assert len(world.annotations(first)[0].words.key_articles) == 3
    assert world.annotations(first)[0].words.moves == ("filter", "connect")


def test_more_than_three_must_reads_is_a_problem_and_everything_is_still_ticked(world: World) -> None:
    first = world.clusters()[0]
    chosen = " ".join(f"{first}-{n}" for n in range(4))
    with world.signed_in(ANNA) as client:
        answer = send(client, page_of(first), words(key_articles=chosen, missing="Wie niet?"))
    assert answer.status_code == 422
    assert "Kies hoogstens drie artikelen" in answer.text
    assert answer.text.count(" checked") >= 5
    assert '<details class="more" open>' in answer.text
    assert "Wie niet?" in answer.text


def test_the_name_of_somebody_else_to_ask_is_shown_to_nobody(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        send(client, page_of(first), words(ask_else="De griffier van Delft"))
    with world.signed_in(EVA) as client:
        assert "griffier" not in client.get(f"{page_of(first)}?show=1").text
    number = world.publish()
    with world.visitor() as client:
        assert "griffier" not in client.get(f"/issues/{number}.json").text


def test_ways_of_adding_value_and_a_layout_are_suggested_as_the_machines(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        send(client, page_of(first), words(experiment="Bel drie huurders"))
        shown = read(client.get(page_of(first)).text)
    assert "De machine denkt aan: uitgeprobeerd." in shown
    assert "voorstel van de machine: alles bij elkaar" in shown


def test_the_byline_that_somebody_prefers_is_offered(world: World) -> None:
    with world.db.writing() as db:
        db.execute("UPDATE people SET byline = 'role' WHERE person_id = $id", {"id": ANNA.id})
    with world.signed_in(ANNA) as client:
        assert '<option value="role" selected>' in client.get(page_of(world.clusters()[0])).text


def test_a_so_what_of_ten_thousand_characters_is_given_back_whole_in_ones_own_language(world: World) -> None:
    first, story = world.clusters()[0], "Een heel verhaal. " * 600
    for who, sentence in ((ANNA, "langer dan 600 tekens"), (BEN, "longer than 600 characters")):
        with world.signed_in(who) as client:
            answer = send(client, page_of(first), words(so_what=story))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert story in answer.text
