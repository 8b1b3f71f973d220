"""LinkedIn archives are opened in a process of their own, which is killed when one takes too long or too much memory.

Nothing is unpacked, and the archive's bytes never come into our process: only its path goes, and its rows come back.
"""

from contextlib import nullcontext
from pathlib import Path

from curate import archives, linkedin
from curate.errors import ExportError, ParseError, UsageError
from curate.linkedin import Export, Permission
from pipelines.workers import Workers

READ_S = 10.0
"""Seconds that reading an archive may take; 40,000 comments take four on an idle machine."""
READ_BYTES = 320 * 2**20
"""Memory that reading an archive may take, the program itself included."""


def read(file: Path, permission: Permission, workers: Workers | None = None) -> Export:
    """Read what is allowed of an archive; without ``workers``, a process is started for this one and ended.

    Raises ExportError when it is no export or not safe to read, UsageError when there is no such file.
    """
    ours = nullcontext(workers) if workers else Workers(1, READ_S, READ_BYTES)
    with ours as ready:
        try:
            return ready.call(export_of, file, permission)
        except ExportError:
            raise
        except ParseError:
            raise ExportError(
                "This ZIP takes more time or memory to read than an export of one person's texts does. "
                "Download the export again; if it is a large one, ask LinkedIn for the chosen categories only."
            ) from None


def export_of(file: Path, permission: Permission) -> Export:
    """Read an archive here and now; for the process of :func:`read`."""
    return linkedin.read_export(_bytes(file), permission.allow, visibilities=permission.audiences)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > archives.ARCHIVE_BYTES:
            most = archives.ARCHIVE_BYTES // archives.MEBIBYTE
            raise ExportError(f"{file.name} is larger than {most} MiB, more than an export of texts can be.")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Check the path.") from None
