"""What a member lets us take from their export: kinds of file, and audiences of shares."""

from collections.abc import Collection
from dataclasses import dataclass

from curate import texts
from curate.errors import UsageError

ALLOWED_BY_DEFAULT = frozenset({"shares", "articles"})
OPT_IN = frozenset({"comments", "saved", "reposts", "reactions", "votes", "undated_articles", "group_posts"})
"""What the owner may tick besides: five files, articles that may be drafts, and rows in closed groups."""

AUDIENCES = ("PUBLIC", "MEMBER_NETWORK", "CONNECTIONS", "")
"""Who could see a share, as LinkedIn writes it, the widest first; "" when the export does not say."""

_UNSAID = "UNKNOWN"
_AUDIENCE = "audience:"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a member lets us take: kinds of file, and audiences of shares (a narrower one than public must be said)."""

    allow: frozenset[str] = ALLOWED_BY_DEFAULT
    audiences: frozenset[str] = frozenset({"PUBLIC"})

    @property
    def names(self) -> frozenset[str]:
        """All that is permitted, as the words that are kept of it: ``shares``, ``audience:PUBLIC``."""
        return self.allow | {f"{_AUDIENCE}{one}" for one in self.audiences}


def of_names(names: Collection[str]) -> Permission:
    """Return the permission that is kept as these words; the reverse of :attr:`Permission.names`."""
    audiences = frozenset(one.removeprefix(_AUDIENCE) for one in names if one.startswith(_AUDIENCE))
    return Permission(frozenset(names) - {f"{_AUDIENCE}{one}" for one in audiences}, audiences)


def of_words(allow: str, audiences: str) -> Permission:
    """Return the permission that lists with commas name, besides what is allowed by default.

    ``UNKNOWN`` stands for shares that do not name their audience. Raises UsageError for a kind that is never read.
    """
    kinds = ALLOWED_BY_DEFAULT | {word.strip().lower() for word in allow.split(",") if word.strip()}
    refuse_unknown(kinds)
    said = {word.strip().upper() for word in audiences.split(",")}
    return Permission(kinds, frozenset("" if word == _UNSAID else word for word in said))


def refuse_unknown(allow: Collection[str]) -> None:
    """Raise UsageError when a kind is named that is never read."""
    if strange := sorted(frozenset(allow) - ALLOWED_BY_DEFAULT - OPT_IN):
        known = ", ".join(sorted(ALLOWED_BY_DEFAULT | OPT_IN))
        raise UsageError(f"{texts.one_line(strange[0], 40)} cannot be allowed; choose from {known}.")
