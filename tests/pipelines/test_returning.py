"""What comes back is taken in once from any mailbox, acts on whom it is proven to be about, and on nobody else."""

import io
import mailbox
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from curate import ids
from curate.errors import UsageError
from pipelines import mailboxes
from pipelines.home import Home, start_run
from pipelines.steps import replies, returning, sending
from pipelines.steps.casting import LEAVE
from pipelines.steps.returning import Taken
from storage import deliveries, subscribers
from storage.deliveries import Outcome
from tests.curate.returned import SHAPES, arf, dsn, fields, plain
from tests.pipelines.at_home import NOW, Story, moved, one, rows, write
from tests.pipelines.conftest import Duiding, refused
from tests.pipelines.outgoing import names, publish, states

READERS = 6
NAMES = names(READERS)
SHAPE = {shape.name: shape for shape in SHAPES}


@pytest.fixture(scope="module")
def sent_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has sent an issue; made once, for copying."""
    home = publish(moved(filled, tmp_path_factory.mktemp("sent") / "home", Story()), NAMES)
    sending.send(home)
    return home


@pytest.fixture
def sent(sent_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(sent_once, tmp_path / "home", story)


def delivery_to(home: Home, email: str) -> str:
    of_reader = "FROM deliveries d JOIN subscribers s USING (subscriber_id)"
    return str(one(home, f"SELECT delivery_id {of_reader} WHERE email = '{email}' ORDER BY number DESC LIMIT 1"))


def mark_of(home: Home, email: str, purpose: str = deliveries.MARK) -> str:
    return ids.marked(home.secret, purpose, delivery_to(home, email))


def bounce(home: Home, email: str, status: str = "5.1.1", about: str = "", mark: str = "") -> bytes:
    """A report on the mail to a reader."""
    said = dsn(fields(status, f"550 {status} said", to=about or email))
    return said.replace("{mark}", mark or mark_of(home, email)).encode()


def leaving(home: Home, email: str, mark: str = "") -> bytes:
    to = f"bounces+leave.{mark or mark_of(home, email, LEAVE)}@example.org"
    return plain(f"From: {email}\nSubject: unsubscribe", "", to).encode()


def reply(home: Home, email: str, mark: str = "") -> bytes:
    return SHAPE["a reply"].bytes(mark or mark_of(home, email))


def folder_of(path: Path, *mails: bytes) -> Path:
    path.mkdir(exist_ok=True)
    for number, raw in enumerate(mails):
        (path / f"{number}.eml").write_bytes(raw)
    return path


def take(home: Home, *mails: bytes) -> Taken:
    """Take in these mails."""
    return returning.read(home, mailboxes.at(folder_of(home.path / "came", *mails)))


def send_another(home: Home, number: int) -> None:
    """Let one more issue have gone to all readers who are active."""
    run = start_run(home, "publish")
    with home.database.writing() as db:
        deliveries.fill(db, number, subscribers.every(db), domain="example.org", run=run, key=home.secret)
        claimed = deliveries.claim(db, number, READERS, NOW)
        deliveries.note(db, [Outcome(one.id, "sent", 1, NOW) for one in claimed])


def state_of(home: Home, email: str) -> str:
    return str(one(home, f"SELECT state FROM subscribers WHERE email = '{email}'"))


# --- what it does ----------------------------------------------------------------------------------------------------


def test_an_address_that_is_gone_suspends_its_reader_with_the_reason(sent: Home) -> None:
    taken = take(sent, bounce(sent, NAMES[0]))
    assert taken == Taken({"gone": 1}, 1)
    assert state_of(sent, NAMES[0]) == "suspended"
    assert states(sent) == {"returned": 1, "sent": READERS - 1}
    assert one(sent, "SELECT why FROM suspensions") == "550 5.1.1 said"
    assert rows(sent, "SELECT kind, status, said, taken_at FROM returns") == [("gone", "5.1.1", "550 5.1.1 said", NOW)]


def test_three_issues_in_a_row_that_come_back_suspend(sent: Home) -> None:
    for number in (1, 2, 3):
        if number > 1:
            send_another(sent, number)
        assert state_of(sent, NAMES[0]) == "active"
        assert take(sent, bounce(sent, NAMES[0], "5.2.2")).kinds == {"soft": 1}
    assert state_of(sent, NAMES[0]) == "suspended"


def test_who_calls_it_spam_never_gets_it_again(sent: Home) -> None:
    assert take(sent, arf("abuse").replace("{mark}", mark_of(sent, NAMES[0])).encode()).kinds == {"complaint": 1}
    assert state_of(sent, NAMES[0]) == "unsubscribed"
    again = subscribers.subscriber(NAMES[0], "nl")
    write(sent, lambda db: subscribers.forget(db, NAMES[0], NOW))
    assert not write(sent, lambda db: subscribers.add(db, again, "import", NOW))


def test_who_writes_to_the_address_to_leave_has_left(sent: Home) -> None:
    assert take(sent, leaving(sent, NAMES[0])).kinds == {"left": 1}
    assert [state_of(sent, name) for name in NAMES[:2]] == ["unsubscribed", "active"]


def test_a_reply_is_handed_on_before_it_is_noted(sent: Home) -> None:
    raw = reply(sent, NAMES[0])
    assert take(sent, raw).kinds == {"reply": 1}
    kept = "SELECT a.kind, w.text FROM answers a JOIN answer_words w USING (answer_id)"
    ((kind, words),) = rows(sent, kept)
    assert (kind, bool(words)) == ("reply", True)
    assert replies.take(sent, raw)
    assert len(rows(sent, kept)) == 1


def test_a_reply_that_is_not_taken_is_noted_as_unknown(sent: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "take", lambda home, raw: False)
    assert take(sent, reply(sent, NAMES[0])).kinds == {"unknown": 1}


def test_automatic_answers_change_nothing(sent: Home) -> None:
    mark = mark_of(sent, NAMES[0])
    away = [shape.bytes(mark, mark) for shape in SHAPES if shape.kind == "automatic"]
    assert len(away) > 6
    assert take(sent, *away).kinds == {"automatic": len(away)}
    assert states(sent) == {"sent": READERS}
    assert rows(sent, "SELECT * FROM answers") == []


# --- what it does not do ---------------------------------------------------------------------------------------------


def forged(home: Home) -> dict[str, bytes]:
    """What somebody may write who knows the address of a reader and how we work, but has none of our mail."""
    id_ = delivery_to(home, NAMES[0])
    worked_out = ids.marked(b"", deliveries.MARK, id_)
    other = mark_of(home, NAMES[1])
    return {
        "without a mark": bounce(home, NAMES[0], mark="x"),
        "with a mark made with another key": bounce(home, NAMES[0], mark=worked_out),
        "with the id itself": bounce(home, NAMES[0], mark=id_),
        "with the mark of another reader": bounce(home, NAMES[1], about=NAMES[0]),
        "with the mark for leaving": bounce(home, NAMES[0], mark=mark_of(home, NAMES[0], LEAVE)),
        "leaving with the mark of the mail": leaving(home, NAMES[0], mark=mark_of(home, NAMES[0])),
        "leaving with another key": leaving(home, NAMES[0], mark=ids.marked(b"", LEAVE, id_)),
        "leaving, with the mark in the text": plain(
            "From: a@b.example\nSubject: x", f"x+leave.{other}@example.org"
        ).encode(),
        "a complaint about another": arf("abuse", f"Original-Rcpt-To: <{NAMES[0]}>\n")
        .replace("{mark}", other)
        .encode(),
        "of a delivery that never was": bounce(
            home, NAMES[0], mark=ids.marked(home.secret, deliveries.MARK, "ab" * 16)
        ),
    }


@pytest.mark.parametrize(
    "how",
    [
        "without a mark",
        "with a mark made with another key",
        "with the id itself",
        "with the mark of another reader",
        "with the mark for leaving",
        "leaving with the mark of the mail",
        "leaving with another key",
        "leaving, with the mark in the text",
        "a complaint about another",
        "of a delivery that never was",
    ],
)
def test_a_forged_report_is_noted_and_changes_nobody(sent: Home, how: str) -> None:
    taken = take(sent, forged(sent)[how])
    assert taken.suspended == 0
    assert set(taken.kinds) <= {"unknown", "automatic"}
    assert rows(sent, "SELECT DISTINCT state FROM subscribers") == [("active",)]
    assert states(sent) == {"sent": READERS}


def test_a_report_on_what_was_not_sent_yet_changes_nothing(sent: Home) -> None:
    write(sent, lambda db: db.execute("UPDATE deliveries SET state = 'waiting'"))
    assert take(sent, bounce(sent, NAMES[0])).suspended == 0
    assert state_of(sent, NAMES[0]) == "active"


def test_a_report_about_somebody_who_was_forgotten_finds_nobody(sent: Home) -> None:
    raw = bounce(sent, NAMES[0])
    write(sent, lambda db: subscribers.forget(db, NAMES[0], NOW))
    assert take(sent, raw).kinds == {"unknown": 1}
    assert one(sent, "SELECT count(*) FROM returns WHERE subscriber_id IS NOT NULL") == 0


# --- mailboxes -------------------------------------------------------------------------------------------------------


def as_maildir(path: Path, mails: list[bytes]) -> Path:
    box = mailbox.Maildir(path, create=True)
    for raw in mails:
        box.add(raw)
    return path


def as_mbox(path: Path, mails: list[bytes]) -> Path:
    box = mailbox.mbox(path, create=True)
    for raw in mails:
        box.add(raw)
    box.close()
    return path


@pytest.mark.parametrize("made", [as_maildir, as_mbox, lambda path, mails: folder_of(path, *mails)])
def test_a_mailbox_is_read_once_and_loses_nothing(sent: Home, tmp_path: Path, made: Callable[..., Path]) -> None:
    mails = [bounce(sent, NAMES[0]), leaving(sent, NAMES[1]), reply(sent, NAMES[2])]
    path = made(tmp_path / "box", mails)
    size = sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())
    assert returning.read(sent, mailboxes.at(path)).kinds == {"gone": 1, "left": 1, "reply": 1}
    assert returning.read(sent, mailboxes.at(path)) == Taken({})
    assert sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file()) == size
    assert one(sent, "SELECT count(*) FROM returns") == 3


def test_what_comes_into_a_maildir_later_is_read_and_what_was_read_is_not_opened(sent: Home, tmp_path: Path) -> None:
    path = as_maildir(tmp_path / "box", [bounce(sent, NAMES[0])])
    returning.read(sent, mailboxes.at(path))
    as_maildir(path, [bounce(sent, NAMES[1])])
    box = mailboxes.at(path)
    assert len(list(box.unread())) == 1
    assert returning.read(sent, box).kinds == {"gone": 1}


def test_many_mails_are_taken_in_groups_and_a_copy_counts_once(sent: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returning, "_GROUP", 2)
    mails = [bounce(sent, name) for name in NAMES]
    assert take(sent, *mails, *mails).kinds == {"gone": READERS}
    assert states(sent) == {"returned": READERS}


def test_killed_before_it_was_marked_it_is_read_again_and_changes_nothing(
    sent: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder_of(sent.path / "came", bounce(sent, NAMES[0]), reply(sent, NAMES[1]))

    class KilledError(Exception):
        pass

    def die(self: Any, keys: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(mailboxes.Folder, "mark", die)
        with pytest.raises(KilledError):
            returning.read(sent, mailboxes.at(path))
    assert returning.read(sent, mailboxes.at(path)) == Taken({})
    assert one(sent, "SELECT count(*) FROM returns") == 2
    assert not list(path.glob("*.eml")), "now it is marked"


def test_a_path_that_is_no_mailbox_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no mailbox"):
        mailboxes.at(tmp_path / "nothing")


def test_the_command_reads_a_path_standard_input_or_what_the_settings_say(
    sent: Home, duiding: Duiding, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DUIDING_SECRET")  # the marks were made with the one of the home
    piped = SimpleNamespace(buffer=io.BytesIO(bounce(sent, NAMES[0])))
    monkeypatch.setattr(sys, "stdin", piped)
    assert duiding("bounces", "-", "--json").json["kinds"] == {"gone": 1}
    file = tmp_path / "one.eml"
    file.write_bytes(bounce(sent, NAMES[1]))
    assert "1 gone" in duiding("bounces", file).out
    assert "Nothing new" in duiding("bounces", file).out
    assert "No mailbox is set" in refused(duiding("bounces"))
    settings = sent.path / "duiding.toml"
    settings.write_text(settings.read_text() + '[bounces]\npath = "box"\n')
    assert "is no mailbox" in refused(duiding("bounces"))
    as_maildir(sent.path / "box", [bounce(sent, NAMES[2])])
    assert duiding("bounces", "--json").json == {
        "kinds": {"gone": 1},
        "suspended": 1,
        "message": "New in the mailbox: 1 gone. 1 readers suspended.",
    }


def test_a_reader_who_is_suspended_is_not_in_the_next_issue(sent: Home) -> None:
    take(sent, bounce(sent, NAMES[0]))
    send_another(sent, 2)
    assert one(sent, "SELECT count(*) FROM deliveries WHERE number = 2") == READERS - 1


def test_the_flow_reads_the_mailbox_of_the_settings_and_one_that_cannot_be_read_stops_nothing(
    sent: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines import publish as flow

    heard: list[str] = []

    def hear(message: str, *words: object) -> None:
        heard.append(message % words if words else message)

    def told() -> str:
        flow._take_returns(flow.flowing.home())
        return heard.pop()

    # Importing Prefect takes away the handlers by which pytest would hear it.
    monkeypatch.setattr(flow, "get_run_logger", lambda: SimpleNamespace(info=hear, warning=hear))

    monkeypatch.setenv("DUIDING_HOME", str(sent.path))
    monkeypatch.setenv("DUIDING_BOUNCES__PATH", "box")
    assert "is no mailbox" in told()
    as_maildir(sent.path / "box", [bounce(sent, NAMES[0])])
    assert told() == "New in the mailbox: 1 gone. 1 readers suspended."
    monkeypatch.setenv("DUIDING_BOUNCES__HOST", "127.0.0.1")
    monkeypatch.setenv("DUIDING_BOUNCES__PORT", "9")
    assert "cannot be read" in told()
