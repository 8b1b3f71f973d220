"""A home whose outbox is full."""

from collections.abc import Sequence
from typing import Any

from curate.annotations import Words
from curate.people import person
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import publishing, rounds
from storage import annotations, clusters, deliveries, people, subscribers
from storage.annotations import Author
from tests.pipelines.at_home import WEEK, HashEncoder, write

W47 = Week.parse(WEEK)


def names(count: int) -> list[str]:
    """The addresses of so many readers."""
    return [f"lezer{number:03}@example.org" for number in range(count)]


def publish(home: Home, emails: Sequence[str], title: str = "") -> Home:
    """Freeze the week's issue, in which one voice speaks, for these readers."""
    publishing.publish(ready(home, emails, title), W47)
    return home


def ready(home: Home, emails: Sequence[str], title: str = "") -> Home:
    """Let one voice speak in the week's round, and these readers wait for the issue."""
    anna = person("anna@example.org", "Anna", "catalyst", "nl")
    write(home, lambda db: people.add(db, anna, home.clock()))
    rounds.run_week(home, W47, model=HashEncoder())
    for file in home.outbox.iterdir():
        file.unlink()
    with home.database.reading() as db:
        cluster = clusters.cards_of_round(db, WEEK)[0].cluster_id
    said = Words("keep", "Wie huurt moet straks zelf bewijzen dat de prijs te hoog is.", title, "working_view")
    write(home, lambda db: annotations.save(db, said, Author(cluster, WEEK, anna.id, "nl"), home.clock()))
    with home.database.writing() as db:
        for email in emails:
            subscribers.add(db, subscribers.subscriber(email, "nl"), "test", home.clock())
    return home


def states(home: Home) -> dict[str, int]:
    """How many deliveries are in each state."""
    with home.database.reading() as db:
        return deliveries.counts(db)


def with_mail(home: Home, **mail: Any) -> Home:
    """The home as it would be with this in the section [mail]."""
    settings = home.settings.model_copy(update={"mail": home.settings.mail.model_copy(update=mail)})
    return Home(home.path, settings, home.database, home.clock)
