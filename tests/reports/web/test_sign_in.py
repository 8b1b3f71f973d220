"""Signing in by a link in the mail."""

import re
from datetime import timedelta

import pytest

from reports.tokens import sign_in_url
from tests.reports.web.builders import ANNA, BEN, WEEK, World, enter, mark, send


def test_a_link_signs_in_and_leads_to_the_board(world: World) -> None:
    with world.visitor() as client:
        answer = enter(client, world.link(ANNA))
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/").headers["location"] == f"/rounds/{WEEK}"
        assert "Anna de Vries" in client.get(f"/rounds/{WEEK}").text


def test_opening_a_link_only_shows_a_button_and_changes_nothing(world: World) -> None:
    link = world.link(ANNA)
    with world.visitor() as client:
        before = world.fingerprint()
        for _ in range(3):
            page = client.get(link)
            assert page.status_code == 200
            assert "Dag Anna de Vries" in page.text
            assert "Meld me aan" in page.text
        assert client.head(link).status_code == 200
        assert world.fingerprint() == before
        assert enter(client, link).status_code == 303


def test_a_link_works_once(world: World) -> None:
    link = world.link(ANNA)
    with world.visitor() as client:
        form = {"csrf": mark(client.get(link).text)}
        assert client.post(link, data=form).status_code == 303
    with world.visitor() as other:
        assert other.get(link).status_code == 410
        answer = other.post(link, data={"csrf": mark(other.get(link).text)})
        assert answer.status_code == 410
        assert "werkt niet meer" in answer.text
        assert "session" not in other.cookies


def test_a_link_expires(world: World) -> None:
    link = world.link(ANNA, timedelta(hours=1))
    with world.visitor() as client:
        token = mark(client.get(link).text)
        world.clock.later(hours=1)
        assert client.post(link, data={"csrf": token}).status_code == 410
        assert client.get(link).status_code == 410


def test_a_made_up_link_signs_nobody_in(world: World) -> None:
    with world.visitor() as client:
        for token in ("x", "a" * 500, "%00", "%27%20OR%201=1"):
            assert client.get(f"/sign-in/{token}").status_code == 410


def test_who_signed_in_here_before_goes_on_when_they_open_the_same_link_again(world: World) -> None:
    link = world.link(ANNA)
    with world.visitor() as client:
        enter(client, link)
        answer = client.get(f"{link}?next=/rounds/{WEEK}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/rounds/{WEEK}")
        assert "Dag Ben" in client.get(world.link(BEN)).text


def test_the_answer_is_the_same_whether_or_not_an_address_is_known(world: World) -> None:
    with world.visitor() as client:
        known = send(client, "/sign-in", {"email": " Anna@Example.org "})
        unknown = send(client, "/sign-in", {"email": "nina@example.org"})
    assert (known.status_code, dict(known.headers)["content-type"]) == (200, dict(unknown.headers)["content-type"])
    assert known.text.replace("anna@example.org", "X") == unknown.text.replace("nina@example.org", "X")
    assert [who for who, _ in world.posted] == [ANNA]


def test_the_link_that_is_mailed_signs_in_and_goes_where_one_wanted_to_be(world: World) -> None:
    with world.visitor() as client:
        answer = client.get(f"/rounds/{WEEK}")
        assert answer.headers["location"] == f"/sign-in?next=/rounds/{WEEK}"
        page = client.get(answer.headers["location"]).text
        assert f'name="next" value="/rounds/{WEEK}"' in page
        client.post("/sign-in", data={"csrf": mark(page), "email": "anna@example.org", "next": f"/rounds/{WEEK}"})
        ((who, url),) = world.posted
        assert who == ANNA
        path = url.removeprefix("http://duiding.test")
        assert re.fullmatch(r"/sign-in/[\w-]{43}\?next=%2Frounds%2F2026-W47", path)
        form = client.get(path).text
        answer = client.post(
            path, data={"csrf": mark(form), "next": re.search(r'name="next" value="([^"]+)"', form)[1]}
        )  # type: ignore[index]
        assert answer.headers["location"] == f"/rounds/{WEEK}"


