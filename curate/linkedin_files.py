"""Which file of a LinkedIn export is what, told from its name alone: what we may read, and what is never opened."""

import re
from fnmatch import fnmatchcase
from typing import Literal

from curate import archives

Standing = Literal["usable", "never", "off", "debris", "unknown"]
"""What may be done with a file: ``usable`` (when allowed), ``never`` (private or of others), ``off`` (no use for it),
``debris`` (made by a computer on the way), ``unknown``."""

USABLE = {
    "shares": "shares",
    "comments": "comments",
    "saved_items": "saved",
    "saveditems": "saved",
    "instantreposts": "reposts",
    "instant_reposts": "reposts",
    "reactions": "reactions",
    "votes": "votes",
}
"""File name (see :func:`stem_of`) → what it holds."""

ARTICLES = "articles"

# Letters, whereabouts, secrets and judgements of the owner and of people who never agreed to anything.
NEVER_OPENED = (
    *("messages", "guide_messages", "*coach*", "*role_play*", "invitations", "imported_contacts", "importedcontacts"),
    *("email_addresses", "emailaddresses", "phone_numbers", "phonenumbers", "whatsapp*", "logins", "registration"),
    *("security_challenge*", "receipts*", "ad_targeting", "ads_clicked", "inferences*", "search_queries"),
    *("searchqueries", "private_identity*", "verification*", "profile*", "recommendations*", "endorsement*"),
)
_NEVER_FOLDERS = frozenset({"jobs", "verifications"})

# Known, harmless or third parties', and of no use here; named so that a known export is not reported as unknown.
_OFF = (
    *("connections", "member_follows", "company_follows", "hashtag_follows", "rich_media", "events", "positions"),
    *("education", "skills", "languages", "certifications", "courses", "projects", "publications", "patents"),
    *("honors", "organizations", "test_scores", "volunteering", "causes_you_care_about", "learning*", "groups"),
    *("job_*", "saved_job*", "services_marketplace*", "providers", "company_reviews", "lan_ads_engagement"),
)
_OFF_FOLDERS = frozenset({"services_marketplace"})

# Files that only the large archive has; two of them make a misread name unlikely.
_ONLY_IN_COMPLETE = frozenset({"ad_targeting", "search_queries", "searchqueries", "logins", "registration"})

_GAPS = re.compile(r"[_ ]+")
_OWNER_NUMBER = re.compile(r"_\d+$", re.ASCII)


def stem_of(name: str) -> str:
    """Return a file's name without folder, extension, case and the owner's number: ``saved_items``."""
    last = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return _OWNER_NUMBER.sub("", _GAPS.sub("_", last.strip().lower()))


def has_owner_number(name: str) -> bool:
    """Say whether a file bears the owner's number, as in newer exports (``Shares_17529409.csv``)."""
    last = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return _OWNER_NUMBER.search(_GAPS.sub("_", last.strip())) is not None


def holds(name: str) -> str | None:
    """Return what a usable file holds (``shares``, ``articles``, ``comments`` ...), None for every other file."""
    if standing_of(name) != "usable":
        return None
    return USABLE[stem_of(name)] if _is_table(name) else ARTICLES


def standing_of(name: str) -> Standing:
    """Return what may be done with the file of this name, folders included; the strictest reading wins."""
    stem, folders = stem_of(name), {_GAPS.sub("_", folder.lower()) for folder in name.split("/")[:-1]}
    if archives.is_debris(name):
        return "debris"
    if folders & _NEVER_FOLDERS:
        return "never"
    if ARTICLES in folders:
        return "usable" if name.lower().endswith((".html", ".htm")) else "off"
    if _is_like(stem, NEVER_OPENED):
        return "never"
    if _is_table(name) and stem in USABLE and not folders & _OFF_FOLDERS:
        return "usable"
    return "off" if folders & _OFF_FOLDERS or (_is_table(name) and _is_like(stem, _OFF)) else "unknown"


def is_complete(names: tuple[str, ...]) -> bool:
    """Say whether these files look like the large archive, and not like a selection of categories."""
    return len({stem_of(name) for name in names if _is_table(name)} & _ONLY_IN_COMPLETE) >= 2


def _is_table(name: str) -> bool:
    return name.lower().endswith(".csv")


def _is_like(stem: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(stem, pattern) for pattern in patterns)
