"""Mails in answer to an issue wait for a catalyst; hostile ones do nothing, and none is lost."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.home import Home
from pipelines.steps import replies
from storage import answers, subscribers
from storage.answers import Answer
from tests.pipelines.answering import READER, SENTENCE, mail, message_id
from tests.pipelines.at_home import Story, moved, rows, write
from tests.pipelines.conftest import Duiding

QUOTED = "\n\nOp do 26 nov 2026 om 09:12 schreef Netwerk <netwerk@example.org>:\n\n> Wie weet het?\n\n-- \nJoke"


@pytest.fixture
def home(out_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(out_once, tmp_path / "home", story)


def waiting(home: Home) -> tuple[Answer, ...]:
    with home.database.reading() as db:
        return answers.waiting(db)


def taken(home: Home, message: EmailMessage | bytes) -> Answer:
    """Let a mail be taken, and return what waits of it."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    before = waiting(home)
    assert replies.take(home, raw)
    return next((one for one in waiting(home) if one not in before), waiting(home)[-1])


def test_a_reader_who_answers_their_own_mail_is_certain_and_only_their_words_are_kept(home: Home) -> None:
    kept = taken(home, mail(SENTENCE + QUOTED, answers_=message_id(home)))
    assert (kept.words.text, kept.about.kind, kept.via) == (SENTENCE, "reply", "reply")
    assert (kept.about.number, kept.subscriber_id, kept.is_sure) == (1, READER.id, True)
    assert not kept.words.may_show
    assert kept.language == "nl"


def test_the_issue_is_found_in_the_references_too(home: Home) -> None:
    raw = mail().as_bytes()
    folded = f"References: <other@example.org>\r\n\t{message_id(home)}\r\n".encode()
    assert taken(home, folded + raw).is_sure


def test_a_known_address_that_answers_nothing_of_ours_is_not_certain(home: Home) -> None:
    for answered in ("", "<forged.1@duiding.example>"):
        kept = taken(home, mail(f"{SENTENCE} {answered}", answers_=answered))
        assert (kept.subscriber_id, kept.is_sure, kept.about.number) == (READER.id, False, 0)


def test_another_address_that_answers_a_mail_of_a_reader_is_not_that_reader(home: Home) -> None:
    kept = taken(home, mail(sender="iemand@example.net", answers_=message_id(home)))
    assert (kept.subscriber_id, kept.is_sure, kept.about.number) == ("", False, 1)


def test_a_mail_that_names_several_senders_is_nobodys(home: Home) -> None:
    message = mail(answers_=message_id(home))
    message.replace_header("From", f"{READER.email}, evil@example.net")
    assert (taken(home, message).subscriber_id, taken(home, message).is_sure) == ("", False)


def test_who_left_is_not_taken_for_a_reader(home: Home) -> None:
    answered = message_id(home)
    write(home, lambda db: subscribers.unsubscribe(db, READER.id, home.clock()))
    assert taken(home, mail(answers_=answered)).subscriber_id == ""


def test_the_same_mail_twice_is_one_also_after_it_was_taken_back(home: Home) -> None:
    message = mail(answers_=message_id(home))
    kept = taken(home, message)
    assert taken(home, message).id == kept.id
    write(home, lambda db: answers.withdraw(db, READER.id, kept.thread_id, home.clock()))
    assert replies.take(home, message.as_bytes())
    assert waiting(home) == ()


def test_two_mails_of_one_reader_stand_side_by_side(home: Home) -> None:
    for text in ("Eén.", "Twee."):
        taken(home, mail(text, answers_=message_id(home)))
    assert sorted(one.words.text for one in waiting(home)) == ["Eén.", "Twee."]


def test_of_a_mail_with_html_only_what_a_reader_sees_is_kept_as_plain_words(home: Home) -> None:
    message = mail("x")
    message.set_content(
        "<style>p{}</style><script>alert(1)</script><p>Wij doen dat <b>elke</b> dinsdag.</p>"
        '<img src="https://evil.example/pixel"><blockquote>&gt; Wie?</blockquote>',
        subtype="html",
    )
    words = taken(home, message).words.text
    assert words.startswith("Wij doen dat elke dinsdag.")
    assert "alert" not in words
    assert "evil.example" not in words


def test_an_attachment_is_left_alone_and_the_words_beside_it_are_kept(home: Home) -> None:
    message = mail("Zie de bijlage.")
    message.add_attachment(b"MZ\x90 evil", maintype="application", subtype="x-msdownload", filename="a.exe")
    message.add_attachment("geheim", filename="brief.txt")
    assert taken(home, message).words.text == "Zie de bijlage."


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        ("text/plain; charset=klingon", "caf\xe9".encode("cp1252"), "café"),
        ("text/plain; charset=utf-8", b"caf\xe9 en \xff", "café en ÿ"),
        ("text/plain; charset=utf-16", "huur".encode("utf-16"), "huur"),
        ("text/plain; charset=\x00\xff", b"ja", "ja"),
        ("text/plain", "één".encode(), "één"),
        ("text/plain; charset=rot13", b"ja", "ja"),
        ("multipart/mixed; boundary=", b"ja", "ja"),
    ],
)
def test_odd_charsets_are_read_as_well_as_can_be(home: Home, head: str, body: bytes, words: str) -> None:
    raw = b"From: lezer@example.org\r\nContent-Type: " + head.encode("latin-1") + b"\r\n\r\n" + body
    if head.startswith("multipart"):
        assert replies.take(home, raw) in (True, False)
    else:
        assert taken(home, raw).words.text == words


def test_a_huge_mail_is_cut_and_says_so(home: Home) -> None:
    words = taken(home, mail("Heel veel woorden. " * 300_000)).words.text
    assert len(words) <= 2000
    assert words.endswith("…")


def test_a_mail_nested_a_thousand_times_is_read_to_where_it_makes_sense(home: Home) -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(500))
    replies.take(home, f"From: lezer@example.org\r\n{nested}\r\n\r\nja".encode())


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"From: lezer@example.org\r\n\r\n> quoted only\r\n"])
def test_a_mail_without_words_is_left_to_whoever_brought_it(home: Home, raw: bytes) -> None:
    assert not replies.take(home, raw)
    assert waiting(home) == ()


HOSTILE = "</textarea><script>alert(1)</script> =?utf-8?q?=0aBcc:_x=40evil.example?= '; DROP TABLE answers; --"


def test_hostile_words_are_words(home: Home) -> None:
    kept = taken(home, mail(HOSTILE, answers_=message_id(home)))
    assert kept.words.text == HOSTILE
    assert rows(home, "SELECT count(*) FROM answers") == [(1,)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.text(max_size=120))
def test_no_bytes_break_the_reader(raw: bytes, text: str) -> None:
    for one in (raw, b"From: " + raw, b"Content-Type: " + raw + b"\n\n" + text.encode("utf-8", "replace")):
        read = replies.read(one)
        assert len(read.words) <= 2000
        assert "@" in read.from_ or read.from_ == ""


def test_the_command_takes_a_mail_from_a_pipe_and_lists_what_waits(
    home: Home, duiding: Duiding, tmp_path: Path
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(mail(answers_=message_id(home)).as_bytes())
    assert duiding("answers", "take", file, "--json").json["kept"] is True
    listed = duiding("answers", "list", "--json").json["answers"]
    assert [(one["kind"], one["sure"], one["text"]) for one in listed] == [("reply", True, SENTENCE)]
    file.write_bytes(b"")
    assert duiding("answers", "take", file).code == 1
