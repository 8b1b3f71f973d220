"""Mailboxes in which something comes back: an IMAP folder, a maildir, an mbox file, a folder of mails, or one mail.

What was read is marked only when it is noted, and nothing is ever deleted: killed in between, it is read again, and
known by its bytes.
"""

import imaplib
import mailbox
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from curate.errors import MailError, UsageError
from curate.returned_mail import MOST_BYTES
from pipelines.home import Home
from pipelines.mail_settings import Bounces

_READ_KEYWORD = "DuidingRead"
"""The flag of what we have read. Not the one of mails that people have read: it may be their mailbox too."""
_BODY = re.compile(rb"BODY\[\]")


@dataclass(frozen=True, slots=True)
class Received:
    """One mail; at most its first :data:`MOST_BYTES`."""

    key: str
    """How its mailbox knows it."""
    raw: bytes


class Mailbox(AbstractContextManager["Mailbox"], Protocol):
    """Open between ``with`` and its end."""

    def unread(self) -> Iterator[Received]:
        """Yield what was not marked before. Raises MailError when the mailbox cannot be read."""

    def mark(self, keys: Sequence[str]) -> None:
        """Mark mails as read by us."""


class _Files:
    """What all mailboxes made of files have in common: nothing to open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def mark(self, keys: Sequence[str]) -> None:
        """Nothing to mark: what is read twice is known by its bytes."""


class OneMail(_Files):
    """A file that holds one mail."""

    def unread(self) -> Iterator[Received]:
        """Yield it."""
        yield _from(self._path)


class Piped(_Files):
    """One mail that a mail server hands over on standard input."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(Path("-"))
        self._raw = raw

    def unread(self) -> Iterator[Received]:
        """Yield it."""
        yield Received("-", self._raw[:MOST_BYTES])


class Folder(_Files):
    """A folder of ``.eml`` files; what was read is moved into its folder ``read``."""

    def unread(self) -> Iterator[Received]:
        """Yield the files, by name."""
        return map(_from, sorted(self._path.glob("*.eml")))

    def mark(self, keys: Sequence[str]) -> None:
        """Move the files."""
        done = self._path / "read"
        with _told(self._path):
            done.mkdir(mode=0o700, exist_ok=True)
            for key in keys:
                Path(key).replace(done / Path(key).name)


