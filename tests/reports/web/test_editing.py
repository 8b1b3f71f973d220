"""The issue in the making: what an editor decides, beside another, and what becomes of it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from curate import ids
from curate.people import person
from curate.plans import Choice, Plan
from storage import issues, people, plans, rounds
from tests.reports.web.builders import (
    ANNA,
    BEN,
    BOARD,
    EVA,
    HOSTILE,
    MIA,
    OLGA,
    SO_WHAT,
    WEEK,
    World,
    mark,
    send,
    speak,
)

DESK = f"{BOARD}/issue"
ROOS = person("roos@example.org", "Roos Vermeer", "editor", "nl")


@pytest.fixture
def kept(world: World) -> World:
    """Three clusters that people kept, the second one by two who differ."""
    first, second, third, *_ = world.clusters()
    speak(world, ANNA, first, title="Huren wordt bewijzen", question="Wie weet hoe je een dossier opbouwt?")
    speak(world, ANNA, second, title="Moe maar trots", experiment="Bel een maker op.")
    anna = world.annotations(second)[0].id
    speak(world, BEN, second, title="Not tired", relation="contrasts", relation_to=anna, relation_why="nee")
    speak(world, BEN, third, title="Sjef", question="Wie kent Sjef?")
    with world.db.writing() as db:
        people.add(db, ROOS, world.clock())
    return world


def plan_of(world: World) -> Plan:
    with world.db.reading() as db:
        return plans.of_week(db, WEEK)


def versions(world: World) -> list[tuple[int, str]]:
    with world.db.reading() as db:
        return [(one.number, one.name) for one in plans.versions(db, WEEK)]


def filled(html: str) -> dict[str, str]:
    """The desk's form as a browser would send it when nothing was touched."""
    import lxml.html

    (form,) = lxml.html.fromstring(html).xpath("//form[contains(@class, 'desk')]")
    return dict(form.form_values())


def press(client: TestClient, do: str, tick: tuple[str, ...] = (), untick: tuple[str, ...] = (), **fields: str) -> Any:
    """Open the desk, tick and untick, and press a button."""
    form = {**filled(client.get(DESK).text), **dict.fromkeys(tick, "on"), **fields, "do": do}
    return client.post(DESK, data={key: value for key, value in form.items() if key not in untick})


def titles(html: str) -> list[str]:
    """The titles of what goes in, in order."""
    part = html.split("Dit komt erin")[1].split("Klaar?", maxsplit=1)[0]
    return re.findall(r'<h3><a href="/clusters/\w+">([^<]+)</a></h3>', part)


# --- order, leaving out, holding over --------------------------------------------------------------------------------


def test_the_draft_builds_itself_and_looking_changes_nothing(kept: World) -> None:
    before = kept.fingerprint()
    with kept.signed_in(EVA) as client:
        html = client.get(DESK).text
    assert titles(html) == ["Moe maar trots", "Huren wordt bewijzen", "Sjef"]
    assert "2 stemmen" in html
    assert "de stemmen lopen uiteen" in html
    assert [name for name, count in kept.rows().items() if count != before[0][name]] == ["sessions"]


def test_items_move_and_every_change_is_a_version(kept: World) -> None:
    first, second, third, *_ = kept.clusters()
    with kept.signed_in(EVA) as client:
        answer = press(client, f"up {first}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}?told=saved#item-{first}")
        assert titles(client.get(DESK).text) == ["Huren wordt bewijzen", "Moe maar trots", "Sjef"]
        press(client, f"down {first}")
        press(client, f"down {first}")
        assert titles(client.get(DESK).text) == ["Moe maar trots", "Sjef", "Huren wordt bewijzen"]
    assert plan_of(kept).order == (second, third, first)
    assert versions(kept) == [(1, EVA.name), (2, EVA.name), (3, EVA.name)]


def test_an_item_is_left_out_held_over_and_brought_back(kept: World) -> None:
    first, second, *_ = kept.clusters()
    with kept.signed_in(EVA) as client:
        press(client, f"out {first}")
        press(client, f"hold {second}")
        html = client.get(DESK).text
        assert titles(html) == ["Sjef"]
        assert "Naar het volgende nummer</h3>" in html
        assert "Weggelaten</h3>" in html
        press(client, f"hold {first}")
        assert plan_of(kept).held_over == (second, first)
        assert plan_of(kept).left_out == ()
        press(client, f"back {first}")
        press(client, f"back {second}")
        assert titles(client.get(DESK).text) == ["Moe maar trots", "Huren wordt bewijzen", "Sjef"]


