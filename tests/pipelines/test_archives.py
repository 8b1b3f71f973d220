"""Archives from outside are answered soon, with little memory and in one sentence, whatever they hold."""

import os
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest

from pipelines import archives
from pipelines.home import Home
from pipelines.steps import exports
from pipelines.steps.exports import Permission
from tests.pipelines.at_home import (
    fingerprint,
    prose,
)
from tests.pipelines.exports_of import (
    COMMENTS,
    MIA,
    SHARES,
    archive,
    comment,
    share,
)

ALL_KINDS = Permission(
    exports.ALLOWED_BY_DEFAULT | {"comments", "saved", "reposts", "reactions", "votes"}, frozenset({"PUBLIC", ""})
)


def _zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def _lying() -> bytes:
    """A gigabyte that claims to be a hundred bytes."""
    body = bytearray(_zip({"Shares.csv": bytes(64 * 2**20)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", body, body.index(mark) + at, 100)
    return bytes(body)


def _overlapping() -> bytes:
    """Many names for the same bytes (after D. Fifield's idea)."""
    content = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = content.compress(b"a" * 2**20) + content.flush()
    name, crc = b"Shares.csv", zlib.crc32(b"a" * 2**20)
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), 2**20, len(name), 0)
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), 2**20, len(name), 0, 0, 0, 0, 0, 0
    )
    local, directory = head + name + packed, (entry + name) * 300
    return local + directory + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 300, 300, len(directory), len(local), 0)


def _symlink() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        link = zipfile.ZipInfo("Shares.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def _encrypted() -> bytes:
    body = bytearray(_zip({"Shares.csv": SHARES.encode()}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + at] |= 1
    return bytes(body)


def _deep() -> bytes:
    return _zip({"Articles/Articles/a.html": b"<div>" * 300_000 + b"x" * 90_000})


def _rows() -> bytes:
    return _zip({"Shares.csv": SHARES.encode() + os.urandom(200_000).hex().encode() + b"\n" + b",,,,,\n" * 2_500_000})


def _wide() -> bytes:
    noise = os.urandom(400_000).hex()
    return _zip({"Comments.csv": (COMMENTS + "🙂" + (noise + ',\\"\n') * 4 + "a,b\n" * 2_000_000).encode()})


BOMBS: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: _zip({"Shares.csv": bytes(512 * 2**20)}),
    "lying sizes": _lying,
    "overlapping members": _overlapping,
    "60,000 members": lambda: _zip({f"Articles/Articles/{n}.html": b"" for n in range(60_000)}, zipfile.ZIP_STORED),
    "nested": lambda: _zip({"binnen.zip": _zip({"Shares.csv": bytes(2**20)})}),
    "millions of rows": _rows,
    "rows and emoji and quotes": _wide,
    "cut off": lambda: _zip({"Shares.csv": os.urandom(100_000)})[:50_000],
    "encrypted": _encrypted,
    "symbolic link": _symlink,
    "outside": lambda: _zip({"../../Shares.csv": SHARES.encode()}),
    "deep markup": _deep,
}

_MEASURED = """
import resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run([sys.executable, "-m", "pipelines.cli", *sys.argv[1:]], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(time.monotonic() - began, used * 1024, done.returncode)
print(done.stderr or done.stdout)
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_archive_that_means_harm_is_answered_soon_with_little_memory_and_one_sentence(
    home: Home, tmp_path: Path, bomb: str
) -> None:
    file = tmp_path / "bomb.zip"
    file.write_bytes(BOMBS[bomb]())
    before = fingerprint(home)
    environment = {"PATH": os.environ["PATH"], "DUIDING_HOME": str(home.path)}
    command = ("linkedin", "import", str(file), "--person", MIA, "--allow", "comments")
    said = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    ).stdout.splitlines()  # fmt: skip
    seconds, used, code = said[0].split()
    figures = f"{bomb}: {float(seconds):.1f} s, {int(used) / 1e6:.0f} MB"
    assert float(seconds) < 15, figures
    assert int(used) < 400e6, figures
    if bomb != "deep markup":
        assert int(code) == 1
        assert fingerprint(home) == before
    assert [line for line in said[1:] if line.strip()] == [said[1]]


def test_a_very_large_honest_export_is_read(home: Home, tmp_path: Path) -> None:
    """Twenty years of a restless member."""
    words = prose("veel", 40)
    many = COMMENTS + "".join(comment(number, f"{words} {number}") for number in range(20_000))
    file = archive(tmp_path / "x.zip", {"Comments.csv": many})
    began = time.monotonic()
    export = archives.read(file, ALL_KINDS)
    assert len(export.activities) == 20_000
    assert time.monotonic() - began < archives.READ_S + 5


def test_reading_leaves_no_process_behind(home: Home, tmp_path: Path) -> None:
    def children() -> set[str]:
        return {pid for each in Path("/proc/self/task").glob("*/children") for pid in each.read_text().split()}

    before = children()
    archives.read(archive(tmp_path / "x.zip", {"Shares.csv": SHARES + share(1)}), Permission())
    assert children() <= before
