"""A home with a frozen issue and readers who answer it."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from curate.answered import Kind
from curate.answers import Words
from curate.people import person
from pipelines.home import Home
from storage import answers, subscribers
from storage.answers import About, Answer
from tests.pipelines.at_home import rows, write

ANNA = person("anna@example.org", "Anna", "catalyst", "nl")
READER = subscribers.subscriber("lezer@example.org", "nl")
QUESTION = "Wie weet hoe je een huurdossier opbouwt?"
SENTENCE = "Bij ons doet de huurdersvereniging dat."


def give(home: Home, kind: Kind = "answer", **changes: Any) -> Answer:
    """Let a reader have said something about issue 1; returns what stands."""
    said = replace(Words(text=SENTENCE, name="Joke", may_show=True, wants_thanks=True), **changes)
    about = About(1, "question", kind, "thema", QUESTION, "nl")
    thread_id = answers.thread(about, READER.id)
    answer = Answer("", thread_id, 0, about, said, READER.id, "link", True, "nl", home.clock())
    write(home, lambda db: answers.keep(db, answer))
    with home.database.reading() as db:
        found = answers.of_thread(db, thread_id)
    assert found
    return found


def decide(home: Home, answer: Answer, decision: Any, note: str = "Wij namen het op.") -> None:
    """Let Anna decide about an answer."""
    write(home, lambda db: answers.decide(db, answer, (decision, note), ANNA.id, home.clock()))


def message_id(home: Home, email: str = READER.email) -> str:
    """The Message-ID under which a reader has the issue."""
    found = rows(home, "SELECT s.email, d.message_id FROM deliveries d JOIN subscribers s USING (subscriber_id)")
    return str(dict(found)[email])


def mail(text: str = SENTENCE, sender: str = READER.email, answers_: str = "") -> EmailMessage:
    """A mail from somebody."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Joke <{sender}>", "netwerk@example.org", "Re: week 47"
    if answers_:
        message["In-Reply-To"] = answers_
    message.set_content(text)
    return message
