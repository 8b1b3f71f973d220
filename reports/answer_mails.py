"""Letters that answers bring: thanks, whether we may show a mail, and a question that is passed on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage

from reports import calls, mails
from reports.mails import Envelope
from reports.templating import lines, one_line
from reports.words import words
from storage.answers import Answer, Decided
from storage.relays import Asked, Relay


@dataclass(frozen=True, slots=True)
class Thanks:
    """What a reader is told of their answer."""

    network: str
    decided: Decided
    link: str
    """Their own page for that issue; empty when there is none."""


@dataclass(frozen=True, slots=True)
class MayWe:
    """What the writer of a mail is asked."""

    network: str
    answer: Answer
    link: str
    """Their own page for the issue that they answered."""
    about: str
    """What their words would stand under; empty: they choose."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A question for somebody who may be asked."""

    network: str
    relay: Relay
    to: Asked
    stop: str
    """Where they say that they may be asked no more."""


def thanks(said: Thanks, envelope: Envelope) -> EmailMessage:
    """Return the letter that tells a reader what was done with their answer."""
    w, act, about = words(envelope.language), said.decided.act, said.decided.answer.about
    number = about.number
    paragraphs = [
        w("thanks.about", number=number, asked=one_line(about.asked)) if about.asked else w("thanks.about_mail"),
        w(f"thanks.did.{act.decided}"),
    ]
    if act.note:
        key = "thanks.note" if act.name else "thanks.note_someone"
        paragraphs.append(w(key, name=act.name, note=act.note))
    link = f"{said.link}?lang={envelope.language}" if said.link else ""
    values = {"paragraphs": paragraphs, "link": link, "open": w("thanks.open")}
    after = [w("thanks.until")] if link else []
    name = said.decided.answer.words.name
    return mails.letter(
        "thanks", envelope, {**_frame("thanks", said.network, name, envelope), **values, "after": after}
    )


def may_we(asked: MayWe, envelope: Envelope) -> EmailMessage:
    """Return the letter that asks the writer of a mail whether their words may stand in an issue."""
    w = words(envelope.language)
    link = calls.address(asked.link, envelope.language, asked.about) if asked.about else asked.link
    values = {
        "paragraphs": [w("may_we.ask"), *_quoted(asked.answer.words.text), w("may_we.choose")],
        "link": link,
        "open": w("may_we.open"),
        "after": [w("mail.only_you")],
    }
    return mails.letter("may_we", envelope, {**_frame("may_we", asked.network, "", envelope), **values})


def passed_on(passed: Passed, envelope: Envelope) -> EmailMessage:
    """Return the letter with a question; an answer to it goes to who asks."""
    w, relay = words(envelope.language), passed.relay
    said = w("relay_mail.ask", name=relay.name, network=passed.network, about=passed.to.about)
    values = {
        "paragraphs": [said, *_quoted(relay.text), w("relay_mail.reply", email=relay.email, name=relay.name)],
        "link": "",
        "open": "",
        "after": [],
        "pause": passed.stop,
        "pause_says": "relay_mail.stop",
    }
    frame = _frame("relay", passed.network, passed.to.name, envelope, preview="relay_mail.preview")
    return mails.letter("relay", replace(envelope, reply_to=relay.email), {**frame, **values})


def _frame(kind: str, network: str, name: str, envelope: Envelope, preview: str = "") -> Mapping[str, object]:
    w = words(envelope.language)
    return {
        "network": network,
        "name": name,
        "subject": w(f"mail.subject.{kind}", network=network),
        "preview": w(preview or f"{kind}.preview"),
        "pause": "",
    }


def _quoted(text: str) -> list[str]:
    return [f"“{line}”" for line in lines(text)]
