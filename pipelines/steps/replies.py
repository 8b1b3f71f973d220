"""a mail | whose it is, and which issue it answers | the words that are theirs | the queue of catalysts

A mail is hostile until shown otherwise. Its sender is taken for certain only when it answers a message that we sent to
that very address: a From line can be forged, a Message-ID of ours cannot be guessed. Nothing in it is run, opened or
fetched; of attachments only the text parts without a file name are read.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

from curate import answers as rules
from curate import ids, languages, replies, texts
from curate.answers import Words
from curate.errors import UsageError
from curate.people import normal_email
from pipelines.home import Home
from storage import answers, letters, subscribers
from storage.answers import About, Answer
from storage.database import Session

MOST_BYTES = 2_000_000
"""Of a mail that are looked at; words come first in it."""
_MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """What can be read in a mail."""

    words: str
    from_: str
    """The address that it says it comes from, in normal form; empty when it names none."""
    answers: tuple[str, ...]
    """Message-IDs of what it answers."""


def take(home: Home, raw: bytes) -> bool:
    """Keep a mail in answer to an issue for catalysts to read; the same bytes twice are one.

    False when no words of a person are left in it (an empty mail, a picture alone): it is for whoever calls to keep.
    """
    reply = read(raw)
    if not reply.words:
        return False
    thread_id = ids.of("reply", hashlib.sha256(raw).hexdigest())
    with home.database.writing() as db:
        if answers.is_kept(db, thread_id):
            return True
        answers.keep(db, _answer(db, home, reply, thread_id))
    return True


def read(raw: bytes) -> Reply:
    """Read a mail as far as it can be read; never raises, whatever the bytes are."""
    message = message_from_bytes(raw[:MOST_BYTES], policy=policy.compat32)
    said = [str(value) for name in ("In-Reply-To", "References") for value in message.get_all(name, [])]
    words = replies.words_of(_text(message))
    if len(words) > rules.REPLY_MAX:
        words = f"{words[: rules.REPLY_MAX - 1].rstrip()}…"
    return Reply(words, _sender(message), replies.message_ids(said))


def _answer(db: Session, home: Home, reply: Reply, thread_id: str) -> Answer:
    sent = letters.delivered(db, reply.answers)
    by_address = subscribers.by_email(db, reply.from_) if reply.from_ else None
    is_sure = sent is not None and bool(sent.email) and sent.email == reply.from_
    # An address that anybody can write in a From line says whose it may be, never whose it is.
    reader = by_address if by_address and by_address.state == "active" else None
    words = Words(text=reply.words)
    about = About(sent.number if sent else 0, "", "reply", "", "", "")
    language = languages.detect(reply.words, reader.language if reader else home.settings.language)
    return Answer("", thread_id, 0, about, words, reader.id if reader else "", "reply", is_sure, language, home.clock())


def _sender(message: Message) -> str:
    """The one address in From; of a mail that names several nobody can say whose it is."""
    found = getaddresses([str(value)[:2000] for value in message.get_all("From", [])][:2])
    addresses = {address for _, address in found if address}
    try:
        return normal_email(addresses.pop()) if len(addresses) == 1 else ""
    except UsageError:
        return ""


def _text(message: Message) -> str:
    """The plain text; of a mail that has only HTML, what a reader would see of it."""
    plain: list[str] = []
    html: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if part.get_filename() or part.get_content_disposition() == "attachment":
            continue
        if kind in ("text/plain", "text/html"):
            (plain if kind == "text/plain" else html).append(_decoded(part))
    found = "\n\n".join(one for one in plain if one.strip())
    return found or "\n\n".join(texts.plain_of(one) for one in html)


def _parts(message: Message) -> Iterator[Message]:
    for place, part in enumerate(message.walk()):
        if place >= _MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return payload.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return payload.decode("cp1252", "replace")