def test_what_did_not_fit_is_taken_in(world: World) -> None:
    for number, cluster_id in enumerate(world.clusters()):
        speak(world, ANNA, cluster_id, title=f"Titel {number}")
    with world.signed_in(EVA) as client:
        html = client.get(DESK).text
        assert titles(html) == [f"Titel {number}" for number in range(5)]
        assert "Hier was geen plaats voor" in html
        press(client, f"in {world.clusters()[6]}")
        assert titles(client.get(DESK).text) == ["Titel 0", "Titel 1", "Titel 2", "Titel 3", "Titel 6"]


def test_a_button_for_something_that_is_not_there_changes_no_decision(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        for do in ("up gone", "out gone", "in gone", "burn", ""):
            assert press(client, do).status_code == 303
    assert plan_of(kept) == Plan()


# --- shortening ------------------------------------------------------------------------------------------------------


def test_what_nobody_touched_stays_with_our_rule(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        press(client, "save")
    assert plan_of(kept) == Plan()


def test_the_editor_chooses_voices_links_and_title_and_new_voices_still_join(kept: World) -> None:
    second = kept.clusters()[1]
    anna, ben = (one.id for one in kept.annotations(second))
    with kept.signed_in(EVA) as client:
        press(
            client,
            "save",
            untick=(f"voice {second} {ben}", f"link {second} {second}-0"),
            **{f"title {second}": "machine"},
        )
    links = (f"{second}-1", f"{second}-2")
    assert plan_of(kept).choices == (Choice(second, (anna,), (anna, ben), links, "machine"),)
    speak(kept, EVA, second, so_what="En ik zie nog iets heel anders, namelijk dat het ook gewoon goed kan gaan.")
    with kept.db.reading() as db:
        item = plans.material(db, WEEK).sorted(plan_of(kept)).items[0]
    assert [one.catalyst for one in item.shown] == [ANNA.name, EVA.name]
    with kept.signed_in(EVA) as client:
        assert "1 nieuwe stem" in client.get(DESK).text
        press(client, "save", tick=(f"voice {second} {ben}", f"link {second} {second}-0"))
        press(client, "save", **{f"title {second}": anna})
    assert plan_of(kept) == Plan(), "who chooses what our rule would choose leaves it to the rule"


def test_a_choice_that_does_not_fit_is_told_and_nothing_ticked_is_lost(kept: World) -> None:
    first, second, *_ = kept.clusters()
    anna, ben = (one.id for one in kept.annotations(second))
    with kept.signed_in(EVA) as client:
        none = press(client, "save", untick=(f"voice {second} {anna}", f"voice {second} {ben}"))
        assert none.status_code == 422
        assert "Kies minstens één stem" in none.text
        many = press(client, "save", tick=(f"link {first} {first}-3",), untick=(f"link {second} {second}-0",))
        assert many.status_code == 422
        assert "Kies er hoogstens drie" in many.text
        again = filled(many.text)
        assert f"link {first} {first}-3" in again
        assert f"link {second} {second}-0" not in again
        again.pop(f"link {first} {first}-0")
        assert client.post(DESK, data={**again, "do": "save"}).status_code == 303
    assert plan_of(kept).choice(first).links == (f"{first}-1", f"{first}-2", f"{first}-3")
    assert plan_of(kept).choice(second).links == (f"{second}-1", f"{second}-2")


def test_the_editor_picks_a_question_and_an_experiment_or_none(kept: World) -> None:
    third = kept.clusters()[2]
    (ben,) = (one.id for one in kept.annotations(third))
    with kept.signed_in(EVA) as client:
        press(client, "save", question=ben, experiment="none")
        assert (plan_of(kept).question, plan_of(kept).experiment) == (ben, "")
        press(client, "save", question="gone", experiment="gone")
        assert (plan_of(kept).question, plan_of(kept).experiment) == (ben, "")
        html = client.get(f"{DESK}/preview/page").text
    assert "Wie kent Sjef?" in html
    assert "Bel een maker op." not in html


# --- two editors, and going back -------------------------------------------------------------------------------------


def test_who_saves_from_an_older_page_overwrites_nothing_and_is_told_by_whom(kept: World) -> None:
    first, second, *_ = kept.clusters()
    with kept.signed_in(EVA) as eva, kept.signed_in(ROOS) as roos:
        stale = {**filled(roos.get(DESK).text), "do": f"hold {second}"}
        press(eva, f"out {first}")
        answer = roos.post(DESK, data=stale)
        html = roos.get(answer.headers["location"]).text
        assert "Bewaard, naast een versie van Eva Smit" in html
        assert "bewaarde Eva Smit versie 1" in html
        assert versions(kept) == [(1, EVA.name), (2, ROOS.name)]
        assert (plan_of(kept).held_over, plan_of(kept).left_out) == ((second,), ())
        send(roos, f"{DESK}/restore", {"version": "1"}, page=DESK)
    assert versions(kept)[-1] == (3, ROOS.name)
    assert plan_of(kept) == Plan(left_out=(first,))


def test_an_earlier_version_counts_again_and_nothing_is_removed(kept: World) -> None:
    first = kept.clusters()[0]
    with kept.signed_in(EVA) as client:
        press(client, f"out {first}")
        send(client, f"{DESK}/restore", {"version": "0"}, page=DESK)
        assert plan_of(kept) == Plan()
        assert len(versions(kept)) == 2
        for wrong in ("9", "-1", "", "x"):
            assert send(client, f"{DESK}/restore", {"version": wrong}, page=DESK).status_code == 404
        html = client.get(f"{DESK}/log").text
    assert "Eva Smit maakte versie 1: weggelaten “Huren wordt bewijzen”." in html
    assert "Eva Smit maakte versie 2: teruggehaald “Huren wordt bewijzen”." in html


def test_nobody_publishes_what_another_editor_changed_meanwhile_unseen(kept: World) -> None:
    with kept.signed_in(EVA) as eva, kept.signed_in(ROOS) as roos:
        form = {"csrf": mark(roos.get(DESK).text), "version": "0"}
        press(eva, f"out {kept.clusters()[0]}")
        answer = roos.post(f"{BOARD}/close", data=form)
        assert "Er is niets uitgegeven" in roos.get(answer.headers["location"]).text
        assert kept.closed == []
        assert roos.post(f"{BOARD}/close", data={**form, "version": "1"}).headers["location"] == BOARD
    assert kept.closed == [WEEK]


# --- open, review, published, skipped --------------------------------------------------------------------------------


def round_of(world: World) -> rounds.Round:
    with world.db.reading() as db:
        found = rounds.of_week(db, WEEK)
    assert found
    return found


def test_an_editor_closes_and_publishes_in_one_go(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        assert f'href="{DESK}"' in client.get(BOARD).text
        html = client.get(DESK).text
        assert "Wie weet hoe je een dossier" in html
        assert "Sluit de ronde en geef het nummer uit" in html
        answer = client.post(f"{BOARD}/close", data={"csrf": mark(html)})
        assert (answer.status_code, answer.headers["location"]) == (303, BOARD)
        assert kept.closed == [WEEK]
        assert "Het nummer wordt gemaakt" in client.get(BOARD).text
        approved = client.get(DESK).text
        assert "Het nummer is goedgekeurd" in approved
        assert "Laat weg" not in approved
        assert "Sluit de ronde en geef" not in approved
        assert press_stale(client, html, f"out {kept.clusters()[0]}").headers["location"] == f"{DESK}?told=late"
    found = round_of(kept)
    assert (found.closed_by, found.approved_by) == (EVA.id, EVA.id)
    assert versions(kept) == []


def press_stale(client: TestClient, html: str, do: str) -> Any:
    return client.post(DESK, data={**filled(html), "do": do})


def test_publishing_twice_keeps_the_first_word_and_tells_once(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        form = {"csrf": mark(client.get(DESK).text)}
        client.post(f"{BOARD}/close", data=form)
        kept.clock.later(minutes=5)
        assert client.post(f"{BOARD}/close", data=form).status_code == 303
    approved_at = round_of(kept).approved_at
    assert approved_at
    assert (kept.clock.now - approved_at).total_seconds() == 300
    assert kept.closed == [WEEK]


def test_an_editor_closes_the_asking_first_and_looks_it_over(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        answer = send(client, f"{BOARD}/review", {}, page=DESK)
        html = client.get(answer.headers["location"]).text
        assert "De ronde is gesloten" in html
        assert "gaat het vanaf" in html
        assert kept.closed == []
        press(client, f"out {kept.clusters()[0]}")
        assert "Geef het nummer uit" in client.get(DESK).text
        send(client, f"{BOARD}/close", {}, page=DESK)
    assert kept.closed == [WEEK]


def test_a_thin_issue_says_that_it_will_be_a_short_one(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    with world.signed_in(EVA) as client:
        assert "geef een kort nummer uit" in client.get(DESK).text
        send(client, f"{BOARD}/review", {}, page=DESK)
        html = client.get(DESK).text
        assert "met 1 onderwerp. Dat is weinig" in html
        assert "Geef het uit als kort nummer" in html
        assert "vanzelf naar de lezers" not in html
        for part in ("page", "mail"):
            assert "Dit is een kort nummer" in client.get(f"{DESK}/preview/{part}?in=nl").text
        assert "This is a short issue" in client.get(f"{DESK}/preview?in=en").text


def test_without_a_voice_nothing_is_published(world: World) -> None:
    with world.signed_in(EVA) as client:
        answer = send(client, f"{BOARD}/close", {}, page=DESK)
        assert "Zonder een stem" in client.get(answer.headers["location"]).text
    assert round_of(world).is_open
    assert world.closed == []


def test_a_week_is_skipped_with_a_reason_and_what_was_kept_waits(kept: World) -> None:
    first, second, third, *_ = kept.clusters()
    with kept.signed_in(EVA) as client:
        for why in ("", "   ", "x" * 201):
            answer = send(client, f"{BOARD}/skip", {"why": why}, page=DESK)
            assert "in één zin waarom" in client.get(answer.headers["location"]).text
        assert round_of(kept).is_open
        press(client, f"out {third}")
        send(client, f"{BOARD}/skip", {"why": f"Vakantie {HOSTILE}", "hold": "on"}, page=DESK)
        html = client.get(DESK).text
        assert "Deze week wordt overgeslagen: Vakantie" in html
        assert "<script>" not in html
        assert "geen nummer" in client.get(BOARD).text
        assert send(client, f"{BOARD}/close", {}, page=DESK).headers["location"].endswith("told=late")
    plan = plan_of(kept)
    assert (plan.held_over, plan.left_out) == ((second, first), (third,))
    assert round_of(kept).skipped_by == EVA.id
    assert kept.closed == []


def test_skipping_without_keeping_changes_no_plan(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        send(client, f"{BOARD}/skip", {"why": "Vakantie"}, page=DESK)
    assert versions(kept) == []


def test_a_round_that_was_closed_too_early_opens_again(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        send(client, f"{BOARD}/review", {}, page=DESK)
        send(client, f"{BOARD}/reopen", {}, page=DESK)
        assert round_of(kept).is_open
        kept.clock.later(days=6)
        send(client, f"{BOARD}/reopen", {}, page=DESK)
        assert round_of(kept).closes_at < kept.clock.now, "what is open stays as it is"
        send(client, f"{BOARD}/skip", {"why": "te laat"}, page=DESK)
        send(client, f"{BOARD}/reopen", {}, page=DESK)
    assert (round_of(kept).closes_at - kept.clock.now).days == 1
    with kept.db.reading() as db:
        done = [one.kind for one in rounds.acts(db, WEEK)]
    assert done == ["closed", "reopened", "closed", "skipped", "reopened"]


def test_after_freezing_the_page_leads_to_the_issue_and_the_log_stays(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        form = filled(client.get(DESK).text)
        send(client, f"{BOARD}/close", {}, page=DESK)
        number = kept.publish()
        assert client.get(DESK).headers["location"] == f"/issues/{number}"
        log = client.get(f"{DESK}/log").text
        assert "Het nummer is verstuurd." in log
        assert "Eva Smit gaf het nummer vrij." in log
        assert client.post(DESK, data={**form, "do": "save"}).headers["location"].endswith("told=late")
        for act, fields in (("skip", {"why": "toch niet"}), ("reopen", {}), ("issue/restore", {"version": "0"})):
            answer = client.post(f"{BOARD}/{act}", data={"csrf": form["csrf"], **fields})
            assert answer.headers["location"].endswith("told=late")
    with kept.db.reading() as db:
        assert issues.of_week(db, WEEK)
    assert not round_of(kept).is_open
    assert versions(kept) == []


def test_what_was_held_over_says_its_week_on_the_next_desk(kept: World) -> None:
    first = kept.clusters()[0]
    with kept.db.writing() as db:
        plans.save(db, WEEK, Plan(held_over=(first,)), EVA.id, kept.clock())
        db.execute(
            "INSERT INTO rounds (week, cluster_run_id, opened_at, closes_at, run_id)"
            " VALUES ('2026-W48', 'none', $now, $now, 'run')",
            {"now": kept.clock()},
        )
    with kept.signed_in(EVA) as client:
        html = client.get("/rounds/2026-W48/issue").text
        assert titles(html) == ["Huren wordt bewijzen"]
        assert "uit week 47" in html
        assert "from week 47" in client.get("/rounds/2026-W48/issue/preview?in=en").text


# --- who may, and what is refused ------------------------------------------------------------------------------------

ACTS = ("issue", "issue/restore", "issue/trial", "review", "close", "skip", "reopen")
PAGES = ("issue", "issue/log", "issue/preview", "issue/preview/page", "issue/preview/mail")


def test_only_editors_see_and_decide(kept: World) -> None:
    before = kept.fingerprint()[1:]
    for who in (ANNA, OLGA, MIA):
        with kept.signed_in(who) as client:
            csrf = mark(client.get("/links/add").text)
            assert {client.get(f"{BOARD}/{one}").status_code for one in PAGES} == {403}
            fields = {"csrf": csrf, "why": "x", "do": "save", "version": "0"}
            assert {client.post(f"{BOARD}/{one}", data=fields).status_code for one in ACTS} == {403}
    with kept.visitor() as client:
        assert {client.get(f"{BOARD}/{one}").status_code for one in PAGES} == {303}
        assert {client.post(f"{BOARD}/{one}").status_code for one in ACTS} == {403}
    after = kept.fingerprint()[1:]
    assert [each for place, each in enumerate(after) if place != 1] == [
        each for place, each in enumerate(before) if place != 1
    ], "nothing but sessions"


def test_a_form_that_is_not_from_here_changes_nothing(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        for act in ACTS:
            for csrf in ({}, {"csrf": "0" * 64}):
                answer = client.post(f"{BOARD}/{act}", data={**csrf, "why": "x", "do": f"out {kept.clusters()[0]}"})
                assert answer.status_code == 403
    assert round_of(kept).is_open
    assert versions(kept) == []


def test_a_week_without_a_round_is_not_there(kept: World) -> None:
    with kept.signed_in(EVA) as client:
        assert {client.get(f"/rounds/2026-W01/{one}").status_code for one in PAGES} == {404}
        assert client.get("/rounds/nonsense/issue").status_code == 404


def test_what_people_and_feeds_wrote_is_inert_on_the_desk(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first, so_what=f"{HOSTILE} {SO_WHAT}", title=HOSTILE[:80], question=HOSTILE, experiment=HOSTILE)
    hostile = replace(ROOS, id=ids.of("x"), email="x@example.org", name=HOSTILE)
    with world.db.writing() as db:
        people.add(db, hostile, world.clock())
        db.execute("UPDATE article_texts SET title = $title", {"title": HOSTILE})
        plans.save(db, WEEK, Plan(order=(first, HOSTILE), question=HOSTILE), hostile.id, world.clock())
    with world.signed_in(EVA) as client:
        stale = {**filled(client.get(DESK).text), "version": "0", "do": "save"}
        pages = [client.get(client.post(DESK, data=stale).headers["location"]).text, client.get(f"{DESK}/log").text]
    for html in pages:
        assert "<script>" not in html
        assert "onerror=alert" not in html.replace("onerror=alert(2)&gt;", "")
        assert "49" not in html.split("<h1>")[1].split("</h1>")[0]
