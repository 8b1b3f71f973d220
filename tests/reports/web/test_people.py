"""The people, inviting and joining."""

import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from curate.people import Person, Role, id_of
from storage import people, welcomes
from tests.reports.web.builders import ANNA, BEN, EVA, HOSTILE, MIA, NOW, OLGA, World, mark, send, speak

NINA = {"email": "Nina@Example.org ", "role": "catalyst", "language": "en"}
JOINING = {"name": "Nina Bos", "language": "nl", "byline": "anonymous"}


def read(world: World, work: Any) -> Any:
    with world.db.reading() as db:
        return work(db)


def known(world: World, who: Person) -> Person | None:
    return read(world, lambda db: people.by_id(db, who.id))  # type: ignore[no-any-return]


def invited(world: World, by: Person = EVA, **changes: str) -> str:
    """Let somebody be invited; returns the path of the link."""
    with world.signed_in(by) as client:
        answer = send(client, "/people", {**NINA, **changes})
        assert answer.status_code == 200, answer.text
    return world.welcomed[-1][1].removeprefix("http://duiding.test")


def join(client: TestClient, path: str, **changes: str) -> Any:
    return send(client, path, {**JOINING, **changes})


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_says_who_is_here_in_which_role_and_who_pauses(world: World) -> None:
    with world.db.writing() as db:
        people.pause(db, BEN.id, "2026-W48")
    with world.signed_in(EVA) as client:
        page = " ".join(client.get("/people").text.split())
    for one in (ANNA, BEN, EVA, OLGA, MIA):
        assert one.name in page
        assert one.email in page
    assert page.count("pauzeert") == 1
    assert page.count("sinds maandag 23 november 2026") == 5


def test_the_list_counts_nobodys_work(world: World) -> None:
    with world.signed_in(EVA) as client:
        before = client.get("/people").text
        for cluster_id in world.clusters()[:3]:
            speak(world, ANNA, cluster_id)
        after = client.get("/people").text
    assert before == after


@pytest.mark.parametrize("who", [ANNA, MIA])
def test_only_editors_and_operators_see_the_list_and_invite(world: World, who: Person) -> None:
    with world.signed_in(who) as client:
        for path in ("/people", f"/people/{BEN.id}"):
            assert client.get(path).status_code == 403
        assert 'href="/people"' not in client.get("/my").text
        assert send(client, "/people", NINA, page="/my").status_code == 403
    assert world.welcomed == []


# --- inviting --------------------------------------------------------------------------------------------------------


def test_an_invitation_is_mailed_and_its_link_is_shown_once(world: World) -> None:
    with world.signed_in(EVA) as client:
        answer = send(client, "/people", NINA)
        ((welcome, url),) = world.welcomed
        assert (welcome.email, welcome.role, welcome.language) == ("nina@example.org", "catalyst", "en")
        assert welcome.inviter == EVA.name
        assert re.fullmatch(r"http://duiding\.test/welcome/[\w-]{43}\?lang=en", url)
        assert url in answer.text
        page = client.get("/people").text
        assert "nina@example.org" in page
        assert "door Eva Smit" in page
        token = url.split("/welcome/")[1].split("?")[0]
        assert token not in page
        assert token not in str(world.fingerprint())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nina"}, "Dit is geen e-mailadres"),
        ({"email": "ANNA@example.org"}, "hoort al bij iemand in de lijst"),
        ({"role": "king"}, "Kies een rol"),
        ({"role": "operator"}, "Kies een rol"),
        ({"language": "fr"}, "Kies Nederlands of Engels"),
    ],
)
def test_what_an_editor_may_not_or_cannot_invite_is_told(world: World, wrong: dict[str, str], said: str) -> None:
    with world.signed_in(EVA) as client:
        before = world.rows()
        answer = send(client, "/people", {**NINA, **wrong})
        assert answer.status_code == 422
        assert said in answer.text
        assert world.rows() == before
    assert world.welcomed == []


def test_an_operator_may_invite_an_operator(world: World) -> None:
    path = invited(world, OLGA, role="operator")
    with world.visitor() as client:
        join(client, path)
    assert read(world, lambda db: people.by_email(db, "nina@example.org")).role == "operator"


