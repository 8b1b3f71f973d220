"""decisions of catalysts | thank who asked for it, ask who wrote a mail | pass questions on | hand over and note

A decision can still be changed for an hour; only then a letter goes. Each letter goes once: what was handed over is
noted one by one.
"""

from datetime import timedelta
from email.message import EmailMessage

from curate.issues import Issue
from curate.people import Language, Person
from pipelines import posting
from pipelines.home import Home
from pipelines.posting import Posting
from reports import answer_mails
from reports.answer_mails import MayWe, Passed, Thanks
from storage import issues, letters, relays
from storage.letters import ToThank
from storage.relays import Asked, Relay

SETTLES = timedelta(hours=1)
"""How long after a decision its letter waits, since it may still be changed."""


def wait(home: Home) -> bool:
    """Whether any letter about an answer, or any question, is to go out now."""
    with home.database.reading() as db:
        return bool(letters.to_thank(db, home.clock() - SETTLES) or relays.waiting(db))


def post(home: Home) -> int:
    """Send what is to go out now, and return how many; raises MailError when some could not be handed over."""
    with home.database.reading() as db:
        thanked, asked = letters.to_thank(db, home.clock() - SETTLES), relays.waiting(db)
        numbers = {one.decided.answer.about.number for one in thanked}
        found = {number: issues.by_number(db, number) for number in numbers}
    waiting = [_about_answer(home, one, found[one.decided.answer.about.number]) for one in thanked]
    for each in asked:
        if each.to:
            waiting.append(_passing_on(home, each.relay, each.to))
        else:
            _drop(home, each.relay.id)
    return posting.each(home, waiting)


def _about_answer(home: Home, one: ToThank, issue: Issue | None) -> Posting:
    answer = one.decided.answer
    reader = _somebody(answer.subscriber_id, one.email, one.language)
    link = posting.answer_link(home, issue, answer.subscriber_id) if issue else ""

    def letter() -> EmailMessage:
        envelope = posting.envelope(home, reader, one.kind, answer.id)
        if one.kind == "may_we":
            about = "question" if issue and issue.question else ""
            return answer_mails.may_we(MayWe(home.settings.name, answer, link, about), envelope)
        return answer_mails.thanks(Thanks(home.settings.name, one.decided, link), envelope)

    return Posting(reader, letter, lambda db: letters.posted(db, answer.id, one.kind, home.clock()))


def _passing_on(home: Home, relay: Relay, to: Asked) -> Posting:
    who = _somebody(to.person_id or to.subscriber_id, to.email, to.language)

    def letter() -> EmailMessage:
        envelope = posting.envelope(home, who, "relay", relay.id)
        return answer_mails.passed_on(Passed(home.settings.name, relay, to, _way_to_stop(home, to)), envelope)

    return Posting(who, letter, lambda db: relays.sent(db, relay.id, home.clock()))


def _way_to_stop(home: Home, to: Asked) -> str:
    """Where somebody says that they may be asked no more; a reader by the link of the newest issue."""
    if to.person_id:
        return posting.own_page(home)
    with home.database.reading() as db:
        newest = next((issues.by_number(db, one.number) for one in issues.published(db)[:1]), None)
    return posting.answer_link(home, newest, to.subscriber_id) if newest else ""


def _drop(home: Home, relay_id: str) -> None:
    with home.database.writing() as db:
        relays.dropped(db, relay_id, home.clock())


def _somebody(id_: str, email: str, language: Language) -> Person:
    """Somebody to whom a letter goes; a reader has no name here, and needs none."""
    return Person(id_, email, "", "member", language)
