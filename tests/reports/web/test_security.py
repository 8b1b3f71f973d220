"""What keeps the pages safe."""

import logging
import re
import time

import pytest
from starlette.routing import Route

from reports.web import security
from reports.web.app import create_app
from tests.reports.web.builders import ANNA, BEN, EVA, SECRET, WEEK, World, mark, send, speak, words

POSTS = ["/sign-in", "/sign-in/abc", "/sign-out", f"/rounds/{WEEK}/close", "/clusters/x"]
POSTS += [f"/rounds/{WEEK}/changes/x/undo", "/echoes/x", "/echoes/x/later"]
POSTS += [f"/clusters/x/{part}" for part in ("draft", "draft/drop", "arrange", "theme", "hand-over")]
POSTS += ["/my", "/my/pause", "/my/themes", "/my/asked", "/my/sessions", "/my/leave", "/people", "/welcome/abc"]
POSTS += ["/people/welcomes/abc", f"/people/{ANNA.id}", "/answers"]


def every_get(world: World) -> list[str]:
    """All addresses that answer GET, with something real filled in."""
    values = {
        "{person_id}": ANNA.id,
        "{week}": WEEK,
        "{cluster_id}": world.clusters()[0],
        "{number}": "1",
        "{askable_id}": "abc",
        "{token}": "abc",
    }
    paths = [
        route.path
        for route in create_app(world.config).routes
        if isinstance(route, Route) and "GET" in (route.methods or ())
    ]
    for name, value in values.items():
        paths = [path.replace(name, value) for path in paths]
    return [*paths, f"/clusters/{world.clusters()[0]}?show=1&saved=yes", "/?lang=en", "/sign-in?next=/issues"]


def test_reading_pages_changes_nothing(world: World) -> None:
    speak(world, ANNA, world.clusters()[0])
    world.publish()
    with world.signed_in(EVA) as client:
        paths = every_get(world)
        assert len(paths) > 12
        before = world.fingerprint()
        for path in paths:
            assert client.get(path).status_code < 500, path
            assert client.head(path).status_code < 500, path
        assert world.fingerprint() == before


def test_every_answer_carries_the_headers(world: World) -> None:
    with world.signed_in(ANNA) as client:
        for path in (*every_get(world), "/static/duiding.css", "/nowhere"):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; style-src "), path
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cross-origin-opener-policy"] == "same-origin"


def test_every_kind_of_answer_carries_them_not_only_pages(world: World) -> None:
    """Page, frame, file, feed, JSON, redirect, and each way to say no: none goes out bare."""
    speak(world, ANNA, world.clusters()[0])
    with world.signed_in(EVA) as client:
        frames = [client.get(f"/rounds/{WEEK}/issue/preview/{face}") for face in ("page", "mail")]
        world.publish()
        gets = ["/issues/1", "/issues.atom", "/issues.feed.json", "/issues.json", "/issues/1.json", "/favicon.ico"]
        gets += ["/issues/1/provenance.json", "/static/autosave.js", "/static/icon.svg", "/my/data.json", "/healthz"]
        fetched = [client.get(path) for path in gets]
        refused = [client.get("/nowhere"), client.put("/sign-in"), client.post("/my", data={})]
        kind = {"content-type": "application/x-www-form-urlencoded"}
        refused.append(client.post("/my", content=b"x" * (security.MOST_BYTES + 1), headers=kind))
        away = send(client, "/my", {"name": "Eva", "language": "nl", "byline": "name"})
    with world.visitor() as visitor:
        away_too = visitor.get(f"/rounds/{WEEK}", follow_redirects=False)
    assert [one.status_code for one in (*frames, *fetched)] == [200] * (len(frames) + len(gets))
    assert [one.status_code for one in refused] == [404, 405, 403, 413]
    assert {away.status_code, away_too.status_code} == {303}
    for answer in (*frames, *fetched, *refused, away, away_too):
        assert {name for name in security.HEADERS if name not in answer.headers} == set(), answer.url
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        # A mail has its styles inline; where the desk shows one, it stands in a sandbox in which nothing runs.
        assert "unsafe" not in policy or policy.endswith("; sandbox")
        assert re.search(r"script-src '(none|self)'", policy), answer.url
        assert ("frame-ancestors 'self'" if answer in frames else "frame-ancestors 'none'") in policy, answer.url


