"""Readers say something back: without an account, by a signed link that ends, and nothing happens by looking."""

import string
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerHour
from starlette.testclient import TestClient

from curate.answered import Kind
from reports import tokens
from reports.tokens import Answering
from reports.web import doors
from storage import answers, own_data, subscribers
from tests.reports.web import builders
from tests.reports.web.answers import (
    EXPERIMENT,
    QUESTION,
    SOURCE,
    anonymous,
    door,
    give,
    item,
    link,
    publish,
    token,
    waiting,
)
from tests.reports.web.builders import HOSTILE, NOW, SECRET, World

SENTENCE = "In onze straat doet de huurdersvereniging dat, elke dinsdag."
FORMS: dict[Kind, dict[str, str]] = {
    "answer": {"text": SENTENCE, "name": "Joke", "may_show": "on", "wants_thanks": "on"},
    "report": {"text": "Eén dossier", "happened": "Het lukte", "next": "Nog een", "may_show": "on"},
    "signal": {"choice": "recognise", "text": "Zo gaat het bij ons ook."},
    "source": {"url": SOURCE, "text": "Hier staat wat ontbreekt.", "may_show": "on"},
    "offer": {"text": "huurdossiers", "name": "Joke Smit"},
    "meaning": {"text": "Dit raakt aan onze bibliotheek.", "may_show": "on"},
}
ABOUT = {"answer": "question", "report": "experiment"}


def about(world: World, kind: Kind) -> str:
    return ABOUT.get(kind) or (link(world) if kind == "meaning" else item(world))


@pytest.fixture
def reader(world: World) -> str:
    """A reader of an issue that is out."""
    publish(world)
    return world.subscriber()


def rows(world: World) -> int:
    with world.db.reading() as db:
        return int(db.execute("SELECT count(*) FROM answers")[0][0])


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_of_answer_is_kept_by_the_link_in_the_mail_without_cookie_or_account(
    world: World, reader: str, kind: Kind
) -> None:
    path = door(world, reader, about(world, kind))
    with world.visitor() as client:
        shown = client.get(f"{path}&kind={kind}")
        assert (shown.status_code, "set-cookie" in shown.headers) == (200, False)
        assert f'name="kind" value="{kind}"' in shown.text
        done = client.post(path, data={"kind": kind, **FORMS[kind]})
        assert done.status_code == 303
        assert "Dank je wel" in client.get(done.headers["location"]).text
    (kept,) = waiting(world)
    form = FORMS[kind]
    assert (kept.about.number, kept.about.kind, kept.subscriber_id, kept.via) == (1, kind, reader, "link")
    said = {name: getattr(kept.words, name) for name in ("text", "url", "happened", "next", "name", "choice")}
    assert said == {name: form.get(name, "") for name in said}
    assert kept.words.may_show is ("may_show" in form or kind == "offer")
    assert kept.words.wants_thanks is ("wants_thanks" in form)


def test_the_page_shows_the_words_it_is_about_in_their_language(world: World, reader: str) -> None:
    with world.visitor() as client:
        question = client.get(door(world, reader)).text
        differing = client.get(door(world, reader, item(world))).text
        tried = client.get(door(world, reader, "experiment")).text
    assert f'<blockquote lang="nl">{QUESTION}</blockquote>' in question
    assert '<blockquote lang="en">I see it the other way round' in differing
    assert '<blockquote lang="nl">Wie huurt' in differing
    assert EXPERIMENT in tried


def test_looking_at_everything_changes_nothing(world: World, reader: str) -> None:
    give(world, reader, FORMS["answer"])
    before = world.fingerprint()
    with world.visitor() as client:
        for about_ in ("question", "experiment", item(world), link(world), "", "nowhere"):
            for path in (f"/answer/{token(world, reader)}", "/issues/1/answer"):
                for more in ("", "&kind=source", "&withdraw=all", "&done=withdrawn", "&lang=en"):
                    assert client.get(f"{path}?about={about_}{more}").status_code in (200, 404)
                    assert client.head(f"{path}?about={about_}{more}").status_code in (200, 404)
    assert world.fingerprint() == before


def test_the_newer_answer_of_a_reader_stands_and_both_versions_are_kept(world: World, reader: str) -> None:
    give(world, reader, FORMS["answer"])
    newer = give(world, reader, {"text": "Toch iemand anders."})
    assert [(one.words.text, one.version) for one in waiting(world)] == [("Toch iemand anders.", 2)]
    assert give(world, reader, {"text": "Toch iemand anders."}).id == newer.id
    assert rows(world) == 2
    with world.db.reading() as db:
        assert sorted(row[0] for row in db.execute("SELECT text FROM answer_words")) == [
            SENTENCE,
            "Toch iemand anders.",
        ]
    with world.visitor() as client:
        again = client.get(door(world, reader)).text
    assert "Dit stuurde je al" in again
    assert "Toch iemand anders." in again


