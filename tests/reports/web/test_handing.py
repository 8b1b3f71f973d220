"""A cluster that somebody passes on."""

import re

from tests.reports.web.builders import ANNA, BEN, BOARD, HOSTILE, OLGA, World, ask, page_of, send


def test_a_cluster_is_passed_on_with_a_sentence_and_leaves_ones_own_list(world: World) -> None:
    first, second, *_ = world.clusters()
    ask(world, ANNA, (first, "load"), (second, "load"))
    ask(world, BEN, (second, "load"))
    with world.signed_in(ANNA) as client:
        answer = send(client, f"{page_of(first)}/hand-over", {"to": BEN.id, "why": f"Jij weet dit. {HOSTILE}"})
        assert answer.headers["location"] == f"{BOARD}?done=handed"
        mine = client.get(answer.headers["location"]).text
    assert "Doorgegeven." in mine
    assert re.findall(r'<h3[^>]*><a href="/clusters/(\w+)"', mine) == [second]
    with world.signed_in(BEN) as client:
        theirs = client.get(BOARD).text
        there = client.get(page_of(first)).text
    for shown in (theirs, there):
        assert "Anna de Vries passed this on to you." in shown
        assert "Jij weet dit." in shown
        assert "<script>" not in shown


def test_a_cluster_can_be_given_back_to_nobody_in_particular(world: World) -> None:
    first, second, *_ = world.clusters()
    ask(world, ANNA, (first, "load"))
    with world.signed_in(ANNA) as client:
        assert send(client, f"{page_of(first)}/hand-over", {"to": "", "why": ""}).status_code == 303
        shown = client.get(BOARD).text
        assert "Er wordt deze week niets van je gevraagd" in shown
        assert f'href="{page_of(second)}"' in shown


def test_what_cannot_be_passed_on_is_told_and_what_was_typed_stays(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        for form, sentence in (
            ({"to": OLGA.id, "why": "Voor jou"}, "doet deze week niet mee"),
            ({"to": BEN.id, "why": "x" * 201}, "langer dan 200 tekens"),
        ):
            answer = send(client, f"{page_of(first)}/hand-over", form)
            assert answer.status_code == 422
            assert sentence in answer.text
            assert form["why"] in answer.text
