"""Reading what mail servers, mailbox programs and people send back. Bytes in, a report out; every byte is hostile.

Reports on delivery (RFC 3464) and complaints (RFC 5965) say in fields what they mean; dozens of older and odder forms
are known to flufl.bounce. It is only asked about mail that a machine wrote, since people quote errors too.
"""

import re
from collections.abc import Collection, Iterator
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

from flufl.bounce import all_failures

from curate.returns import SAID_LENGTH, Finding, Kind, Report, is_gone

MOST_BYTES = 256_000
"""Only the beginning is read: what matters stands there, and behind it our own mail."""

_MARK = re.compile(r"(?<![a-z2-7])([a-z2-7]{34})(?=[.@])", re.IGNORECASE)
_LEAVE = re.compile(r"\+leave\.([a-z2-7]{34})@", re.IGNORECASE)
_RECEIVERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "To", "Cc")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_UNKNOWN_USER = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|person)|invalid (?:recipient|mailbox)"
    r"|(?:user|mailbox|recipient|address|account)\b[^.\n]{0,60}(?:does not exist|doesn't exist|not found)"
    r"|no mailbox here|unrouteable address|bestaat niet|onbekende gebruiker",
    re.IGNORECASE,
)
_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounces?)\b", re.IGNORECASE)
_AWAY = re.compile(
    r"^(?:re:\s*)?(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response|svar)|out of (?:the )?office"
    r"|automatisch antwoord|afwezig|ik ben (?:niet|afwezig|met)|abwesen|vacation|read:|gelezen:)",
    re.IGNORECASE,
)


def read(raw: bytes) -> Report:
    """Return what a mail says about mail of ours; whatever it is, it is a report of some kind."""
    try:
        return _read(raw[:MOST_BYTES])
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        # The standard library stumbles in many ways over parts in parts in parts, and over headers that are none.
        return Report((Finding("unknown", said=f"cannot be read: {type(error).__name__}"),))


def _read(raw: bytes) -> Report:
    mail = message_from_bytes(raw, policy=policy.compat32)
    text = "\n".join(_texts(mail))
    leave = tuple(dict.fromkeys(mark.lower() for mark in _LEAVE.findall(_received_by(mail))))
    return Report(_findings(mail, text, is_leave=bool(leave)), _marks(mail, text), leave)


def _findings(mail: Message, text: str, *, is_leave: bool) -> tuple[Finding, ...]:
    if found := tuple(_of_delivery(mail)) or tuple(_of_complaint(mail)):
        return found
    if _is_of_machine(mail) and (found := _of_odd_form(mail, text)):
        return found
    kind: Kind = "unknown"
    if _is_of_machine(mail):
        kind = "automatic"
    elif is_leave:
        kind = "left"
    elif _MARK.search(f"{mail.get('In-Reply-To', '')} {mail.get('References', '')}"):
        kind = "reply"
    return (Finding(kind, said=_shortened(_header(mail, "Subject"))),)


def _of_delivery(mail: Message) -> Iterator[Finding]:
    """One for each group of fields about a recipient."""
    for part in _parts(mail, "message/delivery-status"):
        for fields in _blocks(part):
            if "final-recipient" in fields or "original-recipient" in fields:
                yield _of_recipient(fields)


def _of_recipient(fields: dict[str, str]) -> Finding:
    said = _after_type(fields.get("diagnostic-code", ""))
    status = _status(fields.get("status", ""), said)
    named = (_after_type(fields.get(name, "")) for name in ("final-recipient", "original-recipient"))
    addresses = frozenset(one.strip(" <>").lower() for one in named if "@" in one)
    action = fields.get("action", "failed").lower()
    kind: Kind = "automatic" if action != "failed" else "gone" if _is_no_address(status, said) else "soft"
    return Finding(kind, status, _shortened(said or f"The server says {action} {status}"), addresses)


def _of_complaint(mail: Message) -> Iterator[Finding]:
    for part in _parts(mail, "message/feedback-report"):
        fields = {name: value for block in _blocks(part) for name, value in block.items()}
        kind: Kind = "complaint" if fields.get("feedback-type", "").lower() in _COMPLAINTS else "automatic"
        named = fields.get("original-rcpt-to", "").strip(" <>").lower()
        said = _shortened(f"{fields.get('feedback-type', '')} {fields.get('user-agent', '')}")
        yield Finding(kind, said=said, addresses=frozenset({named} if "@" in named else ()))