def test_inviting_is_limited_per_person(world: World) -> None:
    with world.signed_in(EVA) as client:
        form = {"csrf": mark(client.get("/people").text), **NINA}
        codes = [client.post("/people", data={**form, "email": f"n{n}@example.org"}).status_code for n in range(32)]
    assert codes == [200] * 30 + [429] * 2
    assert len(world.welcomed) == 30


def test_an_invitation_is_withdrawn_by_one_button(world: World) -> None:
    path = invited(world)
    with world.signed_in(EVA) as client:
        (action,) = re.findall(r'action="(/people/welcomes/\w+)"', client.get("/people").text)
        assert send(client, action, {}, page="/people").headers["location"] == "/people?saved=withdrawn"
        assert "nina@example.org" not in client.get("/people").text
    with world.visitor() as client:
        assert client.get(path).status_code == 410


def test_who_is_invited_again_has_one_link_that_works(world: World) -> None:
    first, second = invited(world), invited(world, role="editor")
    with world.visitor() as client:
        assert client.get(first).status_code == 410
        assert client.get(second).status_code == 200


# --- joining ---------------------------------------------------------------------------------------------------------


def test_opening_an_invitation_tells_what_is_asked_and_changes_nothing(world: World) -> None:
    path = invited(world)
    with world.visitor() as client:
        before = world.fingerprint()
        page = client.get(path).text
        assert client.head(path).status_code == 200
        assert world.fingerprint() == before
    assert "Welcome to Netwerk Stad &amp; Zorg" in page
    assert "Eva Smit invites you" in page
    assert "5 clusters at most" in page


