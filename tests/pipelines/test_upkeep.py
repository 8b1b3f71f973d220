"""The night: a backup, what was kept long enough goes, files shrink; killed at any moment, it is done the next time."""

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import journal
from pipelines.home import Home
from pipelines.steps import upkeep
from storage.database import Database
from tests.pipelines.at_home import NOW, Story, fingerprint, moved, one, rows, write
from tests.pipelines.conftest import Duiding


def old_drafts(home: Home, count: int) -> None:
    """Drafts that were left lying a year ago."""
    write(
        home,
        lambda db: db.execute(
            f"INSERT INTO drafts SELECT 'c' || n, 'p', '{{}}', TIMESTAMP '2025-11-01' FROM range({count}) r(n)"
        ),
    )


def names(home: Home) -> list[str]:
    return sorted(file.name for file in home.backups.iterdir())


# --- backups ---------------------------------------------------------------------------------------------------------


def test_a_night_leaves_a_copy_that_holds_everything_and_that_only_we_can_read(week: Home) -> None:
    before = fingerprint(week)
    done = upkeep.keep_up(week)
    assert done.failures == ()
    assert done.backup == week.backups / "duiding-20261123T050000Z.duckdb"
    assert done.backup.stat().st_mode & 0o077 == week.backups.stat().st_mode & 0o077 == 0
    assert fingerprint(Home(week.path, week.settings, Database(done.backup), week.clock)) == before


def test_after_forty_nights_seven_copies_and_those_of_four_weeks_are_left(home: Home, story: Story) -> None:
    for _ in range(40):
        upkeep.back_up(home)
        upkeep.rotate(home)
        story.later(days=1)
    kept = sorted(upkeep.copies(home), reverse=True)
    assert [(NOW + timedelta(days=39) - moment).days for moment in kept] == [0, 1, 2, 3, 4, 5, 6, 12, 19]
    assert len(names(home)) == 9


def test_a_copy_that_a_killed_night_left_half_is_cleared_away(home: Home) -> None:
    home.backups.mkdir()
    (home.backups / "duiding-20261122T050000Z.duckdb.part").write_bytes(b"half")
    (home.backups / "duiding-20261122T050000Z.duckdb.part.wal").write_bytes(b"half")
    upkeep.keep_up(home)
    assert names(home) == ["duiding-20261123T050000Z.duckdb"]


def test_what_an_operator_put_there_is_left_alone(home: Home, story: Story) -> None:
    home.backups.mkdir()
    (home.backups / "voor-de-verhuizing.duckdb").write_bytes(b"mine")
    for _ in range(12):
        upkeep.keep_up(home)
        story.later(days=30)
    assert "voor-de-verhuizing.duckdb" in names(home)


def test_copies_of_migrations_and_restores_go_after_ninety_days(home: Home, story: Story) -> None:
    home.backups.mkdir()
    (home.backups / "duiding-schema-9-20261123T050000Z.duckdb").write_bytes(b"")
    kept = home.path / "duiding.duckdb.until-20261123T050000Z-2"
    kept.write_bytes(b"")
    story.later(days=89)
    assert upkeep.rotate(home) == ()
    story.later(days=2)
    assert len(upkeep.rotate(home)) == 2
    assert not kept.exists()


def test_when_no_copy_can_be_taken_none_goes_and_the_rest_is_done(home: Home, duiding: Duiding) -> None:
    home.backups.write_text("a file where the folder should be")
    old_drafts(home, 3)
    said = duiding("upkeep", "--json")
    assert (said.code, said.json["backup"], said.json["let_go"]) == (3, None, {"drafts that were left lying": 3})
    assert "backups cannot be used" in said.json["failures"][0]


# --- letting go ------------------------------------------------------------------------------------------------------


def test_what_was_kept_long_enough_goes_in_pieces_and_is_told(home: Home, duiding: Duiding) -> None:
    old_drafts(home, 12_000)
    said = duiding("upkeep", "--json")
    assert (said.code, said.json["let_go"]) == (0, {"drafts that were left lying": 12_000})
    assert one(home, "SELECT count(*) FROM drafts") == 0
    assert duiding("upkeep", "--json").json["let_go"] == {}
    assert "Nothing was kept too long." in rows(home, "SELECT outcome FROM runs WHERE kind = 'upkeep'")[-1][0]


def test_an_operator_may_shorten_a_period(bare: Home, tmp_path: Path, story: Story) -> None:
    home = moved(bare, tmp_path / "home", story, "\n[upkeep]\ntraces_days = 30\n")
    write(
        home,
        lambda db: db.execute(
            "INSERT INTO fetches VALUES ('f', 'r', NULL, 'u', NULL, TIMESTAMP '2026-10-01', 200, 1, NULL)"
        ),
    )
    assert upkeep.let_go_of(home) == {"fetches that no article rests on": 1}


