"""Sending over a real mail server: every reader gets the issue, once, whatever the server does."""

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from curate.errors import MailError, UsageError
from pipelines.home import Home
from pipelines.steps import sending, tours
from storage import deliveries, subscribers
from tests.pipelines import office as offices
from tests.pipelines.at_home import WEEK, Story, around, moved, one, outbox, rows, write
from tests.pipelines.conftest import Duiding
from tests.pipelines.office import Office, by_smtp, smtp_around
from tests.pipelines.outgoing import publish, states

READERS = 10
NAMES = [f"lezer{number:02}@example.org" for number in range(READERS)]
HOSTILE = "Huur\r\nBcc: victim@evil.example\r\n\r\n<script> =?utf-8?q?=0aBcc:_victim=40evil.example?= \u2028X-Evil: 1"


@pytest.fixture(scope="module")
def frozen_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with an issue that waits for its readers, more than are claimed at once; made once, for copying."""
    return publish(moved(filled, tmp_path_factory.mktemp("frozen") / "home", Story()), NAMES)


@pytest.fixture(autouse=True)
def _claim_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tours, "_MOST_CLAIMED", 4)


@pytest.fixture
def frozen(frozen_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(frozen_once, tmp_path / "home", story)


def test_every_reader_gets_the_issue_once_with_a_way_out(frozen: Home, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    told: list[tuple[str, int, int]] = []
    done = sending.send(home, notify=lambda *said: told.append(said))
    assert (done.sent, done.put_off, done.failed) == (READERS, 0, 0)
    assert sorted(office.recipients) == NAMES
    assert told[-1] == ("mails", READERS, READERS)
    assert sending.send(home).sent == 0
    kept = dict(rows(home, "SELECT s.email, d.message_id FROM deliveries d JOIN subscribers s USING (subscriber_id)"))
    assert {str(mail["To"]): str(mail["Message-ID"]) for mail in office.taken} == kept
    assert len(set(kept.values())) == READERS
    ways = {str(mail["List-Unsubscribe"]) for mail in office.taken}
    assert len(ways) == READERS, "each reader's way out is their own"
    assert all(re.fullmatch(rf"<{re.escape(home.settings.public_url)}/\S+>", way) for way in ways)
    for mail in office.taken:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Bcc"] is mail["Cc"] is None
        body = mail.get_body(("plain",))
        assert body is not None
        assert str(mail["List-Unsubscribe"]).strip("<>") in body.get_content()
    assert one(
        home, "SELECT count(*) FROM deliveries WHERE state = 'sent' AND attempts = 1 AND sent_at = '2026-11-23 05:00'"
    )
    assert one(home, "SELECT outcome FROM runs WHERE kind = 'send'") == done.sentence


def test_a_reader_who_is_put_off_gets_it_later(frozen: Home, office: Office, story: Story) -> None:
    home = by_smtp(frozen, office.port)
    office.refused[NAMES[3]] = "450 mailbox busy"
    done = sending.send(home)
    assert (done.sent, done.put_off, done.failed) == (READERS - 1, 1, 0)
    assert "450 mailbox busy" in one(home, "SELECT error FROM deliveries WHERE state = 'waiting'")
    office.refused.clear()
    assert sending.send(home).sent == 0
    assert not sending.waits(home)
    story.later(minutes=10)
    assert sending.waits(home)
    assert sending.send(home).sent == 1
    assert Counter(office.recipients) == dict.fromkeys(NAMES, 1)
    assert one(home, "SELECT count(*) FROM deliveries WHERE error IS NOT NULL") == 0


def test_a_reader_who_is_put_off_for_ever_fails_in_the_end(frozen: Home, office: Office, story: Story) -> None:
    home = by_smtp(frozen, office.port)
    office.refused[NAMES[0]] = "451 not now"
    for _ in range(8):
        sending.send(home)
        story.later(days=2)
    assert states(home) == {"failed": 1, "sent": READERS - 1}
    assert one(home, "SELECT attempts FROM deliveries WHERE state = 'failed'") == 5


def test_a_refused_reader_fails_at_once_and_can_be_tried_again(frozen: Home, office: Office, duiding: Duiding) -> None:
    settings = frozen.path / "duiding.toml"
    smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {office.port}\ntls = "none"\nper_second = 1000\n'
    settings.write_text(settings.read_text() + smtp)
    office.refused |= {NAMES[1]: "550 no such user", NAMES[2]: "554 go away"}
    said = duiding("send", "--week", WEEK, "--json")
    assert said.code == 3
    assert (said.json["sent"], said.json["failed"]) == (READERS - 2, 2)
    assert duiding("send", "--json").json == {
        **said.json,
        "sent": 0,
        "failed": 0,
        "message": duiding("send").out.splitlines()[0],
    }
    failed = [
        record for record in duiding("export", "deliveries", "--json").json["records"] if record["state"] == "failed"
    ]
    assert {(record["subscriber"], record["error"][:27]) for record in failed} == {
        (NAMES[1], "The mail server answered 55"),
        (NAMES[2], "The mail server answered 55"),
    }
    del office.refused[NAMES[1]]
    said = duiding("send", "--only", "failed", "--json")
    assert (said.code, said.json["sent"], said.json["failed"]) == (3, 1, 1)
    assert Counter(office.recipients) == {name: 1 for name in NAMES if name != NAMES[2]}


def test_a_message_the_server_does_not_want_is_that_readers_alone(frozen: Home, office: Office) -> None:
    office.next_ = ["554 looks like spam", "452 too much mail"]
    done = sending.send(by_smtp(frozen, office.port))
    assert (done.sent, done.put_off, done.failed) == (READERS - 2, 1, 1)


def test_a_line_that_drops_after_the_message_is_tried_again_under_the_same_name(
    frozen: Home, office: Office, story: Story
) -> None:
    home = by_smtp(frozen, office.port)
    office.next_ = ["drop"]
    done = sending.send(home)
    assert (done.sent, done.put_off, done.failed) == (READERS - 1, 1, 0)
    story.later(minutes=10)
    assert sending.send(home).sent == 1
    twice = [name for name, count in Counter(office.recipients).items() if count == 2]
    assert len(twice) == 1
    names = {str(mail["Message-ID"]) for mail in office.taken if str(mail["To"]) == twice[0]}
    assert len(names) == 1, "the reader's mail program sees that it is the same"


def test_a_server_that_is_away_costs_nobody_an_attempt(frozen: Home, office: Office) -> None:
    away = by_smtp(frozen, 9)
    with pytest.raises(MailError, match="cannot be reached"):
        sending.send(away)
    assert rows(frozen, "SELECT state, attempts, count(*) FROM deliveries GROUP BY ALL") == [("waiting", 0, READERS)]
    assert "cannot be reached" in one(frozen, "SELECT outcome FROM runs WHERE kind = 'send'")
    assert sending.send(by_smtp(frozen, office.port)).sent == READERS


def test_a_server_that_goes_away_halfway_leaves_the_others_waiting(frozen: Home, story: Story) -> None:
    with offices.opened() as first:
        home = by_smtp(frozen, first.port, timeout_s=0.5)

        def shut(what: str, done: int, total: int) -> None:
            if done == 4:
                first.shut()

        with pytest.raises(MailError, match="cannot be reached"):
            sending.send(home, notify=shut)
        assert len(first.taken) == 4
    assert one(frozen, "SELECT count(*) FROM deliveries WHERE state = 'sent'") == 4
    assert one(frozen, "SELECT count(*) FROM deliveries WHERE error IS NOT NULL") <= 1, "whose message was under way"
    with offices.opened() as second:
        story.later(minutes=10)
        assert sending.send(by_smtp(frozen, second.port)).sent == READERS - 4
    assert states(frozen) == {"sent": READERS}


def test_a_sender_that_the_server_refuses_marks_no_reader_as_failed(frozen: Home, office: Office) -> None:
    office.sender = "550 your domain is not allowed here"
    with pytest.raises(MailError, match="550 your domain"):
        sending.send(by_smtp(frozen, office.port))
    assert states(frozen).get("failed", 0) == 0
    office.sender = ""
    assert sending.send(by_smtp(frozen, office.port)).sent == READERS


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_one_sentence_that_does_not_repeat_it(frozen: Home, duiding: Duiding) -> None:
    with offices.opened("goed geheim") as office:
        for password in ("fout geheim", "goed geheim"):
            home = by_smtp(frozen, office.port, user="post", password=_secret(password))
            if password == "goed geheim":
                assert sending.send(home).sent == READERS
                continue
            with pytest.raises(MailError, match="user name or password") as caught:
                sending.send(home)
            assert password not in str(caught.value)
            assert states(frozen) == {"waiting": READERS}


def _secret(text: str) -> Any:
    from pydantic import SecretStr

    return SecretStr(text)


def test_the_command_says_in_one_line_that_the_server_is_away(frozen: Home, duiding: Duiding) -> None:
    settings = frozen.path / "duiding.toml"
    settings.write_text(settings.read_text() + '[smtp]\nhost = "127.0.0.1"\nport = 9\ntls = "none"\n')
    said = duiding("send")
    assert (said.code, said.out) == (1, "")
    assert len([line for line in said.err.splitlines() if line.startswith("duiding: ")]) == 1


# --- senders that die, and two at once -------------------------------------------------------------------------------


def test_what_a_dead_sender_had_taken_is_taken_up(frozen: Home, office: Office) -> None:
    with frozen.database.writing() as db:
        assert len(deliveries.claim(db, None, 4, frozen.clock())) == 4
    assert states(frozen) == {"sending": 4, "waiting": READERS - 4}
    assert sending.send(by_smtp(frozen, office.port)).sent == READERS
    assert Counter(office.recipients) == dict.fromkeys(NAMES, 1)


def test_a_sender_that_is_killed_doubles_one_message_at_most(frozen: Home, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    environment = around(frozen) | smtp_around(office.port, per_second=10)
    program = subprocess.Popen([sys.executable, "-m", "pipelines.cli", "send"], env=environment, stdout=subprocess.PIPE)
    until = time.monotonic() + 60
    while len(office.taken) < 3 and time.monotonic() < until:
        time.sleep(0.005)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    assert 3 <= len(office.taken) < READERS
    sending.send(home)
    counts = Counter(office.recipients)
    assert set(counts) == set(NAMES)
    assert sum(counts.values()) <= READERS + 1
    assert states(frozen) == {"sent": READERS}


def test_of_two_senders_at_once_one_does_it(frozen: Home, office: Office, duiding: Duiding) -> None:
    home = by_smtp(frozen, office.port)
    second: list[sending.Sent] = []

    def meanwhile(what: str, done: int, total: int) -> None:
        if done == 3:
            second.append(sending.send(home))

    assert sending.send(home, notify=meanwhile).sent == READERS
    assert second == [sending.Sent(busy=True)]
    assert "Another send" in second[0].sentence
    assert Counter(office.recipients) == dict.fromkeys(NAMES, 1)


def test_who_leaves_while_the_issue_is_sent_gets_nothing_more(frozen: Home, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    order = rows(frozen, "SELECT subscriber_id FROM deliveries ORDER BY number, due_at, delivery_id")
    last = order[-1][0]

    def meanwhile(what: str, done: int, total: int) -> None:
        if done == 1:
            write(home, lambda db: subscribers.unsubscribe(db, last, home.clock()))

    assert sending.send(home, notify=meanwhile).sent == READERS - 1
    assert states(frozen) == {"sent": READERS - 1, "withdrawn": 1}


def test_without_the_secret_nothing_is_sent(frozen: Home, office: Office) -> None:
    (frozen.path / "secret").unlink()
    with pytest.raises(UsageError, match="secret"):
        sending.send(by_smtp(frozen, office.port))
    assert office.taken == []


# --- files instead of a server, and hostile words --------------------------------------------------------------------


def test_without_a_server_mail_is_written_as_private_files(frozen: Home) -> None:
    assert sending.send(frozen).sent == READERS
    written = outbox(frozen)
    assert [str(mail["To"]) for mail in written] == NAMES
    assert frozen.outbox.stat().st_mode & 0o077 == 0
    assert {file.suffix for file in frozen.outbox.iterdir()} == {".eml"}
    before = {file.name: file.read_bytes() for file in frozen.outbox.iterdir()}
    write(frozen, lambda db: db.execute("UPDATE deliveries SET state = 'waiting'"))
    assert sending.send(frozen).sent == READERS
    assert {file.name: file.read_bytes() for file in frozen.outbox.iterdir()} == before, (
        "the same mail is the same file"
    )


def test_an_outbox_that_cannot_be_written_is_told_and_nobody_is_lost(frozen: Home) -> None:
    frozen.outbox.rmdir()
    frozen.outbox.write_text("in the way")
    with pytest.raises(MailError, match="outbox"):
        sending.send(frozen)
    frozen.outbox.unlink()
    assert sending.send(frozen).sent == READERS


LONG = f"{'a' * 240}@b.example"
TRICKY = ["-rf@b.example", LONG, "/etc/x@b.example", "a/b@b.example", "%00@b.example", "a@münchen.example"]
IMPOSSIBLE = ["../../etc/x@b.example", ".@b.example", "a..b@b.example", "a.@b.example", "é@b.example"]
"""Written to by nobody, though they look like addresses: RFC 5322 has no such names."""


def test_odd_addresses_stay_inside_the_outbox_and_stop_nobody(week: Home) -> None:
    publish(week, [*IMPOSSIBLE, *TRICKY])
    inside = set(week.path.rglob("*"))
    done = sending.send(week)
    assert (done.sent, done.failed) == (len(TRICKY), len(IMPOSSIBLE))
    assert {file.parent for file in set(week.path.rglob("*")) - inside} <= {week.outbox, week.path}
    assert len(list(week.outbox.glob("*.eml"))) == len(TRICKY)
    told = [error for (error,) in rows(week, "SELECT error FROM deliveries WHERE state = 'failed'")]
    assert all(error.startswith("Mail cannot be sent to ") for error in told)


def test_hostile_titles_cannot_add_headers_or_recipients(week: Home, office: Office) -> None:
    publish(week, ["mia@example.org"], title=HOSTILE)
    assert sending.send(by_smtp(week, office.port)).sent == 1
    (mail,) = office.taken
    assert office.recipients == ["mia@example.org"]
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert [name.lower() for name in mail if name.lower() in ("to", "from", "subject")] == [
        "from",
        "to",
        "subject",
    ]
    assert "\n" not in str(mail["Subject"])
    assert timedelta(0) == mail["Date"].datetime.utcoffset()
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