class Maildir(_Files):
    """A maildir; what was read moves to ``cur`` and is flagged as seen."""

    def unread(self) -> Iterator[Received]:
        """Yield what is new, and what nobody has seen."""
        seen = (one for one in sorted((self._path / "cur").iterdir()) if "S" not in one.name.partition(":2,")[2])
        return map(_from, [*sorted((self._path / "new").iterdir()), *seen])

    def mark(self, keys: Sequence[str]) -> None:
        """Rename the files."""
        with _told(self._path):
            for file in map(Path, keys):
                name, _, flags = file.name.partition(":2,")
                file.replace(self._path / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")


class Mbox(_Files):
    """An mbox file, which is left as it is: other programs write to it."""

    def unread(self) -> Iterator[Received]:
        """Yield all mails, every time."""
        with _told(self._path):
            box = mailbox.mbox(self._path, create=False)
            for key in box.iterkeys():
                yield Received(str(key), box.get_bytes(key)[:MOST_BYTES])


class Imap:
    """A folder on an IMAP server; what was read gets a flag of ours and stays where it is."""

    def __init__(self, settings: Bounces) -> None:
        self._settings = settings
        self._line: imaplib.IMAP4 | None = None
        self._flag, self._search = _READ_KEYWORD, f"UNKEYWORD {_READ_KEYWORD}"

    def __enter__(self) -> Self:
        """Connect, sign in, open the folder. Raises MailError when one of these fails."""
        with self._told():
            self._line = self._connected()
            self._sign_in(self._line)
        with self._told():
            self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Sign out."""
        self._leave()

    def unread(self) -> Iterator[Received]:
        """Yield what bears no flag of ours; reading changes nothing that people would see."""
        with self._told():
            for key in self._uid("SEARCH", *self._search.split())[0].split():
                if raw := self._body(key.decode("ascii")):
                    yield Received(key.decode("ascii"), raw)

    def mark(self, keys: Sequence[str]) -> None:
        """Flag them."""
        with self._told():
            if keys:
                self._uid("STORE", ",".join(keys), "+FLAGS.SILENT", f"({self._flag})")

    def _connected(self) -> imaplib.IMAP4:
        to = self._settings
        host = to.host or ""
        if to.tls == "tls":
            return imaplib.IMAP4_SSL(host, to.port, ssl_context=ssl.create_default_context(), timeout=to.timeout_s)
        line = imaplib.IMAP4(host, to.port, timeout=to.timeout_s)
        if to.tls == "starttls":
            line.starttls(ssl.create_default_context())
        return line

    def _sign_in(self, line: imaplib.IMAP4) -> None:
        user, password = self._settings.user, self._settings.password
        secret = password.get_secret_value() if password else ""
        try:
            if f"{user}{secret}".isascii():
                line.login(user, secret)
            else:  # LOGIN knows no other letters
                line.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            self._leave()
            raise MailError(
                f"{self._place} refuses the user name or password. Correct [bounces] in duiding.toml."
            ) from None

    def _open(self) -> None:
        line = self._opened
        folder = self._settings.folder.replace("\\", "\\\\").replace('"', '\\"')
        answer, said = line.select(f'"{folder}"')
        if answer != "OK":
            raise imaplib.IMAP4.error(f"the folder {self._settings.folder!r}: {said[0]!r}")
        allowed = line.response("PERMANENTFLAGS")[1] or [b""]
        if allowed[0] and rb"\*" not in allowed[0]:  # the server keeps no flags of ours
            self._flag, self._search = r"\Seen", "UNSEEN"

    def _body(self, key: str) -> bytes:
        for part in self._uid("FETCH", key, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"):
            if isinstance(part, tuple) and _BODY.search(part[0]):
                return bytes(part[1])
        return b""  # deleted meanwhile

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        answer, said = self._opened.uid(command, *arguments)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{command}: {said!r}")
        return [one for one in said if one is not None]

    @property
    def _opened(self) -> imaplib.IMAP4:
        if self._line is None:
            raise imaplib.IMAP4.error("the line is closed")
        return self._line

    @property
    def _place(self) -> str:
        return f"The mailbox at {self._settings.host}:{self._settings.port}"

    def _leave(self) -> None:
        line, self._line = self._line, None
        if line:
            with suppress(imaplib.IMAP4.error, OSError):
                line.logout()

    def _told(self) -> "_Told":
        return _Told(self._place)


class _Told:
    """Says in one sentence what a mailbox that fails means."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, imaplib.IMAP4.error | OSError | mailbox.Error):
            said = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise MailError(f"{self._place} cannot be read: {said}. What is in it stays there.") from None


def _told(path: Path) -> _Told:
    return _Told(str(path))


def _from(file: Path) -> Received:
    with _told(file), file.open("rb") as opened:
        return Received(str(file), opened.read(MOST_BYTES))


def at(path: Path) -> Mailbox:
    """Return the mailbox that a path is; raises UsageError for one that is none."""
    if (path / "new").is_dir() and (path / "cur").is_dir():
        return Maildir(path)
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        raise UsageError(f"{path} is no mailbox. Name a maildir, an mbox file, a folder of .eml files or one mail.")
    with _told(path), path.open("rb") as opened:
        return Mbox(path) if opened.read(5) == b"From " else OneMail(path)


def is_configured(home: Home) -> bool:
    """Whether the settings name a mailbox."""
    return bool(home.settings.bounces.host or home.settings.bounces.path)


def configured(home: Home) -> Mailbox | None:
    """Return the mailbox of the settings, None where none is set."""
    settings = home.settings.bounces
    if settings.host:
        return Imap(settings)
    return at(home.path / settings.path) if settings.path else None
