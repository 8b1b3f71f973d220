"""Catalysts read what readers say: everything waits for them, and both of two who decide are kept."""

from html import unescape

import pytest

from curate import answered
from reports.web import deciding
from storage import answers, askables, plans
from storage.answers import Answer
from tests.reports.web.answers import QUESTION, SOURCE, THEME, anonymous, decide, give, item, publish, waiting
from tests.reports.web.builders import ANNA, BEN, EVA, HOSTILE, MIA, OLGA, WEEK, World

SENTENCE = "In onze straat doet de huurdersvereniging dat."
OFFER = {"kind": "offer", "text": "huurdossiers", "name": "Joke Smit"}


@pytest.fixture
def reader(world: World) -> str:
    """A reader of an issue that is out."""
    publish(world)
    return world.subscriber()


def ready(world: World) -> list[str]:
    with world.db.reading() as db:
        return [one.heard.text for one in answers.ready(db)]


def acts(world: World, answer: Answer) -> list[tuple[str, str, str]]:
    with world.db.reading() as db:
        return [(one.decided, one.note, one.name) for one in answers.acts(db, [answer.id])[answer.id]]


def queue(world: World, path: str = "/answers") -> str:
    with world.signed_in(ANNA) as client:
        return unescape(client.get(path).text)


def test_the_queue_is_for_catalysts_and_editors(world: World) -> None:
    for who, status in ((ANNA, 200), (EVA, 200), (MIA, 403), (OLGA, 403)):
        with world.signed_in(who) as client:
            assert client.get("/answers").status_code == status
            assert client.post("/answers", data={"answers": "x"}).status_code == 403
    with world.visitor() as client:
        assert client.get("/answers").status_code == 303


def test_the_board_says_in_words_how_many_wait_and_leads_there(world: World, reader: str) -> None:
    def board() -> str:
        with world.signed_in(ANNA) as client:
            return unescape(client.get(f"/rounds/{WEEK}").text)

    assert ">Antwoorden van lezers</a>" in board()
    give(world, reader, {"text": SENTENCE})
    assert "1 antwoord van lezers wacht op een katalysator" in board()
    for n in range(3):
        give(world, world.subscriber(f"r{n}@example.org"), {"choice": "useful"}, item(world))
    assert "2 antwoorden van lezers wachten" in board(), "a heap of signals is one thing to read"
    with world.signed_in(OLGA) as client:
        assert "/answers" not in client.get(f"/rounds/{WEEK}").text


def test_what_waits_stands_with_what_it_is_about(world: World, reader: str) -> None:
    give(world, reader, {"text": SENTENCE, "name": "Joke", "wants_thanks": "on"})
    with world.visitor() as client:
        anonymous(client, "/issues/1/answer?about=question", {"text": "Van het web.", "may_show": "on"})
    shown = queue(world)
    assert f'lang="nl">{QUESTION}</h2>' in shown
    assert shown.index(QUESTION) < shown.index(SENTENCE)
    assert "antwoord · Joke · met de eigen link uit de mail" in shown
    assert "antwoord · een lezer · op het web, zonder eigen link" in shown
    assert "mag niet in een nummer staan" in shown
    assert "wil horen wat ermee gedaan is" in shown


def test_what_is_shown_comes_into_the_next_draft_with_what_was_done(world: World, reader: str) -> None:
    answer = give(world, reader, {"text": SENTENCE, "may_show": "on", "name": "Joke"})
    told = decide(world, BEN, answer.id, "show", note="Wij vroegen het na.")
    assert told.headers["location"] == "/answers?told=decided"
    assert waiting(world) == ()
    with world.db.reading() as db:
        (group,) = plans.material(db, "2026-W48").earlier.answers
    (heard,) = group.heard
    assert (group.number, group.asked, heard.text, heard.byline) == (1, QUESTION, SENTENCE, "Joke")
    assert (heard.done, heard.done_by) == ("Wij vroegen het na.", BEN.name)


@pytest.mark.parametrize("do", ["thank", "aside"])
def test_what_is_not_shown_is_kept_and_stands_in_no_issue(world: World, reader: str, do: str) -> None:
    answer = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    decide(world, ANNA, answer.id, do, note="")
    assert (waiting(world), ready(world)) == ((), [])
    assert acts(world, answer) == [(do, "", ANNA.name)]
    assert SENTENCE in queue(world)