def test_only_hashes_of_tokens_are_stored(world: World) -> None:
    with world.visitor() as client:
        send(client, "/sign-in", {"email": "anna@example.org"})
        token = world.posted[0][1].rsplit("/", 1)[1]
        enter(client, f"/sign-in/{token}")
        session = client.cookies["session"]
    stored = str(world.fingerprint())
    assert token not in stored
    assert session not in stored


ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%5Cevil.example",
    "javascript:alert(1)",
    "/a//b",
    "/.//evil.example",
    "/@evil.example",
    "/rounds/x\r\nSet-Cookie: a=b",
    "/\u2044evil.example",
    "rounds",
    "",
)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(world: World, elsewhere: str) -> None:
    with world.visitor() as client:
        assert enter(client, world.link(ANNA), then=elsewhere).headers["location"] == "/"
        assert client.get("/sign-in", params={"next": elsewhere}).headers["location"] == "/"


def test_asking_for_links_is_limited_per_address_and_says_so_in_words(world: World) -> None:
    with world.visitor() as client:
        answers = [send(client, "/sign-in", {"email": "nina@example.org"}) for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [429]
        assert "Even wachten" in answers[-1].text
        assert int(answers[-1].headers["retry-after"]) > 3000
        assert send(client, "/sign-in", {"email": "anna@example.org"}).status_code == 200


def test_asking_for_links_is_limited_per_client(world: World) -> None:
    with world.visitor() as client:
        codes = [send(client, "/sign-in", {"email": f"n{n}@example.org"}).status_code for n in range(32)]
    assert codes == [200] * 30 + [429] * 2


def test_what_is_no_address_is_given_back_with_a_sentence(world: World) -> None:
    with world.visitor() as client:
        answer = send(client, "/sign-in", {"email": '"><script>x@'})
    assert answer.status_code == 422
    assert "Dit is geen e-mailadres" in answer.text
    assert "<script>" not in answer.text
    assert "&lt;script&gt;x@" in answer.text


def test_signing_out_ends_the_session_also_for_who_copied_the_cookie(world: World) -> None:
    with world.signed_in(ANNA) as client:
        copied = client.cookies["session"]
        answer = send(client, "/sign-out", {}, page=f"/rounds/{WEEK}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "session" not in client.cookies
        client.cookies.set("session", copied)
        assert client.get(f"/rounds/{WEEK}").status_code == 303


def test_a_session_expires(world: World) -> None:
    with world.signed_in(ANNA) as client:
        world.clock.later(days=29)
        assert client.get(f"/rounds/{WEEK}").status_code == 200
        world.clock.later(days=1)
        assert client.get(f"/rounds/{WEEK}").status_code == 303


def test_signing_in_never_keeps_a_session_that_was_there_before(world: World) -> None:
    with world.visitor() as client:
        client.cookies.set("session", "planted", domain="duiding.test")
        answer = enter(client, world.link(ANNA))
        assert answer.status_code == 303
        assert "session=planted" not in answer.headers["set-cookie"]
        assert len(client.cookies.get("session", domain="duiding.test") or "") == 43


def test_over_https_the_cookies_are_bound_to_the_host_and_sent_over_https_only(world: World) -> None:
    with world.visitor(public_url="https://duiding.test") as client:
        cookies = enter(client, world.link(ANNA)).headers.get_list("set-cookie")
    (session,) = [one for one in cookies if one.startswith("__Host-session=")]
    for part in ("HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=2592000"):
        assert part in session
    assert "Domain" not in session


def test_the_address_of_a_link_is_built_from_the_public_address() -> None:
    assert sign_in_url("https://duiding.example.org/", "abc") == "https://duiding.example.org/sign-in/abc"
    assert (
        sign_in_url("https://d.example", "abc", "/rounds/2026-W47")
        == "https://d.example/sign-in/abc?next=%2Frounds%2F2026-W47"
    )
