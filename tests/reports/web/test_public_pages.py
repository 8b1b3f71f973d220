"""Issues for everybody, and leaving the mailing list."""

import base64
import hashlib
import json
import re

import pytest

from reports.tokens import subscriber_of, unsubscribe_token, unsubscribe_url
from storage import subscribers
from tests.reports.web.builders import ANNA, SECRET, SO_WHAT, World, speak


def state(world: World, subscriber_id: str) -> str:
    with world.db.reading() as db:
        found = subscribers.by_id(db, subscriber_id)
    assert found
    return found.state


def test_the_archive_lists_issues_for_everybody(world: World) -> None:
    with world.visitor() as client:
        assert "Er is nog geen nummer verschenen." in client.get("/issues").text
        world.publish()
        html = client.get("/issues").text
    assert '<a href="/issues/1">Nummer 1, week 47</a>' in html
    assert "16–22 november 2026" in html


def test_an_issue_is_readable_without_signing_in_and_sets_no_cookie(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    world.publish()
    with world.visitor() as client:
        answer = client.get("/issues/1")
    assert answer.status_code == 200
    assert SO_WHAT in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"].startswith("public")


def test_the_policy_of_an_issue_allows_exactly_its_own_style(world: World) -> None:
    world.publish()
    with world.visitor() as client:
        answer = client.get("/issues/1")
    (css,) = re.findall(r"<style>(.*?)</style>", answer.text, flags=re.S)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_the_json_of_an_issue_is_its_frozen_bytes(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    world.publish()
    with world.db.reading() as db:
        ((frozen,),) = db.execute("SELECT content FROM issue_contents")
    with world.visitor() as client:
        answer = client.get("/issues/1.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == frozen.encode()
    assert json.loads(answer.text)["items"][0]["voices"][0]["so_what"] == SO_WHAT


NO_ISSUES = ("2", "2.json", "x", "-1", "1.txt", "٣", "9" * 20, "9" * 5000, "9" * 5000 + ".json", "1%00")


@pytest.mark.parametrize("path", [f"/issues/{one}" for one in NO_ISSUES], ids=lambda path: path[:20])
def test_an_issue_that_is_not_there_is_told_in_words(world: World, path: str) -> None:
    with world.visitor() as client:
        answer = client.get(path)
    assert answer.status_code == 404
    assert "Dit is hier niet" in answer.text


def test_visitors_read_in_the_language_of_their_browser_or_the_one_they_chose(world: World) -> None:
    with world.visitor() as client:
        client.headers["accept-language"] = "fr, en-GB;q=0.8, nl;q=0.5"
        assert '<html lang="en">' in client.get("/issues").text
        dutch = client.get("/issues", params={"lang": "nl"})
        assert '<html lang="nl">' in dutch.text
        assert '<html lang="nl">' in client.get("/").text
        client.cookies.clear()
        client.headers["accept-language"] = "x;q=9, ;;, *;q=0, nl-BE"
        assert '<html lang="nl">' in client.get("/").text
        client.headers["accept-language"] = "zh"
        assert '<html lang="nl">' in client.get("/", params={"lang": "zz"}).text


def test_opening_the_link_to_leave_shows_a_button_and_changes_nothing(world: World) -> None:
    reader = world.subscriber()
    path = f"/unsubscribe/{unsubscribe_token(SECRET, reader)}"
    with world.visitor() as client:
        before = world.fingerprint()
        answer = client.get(path)
        client.head(path)
        assert world.fingerprint() == before
    assert "Schrijf me uit" in answer.text
    assert 'name="List-Unsubscribe" value="One-Click"' in answer.text


def test_one_click_leaves_without_cookie_login_redirect_or_token_and_twice_is_no_error(world: World) -> None:
    reader = world.subscriber()
    path = f"/unsubscribe/{unsubscribe_token(SECRET, reader)}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with world.visitor() as client:
        for _ in range(2):
            answer = client.post(path, content=b"List-Unsubscribe=One-Click", headers=headers)
            assert answer.status_code == 200
            assert "Je bent uitgeschreven" in answer.text
            assert "set-cookie" not in answer.headers
            assert state(world, reader) == "unsubscribed"
        assert "Je bent uitgeschreven" in client.get(path).text


def test_one_click_may_come_as_multipart(world: World) -> None:
    reader = world.subscriber()
    with world.visitor() as client:
        path = f"/unsubscribe/{unsubscribe_token(SECRET, reader)}"
        assert client.post(path, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    assert state(world, reader) == "unsubscribed"


def test_a_forged_link_to_leave_changes_nothing(world: World) -> None:
    reader = world.subscriber()
    good = unsubscribe_token(SECRET, reader)
    forged = [
        unsubscribe_token(b"another secret", reader),
        good[:-2],
        good + "x",
        reader,
        "x.y",
        good.replace(".", "", 1),
    ]
    with world.visitor() as client:
        for token in forged:
            assert client.get(f"/unsubscribe/{token}").status_code == 404
            assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert state(world, reader) == "active"


def test_who_was_forgotten_can_still_leave(world: World) -> None:
    with world.visitor() as client:
        path = f"/unsubscribe/{unsubscribe_token(SECRET, 'nobody')}"
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 200


def test_the_token_to_leave_holds_the_subscriber_and_nothing_else_opens_it() -> None:
    token = unsubscribe_token(SECRET, "abc")
    assert subscriber_of(SECRET, token) == "abc"
    assert subscriber_of(b"x", token) is None
    assert subscriber_of(SECRET, "") is None
    assert unsubscribe_url("https://d.example/", token) == f"https://d.example/unsubscribe/{token}"