def test_who_joins_is_one_of_the_people_and_signed_in(world: World) -> None:
    path = invited(world)
    with world.visitor() as client:
        answer = join(client, path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "Nina Bos" in client.get("/my").text
        assert client.get(path).status_code == 410
    found = read(world, lambda db: people.by_email(db, "nina@example.org"))
    assert found == Person(id_of("nina@example.org"), "nina@example.org", "Nina Bos", "catalyst", "nl", "anonymous")


def test_a_member_joins_and_comes_to_their_own_page(world: World) -> None:
    path = invited(world, role="member")
    with world.visitor() as client:
        assert 'name="byline"' not in client.get(path).text
        assert join(client, path).headers["location"] == "/my"


def test_a_link_to_join_works_once_and_for_two_weeks(world: World) -> None:
    once, late = invited(world), invited(world, email="late@example.org")
    with world.visitor() as client, world.visitor() as other:
        forms = {path: mark(other.get(path).text) for path in (once, late)}
        assert join(client, once).status_code == 303
        assert other.post(once, data={"csrf": forms[once], **JOINING}).status_code == 410
        world.clock.later(days=14)
        assert other.post(late, data={"csrf": forms[late], **JOINING}).status_code == 410
        answer = other.get(late)
        assert answer.status_code == 410
        assert "no longer works" in answer.text
        assert "session" not in other.cookies
    assert read(world, lambda db: people.by_email(db, "late@example.org")) is None


def test_a_made_up_invitation_lets_nobody_in(world: World) -> None:
    with world.visitor() as client:
        for token in ("x", "a" * 500, "%00", "%27%20OR%201=1"):
            assert client.get(f"/welcome/{token}").status_code == 410


def test_nobody_joins_as_more_than_they_were_invited_to_or_as_another(world: World) -> None:
    path = invited(world, role="member")
    with world.visitor() as client:
        join(client, path, role="operator", email=ANNA.email, person_id=ANNA.id)
    assert read(world, lambda db: people.by_email(db, "nina@example.org")).role == "member"
    assert known(world, ANNA) == ANNA


def test_an_invitation_never_opens_the_account_of_somebody_who_is_here(world: World) -> None:
    path = invited(world)
    with world.db.writing() as db:
        people.add(db, replace(ANNA, id=id_of("nina@example.org"), email="nina@example.org"), NOW)
    with world.visitor() as client:
        assert client.get(path).status_code == 410
        assert "session" not in client.cookies


def test_who_may_not_invite_any_more_lets_nobody_in(world: World) -> None:
    path = invited(world)
    with world.db.writing() as db:
        people.remove(db, EVA.id, NOW)
    with world.visitor() as client:
        assert client.get(path).status_code == 410


def test_a_mistake_in_joining_keeps_what_was_typed_and_the_link(world: World) -> None:
    path = invited(world)
    with world.visitor() as client:
        answer = join(client, path, name=" ", byline="role")
        assert answer.status_code == 422
        assert "Fill in your name." in answer.text
        assert re.search(r'value="role" checked', answer.text)
        assert join(client, path).status_code == 303


def test_a_hostile_name_is_inert_when_joining(world: World) -> None:
    path = invited(world)
    with world.visitor() as client:
        answer = join(client, path, name=HOSTILE * 3)
        assert "<script>" not in answer.text
        assert join(client, path, name=HOSTILE[:80]).status_code == 303
    with world.signed_in(OLGA) as client:
        assert "<script>" not in client.get("/people").text


def test_joining_ends_the_session_of_who_was_signed_in_in_this_browser(world: World) -> None:
    path = invited(world)
    with world.signed_in(MIA) as client:
        copied = client.cookies["session"]
        join(client, path)
        assert "Nina Bos" in client.get("/my").text
    with world.visitor() as client:
        client.cookies.set("session", copied, domain="duiding.test", path="/")
        assert client.get("/my").status_code == 303


# --- roles and removal -----------------------------------------------------------------------------------------------


def test_an_operator_gives_roles_and_an_editor_does_not(world: World) -> None:
    with world.signed_in(OLGA) as client:
        assert send(client, f"/people/{ANNA.id}", {"role": "editor"}).headers["location"] == "/people?saved=role"
    found = known(world, ANNA)
    assert found
    assert found.role == "editor"
    with world.signed_in(EVA) as client:
        assert client.get(f"/people/{BEN.id}").status_code == 403
        assert f"/people/{BEN.id}" not in client.get("/people").text
        for form in ({"role": "operator"}, {"remove": "yes"}):
            assert send(client, f"/people/{BEN.id}", form, page="/people").status_code == 403
            assert send(client, f"/people/{EVA.id}", form, page="/people").status_code == 403
    assert known(world, BEN) == BEN
    assert known(world, EVA) == EVA


@pytest.mark.parametrize("role", ["", "king", "Operator"])
def test_a_role_that_is_none_changes_nothing(world: World, role: str) -> None:
    with world.signed_in(OLGA) as client:
        send(client, f"/people/{ANNA.id}", {"role": role})
    assert known(world, ANNA) == ANNA


@pytest.mark.parametrize("name", ["on", "off"])
def test_an_operator_ends_somebodys_access(world: World, name: str) -> None:
    first = world.clusters()[0]
    speak(world, ANNA, first)
    with world.signed_in(ANNA) as hers, world.signed_in(OLGA) as client:
        answer = send(client, f"/people/{ANNA.id}", {"remove": "yes", "name": name})
        assert answer.headers["location"] == "/people?saved=removed"
        assert hers.get("/my").status_code == 303
        assert client.get(f"/people/{ANNA.id}").status_code == 404
    assert world.annotations(first)[0].catalyst == (ANNA.name if name == "on" else "")


@pytest.mark.parametrize("form", [{"remove": "yes"}, {"role": "catalyst"}, {"role": ""}])
def test_the_last_operator_stays(world: World, form: dict[str, str]) -> None:
    with world.signed_in(OLGA) as client:
        page = client.get(f"/people/{OLGA.id}").text
        assert "Dit is de enige beheerder" in page
        assert send(client, f"/people/{OLGA.id}", form, page="/people").status_code == 403
    assert known(world, OLGA) == OLGA


def test_an_unknown_person_is_not_found(world: World) -> None:
    with world.signed_in(OLGA) as client:
        assert client.get("/people/nobody").status_code == 404
        assert send(client, "/people/nobody", {"role": "editor"}, page="/people").status_code == 404


@pytest.mark.parametrize("role", ["member", "catalyst", "editor", "operator"])
def test_a_link_that_was_sent_ends_when_its_senders_role_changes(world: World, role: Role) -> None:
    invited(world)
    with world.db.writing() as db:
        people.set_role(db, EVA.id, role, NOW)
    assert read(world, lambda db: welcomes.unused(db, NOW)) == ()
