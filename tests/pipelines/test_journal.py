"""What was sent is known also when the sender did not live to note it."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curate.errors import StorageError
from pipelines.journal import Journal
from storage.deliveries import Outcome

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
SENT = Outcome("a", "sent", 1, NOW)
FAILED = Outcome("b", "failed", 5, NOW, "soft", "De postbus is vol.\n\u2028 Echt.")


def write(path: Path, *outcomes: Outcome) -> None:
    async def all_of_them(journal: Journal) -> None:
        for one in outcomes:
            await journal.add(one)
        await journal.settled()

    with Journal(path) as journal:
        asyncio.run(all_of_them(journal))


def read(path: Path) -> tuple[Outcome, ...]:
    with Journal(path) as journal:
        return journal.outcomes


def test_what_is_written_is_read_by_the_next_sender(tmp_path: Path) -> None:
    write(tmp_path / "journal", SENT, FAILED)
    assert read(tmp_path / "journal") == (SENT, FAILED)


def test_half_a_line_at_the_end_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    write(path, SENT, FAILED)
    whole = path.read_bytes()
    for length in range(len(whole) - 2, whole.index(b"\n"), -1):
        path.write_bytes(whole[:length])
        assert read(path) == (SENT,)
        write(path, FAILED)
        assert read(path) == (SENT, FAILED), "the next line stands alone"
    path.write_bytes(b"\x00\x00\n" + whole)
    assert read(path) == (SENT, FAILED)


def test_what_is_cleared_is_gone_and_what_follows_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    write(path, SENT)
    with Journal(path) as journal:
        journal.clear()
        assert journal.outcomes == ()
    assert read(path) == ()
    write(path, FAILED)
    assert read(path) == (FAILED,)


def test_a_line_is_in_the_file_before_the_next_message_goes(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    async def one_of_them(journal: Journal) -> bytes:
        await journal.add(SENT)
        seen = path.read_bytes()
        await journal.settled()
        return seen

    with Journal(path) as journal:
        assert asyncio.run(one_of_them(journal)).count(b"\n") == 1
    assert path.stat().st_mode & 0o077 == 0


def test_a_disk_that_is_full_stops_the_sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, line: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match="free disk space"):
        write(tmp_path / "journal", SENT)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be used"), Journal(tmp_path):
        pass
