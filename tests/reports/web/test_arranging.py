"""Clusters and themes as people leave them."""

import re
from typing import Any

from storage import rounds
from tests.reports.web.builders import (
    ANNA,
    BEN,
    BOARD,
    EVA,
    HOSTILE,
    NOW,
    OLGA,
    SO_WHAT,
    WEEK,
    World,
    mark,
    page_of,
    read,
    send,
    speak,
    themed,
    words,
)


def arrange(client: Any, cluster_id: str, deed: str, articles: str = "", other: str = "", why: str = "Hoort zo") -> Any:
    form = {"deed": deed, "articles": articles, "other_id": other, "why": why}
    return send(client, f"{page_of(cluster_id)}/arrange", form)


def test_an_article_is_moved_with_who_and_why_in_the_log_and_undone_by_another(world: World) -> None:
    first, second, *_ = world.clusters()
    with world.signed_in(ANNA) as client:
        answer = arrange(client, first, "move", f"{first}-2", second, f"Dit gaat over zorg {HOSTILE}")
        assert answer.headers["location"] == f"{page_of(first)}?saved=arranged"
        assert "Aangepast." in client.get(answer.headers["location"]).text
    with world.signed_in(BEN) as client:
        assert f"krant.example/{first}-2" in client.get(page_of(second)).text
        log = client.get(f"{BOARD}/changes")
        assert "Anna de Vries moved" in log.text
        assert "<script>" not in log.text
        undo = re.search(r'action="(/rounds/[^"]+/undo)"', log.text)
        assert undo
        assert client.post(undo[1], data={"csrf": mark(log.text)}).status_code == 303
        assert f"krant.example/{first}-2" in client.get(page_of(first)).text
        assert "undone by Ben Okafor" in client.get(f"{BOARD}/changes").text


def test_a_merge_leads_there_and_words_on_the_merged_one_follow_it(world: World) -> None:
    first, second, *_ = world.clusters()
    speak(world, ANNA, first)
    with world.signed_in(EVA) as client, world.signed_in(ANNA) as anna:
        token = mark(anna.get(page_of(first)).text)
        answer = arrange(client, first, "merge", other=second)
        assert answer.headers["location"] == f"{page_of(second)}?saved=arranged"
        assert anna.get(page_of(first)).headers["location"] == page_of(second)
        assert SO_WHAT in anna.get(page_of(second)).text
        # A form that was open on the merged cluster is taken all the same: its words stand where the cluster went.
        late = words(so_what=f"{SO_WHAT} En nu ook dit.", csrf=token, seen_version="1")
        answer = anna.post(page_of(first), data=late)
        assert answer.headers["location"] == f"{page_of(second)}?saved=yes"
        assert "En nu ook dit." in anna.get(page_of(second)).text
        said = world.annotations(second)
    assert [(one.version, one.written_on) for one in said] == [(1, first), (2, first)]


def test_who_spoke_on_both_clusters_keeps_both_voices(world: World) -> None:
    first, second, *_ = world.clusters()
    speak(world, ANNA, first, so_what=f"Op de eerste. {SO_WHAT}")
    speak(world, ANNA, second, so_what=f"Op de tweede. {SO_WHAT}")
    with world.signed_in(ANNA) as client:
        arrange(client, first, "merge", other=second)
        shown = client.get(page_of(second)).text
    assert len(re.findall(r'<figure class="voice mine"', shown)) == 2


def test_a_split_is_a_cluster_one_can_speak_on(world: World) -> None:
    before, first = set(world.clusters()), world.clusters()[0]
    with world.signed_in(ANNA) as client:
        arrange(client, first, "split", f"{first}-1 {first}-3")
        (new,) = set(world.clusters()) - before
        assert send(client, page_of(new), words()).status_code == 303
        assert SO_WHAT in client.get(page_of(new)).text


def test_what_cannot_be_done_is_told_and_what_was_chosen_stays_chosen(world: World) -> None:
    first, second, *_ = world.clusters()
    every = " ".join(f"{first}-{n}" for n in range(4))
    with world.signed_in(ANNA) as client:
        for form, sentence in (
            (("move", f"{first}-1", ""), "Kies een andere bundel."),
            (("drop", every), "Dan blijft er niets over"),
            (("split", ""), "Kies welke artikelen"),
            (("drop", f"{second}-1"), "verplaatste een van deze artikelen net"),
            (("drop", f"{first}-1", "", "  "), "Zeg in een zin waarom"),
        ):
            answer = arrange(client, first, *form)
            assert answer.status_code == 422, form
            assert sentence in read(answer.text)
    assert world.rows()["arrangements"] == 0


def test_a_theme_gets_the_name_that_somebody_gives_it(world: World) -> None:
    first = world.clusters()[0]
    themed(world, first)
    with world.signed_in(ANNA) as client:
        client.get(BOARD)
        answer = send(client, f"{page_of(first)}/theme", {"name": "Huur & recht"}, page=f"{page_of(first)}/arrange")
        assert answer.headers["location"] == f"{page_of(first)}?saved=named"
        assert "Huur &amp; recht" in client.get(BOARD).text
        answer = send(client, f"{page_of(first)}/theme", {"name": " … "}, page=f"{page_of(first)}/arrange")
        assert answer.status_code == 422
        assert "Een naam heeft een letter" in answer.text


def test_after_the_round_only_its_editor_arranges_and_nobody_once_the_issue_is_frozen(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first)
    with world.db.writing() as db:
        rounds.close(db, WEEK, EVA.id, NOW)
    with world.signed_in(ANNA) as catalyst, world.signed_in(EVA) as editor, world.signed_in(OLGA) as operator:
        assert catalyst.get(f"{page_of(first)}/arrange").status_code == 409
        assert operator.get(f"{page_of(first)}/arrange").status_code == 403
        assert arrange(editor, first, "drop", f"{first}-1").status_code == 303
        world.publish()
        assert editor.get(f"{page_of(first)}/arrange").status_code == 409


def test_a_closed_round_shows_all_voices_to_everybody(world: World) -> None:
    first = world.clusters()[0]
    speak(world, BEN, first)
    with world.signed_in(ANNA) as client:
        assert SO_WHAT not in client.get(page_of(first)).text
        with world.db.writing() as db:
            rounds.close(db, WEEK, EVA.id, NOW)
        shown = client.get(page_of(first)).text
    assert SO_WHAT in shown
    assert "wacht tot jij gesproken hebt" not in shown
