"""A person's own page: what they settle for themselves, and what nobody settles for them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from curate.people import Person
from curate.themes import Match
from reports import tokens
from storage import askables, interests, people, sign_ins, themes
from tests.reports.web.builders import ANNA, BEN, EVA, HOSTILE, MIA, NOW, OLGA, WEEK, World, enter, send, speak
from tests.reports.web.test_sign_in import ELSEWHERE

OWN = {"name": "Anna de Boer", "language": "en", "byline": "role"}


def read(world: World, work: Any) -> Any:
    with world.db.reading() as db:
        return work(db)


def person(world: World, who: Person) -> Person:
    found = read(world, lambda db: people.by_id(db, who.id))
    assert found
    return found  # type: ignore[no-any-return]


def with_themes(world: World) -> None:
    """Two themes: ``t1`` was named by a person, ``t2`` has the machine's label."""
    first, second, *_ = world.clusters()
    with world.db.writing() as db:
        matches = [Match(first, "t1", "huur, boete", "new", 1.0), Match(second, "t2", "open source", "new", 1.0)]
        themes.link(db, WEEK, matches, run_id="run")
        themes.name(db, "t1", "Betaalbaar wonen", EVA.id, NOW)


# --- how one is known ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [ANNA, EVA, OLGA, MIA])
def test_everybody_has_a_page_of_their_own_and_a_way_to_it(world: World, who: Person) -> None:
    with world.signed_in(who) as client:
        page = client.get("/my")
        assert page.status_code == 200
        assert f'value="{who.name}"' in page.text
        assert who.email in page.text
        assert '<a href="/my">Jij</a>' in client.get("/issues").text


def test_only_who_is_asked_chooses_a_byline_a_pause_and_themes(world: World) -> None:
    for who, is_asked in ((ANNA, True), (EVA, True), (OLGA, False), (MIA, False)):
        with world.signed_in(who) as client:
            page = client.get("/my").text
        for part in ('name="byline"', 'action="/my/pause"', 'id="themes"'):
            assert (part in page) == is_asked, (who.role, part)


def test_a_person_changes_their_name_language_and_byline(world: World) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, "/my", OWN)
        assert (answer.status_code, answer.headers["location"]) == (303, "/my?saved=own")
        page = client.get("/my?saved=own").text
    assert "Saved." in page
    changed = person(world, ANNA)
    assert (changed.name, changed.language, changed.byline) == ("Anna de Boer", "en", "role")
    assert (changed.email, changed.role) == (ANNA.email, ANNA.role)
    assert person(world, BEN) == BEN


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " \u200b "}, "Vul in hoe je heet."),
        ({"name": "n" * 81}, "langer dan 80 tekens"),
        ({"language": "fr"}, "Kies Nederlands of Engels."),
        ({"byline": "king"}, "Kies wat er onder je woorden staat."),
    ],
)
def test_a_mistake_is_told_and_keeps_what_was_typed(world: World, wrong: dict[str, str], said: str) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, "/my", {"name": "Getypt", "language": "nl", "byline": "role", **wrong})
    assert answer.status_code == 422
    assert answer.text.count(said) == 2, "on top, and beside the field"
    assert ("Getypt" in answer.text) == ("name" not in wrong)
    assert person(world, ANNA) == ANNA


def test_nobody_gives_themselves_a_role_an_address_or_another_persons_name(world: World) -> None:
    with world.signed_in(MIA) as client:
        more = {"role": "operator", "email": "x@example.org", "person_id": BEN.id, "id": BEN.id}
        assert send(client, "/my", {**OWN, **more}).status_code == 303
    changed = person(world, MIA)
    assert (changed.role, changed.email, changed.byline) == ("member", MIA.email, "name")
    assert person(world, BEN) == BEN


