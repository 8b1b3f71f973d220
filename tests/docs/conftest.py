"""A home in which the documentation's people live: Ann, Cas and Ben, and a week with a voice and an issue."""

import shutil
from pathlib import Path

import pytest

from curate import opml
from curate.annotations import Words
from curate.people import person
from curate.weeks import Week
from pipelines import home as homes
from pipelines import model
from pipelines.home import Home
from pipelines.steps import clustering, imports, publishing, rounds, sending
from storage import annotations, clusters, people, subscribers
from storage.annotations import Author
from tests.docs.running import Shell
from tests.pipelines.at_home import (
    NOW,
    SECRETS,
    WEEK,
    HashEncoder,
    Post,
    Story,
    home_at,
    jsonl,
    page,
    serve_feed,
    week_of_articles,
)
from tests.pipelines.conftest import readers, servers, site, warm  # noqa: F401  # fixtures
from tests.pipelines.faulty_sites import Site

ANN = person("ann@example.org", "Ann", "editor", "en")
CAS = person("cas@example.org", "Cas", "catalyst", "en")
SO_WHAT = "Who rents has to prove from now on that the price is too high."


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of which the round of last week is open, with one voice and one reader; made once, for copying."""
    folder = tmp_path_factory.mktemp("lived-in")
    home = home_at(folder / "home", Story())
    imports.import_articles(home, jsonl(folder / "week.jsonl", week_of_articles()))
    with home.database.writing() as db:
        for one in (ANN, CAS):
            people.add(db, one, NOW)
        subscribers.add(db, subscribers.subscriber("ben@example.org", "en"), "told Ann", NOW)
    rounds.run_week(home, Week.parse(WEEK), model=HashEncoder())
    with home.database.writing() as db:
        cluster = clusters.cards_of_round(db, WEEK)[0].cluster_id
        said = Words("keep", SO_WHAT, "", "working_view")
        annotations.save(db, said, Author(cluster, WEEK, CAS.id, "en"), NOW)
    return home


@pytest.fixture
def shell(tmp_path: Path, site: Site, warm: None, monkeypatch: pytest.MonkeyPatch) -> Shell:  # noqa: F811  # fixtures
    """A shell in an empty folder beside a list of one feed, which lies on loopback with its page."""
    for room in (model, clustering):
        monkeypatch.setattr(room, "encoder", lambda _name: HashEncoder())
    site.replies["/rent"] = page("Rents go up", "The rents go up next year, says the council. " * 30)
    address = serve_feed(site, [Post("/rent", "Rents go up", "The rents go up.")])
    (tmp_path / "my-feeds.opml").write_bytes(opml.write([opml.Subscription(address, "A paper", ())], "My feeds"))
    around = {"DUIDING_NOW": NOW.isoformat(), "DUIDING_FETCH_ALLOW": "127.0.1.0/24", "DUIDING_FETCH__HOST_GAP_S": "0"}
    return Shell(tmp_path, around | SECRETS)


@pytest.fixture
def at_home(lived_in: Home, shell: Shell) -> Shell:
    """The same shell where ``DUIDING_HOME`` is a home in which people live."""
    shutil.copytree(lived_in.path, shell.folder / "mynetwork")
    shell.around["DUIDING_HOME"] = "mynetwork"
    return shell


@pytest.fixture
def published(at_home: Shell) -> Shell:
    """The same home with an issue that went out."""
    home = homes.opened(at_home.folder / "mynetwork", Story())
    for file in ("returned/first.eml", "returned.eml"):
        (at_home.folder / file).parent.mkdir(exist_ok=True)
        (at_home.folder / file).write_bytes(b"From: a@example.org\r\nSubject: hello\r\n\r\nHello.\r\n")
    at_home.around["DUIDING_BOUNCES__PATH"] = str(at_home.folder / "returned")
    sending.send(home, publishing.publish(home, Week.parse(WEEK), by="operator").issue.number, homes.silent)
    return at_home