_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out"})
"""Not ``not-spam``, which takes one back, nor ``auth-failure``, which is about our signatures."""


def _of_odd_form(mail: Message, text: str) -> tuple[Finding, ...]:
    passing, lasting = all_failures(mail)
    status = _status("", text)
    if lasting:
        kind: Kind = "gone" if _is_no_address(status, text) else "soft"
        return (Finding(kind, status, _shortened(_telling(text)), _named(lasting)),)
    if passing:  # the server goes on trying
        return (Finding("automatic", status, _shortened(_telling(text)), _named(passing)),)
    return ()


def _named(found: Collection[bytes]) -> frozenset[str]:
    return frozenset(one.decode("ascii", "replace").strip(" <>").lower() for one in found)


def _is_of_machine(mail: Message) -> bool:
    said = _header(mail, "Auto-Submitted").lower()
    return (
        (bool(said) and not said.startswith("no"))
        or _header(mail, "Return-Path").strip() == "<>"
        or mail.get_content_type() == "multipart/report"
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Failed-Recipients"))
        or _header(mail, "Precedence").lower() in ("bulk", "junk", "auto_reply", "list")
        or any(_MACHINES.match(address) for _, address in getaddresses([_header(mail, "From")]))
        or _AWAY.match(_header(mail, "Subject").strip()) is not None
    )


def _is_no_address(status: str, said: str) -> bool:
    """A status that says nothing (5.0.0, or none) leaves the words."""
    return is_gone(status) or (status in ("", "5.0.0", "5.1.0") and _UNKNOWN_USER.search(said) is not None)


def _status(given: str, said: str) -> str:
    """The one that says most: many servers write 5.0.0 in the field and the true one in their words."""
    found = _STATUS.search(given)
    in_words = _STATUS.search(said)
    if found and (not found[1].endswith(".0.0") or not in_words):
        return found[1]
    return in_words[1] if in_words else ""


def _marks(mail: Message, text: str) -> tuple[str, ...]:
    """In the address it came to, in what it answers, then anywhere: many quote our headers as text."""
    where = (_received_by(mail), _header(mail, "In-Reply-To"), _header(mail, "References"), text)
    return tuple(dict.fromkeys(mark.lower() for one in where for mark in _MARK.findall(one)))[:20]


def _received_by(mail: Message) -> str:
    return " ".join(str(value) for name in _RECEIVERS for value in mail.get_all(name, ()))


def _parts(mail: Message, kind: str) -> Iterator[Message]:
    return (part for part in mail.walk() if part.get_content_type() == kind)


def _blocks(part: Message) -> list[dict[str, str]]:
    """The groups of fields of a part, names in lower case. Python reads some of these types as messages in it."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [
            {name.lower(): _line(value) for name, value in one.items()} for one in payload if isinstance(one, Message)
        ]
    return [_fields(block) for block in re.split(r"\r?\n\s*\r?\n", _text_of(part)) if block.strip()]


def _fields(block: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    pairs = (line.partition(":") for line in unfolded.splitlines() if ":" in line)
    return {name.strip().lower(): _line(value) for name, _, value in pairs}


def _texts(mail: Message) -> Iterator[str]:
    """The words of all parts, and the headers of the mails inside."""
    for part in mail.walk():
        if part is not mail:
            yield "\n".join(f"{name}: {_line(value)}" for name, value in part.items())
        if not part.is_multipart():
            yield _text_of(part)


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _telling(text: str) -> str:
    """The line that says what is wrong, as far as one can tell."""
    lines = [line for line in map(_line, text.splitlines()) if line]
    telling = (line for line in lines if _STATUS.search(line) or _UNKNOWN_USER.search(line) or line[:1] == "5")
    return next(telling, next(iter(lines), ""))


def _header(mail: Message, name: str) -> str:
    return _line(mail.get(name, ""))


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _after_type(value: str) -> str:
    """What stands behind the type in ``rfc822; a@b.example`` and ``smtp; 550 no``."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and kind.strip().isascii() and " " not in kind.strip() else value.strip()


def _shortened(text: str) -> str:
    line = "".join(sign if sign.isprintable() else " " for sign in _line(text))
    return line if len(line) <= SAID_LENGTH else f"{line[: SAID_LENGTH - 1]}…"