def test_pages_of_who_is_signed_in_are_never_kept(world: World) -> None:
    with world.signed_in(ANNA) as client:
        for path in (f"/rounds/{WEEK}", f"/clusters/{world.clusters()[0]}", "/issues", "/"):
            assert client.get(path).headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style_and_nothing_from_elsewhere(world: World) -> None:
    speak(world, BEN, world.clusters()[0])
    with world.signed_in(EVA) as client:
        for path in (
            f"/rounds/{WEEK}",
            f"/clusters/{world.clusters()[0]}",
            f"/clusters/{world.clusters()[0]}/arrange",
            f"/clusters/{world.clusters()[0]}/hand-over",
            f"/rounds/{WEEK}/changes",
            f"/rounds/{WEEK}/issue",
            "/issues",
            "/sign-in/x",
        ):
            answer = client.get(path)
            html, policy = answer.text, answer.headers["content-security-policy"]
            ours = re.search(r'<script src="/static/autosave.js\?v=\w+" defer></script>', html)
            assert ("script-src 'self'" in policy) is bool(ours), path
            html = html.replace(ours[0], "") if ours else html
            for forbidden in (
                "<script",
                "<style",
                " style=",
                "onclick",
                "javascript:",
                "src=",
                'rel="stylesheet" href="http',
            ):
                assert forbidden not in html, path


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", [None, "", "0" * 64, "é", "of another"])
def test_a_form_without_its_token_changes_nothing(world: World, path: str, token: str | None) -> None:
    link = world.link(ANNA)
    path = {"/sign-in/abc": link, "/clusters/x": f"/clusters/{world.clusters()[0]}"}.get(path, path)
    if token == "of another":
        token = security.form_token(SECRET, "the cookie of another browser")
    form = {"email": "anna@example.org", "name": "Ik", "weeks": "1", "about": "huur", "remove": "yes", **words()} | (
        {} if token is None else {"csrf": token}
    )
    with world.signed_in(EVA) as client:
        before = world.fingerprint()
        answer = client.post(path, data=form)
        assert answer.status_code == 403
        assert "Dit formulier is verlopen" in answer.text
        assert world.fingerprint() == before
        assert world.posted == []


def test_a_form_of_a_visitor_is_bound_to_their_own_browser(world: World) -> None:
    with world.visitor() as one, world.visitor() as other:
        token = mark(one.get("/sign-in").text)
        other.get("/sign-in")
        form = {"csrf": token, "email": "anna@example.org"}
        assert other.post("/sign-in", data=form).status_code == 403
        one.cookies.clear()
        assert one.post("/sign-in", data=form).status_code == 403
    assert world.posted == []


def test_a_large_body_is_refused_whether_or_not_its_size_is_announced(world: World) -> None:
    path = f"/clusters/{world.clusters()[0]}"
    with world.signed_in(ANNA) as client:
        token = mark(client.get(path).text)
        answer = client.post(path, data={"csrf": token, **words(so_what="x" * security.MOST_BYTES)})
        assert answer.status_code == 413
        assert "te veel tegelijk" in answer.text
        chunks = (b"so_what=" if n == 0 else b"x" * 8192 for n in range(20))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert client.post(path, content=chunks, headers=headers).status_code == 413
        assert client.post(path, data={"csrf": token, **words(experiment="x" * 300)}).status_code == 303


def test_bodies_that_are_no_form_are_refused_in_words(world: World) -> None:
    with world.signed_in(ANNA) as client:
        path = f"/clusters/{world.clusters()[0]}"
        broken = client.post(
            path, content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data; boundary=y"}
        )
        assert broken.status_code in {400, 403}
        files = client.post(path, files={"csrf": ("a.txt", b"x")}, data={"verdict": "keep"})
        assert files.status_code in {400, 403}
        for kind, body in (
            ("application/json", b"{}"),
            ("application/x-www-form-urlencoded", b"\xff\xfe=%ff&csrf=%ff"),
        ):
            assert client.post(path, content=body, headers={"content-type": kind}).status_code == 403


def test_pages_that_are_not_there_and_ways_that_do_not_open_them_are_told_in_words(world: World) -> None:
    with world.visitor() as client:
        for path in ("/nowhere", "/issues/", "/static/../../pyproject.toml", "/static/%2e%2e/app.py", "/admin"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert "Dit is hier niet" in answer.text
        wrong = client.put("/sign-in")
        assert wrong.status_code == 405
        assert set(wrong.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
        assert "Zo gaat deze deur niet open" in wrong.text
        assert client.get("/sign-out").status_code == 405


def test_a_defect_of_ours_shows_no_trace_of_our_inside(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def defect() -> None:
        raise RuntimeError("secret detail")

    with world.visitor(clock=defect) as client:
        answer = client.get("/")
    assert answer.status_code == 500
    assert "Hier ging bij ons iets mis" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_database_that_is_away_is_told_in_words_and_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with world.visitor() as client:
        assert client.get("/healthz").text == "ok\n"
        world.db.path.rename(world.db.path.with_suffix(".away"))
        with caplog.at_level(logging.ERROR):
            until = time.monotonic() + 20
            # The desk holds the file open for a moment after the last request.
            while (answer := client.get("/issues")).status_code != 503 and time.monotonic() < until:
                time.sleep(0.1)
        assert answer.status_code == 503
        assert "Het is even druk" in answer.text
        assert str(world.db.path) not in answer.text
        assert str(world.db.path) in caplog.text
        assert client.get("/healthz").status_code == 503


def test_the_host_header_is_never_believed(world: World) -> None:
    with world.visitor() as client:
        answer = send(client, "/sign-in", {"email": "anna@example.org"})
        assert "evil.example" not in answer.text
        form = {"csrf": mark(client.get("/sign-in").text), "email": "anna@example.org"}
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        client.post("/sign-in", data=form, headers={"host": "evil.example", "cookie": cookie})
        for path in ("/issues/", f"/rounds/{WEEK}", "/"):
            assert "evil.example" not in str(client.get(path, headers={"host": "evil.example"}).headers)
    assert len(world.posted) == 2
    assert all(url.startswith("http://duiding.test/") for _, url in world.posted)


def test_the_stylesheet_is_ours_and_its_address_follows_its_content(world: World) -> None:
    with world.visitor() as client:
        html = client.get("/").text
        path = html.split('rel="stylesheet" href="')[1].split('"')[0]
        answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "url(" not in answer.text
    assert "@import" not in answer.text
