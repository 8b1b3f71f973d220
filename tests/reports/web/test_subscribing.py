"""Subscribing by one's own act: a form that tells nobody who subscribes, a mail, a button."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from curate.readers import ASKED_LASTS, CONSENT_VERSION, Wishes
from curate.themes import Match
from storage import subscribers, themes
from storage.subscribers import Subscriber
from tests.reports.web.builders import EVA, HOSTILE, NOW, WEEK, World, mark, send

FORM = {"email": "Mia@Example.org ", "language": "en", "every": "month"}
MIA = "mia@example.org"


@pytest.fixture(autouse=True)
def _themes(world: World) -> None:
    clusters = world.clusters()[:3]
    with world.db.writing() as db:
        matches = [Match(one, f"t{n}", f"label {n}", "new", 1.0) for n, one in enumerate(clusters)]
        themes.link(db, WEEK, matches, run_id="run")
        themes.name(db, "t1", HOSTILE, EVA.id, NOW)


def reader(world: World, email: str = MIA) -> Subscriber | None:
    with world.db.reading() as db:
        return subscribers.by_email(db, email)


def ask(client: TestClient, **changes: str) -> Any:
    return send(client, "/subscribe", FORM | changes)


def path(world: World) -> str:
    """Of the link in the last mail."""
    return world.asked[-1][1].removeprefix(world.config.public_url)


def test_somebody_subscribes_by_the_link_in_a_mail(world: World) -> None:
    with world.visitor() as client:
        answer = ask(client, **{"theme-t1": "on", "theme-unknown": "on"})
        assert answer.status_code == 200
        assert "Kijk in je mail" in answer.text
        assert reader(world) is None
        shown = client.get(path(world))
        assert "Voorop" in shown.text or "First" in shown.text
        assert "<script>alert" not in shown.text
        done = send(client, path(world), {})
    assert done.status_code == 200
    assert "/preferences/" in done.text
    found = reader(world)
    assert found
    assert found.wishes == Wishes("en", "month", ("t1",))
    with world.db.reading() as db:
        (record,) = subscribers.export(db)
    assert (record["consent"], record["consent_version"]) == ("own page", CONSENT_VERSION)
    assert record["consented_at"] == NOW


def test_opening_the_link_changes_nothing_and_pressing_twice_says_so(world: World) -> None:
    with world.visitor() as client:
        ask(client)
        link = path(world)
        before = world.fingerprint()
        assert client.get(link).status_code == 200
        client.head(link)
        client.get("/subscribe")
        assert world.fingerprint() == before
        token = mark(client.get(link).text)
        assert client.post(link, data={"csrf": token}).status_code == 200
        again = client.post(link, data={"csrf": token})
        assert again.status_code == client.get(link).status_code == 410
    assert "Heb je al bevestigd" in again.text or "confirmed already" in again.text


def test_a_link_that_is_over_made_up_or_from_another_form_does_nothing(world: World) -> None:
    with world.visitor() as client:
        ask(client)
        link = path(world)
        assert client.post(link, data={"csrf": "x"}).status_code == 403
        assert client.post("/subscribe", data=FORM).status_code == 403
        assert client.get("/subscribe/made-up").status_code == 410
        assert send(client, "/subscribe/made-up", {}, page=link).status_code == 410
        world.clock.now += ASKED_LASTS
        assert client.get(link).status_code == 410
    assert reader(world) is None


def test_the_form_does_the_same_whoever_asks(world: World) -> None:
    """Known, left, suspended, forgotten, complained and new: one answer, one row, one mail of the same kind."""
    with world.db.writing() as db:
        for name in ("known", "left", "suspended", "forgotten", "complained"):
            subscribers.add(db, subscribers.subscriber(f"{name}@example.org", "nl"), "sample", NOW)
        left, suspended = (subscribers.by_email(db, f"{name}@example.org") for name in ("left", "suspended"))
        assert left
        assert suspended
        subscribers.unsubscribe(db, left.id, NOW)
        db.execute("UPDATE subscribers SET state = 'suspended' WHERE subscriber_id = $id", {"id": suspended.id})
        for name in ("forgotten", "complained"):
            subscribers.forget(db, f"{name}@example.org", NOW)
        db.execute(
            "UPDATE suppressions SET reason = 'complaint' WHERE email_hash = $hash",
            {"hash": subscribers._hash("complained@example.org")},
        )
    answers, sizes = set(), set()
    with world.visitor() as client:
        for name in ("known", "left", "suspended", "forgotten", "complained", "new"):
            email = f"{name}@example.org"
            rows = world.rows()
            answer = ask(client, email=email)
            answers.add((answer.status_code, answer.text.replace(email, "").replace(mark_of(answer.text), "")))
            grown = world.rows()
            sizes.add(
                tuple(sorted((table, count - rows[table]) for table, count in grown.items() if count != rows[table]))
            )
            assert world.asked[-1][0].email == email
        assert len(answers) == 1
        assert sizes == {(("subscriptions", 1),)}
        said = {}
        for one, url in world.asked:
            link = url.removeprefix(world.config.public_url)
            shown = client.get(link).text.replace(one.email, "")
            said[one.email] = send(client, link, {}).text
            assert "button" in shown
    assert [email for email, text in said.items() if "earlier letter" in text] == ["complained@example.org"]
    assert reader(world, "complained@example.org") is None
    for name in ("known", "left", "suspended", "forgotten", "new"):
        found = reader(world, f"{name}@example.org")
        assert found
        assert (found.state, found.every) == ("active", "month")


def mark_of(html: str) -> str:
    return html[html.find('name="csrf"') :][:90] if 'name="csrf"' in html else "\x00"


def test_nobody_is_flooded(world: World) -> None:
    with world.visitor() as client:
        codes = [ask(client).status_code for _ in range(7)]
        others = [ask(client, email=f"r{n}@example.org").status_code for n in range(40)]
        assert send(client, "/sign-in", {"email": MIA, "next": "/"}).status_code == 200, "another door"
    assert codes == [200] * 5 + [429] * 2
    assert others.count(429) > 0
    assert len(world.asked) == codes.count(200) + others.count(200) <= 30


@pytest.mark.parametrize("wrong", [{"email": "a..b@x.org"}, {"every": "daily"}, {"language": ""}, {"email": HOSTILE}])
def test_a_mistake_keeps_what_was_typed(world: World, wrong: dict[str, str]) -> None:
    with world.visitor() as client:
        answer = ask(client, **{"theme-t0": "on", **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'name="theme-t0" checked' in answer.text
    assert "<script>alert" not in answer.text
    assert world.asked == []
    assert world.rows()["subscriptions"] == 0


def test_the_form_is_linked_from_home_the_list_and_each_issue(world: World) -> None:
    world.publish()
    with world.visitor() as client:
        assert all("/subscribe" in client.get(path).text for path in ("/", "/issues", "/issues/1"))
        shown = client.get("/subscribe").text
    assert "label 0" in shown
    assert "Thema&#39;s die alleen de machine een naam gaf" in shown


def test_a_theme_that_was_long_silent_is_offered_to_nobody_new(world: World) -> None:
    world.clock.now += timedelta(weeks=20)
    with world.visitor() as client:
        assert "label 0" not in client.get("/subscribe").text
