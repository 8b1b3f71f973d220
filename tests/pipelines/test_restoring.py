"""Putting a backup back: while everything goes on, whole or not at all, and without sending anything twice."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from curate.weeks import Week
from pipelines import serving
from pipelines.cli import keeping
from pipelines.home import Home
from pipelines.steps import publishing, restoring, sending
from storage import backups, deliveries, subscribers
from storage.database import Database
from tests.pipelines.at_home import NOW, WEEK, Story, fingerprint, moved, one, outbox, rows, write
from tests.pipelines.conftest import Duiding
from tests.pipelines.office import Office, by_smtp
from tests.pipelines.outgoing import names, publish, ready, states

pytestmark = pytest.mark.real_files

W47 = Week.parse(WEEK)
READERS = names(6)


@pytest.fixture(scope="module")
def frozen_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with an issue that waits for its readers; made once, for copying."""
    return publish(moved(filled, tmp_path_factory.mktemp("frozen") / "home", Story()), READERS)


@pytest.fixture
def frozen(frozen_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(frozen_once, tmp_path / "home", story)


@pytest.fixture
def copy(frozen: Home, tmp_path: Path) -> Path:
    """A backup from before anything was sent."""
    backups.take(frozen.database, tmp_path / "copy.duckdb")
    return tmp_path / "copy.duckdb"


def unreadable(home: Home) -> None:
    """Damage the database so that nothing can be read from it, as a dying disk does."""
    home.database.path.write_bytes(os.urandom(100_000))


def test_what_went_out_after_the_backup_is_not_sent_again(frozen: Home, copy: Path, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    sending.send(home)
    done = restoring.restore(home, copy)
    assert (done.sent_since, done.left_since) == (len(READERS), 0)
    assert "6 mails went out after this backup" in done.sentence
    assert sending.send(home).paused, "a person looks first"
    sending.resume(home)
    assert sending.send(home).sent == 0
    assert states(home) == {"sent": len(READERS)}
    assert len(office.taken) == len(READERS)


def test_nor_when_the_database_before_it_cannot_be_read_at_all(frozen: Home, copy: Path, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    office.refused[READERS[2]] = "450 later"
    sending.send(home)
    unreadable(home)
    done = restoring.restore(home, copy)
    assert done.sent_since == len(READERS) - 1
    assert "could not be read" in done.paused
    office.refused.clear()
    sending.resume(home)
    sending.send(home)
    assert sorted(office.recipients) == READERS, "the one who had not got it gets it now"


def test_nor_an_issue_that_the_backup_has_not_frozen_yet(
    filled: Home, tmp_path: Path, story: Story, office: Office
) -> None:
    home = by_smtp(ready(moved(filled, tmp_path / "home", story), READERS), office.port)
    backups.take(home.database, tmp_path / "copy.duckdb")
    publishing.publish(home, W47)
    sending.send(home)
    restoring.restore(home, tmp_path / "copy.duckdb")
    assert one(home, "SELECT count(*) FROM issues") == 0
    sending.resume(home)
    publishing.publish(home, W47)
    sending.send(home)
    assert len(office.taken) == len(READERS)
    assert states(home) == {"sent": len(READERS)}


def test_restoring_twice_forgets_nothing_of_it(frozen: Home, copy: Path, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    sending.send(home)
    restoring.restore(home, copy)
    unreadable(home)
    restoring.restore(home, copy)
    sending.resume(home)
    assert sending.send(home).sent == 0
    assert len(office.taken) == len(READERS)


def test_what_a_killed_sender_left_in_its_journal_counts_too(frozen: Home, copy: Path, office: Office) -> None:
    home = by_smtp(frozen, office.port)
    (id_,) = [delivery for (delivery,) in rows(home, "SELECT min(delivery_id) FROM deliveries")]
    line = f'{{"delivery_id": "{id_}", "state": "sent", "attempts": 1, "moment": "{NOW.isoformat()}"}}\n'
    (home.path / "sending.journal").write_text(line)
    unreadable(home)
    assert restoring.restore(home, copy).sent_since == 1
    sending.resume(home)
    sending.send(home)
    assert len(office.taken) == len(READERS) - 1


def test_who_left_or_was_forgotten_since_stays_away(frozen: Home, copy: Path) -> None:
    def leave(db: "Database | object") -> None:
        ids = {each.email: each for each in subscribers.every(db)}  # type: ignore[arg-type]
        subscribers.unsubscribe(db, ids[READERS[0]].id, NOW)  # type: ignore[arg-type]
        subscribers.forget(db, READERS[1], NOW)  # type: ignore[arg-type]
        subscribers.complain(db, ids[READERS[2]], NOW)  # type: ignore[arg-type]

    write(frozen, leave)
    done = restoring.restore(frozen, copy)
    assert done.left_since == 3
    assert done.paused == "", "nothing went out, and all that matters was carried over"
    with frozen.database.reading() as db:
        assert {each.email: each.state for each in subscribers.every(db)} == {
            READERS[0]: "unsubscribed",
            READERS[2]: "unsubscribed",
            **dict.fromkeys(READERS[3:], "active"),
        }
        assert set(subscribers.suppressed(db, READERS)) == set(READERS[1:3])
        assert deliveries.waiting(db, None, NOW) == 3


def test_when_nothing_happened_since_nothing_is_paused(frozen: Home, copy: Path) -> None:
    before = fingerprint(frozen)
    done = restoring.restore(frozen, copy)
    assert (done.sent_since, done.left_since, done.paused, done.applied) == (0, 0, "", ())
    assert fingerprint(frozen) == before


def test_on_a_terminal_it_asks_first(
    frozen: Home, copy: Path, duiding: Duiding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_is_asked", lambda: True)
    asked: list[str] = []

    def no(question: str, **_: object) -> None:
        asked.append(question)
        raise keeping.typer.Abort

    monkeypatch.setattr(keeping.typer, "confirm", no)
    before = frozen.database.path.read_bytes()
    assert duiding("restore", copy).code == 130
    assert str(frozen.database.path) in asked[0]
    assert frozen.database.path.read_bytes() == before
    assert duiding("restore", copy, "--yes").code == 0


def test_a_backup_and_a_restore_while_pages_and_writers_go_on(frozen: Home, tmp_path: Path) -> None:
    """Everything that a writer was told is kept until the moment of the copy; no request fails."""
    stop, written = threading.Event(), [0]
    answers: list[int] = []

    def write_on() -> None:
        store = Database(frozen.database.path)
        while not stop.is_set():
            with store.writing() as db:
                for table in ("rests", "reviews"):
                    values = "('h{0}', $now, $now)" if table == "rests" else "('r{0}', 'w', 'p', $now)"
                    db.execute(f"INSERT INTO {table} VALUES {values.format(written[0])}", {"now": NOW})
            written[0] += 1

    def ask_on() -> None:
        with TestClient(serving.application(frozen), base_url="http://127.0.0.1:8600") as client:
            while not stop.is_set():
                answers.extend(client.get(path).status_code for path in ("/healthz", "/issues"))

    threads = [threading.Thread(target=write_on), threading.Thread(target=ask_on)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            before = written[0]
            copy = tmp_path / f"copy {number}"
            backups.take(frozen.database, copy)
            with Database(copy).reading() as db:
                left = db.execute("SELECT count(*) FROM rests")[0][0]
                right = db.execute("SELECT count(*) FROM reviews")[0][0]
            assert left == right >= before, "whole transactions, and all that was acknowledged"
        restoring.restore(frozen, tmp_path / "copy 2")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert set(answers) == {200}
    assert written[0] > 3


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines import home as homes
from pipelines.steps import restoring
calls = 0
def trace(frame, event, _):
    global calls
    calls += event in ("call", "c_call")
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
home = homes.opened(Path(sys.argv[1]))
sys.setprofile(trace)
restoring.restore(home, Path(sys.argv[2]))
sys.setprofile(None)
print(calls)
"""


def killed_after(home: Home, copy: Path, calls: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(home.path), str(copy), str(calls)],
        env={**os.environ, "DUIDING_NOW": NOW.isoformat()},
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def test_killed_at_any_moment_the_old_one_is_in_place_or_the_new_one(
    frozen: Home, copy: Path, tmp_path: Path, story: Story
) -> None:
    sending.send(frozen)
    assert len(outbox(frozen)) == len(READERS)
    total = int(killed_after(moved(frozen, tmp_path / "whole", story), copy, 10**9).stdout)
    seen = set()
    for number, at in enumerate((total // 3, total * 2 // 3, total - 40, total - 20, total - 8)):
        home = moved(frozen, tmp_path / f"killed {number}", story)
        assert killed_after(home, copy, at).returncode == -signal.SIGKILL
        found = states(home)
        assert found in ({"sent": len(READERS)}, {"waiting": len(READERS)})
        seen.add(tuple(found))
        restoring.restore(home, copy)
        sending.resume(home)
        assert sending.send(home).sent == 0
    assert ("sent",) in seen
