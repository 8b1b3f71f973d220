"""What the web pages need to know, given once at the start."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from curate import links
from curate.issues import Issue
from curate.people import Language, Person
from reports.web.giving import Giving
from storage.database import Database
from storage.subscribers import Subscriber
from storage.subscriptions import Subscription
from storage.welcomes import Welcome

DAY_S = 24 * 3600


def _now() -> datetime:
    return datetime.now(UTC)


def _nobody_listens(week: str) -> None:
    """The publish sweep finds a closed round by itself; an event only makes it sooner."""


def _nobody_posts(welcome: Welcome, link: str) -> None:
    """The inviter sees the link and passes it on."""


def _nobody_confirms(asked: Subscription, link: str) -> None:
    """Without mail nobody can confirm; whoever makes the pages says how mail leaves."""


def _nobody_chooses(reader: Subscriber) -> None:
    """As above."""


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Settings of the pages; ``secret`` signs forms and unsubscribe links and must be 32 random bytes or more."""

    database: Database
    secret: bytes
    public_url: str
    """Where readers reach these pages, without a slash at the end: ``https://duiding.example.org``."""
    network: str
    """The name of the network, as people know it."""
    post_sign_in: Callable[[Person, str], None]
    """Hands a person their link to sign in with; called outside any database session, after the answer was sent."""
    post_welcome: Callable[[Welcome, str], None] = _nobody_posts
    """Hands somebody the link by which they join; called as ``post_sign_in`` is."""
    post_subscription: Callable[[Subscription, str], None] = _nobody_confirms
    """Hands somebody the link by which they confirm a subscription; called as ``post_sign_in`` is."""
    post_preferences: Callable[[Subscriber], None] = _nobody_chooses
    """Hands a reader a fresh link to what they chose; called as ``post_sign_in`` is."""
    language: Language = "nl"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))
    clock: Callable[[], datetime] = _now
    closed: Callable[[str], None] = _nobody_listens
    """Told the week when an editor has approved its issue, after the commit."""
    post_trial: Callable[[Person, Issue], None] | None = None
    """Mails a draft to one person, as a trial; called outside any database session. Raises MailError."""
    thin_below: int = 2
    """An issue with fewer items than this is a short one, and goes out only when an editor says so."""
    review_hours: float = 24
    """How long a closed round waits for an editor before its issue goes out by itself."""
    asked: int = 5
    """At most this many clusters are asked of one person in a week, as the invitation says."""
    may_bring: Callable[[str], bool] = links.is_public
    """Whether an address that a person brings may be asked, as far as its text tells."""
    code_version: str = ""
    """Stands in the runs of what is kept here."""
    giving: Giving | None = None
    """What stands behind the page for LinkedIn exports; without it there is no such page."""
    session_s: int = 30 * DAY_S
    sign_in_s: int = 3600
    """How long a link that was asked for on the page may be used; invitations carry their own moment."""

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the pages over TLS; cookies are then marked Secure."""
        return self.public_url.lower().startswith("https://")
