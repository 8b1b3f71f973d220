"""What somebody types, kept before it is said."""

from storage import drafts, rounds
from tests.reports.web.builders import (
    ANNA,
    BEN,
    BOARD,
    EVA,
    HOSTILE,
    NOW,
    OLGA,
    WEEK,
    World,
    mark,
    page_of,
    send,
    words,
)


def test_what_is_typed_is_kept_for_its_author_only_and_is_there_again(world: World) -> None:
    first = world.clusters()[0]
    half = words(so_what="Half een zin", verdict="", missing=HOSTILE)
    with world.signed_in(ANNA) as client:
        token = mark(client.get(page_of(first)).text)
        answer = client.post(f"{page_of(first)}/draft", data={**half, "csrf": token}, headers={"accept": "text/plain"})
        assert answer.text == "Klad bewaard om 10:00. Alleen jij ziet het."
        shown = client.get(page_of(first)).text
        board = client.get(BOARD).text
    assert "Half een zin</textarea>" in shown
    assert "Hieronder staat wat je typte" in shown
    assert "<script>alert" not in shown
    assert "Ga verder waar je was" in board
    with world.signed_in(BEN) as client:
        assert "Half een zin" not in client.get(f"{page_of(first)}?show=1").text
    assert world.annotations(first) == ()


def test_without_a_script_a_button_keeps_the_draft_and_another_throws_it_away(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        answer = send(client, f"{page_of(first)}/draft", words(so_what="Half"), page=page_of(first))
        assert answer.headers["location"] == f"{BOARD}?done=draft"
        assert "Je klad is bewaard" in client.get(answer.headers["location"]).text
        assert send(client, f"{page_of(first)}/draft/drop", {}, page=page_of(first)).status_code == 303
        assert "Hieronder staat wat je typte" not in client.get(page_of(first)).text


def test_a_draft_that_is_said_is_no_draft_any_more(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client:
        send(client, f"{page_of(first)}/draft", words(so_what="Half"), page=page_of(first))
        assert send(client, page_of(first), words()).status_code == 303
    with world.db.reading() as db:
        assert drafts.of_person(db, ANNA.id) == frozenset()


def test_a_draft_of_a_closed_round_is_not_kept_and_nobody_else_can_keep_one(world: World) -> None:
    first = world.clusters()[0]
    with world.signed_in(ANNA) as client, world.signed_in(OLGA) as operator:
        token = mark(client.get(page_of(first)).text)
        assert send(operator, f"{page_of(first)}/draft", words(), page=page_of(first)).status_code == 403
        with world.db.writing() as db:
            rounds.close(db, WEEK, EVA.id, NOW)
        assert client.post(f"{page_of(first)}/draft", data={**words(), "csrf": token}).status_code == 409
