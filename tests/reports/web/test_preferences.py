"""What a reader chose: changed, taken along, forgotten, by the link in their mails."""

import json
from datetime import timedelta

import pytest

from curate.readers import PREFERENCES_LAST, Wishes
from curate.themes import Match
from reports.tokens import preferences_token
from storage import subscribers, themes
from storage.subscribers import Subscriber
from tests.reports.web.builders import NOW, SECRET, WEEK, World, send


@pytest.fixture
def reader(world: World) -> str:
    """A reader who follows a theme."""
    clusters = world.clusters()[:2]
    with world.db.writing() as db:
        matches = [Match(one, f"t{n}", f"label {n}", "new", 1.0) for n, one in enumerate(clusters)]
        themes.link(db, WEEK, matches, run_id="run")
        one = subscribers.wishing("mia@example.org", Wishes("nl", "issue", ("t1",)))
        subscribers.add(db, one, "sample", NOW)
    return one.id


def path(reader: str, secret: bytes = SECRET) -> str:
    return f"/preferences/{preferences_token(secret, reader, NOW.date())}"


def now(world: World, reader: str) -> Subscriber:
    with world.db.reading() as db:
        found = subscribers.by_id(db, reader)
    assert found
    return found


def test_a_reader_sees_and_changes_what_they_chose(world: World, reader: str) -> None:
    with world.visitor() as client:
        shown = client.get(path(reader)).text
        assert 'name="theme-t1" checked' in shown
        assert 'value="issue" required checked' in shown
        done = send(client, path(reader), {"language": "en", "every": "month", "theme-t0": "on", "theme-x": "on"})
        assert (done.status_code, done.headers["location"]) == (303, f"{path(reader)}?saved=yes")
        assert "The next letter is like this" in client.get(done.headers["location"]).text
    assert now(world, reader).wishes == Wishes("en", "month", ("t0",))


def test_looking_changes_nothing(world: World, reader: str) -> None:
    with world.visitor() as client:
        before = world.fingerprint()
        for each in ("", "?saved=yes", "/forget", "/data.json"):
            assert client.get(path(reader) + each).status_code == 200
            client.head(path(reader) + each)
        assert world.fingerprint() == before


@pytest.mark.parametrize("wrong", [{"every": "daily", "language": "nl"}, {"every": "month", "language": "xx"}])
def test_a_mistake_is_told_and_nothing_changes(world: World, reader: str, wrong: dict[str, str]) -> None:
    with world.visitor() as client:
        before = world.fingerprint()
        answer = send(client, path(reader), wrong)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert client.post(path(reader), data={"language": "en", "every": "month"}).status_code == 403
        assert client.post(f"{path(reader)}/forget").status_code == 403
        assert world.fingerprint() == before


def test_a_theme_that_is_followed_stays_offered_when_it_is_silent(world: World, reader: str) -> None:
    world.clock.later(weeks=30)
    with world.visitor() as client:
        shown = client.get(path(reader)).text
        assert 'name="theme-t1" checked' in shown
        assert "theme-t0" not in shown
        send(client, path(reader), {"language": "nl", "every": "issue", "theme-t1": "on"})
    assert now(world, reader).follows == ("t1",)


def test_a_reader_takes_their_data_along(world: World, reader: str) -> None:
    other = world.subscriber("other@example.org")
    with world.visitor() as client:
        answer = client.get(f"{path(reader)}/data.json")
    told = json.loads(answer.text)
    assert "attachment" in answer.headers["content-disposition"]
    assert told["subscription"][0]["email"] == "mia@example.org"
    assert told["subscription"][0]["consent"] == "sample"
    assert other not in answer.text
    assert "other@example.org" not in answer.text


def test_a_reader_is_forgotten_in_two_steps(world: World, reader: str) -> None:
    with world.visitor() as client:
        shown = client.get(f"{path(reader)}/forget").text
        assert "vingerafdruk" in shown
        assert now(world, reader)
        done = send(client, f"{path(reader)}/forget", {})
        assert "Je bent vergeten" in done.text
        assert send(client, f"{path(reader)}/forget", {}, page="/subscribe").status_code == 200, "twice is as well"
        gone = client.get(path(reader))
        assert gone.status_code == 410
        assert "/subscribe" in gone.text
        told = json.loads(client.get(f"{path(reader)}/data.json").text)
        assert told["subscription"] == told["issues_sent"] == []
    with world.db.reading() as db:
        assert subscribers.every(db) == ()
        assert subscribers.suppressed(db, ["mia@example.org"]) == {"mia@example.org": "forgotten"}


def test_who_left_may_still_take_data_along_and_be_forgotten(world: World, reader: str) -> None:
    with world.db.writing() as db:
        subscribers.unsubscribe(db, reader, NOW)
    with world.visitor() as client:
        shown = client.get(path(reader)).text
        assert "/data.json" in shown
        assert "/forget" in shown
        assert 'name="every"' not in shown
        assert '"/subscribe"' in shown


def test_a_link_that_is_too_old_offers_a_fresh_one_and_shows_nothing(world: World, reader: str) -> None:
    link = path(reader)
    world.clock.now += PREFERENCES_LAST + timedelta(days=1)
    with world.visitor() as client:
        before = world.fingerprint()
        shown = client.get(link)
        assert shown.status_code == 410
        assert "mia@example.org" not in shown.text
        assert client.get(f"{link}/data.json").status_code == 404
        assert client.get(f"{link}/forget").status_code == 404
        assert send(client, f"{link}/forget", {}, page=link).status_code == 404
        assert send(client, link, {"language": "en", "every": "month"}).status_code == 303
        assert world.chosen == []
        sent = send(client, f"{link}/fresh", {}, page=link)
        assert sent.status_code == 200
        assert [one.id for one in world.chosen] == [reader]
        assert world.fingerprint() == before
        codes = [send(client, f"{link}/fresh", {}, page=link).status_code for _ in range(6)]
        assert codes.count(429) == 2


def test_a_fresh_link_goes_to_nobody_who_left(world: World, reader: str) -> None:
    with world.db.writing() as db:
        subscribers.unsubscribe(db, reader, NOW)
    with world.visitor() as client:
        kept = send(client, f"{path(reader)}/fresh", {}, page="/subscribe")
    assert kept.status_code == 200
    assert world.chosen == []


def test_a_forged_link_is_not_found(world: World, reader: str) -> None:
    good = path(reader)
    with world.visitor() as client:
        for forged in (path(reader, b"another secret"), good[:-1] + "_", good + "x", "/preferences/x"):
            for end in ("", "/data.json", "/forget"):
                assert client.get(forged + end).status_code == 404, forged
            assert send(client, f"{forged}/forget", {}, page="/subscribe").status_code == 404
            assert send(client, f"{forged}/fresh", {}, page="/subscribe").status_code == 404
    assert now(world, reader).state == "active"