def test_nobody_waits_long_for_the_night(home: Home) -> None:
    """Each transaction is short: between two of them others get their turn."""
    old_drafts(home, 2500)
    seen: list[int] = []

    def look(_what: str, _done: int, _total: int) -> None:
        with Database(home.database.path, wait_s=1).reading() as db:
            seen.append(len(db.execute("SELECT * FROM drafts")))

    upkeep.let_go_of(home, look)
    assert seen[-1] == 0
    assert len(seen) == 13


def test_a_second_upkeep_leaves_the_first_alone(home: Home, duiding: Duiding) -> None:
    with (home.path / "upkeep.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        said = duiding("upkeep")
        assert (said.code, said.out) == (0, "Another upkeep is under way; this one left it alone.\n")
        assert not home.backups.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines import home as homes
from pipelines.steps import upkeep
calls = 0
def trace(frame, event, _):
    global calls
    calls += event == "call"
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
home = homes.opened(Path(sys.argv[1]))
sys.setprofile(trace)
upkeep.keep_up(home)
sys.setprofile(None)
print(calls)
"""


def killed_after(home: Home, calls: int) -> "subprocess.CompletedProcess[str]":
    """Let a night be killed at its so manieth call of any function."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(home.path), str(calls)],
        env={**os.environ, "DUIDING_NOW": NOW.isoformat()},
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def test_killed_at_any_moment_the_next_night_does_the_rest(week: Home, tmp_path: Path, story: Story) -> None:
    old_drafts(week, 1500)
    whole = moved(week, tmp_path / "whole", story)
    total = int(killed_after(whole, 10**9).stdout)
    wanted = fingerprint(whole)
    for number, share in enumerate((0.15, 0.4, 0.6, 0.8, 0.95)):
        home = moved(week, tmp_path / f"killed {number}", story)
        assert killed_after(home, int(total * share)).returncode == -signal.SIGKILL
        assert upkeep.keep_up(home).failures == ()
        assert fingerprint(home) == wanted
        assert names(home) == ["duiding-20261123T050000Z.duckdb"]


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_grown_log_is_put_aside_and_who_writes_to_it_goes_on(home: Home) -> None:
    (home.path / "log").mkdir()
    log = home.path / "log" / "web.log"
    with log.open("ab", buffering=0) as writing:
        writing.write(b"x" * 10_000_001)
        assert upkeep.rotate_logs(home) == "Logs put aside: web.log."
        writing.write(b"and on\n")
    assert log.read_bytes() == b"and on\n"
    assert (home.path / "log" / "web.log.1").stat().st_size == 10_000_001
    assert upkeep.rotate_logs(home) == ""


@pytest.fixture
def prefects(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database like Prefect's own, from which much was deleted."""
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    (home.path / "prefect").mkdir()
    file = home.path / "prefect" / "prefect.db"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE events (body TEXT)")
        db.executemany("INSERT INTO events VALUES (?)", ((os.urandom(500).hex(),) for _ in range(25_000)))
    return file


def test_the_database_of_prefect_gives_back_what_it_does_not_need(home: Home, prefects: Path) -> None:
    assert upkeep.vacuum(home) == "", "nothing is free yet"
    before = prefects.stat().st_size
    with sqlite3.connect(prefects) as db:
        db.execute("DELETE FROM events WHERE rowid > 100")
    assert "MB smaller" in upkeep.vacuum(home)
    assert prefects.stat().st_size < before / 10
    with sqlite3.connect(prefects) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (100,)


def test_one_in_use_stays_as_it_is_and_that_is_no_failure(
    home: Home, prefects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_BUSY_S", 0.1)
    with sqlite3.connect(prefects) as db:
        db.execute("DELETE FROM events WHERE rowid > 100")
    writer = sqlite3.connect(prefects, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert "in use all the time" in upkeep.vacuum(home)
    writer.execute("COMMIT")
    writer.close()
    assert "MB smaller" in upkeep.vacuum(home)


def test_the_ledger_reaches_as_far_back_as_the_oldest_backup(home: Home, story: Story) -> None:
    path = home.path / "sending.journal"
    sent = [f"{days} {NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%S+00:00}\n" for days in (30, 8, 6, 0)]
    path.with_suffix(journal.LEDGER).write_text("".join(sent))
    upkeep.back_up(home)
    assert upkeep.prune_ledger(home) == "2 lines of the ledger of sent mail dropped."
    assert set(journal.sent_by(path)) == {"6", "0"}
