"""How headers are written: those that the standard library would break by folding or encoding, whole."""

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.policy import SMTP, Policy


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
