"""Everything that can go wrong, as one tree.

    DuidingError                 one clear sentence for a person
    ├── UsageError               wrong usage or configuration (exit code 2)
    ├── NotFoundError            the week, person, source or issue asked for is not there (exit code 2)
    ├── ClosedError              what was asked for is over: a closed round, a used link (exit code 1)
    ├── FetchError               a source or page could not be fetched; carries a ``kind``
    │   └── RetryLaterError      the same, and trying again later is worth it
    ├── ParseError               bytes that are not what they should be (a feed, a page, an export)
    │   └── ExportError          a ZIP that is not a LinkedIn export, or is not safe to open
    ├── StorageError             the database could not be used
    │   ├── DatabaseBusyError    another program holds it; trying again is worth it
    │   └── DatabaseVersionError it is older or newer than this program
    ├── ModelError               the embedding model is missing or not the one expected
    └── MailError                mail could not be handed over
        ├── MailUnsureError      the line broke after the whole message: it may have arrived
        └── MailRefusedError     the server refused for good: this message, now and later
            └── MailGoneError    there is no such address

Whether trying again is worth it belongs to the class (``again``), so that callers need not know the reasons.
"""

from typing import ClassVar, Literal

FetchKind = Literal[
    "blocked", "timeout", "too_large", "not_a_feed", "gone", "rate_limited", "unreachable", "unreadable"
]
"""Why a source failed; besides these, ``http_NNN`` for any other HTTP status (DESIGN: one bad source)."""


class DuidingError(Exception):
    """Base of all our errors; ``str(error)`` is one clear sentence that says what is wrong and what to do."""

    again: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1


class UsageError(DuidingError):
    """Wrong usage or configuration."""

    exit_code = 2


class NotFoundError(DuidingError):
    """What was asked for does not exist."""

    exit_code = 2


class ClosedError(DuidingError):
    """What was asked for is over."""


class FetchError(DuidingError):
    """A source or page could not be fetched; ``kind`` is one of :data:`FetchKind` or ``http_NNN``."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class RetryLaterError(FetchError):
    """A failure that may pass; ``retry_after_s`` is the server's own wish, if it gave one."""

    again = True

    def __init__(self, kind: str, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(kind, sentence)
        self.retry_after_s = retry_after_s


class ParseError(DuidingError):
    """Bytes that are not what they should be; ``kind`` as for :class:`FetchError`."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


class ExportError(ParseError):
    """A ZIP that is not a LinkedIn export, or that is not safe to open."""

    def __init__(self, sentence: str) -> None:
        super().__init__("unreadable", sentence)


class StorageError(DuidingError):
    """The database could not be used."""


class DatabaseBusyError(StorageError):
    """Another program holds the database."""

    again = True


class DatabaseVersionError(StorageError):
    """The database is older or newer than this program."""

    exit_code = 2


class ModelError(DuidingError):
    """The embedding model is missing or is not the one expected."""


class MailError(DuidingError):
    """A message could not be handed over; a later attempt may succeed."""

    again = True


class MailUnsureError(MailError):
    """The whole message was given and nothing was heard: nobody knows whether it arrived."""


class MailRefusedError(MailError):
    """The server refused this message for good."""

    again = False


class MailGoneError(MailRefusedError):
    """The server says that there is no such address."""
