"""Mail servers that fail in every way and senders that are killed: nobody is lost, and nobody gets three."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from curate.errors import MailUnsureError
from curate.people import LANGUAGES
from pipelines.home import Home
from pipelines.steps import publishing, sending, tours
from storage.deliveries import Delivery
from tests.pipelines.at_home import NOW, WEEK, Story, around, moved, one, rows
from tests.pipelines.office import Office, by_smtp, smtp_around
from tests.pipelines.outgoing import W47, names, publish, ready, states

READERS = 200
NAMES = names(READERS)


@pytest.fixture(scope="module")
def waiting_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose issue has not been frozen yet, with two hundred readers; made once, for copying."""
    return ready(moved(filled, tmp_path_factory.mktemp("waiting") / "home", Story()), NAMES)


@pytest.fixture(scope="module")
def frozen_once(waiting_once: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same with its issue frozen."""
    home = moved(waiting_once, tmp_path_factory.mktemp("frozen") / "home", Story())
    publishing.publish(home, W47)
    return home


@pytest.fixture
def frozen(frozen_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(frozen_once, tmp_path / "home", story)


def send_to_the_end(home: Home, story: Story) -> Counter[str]:
    """Send until nothing waits any more, over days if need be."""
    for _ in range(8):
        sending.send(home)
        story.later(days=2)
    assert states(home).keys() <= {"sent", "failed", "withdrawn"}
    return Counter(dict(rows(home, "SELECT coalesce(fault, ''), count(*) FROM deliveries GROUP BY 1")))


def test_a_line_that_drops_after_every_seventh_message_loses_nobody_and_triples_nobody(
    frozen: Home, office: Office, story: Story
) -> None:
    office.drop_every = 7
    send_to_the_end(by_smtp(frozen, office.port), story)
    copies = Counter(office.recipients)
    assert set(copies) == set(NAMES)
    assert max(copies.values()) == 2
    assert len(office.lines) > READERS // 7, "the line was opened again each time"
    of_reader = "FROM subscribers s JOIN deliveries d USING (subscriber_id)"
    listed = {name for (name,) in rows(frozen, f"SELECT s.email {of_reader} WHERE d.state = 'failed'")}
    assert listed
    assert all(copies[name] == 2 for name in listed), "listed is who was not sure twice"
    assert "send --only failed" in one(frozen, "SELECT min(error) FROM deliveries WHERE state = 'failed'")
    by_name: dict[str, set[str]] = {}
    for mail in office.taken:
        by_name.setdefault(str(mail["To"]), set()).add(str(mail["Message-ID"]))
    assert all(len(ids) == 1 for ids in by_name.values()), "a second copy bears the same name"


def test_a_server_that_greylists_gets_each_message_once(frozen: Home, office: Office, story: Story) -> None:
    office.greylists = True
    home = by_smtp(frozen, office.port)
    assert sending.send(home).put_off == READERS
    send_to_the_end(home, story)
    assert Counter(office.recipients) == dict.fromkeys(NAMES, 1)
    assert len(office.lines) <= 9, "a refusal closes no line"


def test_every_fault_at_once_lists_who_was_not_reached_and_reaches_the_others(
    frozen: Home, office: Office, story: Story
) -> None:
    soft, refused, gone = NAMES[:10], NAMES[10:20], NAMES[20:30]
    office.refused = (
        dict.fromkeys(soft, "452 4.2.2 over quota")
        | dict.fromkeys(refused, "554 5.7.1 we do not like you")
        | dict.fromkeys(gone, "550 5.1.1 user unknown")
    )
    office.drop_every = 7
    faults = send_to_the_end(by_smtp(frozen, office.port), story)
    assert set(office.recipients) == set(NAMES[30:])
    assert max(Counter(office.recipients).values()) == 2
    assert (faults["soft"], faults["refused"], faults["gone"]) == (10, 10, 10)
    assert dict(rows(frozen, "SELECT state, count(*) FROM subscribers GROUP BY 1")) == {"active": 190, "suspended": 10}
    why = one(frozen, "SELECT min(why) FROM suspensions WHERE lifted_at IS NULL")
    assert "5.1.1 user unknown" in why
    sending.try_failed_again(frozen, None)
    assert states(frozen)["failed"] == 10, "an address that is gone is not tried again"


def test_a_server_that_takes_its_time_with_a_message_gets_it_once(week: Home, office: Office) -> None:
    publish(week, names(3))
    office.slow_s = 0.6
    assert sending.send(by_smtp(week, office.port, timeout_s=0.2)).sent == 3
    assert Counter(office.recipients) == dict.fromkeys(names(3), 1)


def test_a_server_that_never_answers_to_a_message_leaves_it_unsure(week: Home, office: Office) -> None:
    publish(week, names(2))
    office.slow_s = 4
    done = sending.send(by_smtp(week, office.port, timeout_s=0.1))
    assert (done.sent, done.put_off) == (0, 2)
    assert set(rows(week, "SELECT fault FROM deliveries")) == {("unsure",)}


def test_a_server_that_closes_a_line_after_some_messages_is_asked_for_another(week: Home, office: Office) -> None:
    publish(week, names(7))
    office.most_per_line = 3
    done = sending.send(by_smtp(week, office.port))
    assert (done.sent, done.put_off, done.failed) == (7, 0, 0)
    assert office.lines == [3, 3, 1]
    assert Counter(office.recipients) == dict.fromkeys(names(7), 1)


def test_a_line_is_opened_anew_after_as_many_messages_as_the_settings_say(week: Home, office: Office) -> None:
    publish(week, names(5))
    assert sending.send(by_smtp(week, office.port, per_connection=2)).sent == 5
    assert office.lines == [2, 2, 1]


def test_not_more_leave_in_a_second_than_the_settings_say(week: Home, office: Office) -> None:
    publish(week, names(6))
    began = time.monotonic()
    assert sending.send(by_smtp(week, office.port, per_second=10)).sent == 6
    assert time.monotonic() - began >= 0.5


def test_what_broke_off_twice_is_left_to_people() -> None:
    once = Delivery("d", 1, "s", "a@example.org", LANGUAGES[0], "<m@x>", 1)
    first = tours.failure(once, MailUnsureError("broke off."), NOW)
    assert (first.state, first.fault) == ("waiting", "unsure")
    second = tours.failure(
        Delivery("d", 1, "s", "a@example.org", "nl", "<m@x>", 2, "unsure"), MailUnsureError("so."), NOW
    )
    assert (second.state, second.fault) == ("failed", "unsure")


# --- killed at any moment --------------------------------------------------------------------------------------------


def killed(home: Home, office: Office, dice: random.Random) -> bool:
    """Start `publish`, which freezes and sends, and kill it at a random moment; whether it was still at work."""
    environment = around(home) | smtp_around(office.port, per_second=150)
    command = [sys.executable, "-m", "pipelines.cli", "publish", "--week", WEEK]
    quiet = subprocess.DEVNULL
    program = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    # Half of them while it starts and freezes, half when it has sent a few.
    wanted, until_s = len(office.taken) + dice.randrange(40), time.monotonic() + dice.choice([dice.uniform(0.5, 2), 30])
    while len(office.taken) < wanted and program.poll() is None and time.monotonic() < until_s:
        time.sleep(0.001)
    time.sleep(dice.uniform(0, 0.01))
    at_work = program.poll() is None
    program.send_signal(signal.SIGKILL)
    program.wait()
    return at_work


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kills_while_freezing_and_sending_cost_at_most_one_extra_copy_each(
    waiting_once: Home, tmp_path: Path, story: Story, office: Office, seed: int
) -> None:
    home, dice = moved(waiting_once, tmp_path / "home", story), random.Random(seed)  # noqa: S311  # which moments, not secrets
    kills = sum(killed(home, office, dice) for _ in range(5))
    assert kills > 1
    publishing.publish(home, W47)
    sending.send(by_smtp(home, office.port))
    copies = Counter(office.recipients)
    assert set(copies) == set(NAMES)
    assert sum(copies.values()) <= READERS + kills
    assert states(home) == {"sent": READERS}
    assert one(home, "SELECT count(*) FROM issues") == 1
    assert one(home, "SELECT count(*) FROM deliveries WHERE attempts = 1") == READERS
