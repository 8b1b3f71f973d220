"""What readers say back, in versions, and what catalysts decided about it; rows are added, words go when taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from curate import ids
from curate.answered import Heard, Kind, Ready, Told
from curate.answers import Decision, Words
from storage import askables
from storage.database import Session
from storage.values import Row

Via = Literal["link", "web", "reply"]
"""By the reader's own link, on the web without one, or by mail."""

_FIELDS = 22
"""Columns of the view ``standing_answers``."""


@dataclass(frozen=True, slots=True)
class About:
    """What is answered: a thing in an issue, with its words as they stand there."""

    number: int
    """Of the issue; 0 for a mail that does not say which."""
    about: str
    kind: Kind
    theme_id: str
    asked: str
    language: str
    """Of ``asked``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The last version of one reader's answer to one thing."""

    id: str
    """Empty until it is kept."""
    thread_id: str
    """What its versions have in common; see :func:`thread`."""
    version: int
    about: About
    words: Words
    subscriber_id: str
    """Empty for who answered without a link of their own."""
    via: Via
    is_sure: bool
    """False for a mail that anybody may have sent under this address."""
    language: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What a catalyst decided about an answer."""

    decided: Decision
    note: str
    """What was done with it, in a sentence; may be empty."""
    name: str
    """Of the catalyst; empty when they took it off."""
    decided_at: datetime
    place: int
    """1, 2, … for this answer."""


@dataclass(frozen=True, slots=True)
class Decided:
    """An answer with the last word on it."""

    answer: Answer
    act: Act
    shown_in: int | None
    """The number of the issue that shows it."""


def thread(about: About, who: str) -> str:
    """Return the id that all versions of an answer share; ``who`` is the reader, or the one page that was filled in."""
    return ids.of("thread", who, str(about.number), about.about, about.kind)


def keep(db: Session, answer: Answer) -> bool:
    """Keep an answer as the next version of its thread; False when it says word for word what stands there already."""
    before = of_thread(db, answer.thread_id)
    if before and (before.words, before.language) == (answer.words, answer.language):
        return False
    version = int(db.rows("answers.versions", thread_id=answer.thread_id)[0][0]) + 1
    words, about = answer.words, answer.about
    answer_id = ids.of("answer", answer.thread_id, str(version))
    db.rows(
        "answers.add",
        answer_id=answer_id,
        thread_id=answer.thread_id,
        version=version,
        number=about.number,
        about=about.about,
        kind=about.kind,
        choice=words.choice,
        theme_id=about.theme_id,
        subscriber_id=answer.subscriber_id,
        via=answer.via,
        is_sure=answer.is_sure,
        may_show=words.may_show,
        wants_thanks=words.wants_thanks,
        language=answer.language,
        now=answer.given_at,
    )
    db.rows(
        "answers.add_words",
        answer_id=answer_id,
        asked=about.asked,
        asked_language=about.language,
        text=words.text,
        url=words.url,
        happened=words.happened,
        next=words.next,
        name=words.name,
    )
    return True


def is_kept(db: Session, thread_id: str) -> bool:
    """Whether a thread was ever begun, also when its words were taken back since."""
    return bool(db.rows("answers.versions", thread_id=thread_id)[0][0])


def of_thread(db: Session, thread_id: str) -> Answer | None:
    """Return what stands in a thread."""
    row = db.one("answers.of_thread", thread_id=thread_id)
    return _answer(row) if row else None


def by_id(db: Session, answer_id: str) -> Answer | None:
    """Return an answer that still stands: not taken back, and not replaced by a newer version."""
    row = db.one("answers.by_id", answer_id=answer_id)
    return _answer(row) if row else None


def of_reader(db: Session, subscriber_id: str, number: int) -> tuple[Answer, ...]:
    """Return what a reader said of one issue, as it stands; and what they may be asked about, wherever they said so."""
    return tuple(_answer(row) for row in db.rows("answers.of_reader", subscriber_id=subscriber_id, number=number))


def waiting(db: Session) -> tuple[Answer, ...]:
    """Return what no catalyst has decided about: the newest issue first, what is about one thing side by side."""
    return tuple(_answer(row) for row in db.rows("answers.waiting"))


def counted_waiting(db: Session) -> int:
    """Return how many answers wait; signals without words about one thing count once."""
    tables = ("answers", "answer_words", "answer_acts")
    return int(db.remembered("answers waiting", tables, lambda: db.rows("answers.counted_waiting")[0][0]))


def decided(db: Session, most: int) -> tuple[Decided, ...]:
    """Return what was decided last, the latest first."""
    return tuple(decided_from(row) for row in db.rows("answers.decided", most=most))


def acts(db: Session, answer_ids: Sequence[str]) -> dict[str, tuple[Act, ...]]:
    """Return everything that was decided about some answers, by answer, oldest first."""
    found: dict[str, list[Act]] = {}
    for answer_id, *act in db.rows("answers.acts", answer_ids=list(answer_ids)):
        found.setdefault(answer_id, []).append(Act(*act))
    return {answer_id: tuple(made) for answer_id, made in found.items()}


def decide(db: Session, answer: Answer, act: tuple[Decision, str], person_id: str, now: datetime) -> Act | None:
    """Add what a catalyst decides (with their sentence) to the log, and return what was decided before, if anything.

    An offer to be asked stands from ``accept`` on, until something else is decided or its reader takes it back.
    """
    before = acts(db, [answer.id]).get(answer.id, ())
    place, (decision, note) = len(before) + 1, act
    db.rows(
        "answers.act",
        act_id=ids.of("answer act", answer.id, str(place)),
        answer_id=answer.id,
        place=place,
        decided=decision,
        note=note,
        person_id=person_id,
        now=now,
    )
    if answer.about.kind == "offer":
        _let_be_asked(db, answer, decision, now)
    return before[-1] if before else None


def _let_be_asked(db: Session, answer: Answer, decision: Decision, now: datetime) -> None:
    theme_id, words = answer.about.theme_id, answer.words
    if decision == "accept" and answer.subscriber_id:
        offer = askables.Offer(answer.subscriber_id, theme_id, words.name, words.text, answer.id)
        askables.keep_reader(db, offer, now)
    else:
        askables.withdraw_reader(db, answer.subscriber_id, theme_id)


def ready(db: Session) -> tuple[Ready, ...]:
    """Return what catalysts want in the next issue and no issue has shown, oldest first."""
    return tuple(_ready(row) for row in db.rows("answers.ready"))


def is_shown(db: Session, answer_id: str) -> bool:
    """Whether an issue shows an answer."""
    return bool(db.rows("answers.is_shown", answer_id=answer_id))


def mark_shown(db: Session, told: Told, number: int) -> None:
    """Note that an issue tells of these answers, in the transaction that freezes it."""
    db.rows("answers.mark_shown", answer_ids=list(told.ids), number=number)


def withdraw(db: Session, subscriber_id: str, thread_id: str, now: datetime) -> bool:
    """Take an answer of a reader back: its words go, in all versions; return whether there was one of theirs.

    What a frozen issue shows stays there.
    """
    found = of_thread(db, thread_id)
    if found is None or not subscriber_id or found.subscriber_id != subscriber_id:
        return False
    db.rows("answers.withdraw_askable", thread_id=thread_id)
    db.rows("answers.withdraw", thread_id=thread_id, now=now)
    db.rows("answers.withdraw_words", thread_id=thread_id)
    return True


def forget(db: Session, subscriber_id: str) -> None:
    """Erase everything that a reader said, while their subscription is still there. Frozen issues stay as they are."""
    if not subscriber_id:  # all who answered without a link of their own
        return
    for each in (
        "answers.forget_words",
        "answers.forget_letters",
        "answers.forget_relays",
        "answers.forget_askables",
        "answers.forget",
    ):
        db.rows(each, subscriber_id=subscriber_id)


def _ready(row: Row) -> Ready:
    number, about, asked, language, *heard = row
    heard[-1] = heard[-1] or ""  # who decided is not here any more
    return Ready(number, about, asked, language, Heard(*heard))


def decided_from(row: Row) -> Decided:
    """Read a row of a standing answer with the last act on it and the issue that shows it."""
    return Decided(_answer(row[:_FIELDS]), Act(*row[_FIELDS:-1]), row[-1])


def _answer(row: Row) -> Answer:
    (answer_id, thread_id, version, number, about, kind, choice, theme_id, subscriber_id, via, is_sure, *rest) = row
    may_show, wants_thanks, language, given_at, asked, asked_language, text, url, happened, next_, name = rest
    return Answer(
        answer_id,
        thread_id,
        version,
        About(number, about, kind, theme_id, asked, asked_language),
        Words(choice, text, url, happened, next_, name, may_show, wants_thanks),
        subscriber_id,
        via,
        is_sure,
        language,
        given_at,
    )
