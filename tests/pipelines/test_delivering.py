"""What stands on the outside of each mail, pausing, and what the commands say of mail on its way."""

import re
from pathlib import Path

import pytest

from curate import ids
from pipelines.home import Home
from pipelines.steps import casting, sending, tours
from pipelines.steps.casting import LEAVE, Caster
from storage import deliveries, subscribers
from storage.database import Database
from tests.pipelines.at_home import NOW, WEEK, Story, moved, one, rows, write
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.office import Office, by_smtp
from tests.pipelines.outgoing import names, publish, states, with_mail

READERS = 8
NAMES = names(READERS)
POST = {"address": "post@example.org", "bounces": "bounces@example.org", "replies": "redactie@example.org"}


@pytest.fixture(scope="module")
def frozen_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return publish(moved(filled, tmp_path_factory.mktemp("frozen") / "home", Story()), NAMES)


@pytest.fixture
def frozen(frozen_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(frozen_once, tmp_path / "home", story)


def smtp_in_file(home: Home, office: Office) -> None:
    """Let commands send to this server."""
    file = home.path / "duiding.toml"
    said = f'[smtp]\nhost = "127.0.0.1"\nport = {office.port}\ntls = "none"\nper_second = 1000\n'
    file.write_text(file.read_text() + said)


# --- the outside -----------------------------------------------------------------------------------------------------


def test_each_mail_comes_back_to_an_address_that_says_whose_it_was(frozen: Home, office: Office) -> None:
    sending.send(by_smtp(with_mail(frozen, **POST), office.port))
    told = dict(rows(frozen, "SELECT email, delivery_id FROM deliveries JOIN subscribers USING (subscriber_id)"))
    for mail, sender in zip(office.taken, office.senders, strict=True):
        found = re.fullmatch(r"bounces\+(\w+)@example\.org", sender)
        assert found
        assert ids.unmarked(frozen.secret, deliveries.MARK, found[1]) == told[str(mail["To"])]


def test_each_mail_has_the_headers_that_big_receivers_ask_for(frozen: Home, office: Office) -> None:
    sending.send(by_smtp(with_mail(frozen, **POST), office.port))
    for mail in office.taken:
        assert str(mail["From"]).endswith("<post@example.org>")
        assert mail["To"].addresses[0].addr_spec in NAMES
        assert len(mail["To"].addresses) == 1
        assert mail["Reply-To"] == "redactie@example.org"
        assert mail["Precedence"] == "bulk"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Content-Language"] == "nl"
        assert mail["Feedback-ID"] == f"{WEEK}:issue:duiding"
        assert str(mail["List-Id"]).startswith("<duiding.")
        page, mailto = re.findall(r"<([^>]+)>", str(mail["List-Unsubscribe"]))
        assert page.startswith("http")
        found = re.fullmatch(r"mailto:bounces%2Bleave\.(\w+)@example\.org", mailto)
        assert found
        assert ids.unmarked(frozen.secret, LEAVE, found[1])
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_a_mailbox_for_what_comes_back_the_sender_gets_it_and_nobody_is_told_to_write_to_it(
    frozen: Home, office: Office
) -> None:
    home = with_mail(frozen, address="post@example.org")
    sending.send(by_smtp(home, office.port))
    assert set(office.senders) == {"post@example.org"}
    assert all("mailto:" not in str(mail["List-Unsubscribe"]) for mail in office.taken)
    assert all(mail["Reply-To"] == "post@example.org" for mail in office.taken)


def test_a_cast_is_what_would_have_been_rendered_for_this_reader_alone(frozen: Home) -> None:
    home = with_mail(frozen, **POST)
    with home.database.writing() as db:
        found = deliveries.claim(db, None, READERS, NOW)
    caster = Caster(home)
    for delivery in found:
        assert caster.parcel(delivery).content == caster.whole(delivery).as_bytes()


def test_the_moulds_that_are_kept_are_few(frozen: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "_MOST_MOULDS", 2)
    made: list[object] = []
    whole = casting.moulds.made
    monkeypatch.setattr(casting.moulds, "made", lambda *said: (made.append(said), whole(*said))[1])
    with frozen.database.writing() as db:
        (delivery, *_) = deliveries.claim(db, None, 1, NOW)
    caster = Caster(frozen)
    monkeypatch.setattr(caster, "_face", lambda one: one.attempts)
    for attempts in (1, 2, 1, 3, 1, 2):
        caster.parcel(deliveries.Delivery(delivery.id, 1, "s", NAMES[0], "nl", "<m@x>", attempts))
    assert len(made) == 4, "what was used last is kept"


# --- pausing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", [3, 1000])
def test_a_pause_is_obeyed_within_one_message_by_a_sender_at_work(
    frozen: Home, office: Office, duiding: Duiding, monkeypatch: pytest.MonkeyPatch, claimed: int
) -> None:
    """Within a group, and between two."""
    monkeypatch.setattr(tours, "_MOST_CLAIMED", claimed)
    home = by_smtp(frozen, office.port)

    def meanwhile(what: str, done: int, total: int) -> None:
        if done == 3:
            assert duiding("send", "--pause", "--why", "klacht van\n een lezer").code == 0

    done = sending.send(home, notify=meanwhile)
    assert len(office.taken) == done.sent == 3
    assert done.paused
    assert "klacht van een lezer" in done.sentence
    assert states(frozen) == {"sent": 3, "waiting": READERS - 3}
    assert sending.send(home).done == 0
    smtp_in_file(frozen, office)
    said = duiding("send", "--json")
    assert (said.code, said.json["sent"], said.json["paused"]) == (0, 0, True)
    assert "Sending is paused since 2026-11-23 05:00 UTC (klacht van een lezer)" in duiding("status").out
    assert duiding("status", "--json").json["paused"]
    assert duiding("send", "--resume", "--json").json["sent"] == READERS - 3
    assert sorted(office.recipients) == NAMES
    assert duiding("status", "--json").json["paused"] is None


def test_a_pause_while_the_server_is_waited_for_is_obeyed_before_the_next_message(frozen: Home, office: Office) -> None:
    """Written by another program, through a database object of its own."""
    other = Database(frozen.database.path)
    taken = office.taken
    home = by_smtp(frozen, office.port, per_second=5)

    def meanwhile(what: str, done: int, total: int) -> None:
        if done == 1:
            with other.writing() as db:
                from storage import sending_pauses

                sending_pauses.pause(db, "", NOW)

    assert sending.send(home, notify=meanwhile).sent == len(taken) == 1


def test_who_leaves_while_their_group_is_claimed_gets_nothing_more(frozen: Home, office: Office) -> None:
    assert tours._MOST_CLAIMED > READERS
    last = rows(frozen, "SELECT subscriber_id FROM deliveries ORDER BY due_at, delivery_id")[-1][0]

    def meanwhile(what: str, done: int, total: int) -> None:
        if done == 2:
            write(frozen, lambda db: subscribers.unsubscribe(db, last, NOW))

    assert sending.send(by_smtp(frozen, office.port), notify=meanwhile).sent == READERS - 1
    assert states(frozen) == {"sent": READERS - 1, "withdrawn": 1}


def test_options_that_do_not_go_together_are_told(home: Home, duiding: Duiding) -> None:
    assert "goes alone" in refused(duiding("send", "--pause", "--resume"))
    assert "goes with --pause" in refused(duiding("send", "--why", "zomaar"))


# --- what the commands say -------------------------------------------------------------------------------------------


def test_failures_are_shown_after_sending_and_listed(frozen: Home, office: Office, duiding: Duiding) -> None:
    smtp_in_file(frozen, office)
    office.refused = {NAMES[0]: "550 5.1.1 user unknown", NAMES[1]: "554 5.7.1 spam"}
    said = duiding("send")
    assert said.code == 3
    assert "2 failed for good." in said.out
    assert "554 5.7.1 spam" in said.out
    listed = duiding("deliveries", "list", "--state", "failed", "--json").json["deliveries"]
    assert [(one["subscriber"], one["fault"]) for one in listed] == [(NAMES[0], "gone"), (NAMES[1], "refused")]
    assert len(duiding("deliveries", "list", "--week", WEEK, "--json").json["deliveries"]) == READERS
    assert "no state" in refused(duiding("deliveries", "list", "--state", "lost"))
    (suspended,) = duiding("deliveries", "suspended", "--json").json["suspended"]
    assert (suspended["email"], suspended["kind"]) == (NAMES[0], "gone")
    assert "1 (duiding deliveries suspended)" in duiding("status").out
    assert duiding("deliveries", "lift", NAMES[0]).code == 0
    assert "not suspended" in refused(duiding("deliveries", "lift", NAMES[0]))
    office.refused.clear()
    assert duiding("send", "--only", "failed", "--json").json["sent"] == 2


def test_a_sender_that_the_server_refuses_is_one_line_and_exit_code_one(
    frozen: Home, office: Office, duiding: Duiding
) -> None:
    smtp_in_file(frozen, office)
    office.sender = "550 5.7.1 your domain is not allowed here"
    assert "takes no mail from" in refused(duiding("send"), 1)
    assert states(frozen) == {"waiting": READERS}
    assert one(frozen, "SELECT sum(attempts) FROM deliveries") == 0