def test_answers_of_two_readers_and_to_two_things_stand_side_by_side(world: World, reader: str) -> None:
    other = world.subscriber("ander@example.org")
    give(world, reader, FORMS["answer"])
    give(world, other, FORMS["answer"])
    give(world, reader, FORMS["report"], "experiment")
    assert len(waiting(world)) == 3


def test_a_visitor_answers_on_the_web_once_however_often_it_is_sent_and_is_marked_as_such(world: World) -> None:
    publish(world)
    with world.visitor() as client:
        path = "/issues/1/answer?about=question"
        assert f"http://duiding.test{path}" in unescape(client.get("/issues/1").text)
        form = {"text": SENTENCE, "may_show": "on", "wants_thanks": "on"}
        done = anonymous(client, path, form)
        assert done.status_code == 303
        assert anonymous(client, path, {**form, "text": "Een ander antwoord."}).status_code == 303
        shown = client.get(path).text
        once = {"csrf": shown.split('name="csrf" value="')[1][:64], "once": "dezelfde bladzijde", **form}
        for _ in range(3):
            assert client.post(path, data=once).status_code == 303
    assert [(one.via, one.subscriber_id, one.words.wants_thanks) for one in waiting(world)] == [("web", "", False)] * 3


def test_on_the_web_nobody_offers_to_be_asked_since_no_question_could_reach_them(world: World) -> None:
    publish(world)
    with world.visitor() as client:
        path = f"/issues/1/answer?about={item(world)}&kind=offer"
        assert 'name="kind" value="offer"' not in client.get(path).text
        anonymous(client, path, {"kind": "offer", "choice": "useful", "text": "huur", "name": "Joke"})
    assert [one.about.kind for one in waiting(world)] == ["signal"]


def test_a_form_on_the_web_without_its_token_keeps_nothing_and_gives_back_what_was_typed(world: World) -> None:
    publish(world)
    with world.visitor() as client:
        for mark in ("", "0" * 64):
            answer = client.post("/issues/1/answer?about=question", data={"text": SENTENCE, "csrf": mark})
            assert answer.status_code == 403
            assert SENTENCE in answer.text
            assert "/issues/1" in answer.text
    assert waiting(world) == ()


