"""A database of every earlier version opens, is migrated, and holds what it held."""

import hashlib
import lzma
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from curate.errors import DatabaseVersionError
from storage import backups, integrity, issues, migrations, rounds
from storage.database import Database
from tests.storage.builders import NOW

EARLIER = Path(__file__).parent / "earlier"
OURS = migrations.newest()
MADE = (8, 9)
"""Versions that no program ever wrote as its newest (earlier/README.md)."""


def of_version(version: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database as the program of that version left it."""
    written = version if version not in MADE else min(MADE) - 1
    path = folder / "duiding.duckdb"
    path.write_bytes(lzma.decompress((EARLIER / f"{written:04d}.duckdb.xz").read_bytes()))
    if written < version:
        every = migrations.every()
        with monkeypatch.context() as patched:
            patched.setattr(migrations, "every", lambda: every[:version])
            with duckdb.connect(str(path)) as connection:
                migrations.upgrade(connection, NOW)
    return path


def counts(path: Path) -> dict[str, int]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        found = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in names}
    return {name: count for name, count in found.items() if name != "schema_versions"}


def frozen(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "SELECT number, week, frozen_at, content_hash, content"
            " FROM issues JOIN issue_contents USING (number) ORDER BY number"
        ).fetchall()


@pytest.mark.parametrize("version", range(1, OURS + 1))
def test_a_database_of_an_earlier_version_is_migrated_and_keeps_every_row(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = of_version(version, tmp_path, monkeypatch)
    held, issued = counts(path), frozen(path)
    assert len(issued) == 2
    assert held["annotations"] > 5
    if version < OURS:
        with (
            pytest.raises(DatabaseVersionError, match=f"has schema {version}.*`duiding migrate`"),
            Database(path).reading(),
        ):
            pass
    done = migrations.migrate(path, NOW)
    assert (done.found, len(done.applied)) == (version, OURS - version)
    if version < OURS:
        assert done.copy == tmp_path / "backups" / f"duiding-schema-{version}-20261118T093000Z.duckdb"
        assert counts(done.copy) == held
    now = counts(path)
    assert {name: now[name] for name in held} == held
    looked = integrity.look(Database(path))
    assert looked.damage == ()
    assert frozen(path) == issued
    with Database(path).reading() as db:
        assert [issues.by_number(db, one.number) is not None for one in issues.hashes(db)] == [True] * len(issued)
        assert len(rounds.every(db)) == held["rounds"]
    assert all(hashlib.sha256(str(content).encode()).hexdigest() == known for *_, known, content in issued)


@pytest.mark.parametrize("version", [1, OURS - 1])
def test_a_backup_of_an_earlier_version_is_restored_in_one_go(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = of_version(version, tmp_path, monkeypatch)
    before = old.read_bytes()
    target = Database(tmp_path / "home.duckdb")
    done = backups.restore(target, old, NOW)
    assert len(done.applied) == OURS - version
    assert frozen(target.path) == frozen(old)
    assert old.read_bytes() == before, "the backup itself stays as it was"


KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import datetime
from storage import migrations
calls = 0
def trace(frame, event, _):
    global calls
    calls += event in ("call", "c_call")
    if calls == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(trace)
migrations.migrate(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[3]))
sys.setprofile(None)
print(calls)
"""


def _killed_after(path: Path, calls: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(calls), NOW.isoformat()],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ},
    )


def test_killed_in_the_middle_of_a_migration_each_is_whole_or_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = of_version(1, tmp_path, monkeypatch)
    held, issued = counts(old), frozen(old)

    def fresh(name: str) -> Path:
        (tmp_path / name).mkdir()
        path = tmp_path / name / "duiding.duckdb"
        path.write_bytes(old.read_bytes())
        return path

    total = int(_killed_after(fresh("whole"), 10**9).stdout)
    seen = set()
    for share in (0.3, 0.5, 0.7, 0.85, 0.98):
        path = fresh(str(share))
        assert _killed_after(path, int(total * share)).returncode == -signal.SIGKILL
        with duckdb.connect(str(path)) as connection:
            version = migrations.version_of(connection)
            applied = connection.execute("SELECT version FROM schema_versions ORDER BY 1").fetchall()
        seen.add(version)
        assert [number for (number,) in applied] == list(range(1, version + 1))
        migrations.migrate(path, NOW)
        assert {name: counts(path)[name] for name in held} == held
        assert frozen(path) == issued
    assert len(seen) > 1