def test_a_hostile_name_and_hostile_words_are_inert_wherever_they_are_shown(world: World) -> None:
    with_themes(world)
    name = HOSTILE[:80]
    with world.signed_in(EVA) as client:
        assert send(client, "/my", {**OWN, "name": name}).status_code == 303
        assert send(client, "/my/asked", {"about": HOSTILE[:110], "theme": "t1"}, page="/my").status_code == 303
        pages = [client.get(path).text for path in ("/my", "/people", "/my/leave", "/issues")]
    with world.signed_in(OLGA) as client:
        pages += [client.get(path).text for path in ("/people", f"/people/{EVA.id}")]
    for page in pages:
        assert "<script>" not in page
        assert "<img src=x" not in page
        assert "{{ 7*7 }}" in page or "49" not in page
    assert "&lt;script&gt;" in pages[0]


# --- not this week ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weeks", "until", "back"),
    [
        ("1", WEEK, "maandag 30 november 2026"),
        ("2", "2026-W48", "maandag 7 december 2026"),
        ("4", "2026-W50", "maandag 21 december 2026"),
        ("open", "9999-W52", ""),
    ],
)
def test_a_pause_begins_with_the_open_round_and_is_ended_by_one_button(
    world: World, weeks: str, until: str, back: str
) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, "/my/pause", {"weeks": weeks}, page="/my")
        assert answer.headers["location"] == "/my?saved=paused#pause"
        assert read(world, lambda db: people.paused_until(db, ANNA.id)) == until
        page = client.get("/my").text
        assert "Vraag me weer mee" in page
        assert ("tot je zelf weer begint" if weeks == "open" else f"We vragen je niets tot {back}") in page
        assert send(client, "/my/pause", {"weeks": "0"}, page="/my").headers["location"] == "/my?saved=resumed#pause"
    assert read(world, lambda db: people.paused(db, WEEK)) == frozenset()


def test_a_pause_that_is_over_is_shown_no_more(world: World) -> None:
    with world.db.writing() as db:
        people.pause(db, ANNA.id, "2026-W46")
    with world.signed_in(ANNA) as client:
        assert "Vraag me weer mee" not in client.get("/my").text


@pytest.mark.parametrize("weeks", ["", "3", "-1", "9" * 5000, "1e3", "9999-W52", "\u0661"])
def test_a_pause_of_another_length_changes_nothing(world: World, weeks: str) -> None:
    with world.signed_in(ANNA) as client:
        assert send(client, "/my/pause", {"weeks": weeks}, page="/my").status_code == 303
    assert read(world, lambda db: people.paused_until(db, ANNA.id)) is None


def test_the_form_to_pause_may_stand_on_another_page_and_leads_back_there(world: World) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, "/my/pause", {"weeks": "1", "next": f"/rounds/{WEEK}"}, page="/my")
        assert answer.headers["location"] == f"/rounds/{WEEK}"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_pausing_never_leads_to_another_site(world: World, elsewhere: str) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, "/my/pause", {"weeks": "1", "next": elsewhere}, page="/my")
        assert answer.headers["location"] == "/my?saved=paused#pause"


# --- themes, and what one may be asked -------------------------------------------------------------------------------


def test_a_person_follows_what_they_tick_and_nothing_else(world: World) -> None:
    with_themes(world)
    with world.signed_in(ANNA) as client:
        page = client.get("/my").text
        assert "Betaalbaar wonen" in page
        assert "open source" in page
        sent = {"theme-t1": "on", "theme-t2": "on", "theme-made up": "on"}
        assert send(client, "/my/themes", sent, page="/my").status_code == 303
        assert read(world, lambda db: interests.of(db, ANNA.id)) == {"t1", "t2"}
        assert client.get("/my").text.count(" checked> <span>") == 2
        send(client, "/my/themes", {"theme-t2": "on"}, page="/my")
    assert read(world, interests.of_everyone) == {ANNA.id: {"t2"}}


def test_a_person_says_what_they_may_be_asked_about_and_takes_it_back(world: World) -> None:
    with_themes(world)
    with world.signed_in(MIA) as client:
        send(client, "/my/asked", {"about": " Wijkbudgetten\n in Delft ", "theme": "t1"}, page="/my")
        send(client, "/my/asked", {"about": "Gereedschap", "theme": "made up"}, page="/my")
        said = read(world, askables.every)
        assert {(one.name, one.theme_id, one.about) for one in said} == {
            (MIA.name, "t1", "Wijkbudgetten in Delft"),
            (MIA.name, "", "Gereedschap"),
        }
        page = client.get("/my").text
        assert "Gereedschap" in page
        send(client, "/my/asked", {"withdraw": "yes", "theme": "t1"}, page="/my")
    assert [one.about for one in read(world, askables.every)] == ["Gereedschap"]


