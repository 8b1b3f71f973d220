"""What in an issue can be answered, and how."""

from datetime import datetime, timedelta

import pytest

from curate import answers
from tests.reports import builders as b


def test_everything_that_an_issue_asks_can_be_answered_in_its_order() -> None:
    found = answers.matters(b.issue())
    assert [one.about for one in found] == ["c-c1", "c-c2", "c-c3", "question", "experiment", "a-a6", "a-a7"]
    assert [one.kinds[0] for one in found] == ["signal", "signal", "signal", "answer", "report", "meaning", "meaning"]


def test_an_item_offers_what_it_asks_first_and_shows_both_who_differ() -> None:
    found = answers.matter(b.issue(items=(b.disagreement(act="offer"),)), "c-c1")
    assert found
    assert found.kinds == ("offer", "signal", "source")
    assert [one.language for one in found.quotes] == ["nl", "en"]
    lone = answers.matter(b.issue(items=(b.item(act="report", theme_id=""),)), "c-c1")
    assert lone
    assert (lone.kinds, len(lone.quotes)) == (("report", "signal", "source"), 1)


def test_a_question_belongs_to_the_theme_of_its_item_and_speaks_its_language() -> None:
    found = answers.matter(b.issue(), "question")
    assert found
    assert (found.theme_id, found.language, found.title) == ("tc1", "nl", b.issue().question.text)  # type: ignore[union-attr]


@pytest.mark.parametrize("about", ["", "c-", "c-other", "a-a1", "questions", "item-c1"])
def test_nothing_else_can_be_answered(about: str) -> None:
    assert answers.matter(b.issue(), about) is None
    assert answers.matter(b.issue(question=None), "question") is None


def test_an_issue_is_open_for_sixty_days() -> None:
    frozen_at = datetime.fromisoformat(b.issue().frozen_at)
    assert answers.is_open(b.issue(), frozen_at + timedelta(days=60, seconds=-1))
    assert not answers.is_open(b.issue(), frozen_at + timedelta(days=60))


def test_what_a_form_does_not_have_is_not_kept() -> None:
    form = {"choice": "useful", "text": "ja", "url": "https://a.example", "happened": "x", "next": "y", "name": "J"}
    said = answers.checked("signal", form).words
    assert said == answers.Words("useful", "ja", name="J")


def test_who_offers_to_be_asked_is_shown_and_others_only_when_they_say_so() -> None:
    form = {"text": "huur", "name": "Joke"}
    offered, answered = answers.checked("offer", form).words, answers.checked("answer", form).words
    assert offered
    assert answered
    assert (offered.may_show, answered.may_show) == (True, False)