@pytest.mark.parametrize(
    ("kind", "form", "sorry"),
    [
        ("answer", {"text": " "}, "Hier staat nog niets"),
        ("answer", {"text": "x" * 501}, "hoogstens 500 tekens"),
        ("signal", {"choice": "love", "text": "ja"}, "Kies wat bij jou past"),
        ("signal", {"choice": "useful", "text": "x" * 301}, "hoogstens 300 tekens"),
        ("source", {"url": "javascript:alert(1)", "text": "kijk"}, "geen webadres"),
        ("source", {"url": "https://a:b@krant.example/", "text": "kijk"}, "geen webadres"),
        ("source", {"url": SOURCE, "text": ""}, "Hier staat nog niets"),
        ("offer", {"text": "huur", "name": ""}, "Zonder naam"),
        ("report", {"text": "geprobeerd", "happened": ""}, "ook niets is een antwoord"),
        ("meaning", {"text": "x" * 601}, "hoogstens 600 tekens"),
        ("answer", {"text": "ja", "name": "n" * 81}, "hoogstens 80 tekens"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_everything_typed_stays(
    world: World, reader: str, kind: Kind, form: dict[str, str], sorry: str
) -> None:
    with world.visitor() as client:
        answer = client.post(door(world, reader, about(world, kind)), data={"kind": kind, **form})
    assert answer.status_code == 422
    assert sorry in answer.text
    assert "Wat je typte, staat er nog" in answer.text
    shown = unescape(answer.text)
    assert all(text in shown for name, text in form.items() if name != "choice" and text.strip())
    assert waiting(world) == ()


def test_an_address_of_linkedin_is_a_source_like_any_other(world: World, reader: str) -> None:
    url = "https://www.linkedin.com/posts/joke-1"
    kept = give(world, reader, {"kind": "source", "url": url, "text": "Lees dit."}, item(world))
    assert kept.words.url == url


def test_an_issue_of_sixty_days_ago_is_answered_no_more_and_what_was_typed_is_given_back(
    world: World, reader: str
) -> None:
    path = door(world, reader)
    world.clock.later(days=59, hours=23)
    with world.visitor() as client:
        assert client.get(path).status_code == 200
        world.clock.later(hours=2)
        for way in (path, "/issues/1/answer?about=question"):
            assert client.get(way).status_code == 410
            over = client.post(way, data={"text": SENTENCE, "name": "Joke"})
            assert (over.status_code, SENTENCE in over.text, "Joke" in over.text) == (410, True, True)
            assert "zestig dagen" in over.text
            assert 'href="/issues/1"' in over.text
        assert "/answer" not in client.get("/issues/1").text
    assert waiting(world) == ()


def test_a_link_of_who_was_forgotten_works_no_more(world: World, reader: str) -> None:
    path = door(world, reader)
    with world.db.writing() as db:
        subscribers.forget(db, "lezer@example.org", NOW)
    with world.visitor() as client:
        answer = client.post(path, data={"text": SENTENCE})
    assert (answer.status_code, SENTENCE in answer.text) == (410, True)
    assert waiting(world) == ()


def test_a_link_that_is_not_ours_says_so_gives_back_what_was_typed_and_shows_the_way(world: World, reader: str) -> None:
    with world.visitor() as client:
        answer = client.post(f"/answer/{token(world, reader)}x?about=question", data={"text": SENTENCE})
    assert (answer.status_code, SENTENCE in answer.text, 'href="/issues"' in answer.text) == (410, True, True)
    assert "niet zoals wij hem verstuurden" in answer.text


def test_what_does_not_stand_in_the_issue_cannot_be_answered(world: World, reader: str) -> None:
    with world.visitor() as client:
        answer = client.post(door(world, reader, "c-elsewhere"), data={"text": SENTENCE})
        assert (answer.status_code, SENTENCE in answer.text) == (404, True)
        for number in ("7", "x", "9" * 20, "٣"):
            assert client.get(f"/issues/{number}/answer?about=question").status_code == 404


OURS = tokens.answer_token(SECRET, Answering("0123456789abcdef" * 2, 12, NOW.replace(microsecond=0)))
ALPHABET = string.ascii_letters + string.digits + "-_.=+/ !é\n\x00"


@st.composite
def altered(draw: st.DrawFn) -> str:
    """Our token with signs changed, put in or left out, or its ends exchanged for those of another."""
    signs = list(OURS)
    for _ in range(draw(st.integers(1, 3))):
        place, sign = draw(st.integers(0, len(signs) - 1)), draw(st.sampled_from(ALPHABET))
        way = draw(st.sampled_from(("change", "add", "drop", "cut")))
        if way == "change":
            signs[place] = sign
        elif way == "add":
            signs.insert(place, sign)
        elif way == "drop" and len(signs) > 1:
            del signs[place]
        else:
            signs = signs[: place + 1]
    return "".join(signs)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(altered() | st.text(max_size=120) | st.text(alphabet=ALPHABET, min_size=60, max_size=120))
def test_no_forged_or_altered_token_is_accepted(text: str) -> None:
    assert (tokens.answering_of(SECRET, text) is not None) is (text == OURS)


def test_the_last_sign_of_a_token_cannot_be_another_that_reads_the_same() -> None:
    accepted = [sign for sign in ALPHABET if tokens.answering_of(SECRET, OURS[:-1] + sign)]
    assert accepted == [OURS[-1]]


@given(st.text(string.hexdigits, min_size=1, max_size=40), st.integers(1, 10**6))
def test_a_token_says_whose_it_is_to_us_and_to_nobody_else(reader: str, number: int) -> None:
    ours = Answering(reader, number, NOW.replace(microsecond=0))
    made = tokens.answer_token(SECRET, ours)
    assert tokens.answering_of(SECRET, made) == ours
    assert tokens.answering_of(b"another secret", made) is None
    assert tokens.subscriber_of(SECRET, made) is None
    assert tokens.answering_of(SECRET, tokens.unsubscribe_token(SECRET, reader)) is None


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "PER_ANSWERING", RateLimitItemPerHour(2))


def test_whoever_sends_too_many_answers_waits_and_loses_nothing(world: World, reader: str, few: None) -> None:
    with world.visitor() as client:
        for way in (door(world, reader), "/issues/1/answer?about=question"):
            asked = [
                client.post(way, data={"text": f"{SENTENCE} {n}"})
                if "/answer/" in way
                else anonymous(client, way, {"text": f"{SENTENCE} {n}"})
                for n in range(3)
            ]
            assert [one.status_code for one in asked] == [303, 303, 429]
            assert f"{SENTENCE} 2" in asked[-1].text
    assert rows(world) == 4


def test_a_reader_takes_back_what_they_said_and_nobody_elses(world: World, reader: str) -> None:
    other = world.subscriber("ander@example.org")
    mine, theirs = give(world, reader, FORMS["answer"]), give(world, other, {"text": "Van een ander."})
    path = f"/answer/{token(world, reader)}"
    with world.visitor() as client:
        listed = client.get(path).text
        assert mine.thread_id in listed
        assert theirs.thread_id not in listed
        assert client.post(path, data={"withdraw": theirs.thread_id}).status_code == 303
        done = client.post(path, data={"withdraw": mine.thread_id})
        assert "Je woorden zijn weg" in client.get(done.headers["location"]).text
    assert [one.words.text for one in waiting(world)] == ["Van een ander."]
    with world.db.reading() as db:
        assert SENTENCE not in str(db.execute("SELECT * FROM answer_words"))
    assert give(world, reader, FORMS["answer"]).version == 2


def test_the_link_speaks_the_readers_language_and_goes_on_doing_so(world: World, reader: str) -> None:
    with world.visitor() as client:
        path = door(world, reader)
        shown = client.get(f"{path}&lang=en").text
        assert "Send my answer" in shown
        done = client.post(f"{path}&lang=en", data={"text": SENTENCE})
        assert done.headers["location"].endswith("lang=en")
    assert waiting(world)[0].language == "en"


@pytest.mark.parametrize("kind", FORMS)
def test_hostile_words_stay_words(world: World, reader: str, kind: Kind) -> None:
    fields = dict.fromkeys(("text", "happened", "next", "name"), HOSTILE)
    form = {"kind": kind, "choice": "differ", "url": f"https://krant.example/{HOSTILE}", **fields}
    with world.visitor() as client:
        for data in (form, {**form, "url": f"https://krant.example/?q={'%22%3E%3Cscript%3E'}", "may_show": "on"}):
            client.post(door(world, reader, about(world, kind)), data=data)
            shown = client.get(door(world, reader, about(world, kind))).text
            wrong = client.post(door(world, reader, about(world, kind)), data={**data, "text": HOSTILE * 20}).text
            over = client.post("/answer/x?about=question", data=data).text
            for page in (shown, wrong, over, client.get(f"/answer/{token(world, reader)}").text):
                assert "<script" not in page
                assert "<img" not in page
            assert unescape(over).count(HOSTILE) >= 4
    (kept,) = waiting(world)
    assert kept.words.text == HOSTILE


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """A browser, and a reader's link about an item."""
    world = builders.world(tmp_path_factory.mktemp("answers"))
    publish(world)
    with world.visitor() as client:
        yield client, door(world, world.subscriber(), item(world))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=700), name=st.text(max_size=90), url=st.text(max_size=40))
