"""How often one may knock: for links by mail per address and per client; to bring links and to invite per person.

Readers who answer count by their own link, or by client; questions that are passed on count by client.
"""

import ipaddress
import math
import time

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from curate.errors import DuidingError
from reports import tokens

PER_ADDRESS = RateLimitItemPerHour(5)
PER_CLIENT = RateLimitItemPerHour(30)
"""A school or office is one client, so this is well above what one person needs."""

PER_BRINGER = RateLimitItemPerHour(60)
"""More than anybody reads in an hour, let alone can say why."""

PER_INVITER = RateLimitItemPerHour(30)
"""A whole learning team at once, and no mailing of strangers."""

PER_TRIAL = RateLimitItemPerHour(12)
"""Trials of an issue that an editor mails to themselves."""
PER_ANSWERING = RateLimitItemPerHour(60)
"""Answers of one client, or by one reader's own link: every form of an issue several times over."""

PER_ASKING = RateLimitItemPerHour(5)
"""Questions that one client has passed on to people."""


class TooManyError(DuidingError):
    """Asked too often; ``minutes`` says when to ask again."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"Too many requests for a link. Try again in {minutes} minutes.")
        self.minutes = minutes


class Doors:
    """Counts knocks in memory: a restart forgets them, which harms nobody."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def knock(self, client: str, email: str) -> None:
        """Count one request for a link; raises TooManyError. Whether the address is known plays no part."""
        self._count("sign-in", client, email)

    def ring(self, client: str, email: str) -> None:
        """Count one request for mail by a reader, apart from links to sign in; raises TooManyError as ``knock``."""
        self._count("reader", client, email)

    def _count(self, door: str, client: str, email: str) -> None:
        for limit, name in ((PER_CLIENT, _network(client)), (PER_ADDRESS, tokens.hashed(email))):
            if not self._limiter.hit(limit, door, name):
                free_at = self._limiter.get_window_stats(limit, door, name).reset_time
                raise TooManyError(max(1, math.ceil((free_at - time.time()) / 60)))

    def bring(self, person_id: str) -> bool:
        """Count one link that a person brings; False when it is one too many for this hour."""
        return self._limiter.hit(PER_BRINGER, "bring", person_id)

    def invite(self, person_id: str) -> bool:
        """Count one invitation that a person sends; False when it is one too many for this hour."""
        return self._limiter.hit(PER_INVITER, "invite", person_id)

    def trial(self, person_id: str) -> bool:
        """Count one trial mail; False when it is one too many for this hour."""
        return self._limiter.hit(PER_TRIAL, "trial", person_id)

    def answer(self, who: str) -> bool:
        """Count one answer by a reader's link or from a client; False when it is one too many for this hour."""
        return self._limiter.hit(PER_ANSWERING, "answer", _network(who))

    def ask(self, client: str) -> bool:
        """Count one question that is passed on; False when it is one too many for this hour."""
        return self._limiter.hit(PER_ASKING, "ask", _network(client))


def _network(client: str) -> str:
    """One household has a whole /64 of IPv6 addresses: it counts as one client."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else client
