"""The home that is soaked, and the people in it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from curate import opml, people, sources
from pipelines import home as homes
from pipelines.demo.world import week_ends_at
from pipelines.home import Home
from storage import people as stored_people
from storage import sources as stored_sources
from storage import subscribers
from tests.soak.worlds import Served

EDITOR = "eva@example.org"
CATALYSTS = (EDITOR, "carl@example.org", "chris@example.org")
READERS = tuple(f"reader{number:02}@example.org" for number in range(30))
_GAP = "fetch = {host_gap_s = 0.05, workers = 1}\n"


def moment_of(week: str) -> datetime:
    """Return the Monday morning (aware UTC) on which a week is played: it has just ended."""
    return week_ends_at(week) + timedelta(hours=5)


def made(path: Path, world: Served, clock: Callable[[], datetime]) -> Home:
    """Make a home with all sources of a world, three catalysts (one of them the editor) and thirty readers."""
    homes.make(path, "Soaked", "en", clock)
    file = path / homes.FILE
    ours = f'fetch_allow = "{world.allowance}"\n{_GAP}'
    file.write_text(file.read_text(encoding="utf-8") + ours, encoding="utf-8")
    home = homes.opened(path, clock)
    with home.database.writing() as db:
        feeds = [sources.feed(one.url, one.title) for one in opml.read(world.opml())]
        stored_sources.add(db, feeds, home.clock())
        for email in CATALYSTS:
            role: people.Role = "editor" if email == EDITOR else "catalyst"
            name = email.partition("@")[0].title()
            stored_people.add(db, people.person(email, name, role, "en"), home.clock())
        for email in READERS:
            subscribers.add(db, subscribers.subscriber(email, "en"), "soak", home.clock())
    return home