def test_whatever_is_sent_is_kept_or_refused_in_words(
    one_browser: tuple[TestClient, str], text: str, name: str, url: str
) -> None:
    client, path = one_browser
    form = {"kind": "source", "text": text, "name": name, "url": url or SOURCE, "may_show": "on"}
    answer = client.post(path, data={key: value.encode("utf-8", "replace").decode() for key, value in form.items()})
    assert answer.status_code in (303, 422, 429)
    assert client.get(path).status_code == 200


def kept_of(world: World, reader: str) -> Any:
    with world.db.reading() as db:
        return own_data.of_reader(db, reader)


def test_what_a_reader_said_is_theirs_to_have_and_gone_when_they_are_forgotten(world: World, reader: str) -> None:
    give(world, reader, FORMS["answer"])
    give(world, reader, {"text": "Nieuw."})
    told = kept_of(world, reader)["answers"]
    assert [(one["text"], one["version"], one["asked"]) for one in told] == [
        (SENTENCE, 1, QUESTION),
        ("Nieuw.", 2, QUESTION),
    ]
    with world.db.writing() as db:
        answers.forget(db, "")
        assert own_data.of_reader(db, reader)["answers"]
        subscribers.forget(db, "lezer@example.org", NOW)
        assert not any(own_data.of_reader(db, reader).values())
        assert db.execute("SELECT * FROM answer_words") == []


def test_the_web_form_keeps_the_public_address_out_of_it(world: World) -> None:
    publish(world)
    config = replace(world.config, public_url="https://duiding.example")
    assert config.is_https
    with world.visitor(public_url="https://duiding.example") as client:
        shown = client.get("/issues/1/answer?about=question")
    assert "__Host-form" in shown.headers["set-cookie"]
    assert "lezer@" not in shown.text
