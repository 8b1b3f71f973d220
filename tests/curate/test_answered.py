"""Answers as an issue tells them: counts only from eight on, and everything comes back from JSON as it was."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from curate import answered
from curate.answered import CHOICES, COUNTED_FROM, MOST_SHOWN, Answered, Heard, Ready, Signals
from curate.issues import from_json, to_json
from tests.reports import builders as b

HEARD = Heard("id-1", "answer", "", "Bij ons wel.", "", "", "", "Joke", "nl", "opgenomen", "Anna")


def ready(place: int, text: str = "Bij ons wel.", choice: str = "", about: str = "question") -> Ready:
    kind: answered.Kind = "signal" if choice else "answer"
    heard = replace(HEARD, answer_id=f"id-{place}", text=text, choice=choice, kind=kind)
    return Ready(12, about, "Wie weet het?", "nl", heard)


@given(st.lists(st.sampled_from(CHOICES), max_size=20))
def test_no_number_is_told_of_fewer_than_eight(choices: list[answered.Choice]) -> None:
    told = answered.signals(choices)
    if not choices:
        assert told is None
    else:
        assert told
        assert set(told.given) == set(choices)
        assert told.of == (len(choices) if len(choices) >= COUNTED_FROM else 0)
        assert (told.counts == ()) is (len(choices) < COUNTED_FROM)


def test_what_is_about_one_thing_stands_together_and_in_order() -> None:
    told = answered.told([ready(1), ready(2, about="c-1"), ready(3)])
    assert [(one.about, [each.answer_id for each in one.heard]) for one in told.answers] == [
        ("question", ["id-1", "id-3"]),
        ("c-1", ["id-2"]),
    ]
    assert told.ids == ("id-1", "id-2", "id-3")


def test_an_issue_has_room_for_eight_and_the_others_wait() -> None:
    told = answered.told([ready(n) for n in range(15)])
    assert len(told.answers[0].heard) == len(told.ids) == MOST_SHOWN


def test_signals_without_words_take_no_room_and_leave_no_id() -> None:
    told = answered.told([ready(n, text="", choice="useful") for n in range(30)] + [ready(99)])
    assert [one.answer_id for one in told.answers[0].heard] == ["id-99"]
    assert told.answers[0].signals == Signals(("useful",), (30,))
    assert len(told.ids) == 31
    assert "id-1" not in str(told.answers)


def test_an_issue_with_answers_comes_back_as_it_was_and_one_without_does_not_speak_of_them() -> None:
    said = Answered(11, "c-1", "Huren", "", (HEARD,), Signals(("recognise", "useful"), (7, 2)))
    bare = Answered(10, "question", "Wie?", "nl", (), Signals(("differ",)))
    issue = b.issue(answers=(said, bare, replace(said, signals=None)))
    assert from_json(to_json(issue)) == issue
    assert '"answers":[{' not in to_json(b.issue())
    assert '"act"' not in to_json(b.issue())
    assert from_json(to_json(b.issue(items=(b.item(act="source"),)))).items[0].act == "source"
