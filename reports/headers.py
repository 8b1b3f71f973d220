"""What stands in headers, cleaned, and how they are written: those that the standard library would break, whole."""

import re
import unicodedata
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.policy import SMTP, Policy
from urllib.parse import quote

import idna

from curate.errors import MailRefusedError

SUBJECT_LENGTH = 150
"""Characters; longer subjects are cut by every mail program anyway."""

_ENCODED_WORD = re.compile(r"=\?[^?\s]*\?[bq]\?[^?]*\?=", re.IGNORECASE)


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that is written as it is. The standard library would encode a long address and so break it."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {f',{policy.linesep} '.join(str(self).split(', '))}{policy.linesep}"


class _To(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # as the registry puts them together
    """One address on one line, however long: servers take lines of 998, and no reader's mail is folded differently."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject in one encoding. What the standard library folds from mixed words loses spaces between them."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        charset = "us-ascii" if self.isascii() else "utf-8"
        encoded = Header(str(self), charset, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {encoded}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    registry.map_to_type("to", _To)
    for name in ("list-unsubscribe", "list-id", "message-id"):
        registry.map_to_type(name, _Whole)
    return registry


POLICY = SMTP.clone(cte_type="7bit", header_factory=_registry())
"""Messages in plain ASCII, with these headers."""


def subject_of(text: str) -> str:
    """Return a text that is safe as a header: one line, no signs without a form, no encoded words, at most 150 long."""
    seen = "".join(" " if _breaks(char) else char for char in text if not _is_formless(char))
    line = " ".join(_without_encoded_words(seen).split())
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1].rstrip()}…"


def _breaks(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


def _is_formless(char: str) -> bool:
    return unicodedata.category(char) in ("Cf", "Cs", "Cn", "Co")


def _without_encoded_words(text: str) -> str:
    """Until nothing changes, since taking one away may bring the halves of another together."""
    while (shorter := _ENCODED_WORD.sub("", text)) != text:
        text = shorter
    return text.replace("=?", "= ?")


def addressed(to: str) -> Address:
    """Return an address as a header holds it; raises MailRefusedError for one that mail cannot be sent to."""
    return Address(addr_spec=_deliverable(to))


def mailto(address: str) -> str:
    """Return the address of a mail to write."""
    return f"mailto:{quote(address, safe='@')}"


def _deliverable(address: str) -> str:
    """The domain in the form mail servers know; the standard library would write other letters as encoded words."""
    name, _, domain = address.rpartition("@")
    try:
        return f"{name.encode('ascii').decode()}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except UnicodeError:  # idna's own errors are of this kind too
        raise MailRefusedError(
            f"Mail cannot be sent to {address!r}: only plain letters may stand before the @."
        ) from None
