"""Readers hear once what became of their answer, if they want to; questions reach who may be asked, then they go."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from curate.errors import MailError
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import letters, publishing, replies
from reports import tokens
from storage import answers, askables, issues, relays, subscribers
from storage.database import Session
from storage.relays import Relay
from tests.pipelines.answering import ANNA, QUESTION, READER, SENTENCE, decide, give, mail, message_id
from tests.pipelines.at_home import Story, moved, outbox, rows, write
from tests.pipelines.conftest import Duiding
from tests.pipelines.office import Office, by_smtp

HOSTILE = "Huur\r\nBcc: victim@evil.example\r\n\r\n<script>alert(1)</script> =?utf-8?q?=0aBcc:_x=40evil.example?="


@pytest.fixture
def home(out_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(out_once, tmp_path / "home", story)


def later(story: Story) -> None:
    story.later(hours=1, minutes=1)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return " ".join(body.get_content().split())


def test_who_asked_for_it_hears_once_what_was_done(home: Home, story: Story) -> None:
    decide(home, give(home), "show")
    assert not letters.wait(home), "it can still be changed"
    later(story)
    assert letters.wait(home)
    assert letters.post(home) == 1
    assert letters.post(home) == 0
    assert not letters.wait(home)
    (letter,) = outbox(home)
    said = text_of(letter)
    assert str(letter["To"]) == READER.email
    assert "Dag Joke" in said
    assert QUESTION in said
    assert "Het komt in het volgende nummer." in said
    assert "Anna zegt erbij: Wij namen het op." in said
    link = next(word for word in said.split() if "/answer/" in word)
    assert tokens.answering_of(home.secret, link.split("/answer/")[1].split("?")[0])


def test_who_did_not_ask_for_it_gets_no_letter_and_neither_does_who_left(home: Home, story: Story) -> None:
    decide(home, give(home, wants_thanks=False), "show")
    later(story)
    assert letters.post(home) == 0
    decide(home, give(home, text="Nieuw."), "show")
    write(home, lambda db: subscribers.unsubscribe(db, READER.id, home.clock()))
    later(story)
    assert letters.post(home) == 0


def test_a_decision_that_is_changed_in_time_is_told_as_it_became(home: Home, story: Story) -> None:
    answer = give(home)
    decide(home, answer, "show")
    story.later(minutes=50)
    decide(home, answer, "aside", note="")
    story.later(minutes=50)
    assert letters.post(home) == 0
    story.later(minutes=20)
    assert letters.post(home) == 1
    said = text_of(outbox(home)[0])
    assert "Het komt deze keer niet in een nummer." in said
    assert "zegt erbij" not in said


def test_the_writer_of_a_mail_is_asked_and_finds_their_words_ready(home: Home, story: Story) -> None:
    replies.take(home, mail(answers_=message_id(home)).as_bytes())
    with home.database.reading() as db:
        (reply,) = answers.waiting(db)
    decide(home, reply, "ask")
    later(story)
    assert letters.post(home) == 1
    assert letters.post(home) == 0
    (letter,) = outbox(home)
    assert f"“{SENTENCE}”" in text_of(letter)
    assert "/answer/" in text_of(letter)


def test_whose_sender_is_not_certain_gets_no_letter(home: Home, story: Story) -> None:
    replies.take(home, mail().as_bytes())
    with home.database.reading() as db:
        (reply,) = answers.waiting(db)
    decide(home, reply, "thank")
    decide(home, reply, "ask")
    later(story)
    assert letters.post(home) == 0


def test_a_letter_that_is_refused_keeps_no_other_back_and_is_tried_again(
    home: Home, office: Office, story: Story
) -> None:
    there = by_smtp(home, office.port)
    decide(there, give(there), "show")
    ask(there)
    office.refused[READER.email] = "450 mailbox busy"
    later(story)
    with pytest.raises(MailError, match="1 of 2 letters"):
        letters.post(there)
    assert office.recipients == [ANNA.email]
    office.refused.clear()
    assert letters.post(there) == 1
    assert sorted(office.recipients) == [ANNA.email, READER.email]


def ask(home: Home, **changes: str) -> str:
    """Let a question wait for Anna, who may be asked; returns the id of what she may be asked about."""
    said = {"name": "Joke", "email": "joke@example.net", "text": "Hoe begin je?", **changes}
    relay = Relay(f"relay {said['text'][:9]}", 1, said["name"], said["email"], said["text"], "nl")

    def asked(db: Session) -> str:
        askables.keep(db, ANNA.id, "thema", "huurdossiers", home.clock())
        (contact,) = askables.contacts(db)
        relays.keep(db, relay, contact.id, home.clock())
        return contact.id

    return str(write(home, asked))


def test_a_question_reaches_who_may_be_asked_and_its_answer_who_asks(home: Home) -> None:
    ask(home)
    assert letters.post(home) == 1
    assert letters.post(home) == 0
    (letter,) = outbox(home)
    assert (str(letter["To"]), str(letter["Reply-To"])) == (ANNA.email, "joke@example.net")
    said = text_of(letter)
    assert "Joke las in Netwerk dat je gevraagd mag worden over: huurdossiers." in said
    assert "“Hoe begin je?”" in said
    assert "/my" in said
    assert rows(home, "SELECT count(*) FROM relay_words") == [(0,)], "once it has left nothing of it is kept"
    assert rows(home, "SELECT count(*) FROM relays WHERE sent_at IS NOT NULL") == [(1,)]


def test_a_question_to_a_reader_tells_them_where_to_take_their_offer_back(home: Home) -> None:
    offer = give(home, "offer", text="huurdossiers", name="Joke Smit")
    decide(home, offer, "accept")
    with home.database.writing() as db:
        (contact,) = askables.contacts(db)
        relays.keep(db, Relay("r", 1, "Bas", "bas@example.net", "Hoe dan?", "nl"), contact.id, home.clock())
    assert letters.post(home) == 1
    (letter,) = outbox(home)
    assert str(letter["To"]) == READER.email
    assert "Dag Joke Smit" in text_of(letter)
    assert "/answer/" in text_of(letter)


def test_a_question_to_who_may_not_be_asked_any_more_is_dropped_and_forgotten(home: Home) -> None:
    ask(home)
    write(home, lambda db: askables.forget(db, ANNA.id))
    assert letters.post(home) == 0
    assert rows(home, "SELECT count(*) FROM relay_words") == [(0,)]
    assert rows(home, "SELECT count(*) FROM relays WHERE dropped_at IS NOT NULL") == [(1,)]


def test_nothing_hostile_becomes_a_header_or_markup(home: Home, story: Story) -> None:
    decide(home, give(home, text=HOSTILE, name=HOSTILE), "show", note=HOSTILE)
    ask(home, name=HOSTILE, text=HOSTILE)
    later(story)
    assert letters.post(home) == 2
    for letter in outbox(home):
        assert letter["Bcc"] is letter["Cc"] is None
        assert "evil" not in str(letter.items())
        assert "<script" not in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_the_command_sends_what_waits(home: Home, story: Story, duiding: Duiding) -> None:
    ask(home)
    assert duiding("answers", "post", "--json").json["sent"] == 1
    assert len(outbox(home)) == 1


def test_what_is_decided_to_be_shown_is_frozen_into_the_next_issue_and_never_shown_twice(
    home: Home, story: Story
) -> None:
    decide(home, give(home), "show")
    number = _next_issue(home, story, "2026-W48")
    with home.database.reading() as db:
        issue = issues.by_number(db, number)
        assert answers.ready(db) == ()
        assert answers.decided(db, 9)[0].shown_in == number
    assert issue
    assert [one.heard[0].text for one in issue.answers] == [SENTENCE]
    assert issue.answers[0].heard[0].done_by == "Anna"
    assert publishing.publish(home, Week.parse("2026-W48")).issue == issue
    following = _next_issue(home, story, "2026-W49")
    with home.database.reading() as db:
        after = issues.by_number(db, following)
    assert after
    assert after.answers == ()


def test_a_reader_who_takes_it_back_or_is_forgotten_before_freezing_is_not_in_it(home: Home, story: Story) -> None:
    answer = give(home)
    decide(home, answer, "show")
    write(home, lambda db: answers.withdraw(db, READER.id, answer.thread_id, home.clock()))
    with home.database.reading() as db:
        assert answers.ready(db) == ()
    decide(home, give(home, text="Toch maar."), "show")
    write(home, lambda db: subscribers.forget(db, READER.email, home.clock()))
    number = _next_issue(home, story, "2026-W48")
    with home.database.reading() as db:
        content = issues.content_of(db, number)
    assert content
    assert "Toch maar" not in content
    assert SENTENCE not in content


def _next_issue(home: Home, story: Story, week: str) -> int:
    """Publish the issue of a later week, with a new voice on the same clusters."""
    story.later(days=7)
    with home.database.writing() as db:
        # Another week has its own clusters; here those of the first one move along.
        db.execute("UPDATE rounds SET week = $week, closed_at = NULL, approved_at = NULL", {"week": week})
        for table in ("clusters", "cluster_articles", "annotations"):
            db.execute(f"UPDATE {table} SET week = $week", {"week": week})
        for table in ("clusters", "annotations"):
            db.execute(f"UPDATE {table} SET cluster_id = concat(cluster_id, 'x')")
        db.execute("UPDATE cluster_articles SET cluster_id = concat(cluster_id, 'x') WHERE cluster_id IS NOT NULL")
    return publishing.publish(home, Week.parse(week)).issue.number
