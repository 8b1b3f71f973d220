"""The workspace: the whole form, drafts, what is asked, passing on, curating by hand, and what comes back."""

import html
import re
from datetime import timedelta
from typing import Any

from curate.assignments import Assignment
from curate.people import person
from curate.themes import Match
from storage import annotations, askables, assignments, drafts, people, rounds, themes
from tests.reports.web.builders import (
    ANNA,
    BEN,
    EVA,
    HOSTILE,
    NOW,
    OLGA,
    SO_WHAT,
    WEEK,
    World,
    mark,
    send,
    speak,
    words,
)

BOARD = f"/rounds/{WEEK}"


def page_of(cluster_id: str) -> str:
    return f"/clusters/{cluster_id}"


def read(text: str) -> str:
    """The page as a person reads it: without tags, one space between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def ask(world: World, who: Any, *asked: tuple[str, str]) -> None:
    with world.db.writing() as db:
        rows = [Assignment(who.id, one, at, reason) for at, (one, reason) in enumerate(asked, 1)]  # type: ignore[arg-type]
        assignments.add(db, WEEK, rows, NOW)


def themed(world: World, cluster_id: str, name: str = "", week: str = WEEK) -> str:
    theme = f"theme-of-{cluster_id}"
    with world.db.writing() as db:
        themes.link(db, week, [Match(cluster_id, theme, "huur, boete", "new", 1.0)], run_id="run")
        if name:
            themes.name(db, theme, name, ANNA.id, NOW)
    return theme


# ------------------------------------------------------------------ what is asked


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


def test_who_pauses_is_asked_nothing_while_it_lasts_and_the_same_again_after_it(world: World) -> None:
    first = world.clusters()[0]
    ask(world, ANNA, (first, "interest"))
    with world.signed_in(ANNA) as client:
        send(client, "/my/pause", {"weeks": "1"}, page="/my")
        assert "Er wordt deze week niets van je gevraagd" in client.get(BOARD).text
        send(client, "/my/pause", {"weeks": "0"}, page="/my")
        assert f'<h3 class="untitled"><a href="{page_of(first)}"' in client.get(BOARD).text


# ------------------------------------------------------------------ the whole form


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


# ------------------------------------------------------------------ drafts


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


# ------------------------------------------------------------------ themes, history, copies


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
        said = annotations._columns(stored(so_what=f"We said so. {HOSTILE}"))
        db.rows("annotations.add_words", annotation_id="a", **said)
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


def stored(**changes: Any) -> Any:
    from curate.annotations import Words

    return Words(**{"verdict": "keep", "so_what": SO_WHAT, "title": "", "ripeness": "half_baked", **changes})


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


# ------------------------------------------------------------------ curating by hand


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


# ------------------------------------------------------------------ does this still hold?


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


# ------------------------------------------------------------------ bad input


def test_a_so_what_of_ten_thousand_characters_is_given_back_whole_in_ones_own_language(world: World) -> None:
    first, story = world.clusters()[0], "Een heel verhaal. " * 600
    for who, sentence in ((ANNA, "langer dan 600 tekens"), (BEN, "longer than 600 characters")):
        with world.signed_in(who) as client:
            answer = send(client, page_of(first), words(so_what=story))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert story in answer.text


def test_a_week_that_is_none_or_has_no_round_is_told_in_a_sentence(world: World) -> None:
    with world.signed_in(ANNA) as client:
        for week in ("2026-W12", "2026-W99", "morgen"):
            answer = client.get(f"/rounds/{week}")
            assert answer.status_code == 404
            assert "Dit is hier niet" in answer.text
