"""How parcels leave: over SMTP, or as files in the outbox of the home."""

import hashlib
import re
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import aiosmtplib
from aiosmtplib import SMTPReadTimeoutError, SMTPResponse, SMTPResponseException, SMTPServerDisconnected

from curate import returns
from curate.errors import MailError, MailGoneError, MailRefusedError, MailUnsureError
from pipelines.home import Home
from pipelines.mail_settings import Smtp
from pipelines.parcels import Parcel


class AwayError(MailError):
    """The server cannot be reached or takes nothing from us: every other message would meet the same."""


class BarredError(AwayError):
    """The server takes nothing from us until a person has changed something."""

    again = False


class _StaleError(Exception):
    """A line that was kept open turned out to be closed before the message was given: nothing has happened."""


_LONGEST_NAME = 200
_PATIENCE = 10
"""How many times as long as for other answers is waited for the one to a whole message: who hangs up too early doubles
it (RFC 5321, 4.5.3.2.6)."""
_GO_ON, _CLOSING = 354, 421
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class Carrier(Protocol):
    """Takes parcels, one connection for many."""

    async def __aenter__(self) -> Self:
        """Connect; raises AwayError when the server cannot be reached or refuses us."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""

    async def hand_over(self, parcel: Parcel) -> None:
        """Hand a parcel over.

        Raises MailGoneError when there is no such address, MailRefusedError when it is refused for good, AwayError when
        all would be, MailUnsureError when it may have arrived, else MailError.
        """


class Outbox:
    """Writes parcels as files, named after their Message-ID: the same message twice is one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __aenter__(self) -> Self:
        """Make the folder."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AwayError(f"Mail cannot be written to {self._folder}: {error.strerror}. Nothing is lost.") from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to hang up."""

    async def hand_over(self, parcel: Parcel) -> None:
        """Write the message beside its final name first, so that a half-written file never looks like mail."""
        name = hashlib.sha256(parcel.name.encode()).hexdigest()[:16]
        # An address may be as long as a file name, and hold what leads to another folder.
        to = parcel.to.replace("/", "_")[:_LONGEST_NAME]
        file = self._folder / f"{to}.{name}.eml"
        part = file.with_suffix(".part")
        try:
            part.write_bytes(parcel.content)
            part.replace(file)
        except OSError as error:
            raise AwayError(f"Mail cannot be written to {self._folder}: {error.strerror}. Nothing is lost.") from None


class Server:
    """Hands parcels to an SMTP server over one line, which is opened again when it is lost or has carried its share."""

    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._client = self._new_client()
        self._carried = 0

    async def __aenter__(self) -> Self:
        """Connect and sign in."""
        self._carried = 0
        try:
            await self._client.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise BarredError(
                f"{self._place} refuses the user name or password ({error.code}). Correct [smtp] in duiding.toml."
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise AwayError(f"{self._place} cannot be reached: {error}. Nothing is lost; it is tried again.") from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye; a server that is gone already needs none."""
        if self._client.is_connected:
            try:
                await self._client.quit()
            except (aiosmtplib.SMTPException, OSError):
                self._client.close()

    async def hand_over(self, parcel: Parcel) -> None:
        """Send, over a fresh line when the last one was dropped or has carried as many as it may."""
        if self._smtp.per_connection and self._carried >= self._smtp.per_connection:
            await self.__aexit__(None, None, None)
        try:
            await self._carry(parcel)
        except _StaleError:
            try:
                await self._carry(parcel)
            except _StaleError as again:
                raise MailError(f"{self._place} broke off: {again}. The message is tried again.") from None

    async def _carry(self, parcel: Parcel) -> None:
        if not self._client.is_connected:
            self._client = self._new_client()
            await self.__aenter__()
        try:
            await self._address(parcel)
            answer = await self._give(parcel.content)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.close()
            raise _StaleError(str(error)) from None
        self._carried += 1
        if answer.code >= 400:
            raise await self._refused(answer.code, answer.message)

    async def _address(self, parcel: Parcel) -> None:
        """Say from whom and to whom."""
        try:
            await self._client.mail(parcel.sender)
        except SMTPResponseException as error:
            self._look_whether_closing(error)
            hint = "It is tried again" if error.code < 500 else "Correct [mail] or [smtp] in duiding.toml"
            raise (AwayError if error.code < 500 else BarredError)(
                f"{self._place} takes no mail from {parcel.sender}: {error.code} {error.message[:200]}. "
                f"{hint}; what waits is kept."
            ) from None
        try:
            await self._client.rcpt(parcel.to)
        except SMTPResponseException as error:
            self._look_whether_closing(error)
            raise await self._refused(error.code, error.message) from None

    async def _give(self, content: bytes) -> SMTPResponse:
        """Hand over the message itself and return the answer.

        In two steps, because what breaks off before the second has surely not arrived. Raises MailUnsureError after it.
        """
        line = self._client.protocol
        if line is None:
            raise SMTPServerDisconnected("the line is closed")
        ready = await line.execute_command(b"DATA", timeout=self._smtp.timeout_s)
        if ready.code != _GO_ON:
            self._look_whether_closing(ready)
            return ready
        line.write(_stuffed(content))
        try:
            return await line.read_response(timeout=self._smtp.timeout_s * _PATIENCE)
        except (SMTPServerDisconnected, SMTPReadTimeoutError, OSError) as error:
            self._client.close()
            raise MailUnsureError(
                f"{self._place} broke off after the whole message: {error}. It may have arrived."
            ) from None

    def _look_whether_closing(self, answer: SMTPResponse | SMTPResponseException) -> None:
        """A server that has had enough of a line that carried something says so, and takes a fresh one."""
        if answer.code == _CLOSING and self._carried:
            raise SMTPServerDisconnected(answer.message)

    async def _refused(self, code: int, message: str) -> MailError:
        """Return what a refusal of this one message means, when the line is ready for the next."""
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._client.close()
        said = f"The mail server answered {code} {message[:200]}"
        if code < 500:
            return MailError(said)
        status = _ENHANCED.match(message)
        is_gone = status is not None and returns.is_gone(status[0])
        return MailGoneError(said) if is_gone else MailRefusedError(said)

    @property
    def _place(self) -> str:
        return f"The mail server {self._smtp.host}:{self._smtp.port}"

    def _new_client(self) -> aiosmtplib.SMTP:
        smtp = self._smtp
        return aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user,
            password=smtp.password.get_secret_value() if smtp.password else None,
            use_tls=smtp.tls == "tls",
            start_tls=smtp.tls == "starttls",
            timeout=smtp.timeout_s,
        )


def _stuffed(content: bytes) -> bytes:
    """The message as it goes over the line: a point that begins a line is doubled, one alone ends it."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    doubled = whole.replace(b"\r\n.", b"\r\n..")
    return (b"." if doubled.startswith(b".") else b"") + doubled + b".\r\n"


def carrier(home: Home) -> Carrier:
    """Return how mail leaves this home."""
    return Server(home.settings.smtp) if home.settings.smtp.host else Outbox(home.outbox)
