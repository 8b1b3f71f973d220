"""A question is passed on to somebody who may be asked; nobody sees their address, and nobody floods them."""

import json
from html import unescape
from typing import Any

import pytest
from limits import RateLimitItemPerHour
from starlette.testclient import TestClient

from curate import ids
from reports.web import doors
from storage import askables, relays
from tests.reports.web.answers import anonymous, publish
from tests.reports.web.builders import ANNA, HOSTILE, MIA, World

THEME = "t"
ID = ids.of("askable", MIA.id, THEME)
PATH = f"/ask/1/{ID}"
QUESTION = {"text": "Hoe begin je zo'n dossier?", "name": "Joke", "email": "Joke@Example.org", "consent": "on"}


@pytest.fixture
def asked(world: World) -> World:
    """An issue that says of Mia that she may be asked."""
    publish(world)
    with world.db.writing() as db:
        askables.keep(db, MIA.id, THEME, "huurdossiers", world.clock())
        askables.keep(db, ANNA.id, THEME, "iets anders", world.clock())
        ((content,),) = db.execute("SELECT content FROM issue_contents")
        named = json.dumps({**json.loads(content), "corrections": [ID]})  # anywhere in it will do
        db.execute("UPDATE issue_contents SET content = $content", {"content": named})
    return world


def waiting(world: World) -> list[tuple[str, str, str, str]]:
    with world.db.reading() as db:
        return [
            (one.to.email if one.to else "", one.relay.name, one.relay.email, one.relay.text)
            for one in relays.waiting(db)
        ]


def ask(client: TestClient, **changes: str) -> Any:
    form = {name: value for name, value in {**QUESTION, **changes}.items() if value}
    return anonymous(client, PATH, form)


def test_a_question_is_kept_for_who_may_be_asked_and_their_address_is_shown_nowhere(asked: World) -> None:
    with asked.visitor() as client:
        page = client.get(PATH).text
        assert "Vraag het Mia Jansen" in page
        assert "huurdossiers" in page
        done = ask(client)
        passed = client.get(done.headers["location"]).text
    assert "Je vraag gaat mee" in passed
    assert MIA.email not in page + passed
    assert waiting(asked) == [(MIA.email, "Joke", "joke@example.org", QUESTION["text"])]


def test_looking_changes_nothing_and_needs_no_account(asked: World) -> None:
    before = asked.fingerprint()
    with asked.visitor() as client:
        for path in (PATH, f"{PATH}?done=1", f"{PATH}?text=x&consent=on"):
            assert (client.get(path).status_code, client.head(path).status_code) == (200, 200)
    assert asked.fingerprint() == before


def test_only_who_stands_in_that_issue_and_still_may_can_be_asked(asked: World) -> None:
    elsewhere = ids.of("askable", ANNA.id, THEME)
    with asked.visitor() as client:
        for path in (f"/ask/1/{elsewhere}", f"/ask/2/{ID}", f"/ask/x/{ID}", "/ask/1/x", "/ask/1/items"):
            assert client.get(path).status_code == 404
        with asked.db.writing() as db:
            askables.withdraw(db, MIA.id, THEME)
        answer = client.get(PATH)
    assert answer.status_code == 404
    assert MIA.name not in answer.text


@pytest.mark.parametrize(
    ("field", "value", "sorry"),
    [
        ("text", "", "Schrijf je vraag"),
        ("text", "x" * 501, "hoogstens 500 tekens"),
        ("text", "https://a.example https://b.example https://c.example", "twee webadressen"),
        ("name", "", "Zeg wie je bent"),
        ("name", "n" * 81, "hoogstens 80 tekens"),
        ("email", "joke", "geen e-mailadres"),
        ("email", "a..b@example.org", "geen e-mailadres"),
        ("email", "joke@example.org\nBcc: x@example.org", "geen e-mailadres"),
        ("consent", "", "Zonder dit vinkje"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(asked: World, field: str, value: str, sorry: str) -> None:
    with asked.visitor() as client:
        answer = ask(client, **{field: value})
    assert answer.status_code == 422
    assert sorry in answer.text
    assert all(typed in unescape(answer.text) for name, typed in QUESTION.items() if name not in (field, "consent"))
    assert waiting(asked) == []


def test_a_form_without_its_token_passes_nothing_on_and_gives_back_the_words(asked: World) -> None:
    with asked.visitor() as client:
        answer = client.post(PATH, data={**QUESTION, "csrf": "0" * 64})
    assert (answer.status_code, unescape(answer.text).count(QUESTION["text"])) == (403, 1)
    assert waiting(asked) == []


def test_one_page_that_is_sent_twice_is_one_question(asked: World) -> None:
    with asked.visitor() as client:
        for _ in range(2):
            assert ask(client, once="dezelfde").status_code == 303
    assert len(waiting(asked)) == 1


def test_one_client_passes_few_questions_on_and_loses_none_of_its_words(
    asked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "PER_ASKING", RateLimitItemPerHour(2))
    with asked.visitor() as client:
        answered = [ask(client, text=f"Vraag {n}") for n in range(3)]
    assert [one.status_code for one in answered] == [303, 303, 429]
    assert "Vraag 2" in answered[-1].text
    assert len(waiting(asked)) == 2


def test_nobody_is_asked_more_than_ten_things_a_day(asked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "PER_ASKING", RateLimitItemPerHour(100))
    with asked.visitor() as client:
        assert [ask(client, text=f"Vraag {n}").status_code for n in range(11)] == [303] * 10 + [429]
        asked.clock.later(days=1, minutes=1)
        assert ask(client, text="Morgen").status_code == 303


def test_hostile_words_stay_words(asked: World) -> None:
    with asked.visitor() as client:
        assert "<script" not in ask(client, text=HOSTILE, name=HOSTILE, consent="").text
        assert ask(client, text=HOSTILE, name=HOSTILE).status_code == 303
    assert waiting(asked)[0][1:] == (HOSTILE, "joke@example.org", HOSTILE)
