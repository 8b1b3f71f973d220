"""What people do in a week, on the real pages: catalysts say what clusters mean, the editor closes the round.

They are patient, as people are: when a page does not answer they open it again, and write only what is not there yet.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage

import httpx2

from curate import urls
from curate.errors import DuidingError
from pipelines.demo import visiting
from pipelines.home import Home
from pipelines.steps import rounds
from storage import clusters
from storage import rounds as stored_rounds
from tests.soak.grounds import CATALYSTS, EDITOR

Patience = Callable[[Callable[[], bool | None], str], object]
"""Tries something again until it is done: (one try, what is waited for)."""
SPOKEN_OF = 3
"""Clusters that each catalyst says something about."""


@dataclass
class Visit:
    """One round as people see it at this address; ``link`` gives a person's way in, the first time the mailed one."""

    home: Home
    address: str
    week: str
    patiently: Patience
    mailed: Callable[[str], str]

    def speak(self) -> None:
        """Let every catalyst give their voices."""
        for email in CATALYSTS:
            self._as(email, lambda visitor, who=email: self._say_all(visitor, who))

    def close(self) -> None:
        """Let the editor press the button that closes the round and approves its issue."""
        self._as(EDITOR, self._press)

    def _as(self, email: str, act: Callable[[httpx2.Client], None]) -> None:
        links = iter([self.mailed(email)])

        def tried() -> bool | None:
            # A link works once: who lost the answer to it asks for another.
            link = next(links, "") or self._here(rounds.link_for(self.home, email))
            try:
                with closing(visiting.signed_in(link)) as visitor:
                    act(visitor)
            except (httpx2.TransportError, DuidingError, StopIteration, IndexError):
                return None
            return True

        self.patiently(tried, f"{email} to be done in the round of {self.week}")

    def _here(self, link: str) -> str:
        return link.replace(self.home.settings.public_url, self.address)

    def _say_all(self, visitor: httpx2.Client, email: str) -> None:
        for number, cluster in enumerate(self._clusters()[:SPOKEN_OF]):
            said = f"{email} says of number {number} in {self.week}: this changes how we learn from each other."
            page = visitor.get(f"{self.address}/clusters/{cluster}")
            if said not in page.text:
                fields = {"verdict": "keep", "so_what": said, "title": f"Number {number}", "ripeness": "working_view"}
                visiting.submit(visitor, page, fields)

    def _clusters(self) -> list[str]:
        """Ids, in an order that does not depend on the run that made them."""
        with self.home.database.reading() as db:
            cards = clusters.cards_of_round(db, self.week)
        ordered = sorted(cards, key=lambda card: (-len(card.articles), min(one.url for one in card.articles)))
        return [card.cluster_id for card in ordered]

    def _press(self, visitor: httpx2.Client) -> None:
        with self.home.database.reading() as db:
            found = stored_rounds.of_week(db, self.week)
        if found is None or found.approved_at is None:
            visiting.submit(visitor, visitor.get(f"{self.address}/rounds/{self.week}/issue"), {}, "/close")


def invitation(messages: Iterable[EmailMessage], email: str, week: str) -> str:
    """Return the way in that was mailed to a person for a round, or nothing when there is none (yet)."""
    for message in messages:
        body = message.get_body(("plain",)) if email in str(message["To"]) else None
        for link in urls.found_in(body.get_content() if body else ""):
            if "/sign-in/" in link and week in link:
                return link
    return ""
