"""Does this still hold: an earlier annotation that comes back to its author."""

from datetime import timedelta

from tests.reports.web.builders import ANNA, BEN, BOARD, SO_WHAT, World, mark, send, speak


def half_baked(world: World, days: int = 30) -> str:
    """Anna's half-baked thought of so many days ago; the round is open still."""
    first = world.clusters()[0]
    speak(world, ANNA, first, title="Huren wordt bewijzen")
    world.clock.later(days=days)
    return str(world.annotations(first)[0].id)


def test_an_unfinished_thought_comes_back_to_its_author_and_is_kept_as_a_next_version(world: World) -> None:
    one = half_baked(world)
    with world.signed_in(ANNA) as client:
        board = client.get(BOARD).text
        assert "Klopt dit nog?" in board
        assert f'href="/echoes/{one}"' in board
        form = {"outcome": "sharpened", "outcome_why": "Ik sprak drie huurders.", "ripeness": "working_view",
                "so_what": f"{SO_WHAT} Ook wie kort huurt.", "seen_version": "1"}  # fmt: skip
        answer = send(client, f"/echoes/{one}", form)
        assert answer.headers["location"] == "/?done=echo"
        assert "Klopt dit nog?" not in client.get(BOARD).text
    before, now = world.annotations(world.clusters()[0])
    assert (before.words.so_what, before.version) == (SO_WHAT, 1)
    assert (now.words.outcome, now.words.ripeness, now.version) == ("sharpened", "working_view", 2)
    assert now.words.title == "Huren wordt bewijzen"


def test_it_comes_back_to_nobody_else_and_nobody_else_can_answer(world: World) -> None:
    one = half_baked(world)
    with world.signed_in(BEN) as client:
        assert "Klopt dit nog?" not in client.get(BOARD).text
        assert client.get(f"/echoes/{one}").status_code == 404
        form = {"csrf": mark(client.get(BOARD).text), "outcome": "disproved", "outcome_why": "nee", "so_what": SO_WHAT,
                "ripeness": "half_baked"}  # fmt: skip
        assert client.post(f"/echoes/{one}", data=form).status_code == 404
    assert len(world.annotations(world.clusters()[0])) == 1


def test_who_puts_it_off_is_left_alone_until_the_next_week(world: World) -> None:
    one = half_baked(world)
    with world.signed_in(ANNA) as client:
        assert send(client, f"/echoes/{one}/later", {}, page=BOARD).headers["location"] == "/?done=later"
        assert "Goed, deze week niet." in client.get(f"{BOARD}?done=later").text
        assert f"/echoes/{one}" not in client.get(BOARD).text
        world.clock.now += timedelta(days=7)
        assert f"/echoes/{one}" in client.get(BOARD).text


def test_an_answer_without_a_reason_is_given_back_with_what_was_typed(world: World) -> None:
    one = half_baked(world)
    with world.signed_in(ANNA) as client:
        form = {"outcome": "sharpened", "outcome_why": " ", "so_what": SO_WHAT, "ripeness": "half_baked"}
        answer = send(client, f"/echoes/{one}", {**form, "seen_version": "1"})
        assert answer.status_code == 422
        assert "Zeg in een zin waardoor." in answer.text
        assert "schrijf hoe je het nu zegt" in answer.text
        assert SO_WHAT in answer.text


def test_pressed_twice_an_answer_is_one_version(world: World) -> None:
    one = half_baked(world)
    form = {"outcome": "still_holds", "outcome_why": "Nog steeds.", "so_what": SO_WHAT, "ripeness": "working_view"}
    with world.signed_in(ANNA) as client:
        token = mark(client.get(f"/echoes/{one}").text)
        for _ in range(2):
            answer = client.post(f"/echoes/{one}", data={**form, "seen_version": "1", "csrf": token})
            assert answer.status_code == 303
    assert len(world.annotations(world.clusters()[0])) == 2