def test_what_a_reader_does_not_want_shown_cannot_be_shown(world: World, reader: str) -> None:
    answer = give(world, reader, {"text": SENTENCE})
    assert 'value="show"' not in queue(world)
    assert "told=cannot" in decide(world, ANNA, answer.id, "show").headers["location"]
    for do in ("accept", "ask", "burn"):
        assert "told=cannot" in decide(world, ANNA, answer.id, do).headers["location"]
    assert waiting(world) == (answer,)


def test_two_who_decide_at_once_are_both_kept_and_the_second_is_told_of_the_first(world: World, reader: str) -> None:
    answer = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    decide(world, ANNA, answer.id, "aside", note="te kort")
    told = decide(world, BEN, answer.id, "show", note="juist goed")
    assert "told=both" in told.headers["location"]
    assert acts(world, answer) == [("aside", "te kort", ANNA.name), ("show", "juist goed", BEN.name)]
    assert ready(world) == [SENTENCE]
    shown = queue(world, told.headers["location"])
    assert f"{ANNA.name} had net al iets besloten" in shown
    assert "te kort" in shown
    assert "juist goed" in shown


def test_one_who_saw_the_first_decision_simply_decides_otherwise(world: World, reader: str) -> None:
    answer = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    decide(world, ANNA, answer.id, "show")
    assert "told=decided" in decide(world, BEN, answer.id, "thank", seen="1").headers["location"]
    assert ready(world) == []


def test_words_that_were_replaced_or_taken_back_meanwhile_are_not_decided_about(world: World, reader: str) -> None:
    first = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    give(world, reader, {"text": "Toch anders.", "may_show": "on"})
    assert "told=gone" in decide(world, ANNA, first.id, "show").headers["location"]
    assert [one.words.text for one in waiting(world)] == ["Toch anders."]


def test_a_newer_answer_waits_again_and_the_shown_one_it_replaces_is_not_shown(world: World, reader: str) -> None:
    first = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    decide(world, ANNA, first.id, "show")
    give(world, reader, {"text": "Toch anders.", "may_show": "on"})
    assert ready(world) == []
    assert [one.words.text for one in waiting(world)] == ["Toch anders."]


def test_a_note_is_asked_for_what_is_shown_and_a_long_one_stays_in_its_field(world: World, reader: str) -> None:
    answer = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    empty = decide(world, ANNA, answer.id, "show", note=" ")
    long = decide(world, ANNA, answer.id, "show", note="w" * 201)
    assert (empty.status_code, long.status_code) == (422, 422)
    assert "Zeg in één zin wat je ermee deed" in empty.text
    assert "w" * 201 in long.text
    assert waiting(world) == (answer,)


def test_a_source_is_offered_as_a_link_to_bring_but_never_one_of_linkedin(world: World, reader: str) -> None:
    give(world, reader, {"kind": "source", "url": SOURCE, "text": "Lees dit.", "may_show": "on"}, item(world))
    assert "/links/add?url=https%3A//krant.example/een-bron%3Fa%3D1%26b%3D2" in queue(world)
    url = "https://www.linkedin.com/posts/joke-1"
    give(world, reader, {"kind": "source", "url": url, "text": "Lees dit.", "may_show": "on"}, item(world))
    shown = queue(world)
    assert f'href="{url}"' in shown
    assert "/links/add?url=" not in shown
    with world.signed_in(ANNA) as client:
        form = unescape(client.get("/links/add?url=https%3A//krant.example/een-bron%3Fa%3D1%26b%3D2").text)
    assert f'value="{SOURCE}"' in form


