"""Messages hold what they must, and no text from outside ever becomes a header."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.errors import MailRefusedError
from curate.people import LANGUAGES, Language
from curate.weeks import Week
from reports import headers, mails
from reports.digests import IssueLinks
from reports.mails import Asking, Envelope, Pass, Sender
from tests.reports import builders as b

SENDER = Sender("Netwerk Stad & Zorg", "brief@duiding.example.org", "weekbrief.duiding.example.org")
TOKEN = "eyJhbGciOi" * 30
LINK = f"https://duiding.example.org/in/{TOKEN}"
LINKS = IssueLinks(web=b.WEB, unsubscribe=f"https://duiding.example.org/leave/{TOKEN}", answer=b.ANSWER)
UNTIL = datetime(2026, 11, 26, 17, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Amsterdam")
OWN_PAGE = "https://duiding.example.org/my"
ASKING = Asking("Netwerk Stad & Zorg", "Anna de Vries", Week(2026, 47), 5, LINK, UNTIL, ZONE, OWN_PAGE)
PASS = Pass("Netwerk Stad & Zorg", LINK, UNTIL, ZONE)

INJECTING = "A =?UTF-8?Q?=0A?=Bcc: injected@example.com"
"""CVE-2024-6923: Python 3.11.7 writes this subject as two headers."""


def envelope(language: Language = "nl", **changes: Any) -> Envelope:
    sample = Envelope(
        sender=SENDER,
        to="lezer@example.org",
        language=language,
        message_id="<issue-12.0123456789abcdef@duiding.example.org>",
        sent_at=datetime(2026, 11, 23, 6, tzinfo=UTC),
        unsubscribe_mail="leave+12@duiding.example.org",
    )
    return replace(sample, **changes)


def every_mail(language: Language = "nl", **changes: Any) -> dict[str, EmailMessage]:
    to = envelope(language, **changes)
    return {
        "issue": mails.issue_mail(b.issue(), to, LINKS),
        "invitation": mails.invitation_mail(ASKING, to),
        "reminder": mails.reminder_mail(ASKING, to),
        "sign in": mails.sign_in_mail(PASS, to),
        "welcome": mails.welcome_mail(replace(PASS, by="Eva Smit"), to),
    }


def received(message: EmailMessage) -> EmailMessage:
    """What a mail program reads from the bytes."""
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def part(message: EmailMessage, kind: str) -> str:
    body = received(message).get_body((kind,))
    assert body is not None
    return " ".join(str(body.get_content()).split())


kinds = pytest.mark.parametrize("kind", ["issue", "invitation", "reminder", "sign in"])
languages = pytest.mark.parametrize("language", LANGUAGES)


@kinds
@languages
def test_a_message_names_who_it_comes_from_and_one_reader(kind: str, language: Language) -> None:
    message = received(every_mail(language)[kind])
    assert message["From"] == "Netwerk Stad & Zorg <brief@duiding.example.org>"
    assert message["To"] == "lezer@example.org"
    assert message["Date"] == "Mon, 23 Nov 2026 06:00:00 +0000"
    assert message["Message-ID"] == "<issue-12.0123456789abcdef@duiding.example.org>"
    assert message["List-Id"] == "<weekbrief.duiding.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language
    assert message["Feedback-ID"]


@kinds
@languages
def test_a_message_has_a_text_and_an_html_part_in_the_readers_language(kind: str, language: Language) -> None:
    message = every_mail(language)[kind]
    assert received(message).get_content_type() == "multipart/alternative"
    assert f'<html lang="{language}"' in part(message, "html")
    assert part(message, "plain")


@kinds
def test_a_message_is_plain_ascii_in_lines_that_every_server_takes(kind: str) -> None:
    raw = every_mail()[kind].as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@kinds
def test_the_same_message_has_the_same_bytes_on_every_attempt(kind: str) -> None:
    assert every_mail()[kind].as_bytes() == every_mail()[kind].as_bytes()


def test_a_reader_leaves_with_one_click_however_long_the_link_is() -> None:
    message = every_mail()["issue"]
    raw = message.as_bytes().split(b"\r\n\r\n")[0].decode().replace("\r\n ", " ")
    assert f"\nList-Unsubscribe: <{LINKS.unsubscribe}>, <mailto:leave%2B12@duiding.example.org>\r\n" in raw
    assert received(message)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert received(message)["Precedence"] == "bulk"


def test_without_a_page_to_leave_nothing_promises_one_click() -> None:
    message = mails.issue_mail(b.issue(), envelope(unsubscribe_mail=None), IssueLinks(web=b.WEB))
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None


def test_an_address_to_leave_by_mail_cannot_open_a_second_way() -> None:
    message = mails.issue_mail(b.issue(), envelope(unsubscribe_mail="a@example.org>, <https://evil.example"), LINKS)
    assert str(message["List-Unsubscribe"]).count("<") == 2


@pytest.mark.parametrize("kind", ["invitation", "reminder", "sign in", "welcome"])
def test_a_letter_to_one_person_is_no_bulk_mail(kind: str) -> None:
    assert every_mail()[kind]["Precedence"] is None
    assert every_mail()[kind]["List-Unsubscribe"] is None


@pytest.mark.parametrize("kind", ["invitation", "reminder", "sign in", "welcome"])
@languages
def test_a_letter_leads_to_one_page_by_a_button_and_by_an_address_to_copy(kind: str, language: Language) -> None:
    message = every_mail(language)[kind]
    body = received(message).get_body(("plain",))
    assert body is not None
    assert LINK in body.get_content().splitlines()
    assert part(message, "html").count(f'href="{LINK}"') == 2


def test_an_invitation_says_how_much_how_long_and_until_when() -> None:
    text = part(every_mail()["invitation"], "plain")
    assert "Dag Anna de Vries," in text
    assert "Er liggen 5 bundels van week 47 voor je klaar." in text
    assert "twee minuten" in text
    assert "donderdag 26 november 2026, 18:00 (CET)" in text


def test_an_invitation_for_one_cluster_speaks_of_one() -> None:
    text = part(mails.invitation_mail(replace(ASKING, clusters=1), envelope("en")), "plain")
    assert "1 cluster of week 47 is ready for you." in text


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
@languages
def test_a_letter_that_asks_says_how_to_pause_and_how_to_stop(kind: str, language: Language) -> None:
    message = every_mail(language)[kind]
    text = part(message, "plain")
    assert OWN_PAGE in text.split()
    assert ("helemaal niet meer" if language == "nl" else "ever again") in " ".join(text.split())
    assert part(message, "html").count(f'href="{OWN_PAGE}"') == 1
    assert OWN_PAGE not in part(every_mail(language)["sign in"], "plain")


def test_a_welcome_says_who_invites_and_for_how_long() -> None:
    text = " ".join(part(every_mail()["welcome"], "plain").split())
    assert "Eva Smit nodigt je uit om mee te doen met Netwerk Stad & Zorg." in text
    assert "De link werkt tot donderdag 26 november 2026, 18:00 (CET), één keer." in text
    nobody = " ".join(part(mails.welcome_mail(PASS, envelope("en")), "plain").split())
    assert "You are invited to take part in Netwerk Stad & Zorg." in nobody


@languages
def test_a_reminder_blames_nobody(language: Language) -> None:
    text = part(every_mail(language)["reminder"], "plain").lower()
    assert not any(
        word in text for word in ("nog niet", "vergeten", "al twee", "not yet", "forgot", "haven't", "still have")
    )
    assert ("hoef je niets te doen" if language == "nl" else "need not do anything") in text


def test_the_subject_of_an_issue_is_what_its_first_item_is_called() -> None:
    assert (
        received(every_mail()["issue"])["Subject"] == "Netwerk Stad & Zorg, week 47: Huren wordt een kwestie van bewijs"
    )


def test_an_issue_without_items_has_a_quiet_subject() -> None:
    message = mails.issue_mail(b.issue(items=()), envelope("en"), LINKS)
    assert message["Subject"] == "Netwerk Stad & Zorg, week 47"


def test_the_text_part_is_written_from_the_data() -> None:
    text = part(every_mail()["issue"], "plain")
    assert "Joost Bakker ziet het anders dan Anna de Vries, nog niet af:" in text
    assert "<b>Feed</b>" in text


def test_this_python_makes_two_headers_of_an_uncleaned_subject() -> None:
    """Why subjects are cleaned; where Python is mended, this says that only our own care is left to test."""
    raw = EmailMessage(policy=policy.SMTP)
    try:
        raw["Subject"] = INJECTING
        split = b"\nBcc:" in raw.as_bytes()
    except ValueError:  # a mended Python refuses
        split = False
    if not split:
        pytest.skip("this Python writes no second header")
    assert b"\nBcc:" not in mails.issue_mail(b.issue(items=(b.item(title=INJECTING),)), envelope(), LINKS).as_bytes()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gewoon  een titel\n", "Gewoon een titel"),
        (INJECTING, "A Bcc: injected@example.com"),
        ("=?utf-8?q?=?utf-8?q?a?=b?=c", "c"),
        ("=\u200b?utf-8?b?QmNj?= x", "x"),
        ("a\u2028b\u2029c\x85d\x0be\x00f", "a b c d e f"),
        ("links\u202eom", "linksom"),
        ("half =?utf-8?q", "half = ?utf-8?q"),
        ("x" * 200, "x" * 149 + "…"),
        ("", ""),
    ],
)
def test_a_subject_is_one_clean_line(text: str, expected: str) -> None:
    assert headers.subject_of(text) == expected


ENCODED = ["=?", "?=", "?q?", "?B?", "UTF-8", "=0A", "=0D=0A", "=?utf-8?q?=0ABcc:_x?=", "=?utf-8?b?CkJjYzogeA==?="]
UNSEEN = ["Bcc: a@b.c", "\r\n", *"\n\t\x00\x0b\x1c\x85\u2028\u2029\u200b\u202e\ufeff\ud800"]
NASTY = st.lists(
    st.one_of(
        st.sampled_from(ENCODED + UNSEEN + list(':<>",; @\\é😀')),
        st.text(max_size=12),
    ),
    max_size=20,
).map("".join)


HEADERS = mails.issue_mail(b.issue(), envelope(), LINKS).keys()
LETTER_HEADERS = mails.invitation_mail(ASKING, envelope()).keys()


@settings(deadline=None, max_examples=100)
@given(NASTY)
@example(INJECTING)
@example("=?=?=?=?=?Bcc: a@b.cBcc: a@b.c0000¡\r¡¡?==?=??=")
def test_no_title_ever_adds_a_header(text: str) -> None:
    short = replace(b.issue(), items=(b.item(title=text),), question=None, experiment=None, unannotated=())
    nasty = mails.issue_mail(replace(short, network=text), envelope(sender=replace(SENDER, name=text)), LINKS)
    read = message_from_bytes(nasty.as_bytes(), policy=policy.compat32)
    assert read.keys() == HEADERS
    assert [one.get_content_type() for one in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert str(received(nasty)["Subject"]) == str(nasty["Subject"])


@settings(deadline=None, max_examples=60)
@given(NASTY)
def test_no_name_ever_adds_a_header_to_a_letter(text: str) -> None:
    calm, nasty = (
        every_mail()["invitation"],
        mails.invitation_mail(replace(ASKING, name=text, network=text), envelope()),
    )
    assert message_from_bytes(nasty.as_bytes(), policy=policy.compat32).keys() == calm.keys()


@settings(deadline=None, max_examples=200)
@given(NASTY)
def test_cleaning_a_subject_twice_changes_nothing(text: str) -> None:
    once = headers.subject_of(text)
    assert headers.subject_of(once) == once
    assert len(once) <= headers.SUBJECT_LENGTH
    assert "=?" not in once


def test_a_domain_with_other_letters_is_written_as_mail_servers_know_it() -> None:
    assert every_mail(to="jose@exämple.org")["issue"]["To"] == "jose@xn--exmple-cua.org"


@pytest.mark.parametrize("address", ["josé@example.org", "a@exa mple..org"])
def test_an_address_that_cannot_be_written_is_refused_in_words(address: str) -> None:
    with pytest.raises(MailRefusedError, match="Mail cannot be sent to"):
        mails.issue_mail(b.issue(), envelope(to=address), LINKS)


def test_names_in_other_scripts_arrive_whole() -> None:
    title = "Wijkënraad 你好 " + "en nog veel meer " * 5
    message = mails.issue_mail(b.issue(items=(b.item(title=title),)), envelope(), LINKS)
    assert received(message)["Subject"] == f"Netwerk Stad & Zorg, week 47: {title.strip()}"
