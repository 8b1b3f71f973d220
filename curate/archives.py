"""ZIP archives from outside, judged and read in memory: nothing is unpacked, and only what is asked for is opened.

What an archive says about itself is believed only where a lie makes it smaller; sizes are counted again while reading.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO

from curate import texts
from curate.errors import ExportError

MEBIBYTE = 1024 * 1024
ARCHIVE_BYTES = 64 * MEBIBYTE  # compressed; an export is held in memory, and one of texts is a few MiB
MEMBERS = 10_000  # files; a complete export has some sixty, and one more for each article
DECLARED_BYTES = 1024 * MEBIBYTE  # uncompressed, all members as declared; what a person could still call an export
OPENED_BYTES = 32 * MEBIBYTE  # uncompressed, all opened members together; two decades of comments stay well below
MEMBER_BYTES = 16 * MEBIBYTE  # uncompressed, one opened member; reading it as CSV takes some ten times as much memory
RATIO = 200  # uncompressed / compressed bytes; lists of people's own texts reach 40, a bomb of zeros 1,000
RATIO_FROM_BYTES = MEBIBYTE  # uncompressed; below it a high ratio does no harm (an empty table repeats itself)

_CHUNK_BYTES = 64 * 1024
_LOCAL_HEADER_BYTES = 30  # its fixed part; the name comes on top
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_DRIVE = re.compile(r"^[A-Za-z]:")
_NESTED = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz")
# zipfile meets hostile bytes with more than its own error
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, OSError, OverflowError)


def names(body: bytes) -> tuple[str, ...]:
    """Return the name of every file in the ZIP ``body``, in its order, with ``/`` between folders.

    No member is opened. Raises :class:`ExportError` when the archive is not a ZIP or is not safe to read.
    """
    with _opened(body) as archive:
        return tuple(_name_of(member) for member in archive.infolist() if not member.is_dir())


def packed_at(body: bytes) -> datetime | None:
    """Return when the newest member was packed, as the ZIP says; it names no time zone, and UTC is assumed.

    None when it says nothing: 1980, the first year that a ZIP can write, stands for that. Raises as :func:`names`.
    """
    with _opened(body) as archive:
        return max((at for at in map(_moment_of, archive.infolist()) if at), default=None)


def _moment_of(member: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*member.date_time, tzinfo=UTC) if member.date_time[0] > 1980 else None
    except ValueError:
        return None


def contents(body: bytes, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield ``(name, bytes)`` of each wanted member, one at a time; the others are never opened.

    Two members of one name are both given. Raises :class:`ExportError` as :func:`names` does, and when a member is
    damaged or larger than its limit.
    """
    with _opened(body) as archive:
        left = OPENED_BYTES
        for member in archive.infolist():
            name = _name_of(member)
            if member.is_dir() or name not in wanted:
                continue
            content = _content(archive, member, min(left, MEMBER_BYTES))
            left -= len(content)
            yield name, content


def _opened(body: bytes) -> zipfile.ZipFile:
    if len(body) > ARCHIVE_BYTES:
        raise ExportError(
            f"This ZIP is larger than {ARCHIVE_BYTES // MEBIBYTE} MiB, more than an export of texts can be."
        )
    # Counted before zipfile makes a value of each, and not as declared: zipfile does not heed the declared number.
    if body.count(_CENTRAL_ENTRY) > MEMBERS:
        raise ExportError(f"This ZIP holds more than {MEMBERS} files, more than an export can hold.")
    try:
        archive = zipfile.ZipFile(BytesIO(body))
    except _UNREADABLE as error:
        raise ExportError(_why_not_a_zip(body)) from error
    _refuse_unsafe(archive.infolist(), archive.start_dir)
    return archive


def _why_not_a_zip(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        return "This ZIP is cut off or damaged: download the export again."
    return "This is not a ZIP file: offer the export as LinkedIn gave it, without unpacking it."


def _refuse_unsafe(members: Sequence[zipfile.ZipInfo], directory_at: int) -> None:
    for member in members:
        _refuse_place(member)
        _refuse_form(member)
    if sum(member.file_size for member in members) > DECLARED_BYTES:
        raise ExportError(f"This ZIP would unpack to more than {DECLARED_BYTES // MEBIBYTE} MiB.")
    _refuse_overlap(members, directory_at)


def _refuse_place(member: zipfile.ZipInfo) -> None:
    name = _name_of(member)
    if "\0" in name or name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name):
        raise ExportError(f"This ZIP holds a file that points outside it ({_shown(name)}), which no export does.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ExportError(f"This ZIP holds a link instead of a file ({_shown(name)}), which no export does.")


def _refuse_form(member: zipfile.ZipInfo) -> None:
    name = _name_of(member)
    if member.flag_bits & _ENCRYPTED:
        raise ExportError("This ZIP is locked with a password: offer the export as LinkedIn gave it.")
    if name.lower().endswith(_NESTED) and not is_debris(name):
        raise ExportError(
            f"This ZIP holds another archive ({_shown(name)}): unpack the outer one, offer the inner one."
        )
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ExportError(f"This ZIP is packed in a way no export is ({_shown(name)}): download the export again.")
    if _is_bomb(member.file_size, member.compress_size):
        raise ExportError(_bomb(name))


def is_debris(name: str) -> bool:
    """Say whether a computer, not LinkedIn, put this file in the archive (``__MACOSX/``, ``.DS_Store`` and such)."""
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last.startswith(".") or last.lower() in {"thumbs.db", "desktop.ini"}


def _refuse_overlap(members: Sequence[zipfile.ZipInfo], directory_at: int) -> None:
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            raise ExportError("This ZIP holds files that share the same bytes, which no export does.")
        end = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size
    if end > directory_at:
        raise ExportError("This ZIP is cut off or damaged: download the export again.")


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    content = bytearray()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                content += chunk
                _refuse_growth(member, len(content), limit)
    except _UNREADABLE as error:
        raise ExportError(f"{_shown(_name_of(member))} in this ZIP is damaged: download the export again.") from error
    return bytes(content)


def _refuse_growth(member: zipfile.ZipInfo, size: int, limit: int) -> None:
    name = _name_of(member)
    if _is_bomb(size, member.compress_size):
        raise ExportError(_bomb(name))
    if size > limit:
        raise ExportError(f"{_shown(name)} in this ZIP is larger than an export of one person's texts can be.")


def _is_bomb(size: int, compressed: int) -> bool:
    return size > RATIO_FROM_BYTES and size > RATIO * compressed


def _bomb(name: str) -> str:
    return f"{_shown(name)} in this ZIP would unpack to more than {RATIO} times its size, which no export does."


def _name_of(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        # Several systems write UTF-8 without saying so; zipfile then reads the old DOS characters.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _shown(name: str) -> str:
    return texts.one_line(name, 80)
