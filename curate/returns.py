"""What comes back after mail was sent, and when a reader gets no more because of it.

A report names whom it is about and which mail of ours. Only a mark (:func:`curate.ids.marked`) proves the latter: a
report without one, or about another address than the one that mail went to, changes nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Fault = Literal["soft", "gone", "refused", "unsure"]
"""soft: it may pass; gone: no such address; refused: for good, as spam; unsure: it may have arrived."""
Kind = Literal["gone", "soft", "complaint", "left", "reply", "automatic", "unknown"]

FARED_LOOKED_AT = 3
"""That many soft failures in a row end in a suspension."""
SAID_LENGTH = 300
"""Characters that are kept of what a server said."""

_GONE = re.compile(r"5\.1\.(?:1|2|3|4|6|10)")
"""RFC 3463. Not 5.1.0, which servers also say of senders they do not like, nor 5.1.7 and 5.1.8, which are about us."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a report says about somebody."""

    kind: Kind
    status: str = ""
    """Like ``5.1.1``."""
    said: str = ""
    addresses: frozenset[str] = frozenset()
    """Whom it is about, in lower case; empty when it names nobody."""


@dataclass(frozen=True, slots=True)
class Report:
    """One mail that came back or in, as far as a program understands it."""

    findings: tuple[Finding, ...]
    """At least one."""
    marks: tuple[str, ...] = ()
    """What may be marks of our mails, the likeliest first."""
    leave_marks: tuple[str, ...] = ()
    """The same, of the address to which a reader writes to leave."""

    def about(self, email: str) -> Finding | None:
        """Return what is said about this (normal) address; None when it is about others."""
        named = [one for one in self.findings if email.lower() in one.addresses]
        unnamed = [one for one in self.findings if not one.addresses]
        return next(iter(named or unnamed), None)


@dataclass(frozen=True, slots=True)
class Fared:
    """How one mail to a reader fared."""

    fault: Fault | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """That a reader gets no more mail, and why."""

    kind: Literal["gone", "soft"]
    why: str


def is_gone(status: str) -> bool:
    """Whether an enhanced status code says that there is no such address."""
    return _GONE.fullmatch(status) is not None


def verdict(newest: Sequence[Fared]) -> Verdict | None:
    """Return whether a reader is suspended, from how their last mails fared, newest first."""
    last = newest[:FARED_LOOKED_AT]
    if gone := next((one for one in last if one.fault == "gone"), None):
        return Verdict("gone", gone.error or "There is no such address.")
    if len(last) == FARED_LOOKED_AT and all(one.fault == "soft" for one in last):
        return Verdict("soft", f"{FARED_LOOKED_AT} mails in a row came back. The last time: {last[0].error}")
    return None