@pytest.mark.parametrize(("about", "said"), [("  ", "in een paar woorden"), ("x" * 121, "langer dan 120 tekens")])
def test_words_that_say_nothing_or_too_much_are_given_back(world: World, about: str, said: str) -> None:
    with world.signed_in(ANNA) as client:
        answer = send(client, "/my/asked", {"about": about}, page="/my")
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{about}"' in answer.text
    assert read(world, askables.every) == ()


# --- where one is signed in ------------------------------------------------------------------------------------------


def sessions(world: World, who: Person) -> list[str]:
    found = read(world, lambda db: sign_ins.sessions(db, who.id, world.clock()))
    return [one.id for one in found]


def other_session(world: World, who: Person, hashed: str) -> str:
    """Somebody is signed in in another browser, too; returns how that is called."""
    with world.db.writing() as db:
        sign_ins.start_session(db, hashed, who.id, NOW - timedelta(days=3), NOW + timedelta(days=27))
        return next(one.id for one in sign_ins.sessions(db, who.id, NOW) if one.token_hash == hashed)


def test_a_person_sees_where_they_are_signed_in_and_ends_one(world: World) -> None:
    phone, _ = other_session(world, ANNA, "phone"), other_session(world, ANNA, "laptop")
    with world.signed_in(ANNA) as client:
        page = client.get("/my").text
        assert page.count("Meld me daar af") == 2
        assert page.count('<span class="chip you">hier</span>') == 1
        assert "Sinds vrijdag 20 november 2026, 10:00 (CET)" in page
        assert phone in page
        assert "phone" not in page, "no hash leaves the database"
        assert tokens.hashed(client.cookies["session"]) not in page
        send(client, "/my/sessions", {"session": phone}, page="/my")
        assert len(sessions(world, ANNA)) == 2
        assert send(client, "/my/sessions", {}, page="/my").status_code == 303
        assert len(sessions(world, ANNA)) == 1
        assert client.get("/my").status_code == 200


def test_nobody_ends_the_session_of_another(world: World) -> None:
    bens = other_session(world, BEN, "of Ben")
    with world.signed_in(ANNA) as client:
        send(client, "/my/sessions", {"session": bens}, page="/my")
        send(client, "/my/sessions", {}, page="/my")
    assert sessions(world, BEN) == [bens]


@pytest.mark.parametrize("how", ["expiry", "sign-out", "removal", "leaving", "elsewhere"])
def test_a_session_that_ended_opens_nothing(world: World, how: str) -> None:
    with world.signed_in(ANNA) as client, world.signed_in(ANNA) as other:
        copied = client.cookies["session"]
        assert client.get("/my").status_code == 200
        if how == "expiry":
            world.clock.later(days=30)
        elif how == "sign-out":
            send(client, "/sign-out", {}, page="/my")
        elif how == "removal":
            with world.db.writing() as db:
                people.remove(db, ANNA.id, NOW)
        elif how == "leaving":
            send(other, "/my/leave", {})
        else:
            send(other, "/my/sessions", {}, page="/my")
        client.cookies.set("session", copied, domain="duiding.test", path="/")
        for path in ("/my", "/my/data.json", f"/rounds/{WEEK}"):
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path


# --- taking along ----------------------------------------------------------------------------------------------------