def test_an_accepted_offer_can_be_found_until_it_is_taken_back(world: World, reader: str) -> None:
    answer = give(world, reader, OFFER, item(world))

    def found() -> list[tuple[str, str, str]]:
        with world.db.reading() as db:
            return [(one.name, one.theme_id, one.about) for one in askables.contacts(db)]

    assert found() == []
    decide(world, ANNA, answer.id, "accept")
    assert found() == [("Joke Smit", THEME, "huurdossiers")]
    with world.db.reading() as db:
        assert askables.every(db) == (), "readers are no people that a catalyst's form could name"
    decide(world, BEN, answer.id, "aside", seen="1")
    assert found() == []
    decide(world, BEN, answer.id, "accept", seen="2")
    with world.db.writing() as db:
        assert answers.withdraw(db, reader, answer.thread_id, world.clock())
    assert found() == []


def test_signals_are_told_in_words_until_eight_have_come(world: World, reader: str) -> None:
    for n in range(7):
        give(world, world.subscriber(f"r{n}@example.org"), {"choice": ("recognise", "differ")[n % 2]}, item(world))
    shown = queue(world)
    assert "Er zijn lezers die dit herkennen en het anders zien." in shown
    assert " van 7" not in shown
    give(world, reader, {"choice": "recognise"}, item(world))
    assert "5 van 8 herkennen dit en 3 van 8 zien het anders" in queue(world)


def test_a_page_shows_so_many_and_the_others_come_up_afterwards(
    world: World, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "_MOST_WORDED", 1)
    first = give(world, reader, {"text": SENTENCE})
    second = give(world, world.subscriber("later@example.org"), {"text": "Nog een zin."})
    assert "Er wachten nog meer antwoorden" in queue(world)
    assert second.words.text not in queue(world)
    decide(world, ANNA, first.id, "thank")
    assert second.words.text in queue(world)
    assert "Er wachten nog meer antwoorden" not in queue(world)


def test_a_heap_of_signals_is_decided_about_with_one_press_and_told_without_ids(world: World) -> None:
    publish(world)
    for n in range(8):
        give(world, world.subscriber(f"r{n}@example.org"), {"choice": "useful"}, item(world))
    heap = " ".join(one.id for one in waiting(world))
    assert "told=decided" in decide(world, ANNA, heap, "show", note="", heap="1").headers["location"]
    with world.db.reading() as db:
        told = answered.told(answers.ready(db))
    (group,) = told.answers
    assert group.heard == ()
    assert group.signals == answered.Signals(("useful",), (8,))
    assert len(told.ids) == 8
    assert all(one not in str(group) for one in told.ids)


def test_the_sentence_of_a_signal_that_may_not_be_shown_is_only_counted(world: World, reader: str) -> None:
    answer = give(world, reader, {"choice": "differ", "text": SENTENCE}, item(world))
    assert "het signaal telt wel mee" in queue(world)
    decide(world, ANNA, answer.id, "show")
    with world.db.reading() as db:
        (group,) = answered.told(answers.ready(db)).answers
    assert SENTENCE not in str(group)
    assert group.signals == answered.Signals(("differ",))


def test_who_took_their_name_off_is_not_named_with_what_they_did(world: World, reader: str) -> None:
    answer = give(world, reader, {"text": SENTENCE, "may_show": "on"})
    decide(world, BEN, answer.id, "show")
    with world.db.writing() as db:
        db.execute("UPDATE people SET byline = 'role' WHERE person_id = $id", {"id": BEN.id})
        assert answers.ready(db)[0].heard.done_by == ""
        db.execute("UPDATE people SET byline = 'name', name = '' WHERE person_id = $id", {"id": BEN.id})
        assert answers.ready(db)[0].heard.done_by == ""


def test_hostile_words_of_readers_and_catalysts_stay_words(world: World, reader: str) -> None:
    for kind, about in (
        ("answer", "question"),
        ("report", "experiment"),
        ("signal", item(world)),
        ("source", item(world)),
    ):
        form = dict.fromkeys(("text", "name", "happened", "next"), HOSTILE)
        url = "https://krant.example/?x=%22%3E<script>alert(1)</script>"
        give(world, reader, {"kind": kind, "choice": "useful", "may_show": "on", "url": url, **form}, about)
    for one in waiting(world):
        decide(world, ANNA, one.id, "show", note=HOSTILE[:190])
        with world.signed_in(ANNA) as client:
            for path in ("/answers", f"/answers?told=both&name={HOSTILE}"):
                page = client.get(path).text
                assert "<script" not in page
                assert "<img" not in page
