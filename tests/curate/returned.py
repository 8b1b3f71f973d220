"""What comes back, in the shapes in which it does: written by ourselves after what mail servers and programs send."""

from dataclasses import dataclass

from curate.returns import Kind

KEY = b"the key of a home"
EMAIL = "lezer@example.net"
VERP = "bounces+{mark}@example.org"


@dataclass(frozen=True)
class Shape:
    """A mail with ``{mark}`` in it, and what it means for the reader at :data:`EMAIL`; None: it is about others."""

    name: str
    mail: str
    kind: Kind | None
    status: str = ""

    def bytes(self, mark: str, leave: str = "") -> bytes:
        text = self.mail.replace("{mark}", mark).replace("{leave}", leave).lstrip("\n")
        return text.replace("\n", "\r\n").encode()


def dsn(fields: str, head: str = "", words: str = "Your message could not be delivered.", original: str = "") -> str:
    """A report on delivery as RFC 3464 has it; the group about the recipient is ``fields``."""
    original = original or "Message-ID: <{mark}.12@example.org>\nSubject: Netwerk, week 47"
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {VERP}
Subject: Undelivered Mail Returned to Sender
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

{words}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 23 Nov 2026 06:00:00 +0000

{fields}

--b1
Content-Type: text/rfc822-headers

{original}

--b1--
"""


def fields(status: str, said: str, action: str = "failed", to: str = EMAIL) -> str:
    return f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}"


def plain(head: str, body: str, to: str = VERP) -> str:
    return f"{head}\nTo: {to}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"


def answer(head: str, body: str = "Dank je, hier hebben wij iets aan.") -> str:
    """What a person, or a program of theirs, writes back."""
    return plain(
        f"From: Lezer <{EMAIL}>\nSubject: Re: week 47\nIn-Reply-To: <{{mark}}.12@example.org>{head}",
        body,
        "post@example.org",
    )


def arf(kind: str, more: str = "") -> str:
    """A complaint as RFC 5965 has it."""
    return f"""From: <fbl@mail.example.net>
To: abuse@example.org
Subject: FW: week 47
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="f"

--f
Content-Type: text/plain

This is an email abuse report.

--f
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeFeedback/1.0
Version: 1
{more}
--f
Content-Type: message/rfc822

From: post@example.org
To: undisclosed
Message-ID: <{{mark}}.12@example.org>
Subject: Netwerk, week 47

Beste lezer

--f--
"""


DAEMON = "From: MAILER-DAEMON@mx.example.net\nSubject: failure notice"

SHAPES = (
    Shape("no such user", dsn(fields("5.1.1", "550 5.1.1 <lezer@example.net> user unknown")), "gone", "5.1.1"),
    Shape("no such domain", dsn(fields("5.1.2", "Host or domain name not found")), "gone", "5.1.2"),
    Shape("moved away", dsn(fields("5.1.6", "550 5.1.6 recipient no longer here")), "gone", "5.1.6"),
    Shape("null mx", dsn(fields("5.1.10", "556 5.1.10 recipient has null MX")), "gone", "5.1.10"),
    Shape("the words know more than the field", dsn(fields("5.0.0", "550 5.1.1 no mailbox")), "gone", "5.1.1"),
    Shape("only the words know", dsn(fields("5.0.0", "550 No such user here")), "gone", "5.0.0"),
    Shape("mailbox full", dsn(fields("5.2.2", "552 5.2.2 over quota")), "soft", "5.2.2"),
    Shape("mailbox closed", dsn(fields("5.2.1", "550 5.2.1 mailbox disabled")), "soft", "5.2.1"),
    Shape("gave up after days", dsn(fields("4.4.7", "delivery time expired")), "soft", "4.4.7"),
    Shape("taken for spam", dsn(fields("5.7.1", "554 5.7.1 message rejected as spam")), "soft", "5.7.1"),
    Shape("they do not like us", dsn(fields("5.1.8", "553 5.1.8 sender address rejected")), "soft", "5.1.8"),
    Shape("they may not like us", dsn(fields("5.1.0", "550 5.1.0 sender denied")), "soft", "5.1.0"),
    Shape("a word on a delay", dsn(fields("4.4.1", "no answer from host", "delayed")), "automatic", "4.4.1"),
    Shape("a word that it was read", dsn(fields("2.0.0", "250 ok", "delivered")), "automatic", "2.0.0"),
    Shape("passed on by a list", dsn(fields("2.1.5", "expanded", "expanded")), "automatic", "2.1.5"),
    Shape("about somebody else", dsn(fields("5.1.1", "550 5.1.1 unknown", to="ander@example.net")), None),
    Shape(
        "forwarded, with both addresses",
        dsn(
            f"Original-Recipient: rfc822;{EMAIL}\nFinal-Recipient: rfc822;elders@example.com\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: smtp;550 5.1.1 gone"
        ),
        "gone",
        "5.1.1",
    ),
    Shape(
        "two recipients, ours the second",
        dsn(f"{fields('5.1.1', '550 5.1.1 gone', to='a@example.com')}\n\n{fields('5.2.2', '552 5.2.2 full')}"),
        "soft",
        "5.2.2",
    ),
    Shape(
        "shouting fields", dsn(fields("5.1.1", "550 5.1.1 GONE").upper().replace("; LEZER", ";LEZER")), "gone", "5.1.1"
    ),
    Shape(
        "a diagnosis over three lines",
        dsn(fields("5.0.0", "550-5.1.1 The account\n does not\n exist, see https://mail.example.net/why")),
        "gone",
        "5.1.1",
    ),
    Shape("an address in brackets", dsn(fields("5.1.1", "550 5.1.1 x", to=f"<{EMAIL}>")), "gone", "5.1.1"),
    Shape(
        "mark only in the address it came to",
        dsn(fields("5.1.1", "550 5.1.1 x"), head="Delivered-To: bounces+{mark}@example.org\n", original="Subject: x"),
        "gone",
        "5.1.1",
    ),
    Shape(
        "mark in capitals, since a server shouted",
        dsn(fields("5.1.1", "550 5.1.1 x"), original="Message-ID: <{MARK}.12@EXAMPLE.ORG>"),
        "gone",
        "5.1.1",
    ),
    Shape(
        "a report in a mail of a gateway",
        f"""From: gateway <postmaster@gw.example.net>