def test_a_person_gets_everything_about_them_as_a_file_and_nothing_of_others(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first)
    speak(world, BEN, first, so_what="We keep building tools for landlords and call it housing policy.")
    with world.signed_in(ANNA) as client:
        answer = client.get("/my/data.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="duiding-2026-11-23.json"'
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    held = answer.json()
    assert held["person"][0]["email"] == ANNA.email
    assert [one["so_what"] for one in held["annotations"]] == [speak_words(world, first)]
    assert len(held["sessions"]) == 1
    for foreign in (BEN.id, BEN.email, "landlords"):
        assert foreign not in answer.text
    assert not re.search(r"[0-9a-f]{64}", json.dumps(held["sessions"]))


def speak_words(world: World, cluster_id: str) -> str:
    return next(str(one.words.so_what) for one in world.annotations(cluster_id) if one.person_id == ANNA.id)


def test_visitors_settle_nothing(world: World) -> None:
    with world.visitor() as client:
        for path in ("/my", "/my/leave", "/my/data.json", "/people", f"/people/{ANNA.id}"):
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"] == f"/sign-in?next={path}"
        form = {"csrf": re.findall(r'name="csrf" value="(\w+)"', client.get("/sign-in").text)[0], **OWN}
        before = world.fingerprint()
        for path in ("/my", "/my/pause", "/my/themes", "/my/asked", "/my/sessions", "/my/leave", "/people"):
            answer = client.post(path, data={**form, "weeks": "1", "about": "huur"})
            assert answer.status_code in {403, 422}, path
        assert world.fingerprint() == before


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_who_leaves_is_out_at_once_and_their_words_stay_under_their_name(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first)
    with world.signed_in(ANNA) as client:
        assert "Laat mijn naam staan" in client.get("/my/leave").text
        answer = send(client, "/my/leave", {"name": "on"})
        assert answer.status_code == 200
        assert "blijft onder je naam" in answer.text
        assert "session" not in client.cookies
        assert client.get("/my").status_code == 303
    assert read(world, lambda db: people.by_id(db, ANNA.id)) is None
    with world.signed_in(EVA) as client:
        assert ANNA.name in client.get(f"/clusters/{first}?show=1").text


def test_who_takes_their_name_off_is_a_voice_without_name_on_every_page(world: World) -> None:
    first, second, *_ = world.clusters()
    speak(world, ANNA, first)
    annas = world.annotations(first)[0].id
    speak(world, BEN, first, relation="contrasts", relation_to=annas, relation_why="wij niet", byline="role")
    number = world.publish()
    speak(world, ANNA, second)
    with world.signed_in(ANNA) as client:
        assert "zijn weggehaald" in send(client, "/my/leave", {"name": "off"}).text
    with world.signed_in(EVA) as client:
        for cluster_id in (first, second):
            page = client.get(f"/clusters/{cluster_id}?show=1").text
            assert ANNA.name not in page
            assert "Een stem zonder naam" in page
        assert ANNA.name not in client.get(f"/rounds/{WEEK}").text
        assert ANNA.name in client.get(f"/issues/{number}").text, "frozen issues stay as they are"


def test_who_left_comes_back_by_an_invitation_and_is_known_again(world: World) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first)
    with world.signed_in(ANNA) as client:
        send(client, "/my/leave", {"name": "off"})
    with world.signed_in(EVA) as client:
        answer = send(client, "/people", {"email": ANNA.email, "role": "catalyst", "language": "nl"})
        assert "/welcome/" not in answer.text, "who comes back finds their own data: the link is theirs alone"
    ((_, url),) = world.welcomed
    with world.visitor() as client:
        path = url.removeprefix("http://duiding.test")
        assert send(client, path, {"name": "Anna de Vries", "language": "nl", "byline": "name"}).status_code == 303
        assert client.get("/my").status_code == 200
    assert person(world, ANNA) == ANNA
    assert world.annotations(first)[0].catalyst == ANNA.name


def test_the_only_operator_hands_over_first(world: World) -> None:
    with world.signed_in(OLGA) as client:
        page = client.get("/my/leave").text
        assert "Jij bent de enige beheerder" in page
        assert 'action="/my/leave"' not in page
        assert send(client, "/my/leave", {"name": "off"}, page="/my").status_code == 403
        assert person(world, OLGA) == OLGA
        make(world, lambda db: people.set_role(db, BEN.id, "operator", NOW))
        assert send(client, "/my/leave", {}).status_code == 200


def make(world: World, work: Any) -> None:
    with world.db.writing() as db:
        work(db)


def test_signing_in_leads_to_ones_own_page_when_one_wanted_to_be_there(world: World) -> None:
    with world.visitor() as client:
        assert client.get("/my").headers["location"] == "/sign-in?next=/my"
        assert enter(client, world.link(ANNA), then="/my").headers["location"] == "/my"