To: {VERP}
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="o"

--o
Content-Type: text/plain

Zie bijlage.

--o
Content-Type: message/delivery-status

Reporting-MTA: dns;gw.example.net

{fields("5.1.1", "550 5.1.1 onbekend")}

--o--
""",
        "gone",
        "5.1.1",
    ),
    Shape(
        "qmail",
        plain(
            DAEMON,
            "Hi. This is the qmail-send program at mx.example.net.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{EMAIL}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\nReturn-Path: <bounces+{mark}@example.org>",
        ),
        "gone",
        "5.1.1",
    ),
    Shape(
        "exim",
        plain(
            f"From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nSubject: Mail delivery failed\n"
            f"X-Failed-Recipients: {EMAIL}\nAuto-Submitted: auto-replied",
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent"
            f" error. The following address(es) failed:\n\n  {EMAIL}\n    Unrouteable address\n",
        ),
        "gone",
    ),
    Shape(
        "exim, mailbox full",
        plain(
            f"From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nSubject: Mail delivery failed\n"
            f"X-Failed-Recipients: {EMAIL}\nAuto-Submitted: auto-replied",
            "A message that you sent could not be delivered to one or more of its\nrecipients. The following"
            f" failed:\n\n  {EMAIL}\n    mailbox is full\n",
        ),
        "soft",
    ),
    Shape(
        "a machine nobody understands",
        plain("From: postmaster@old.example.net\nSubject: Problem", "Something went wrong with a mail."),
        "automatic",
    ),
    Shape("a complaint", arf("abuse"), "complaint"),
    Shape("a complaint that names the reader", arf("abuse", f"Original-Rcpt-To: <{EMAIL}>\n"), "complaint"),
    Shape("a complaint of somebody else", arf("abuse", "Original-Rcpt-To: <ander@example.net>\n"), None),
    Shape("a complaint taken back", arf("not-spam"), "automatic"),
    Shape("a reply", answer(""), "reply"),
    Shape("a reply that quotes an error", answer("", "Ik kreeg laatst: 550 5.1.1 user unknown."), "reply"),
    Shape(
        "a reply that quotes a whole report",
        answer(
            "",
            "Dit kreeg ik laatst:\n\nHi. This is the qmail-send program at mx.example.net.\n"
            f"I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<{EMAIL}>:\n"
            "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n",
        ),
        "reply",
    ),
    Shape("out of the office, marked", answer("\nAuto-Submitted: auto-replied"), "automatic"),
    Shape("out of the office, by Exchange", answer("\nX-Autoreply: yes"), "automatic"),
    Shape(
        "out of the office, only its subject says so",
        plain(f"From: {EMAIL}\nSubject: Automatisch antwoord: week 47", "Ik ben er weer op 4 december."),
        "automatic",
    ),
    Shape("out of the office, without sender", plain(f"Return-Path: <>\nFrom: {EMAIL}\nSubject: x", "x"), "automatic"),
    Shape(
        "leaving by mail",
        plain(f"From: {EMAIL}\nSubject: unsubscribe", "", "bounces+leave.{leave}@example.org"),
        "left",
    ),
    Shape(
        "an answer by a machine to the address for leaving",
        plain(f"From: {EMAIL}\nSubject: x\nAuto-Submitted: auto-replied", "", "bounces+leave.{leave}@example.org"),
        "automatic",
    ),
    Shape(
        "a letter about something else",
        plain("From: a@example.com\nSubject: Offerte", "Beste", "post@example.org"),
        "unknown",
    ),
)
