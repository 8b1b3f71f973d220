"""A full disk, a clock that jumps, a database that is held: one clear line, nothing lost, and the next run goes on."""

import fcntl
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from curate.errors import DatabaseBusyError, StorageError
from pipelines.home import Home
from pipelines.steps import ingest, publishing, reviewing, rounds, sending
from storage import sources as stored_sources
from storage.database import Database, locked
from tests.pipelines.at_home import HashEncoder, Post, Story, moved, page, prose, serve_feed, write
from tests.pipelines.faulty_sites import Site, answer
from tests.pipelines.office import Office, by_smtp
from tests.pipelines.outgoing import W47, names, ready, states
from tests.soak import comparing, contents

READERS = names(12)
POSTS = [Post(f"/{number}", f"Titel {number}", prose(f"post {number}", 90)) for number in range(4)]


@pytest.fixture
def fed(home: Home, site: Site) -> Home:
    """A home with one source whose four articles nobody has seen yet."""
    from curate import sources

    url = serve_feed(site, POSTS)
    site.replies |= {post.path: page(post.title, prose(f"page {post.path}", 120)) for post in POSTS}
    site.replies["/robots.txt"] = answer(status="404 Not Found")
    write(home, lambda db: stored_sources.add(db, [sources.feed(url)], home.clock()))
    return home


@pytest.fixture(scope="module")
def ready_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which a voice has spoken and twelve readers wait for the issue; made once, for copying."""
    return ready(moved(filled, tmp_path_factory.mktemp("ready") / "home", Story()), READERS)


@pytest.fixture
def spoken(ready_once: Home, tmp_path: Path, story: Story) -> Home:
    return moved(ready_once, tmp_path / "spoken", story)


@contextmanager
def full_disk(most_bytes: int) -> Iterator[None]:
    """Let no file of this process be written beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def run_week(home: Home) -> object:
    return rounds.run_week(home, W47, model=HashEncoder())


def publish_and_send(home: Home) -> object:
    publishing.publish(home, W47)
    return sending.send(home)


def same(home: Home, twin: Home) -> bool:
    found = comparing.differences(contents.tables(twin), contents.tables(home))
    assert found == (), [one.sentence for one in found]
    return True


def fails_clearly(work: Callable[[Home], object], home: Home) -> str:
    with pytest.raises(StorageError) as told:
        work(home)
    sentence = str(told.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("room", [0, 8_000])
def test_an_ingest_on_a_full_disk_says_so_and_the_next_one_loses_nothing(
    fed: Home, tmp_path: Path, story: Story, warm: None, room: int
) -> None:
    twin = moved(fed, tmp_path / "twin", story)
    ingest.ingest_all(twin)
    with full_disk(room):
        assert "isk space" in fails_clearly(ingest.ingest_all, fed)
    ingest.ingest_all(fed)
    assert same(fed, twin)


@pytest.mark.parametrize("work", [run_week, publish_and_send], ids=["weekly", "publish"])
def test_a_week_and_an_issue_on_a_full_disk_are_made_whole_by_the_next_run(
    week: Home, spoken: Home, tmp_path: Path, story: Story, work: Callable[[Home], object]
) -> None:
    home = spoken if work is publish_and_send else week
    twin = moved(home, tmp_path / "twin", story)
    work(twin)
    with full_disk(8_000):
        assert "isk space" in fails_clearly(work, home)
    work(home)
    assert same(home, twin)


def test_a_disk_that_fills_up_while_sending_costs_nobody_a_mail_and_one_reader_at_most_a_second(
    spoken: Home, office: Office
) -> None:
    home = by_smtp(spoken, office.port)
    publishing.publish(home, W47)
    journal = 3 * 200
    with full_disk(journal), pytest.raises(StorageError, match="isk space"):
        sending.send(home)
    sending.send(home)
    assert {*office.recipients} == {*READERS}
    assert len(office.recipients) <= len(READERS) + 1
    assert states(home) == {"sent": len(READERS)}


def test_a_clock_that_goes_back_an_hour_and_on_a_day_loses_and_doubles_nothing(
    fed: Home, tmp_path: Path, story: Story, warm: None
) -> None:
    twin = moved(fed, tmp_path / "twin", story)
    ingest.ingest_due(twin)
    for hours in (0, -1, 25, -1):
        story.later(hours=hours)
        ingest.ingest_due(fed)
    assert same(fed, twin)


def test_rounds_and_mails_outlive_a_clock_that_jumps(spoken: Home, office: Office, story: Story) -> None:
    home = by_smtp(spoken, office.port)
    opened = story.now
    for hours in (-1, 5 * 24, -1, -5 * 24, 6 * 24):
        story.later(hours=hours)
        run_week(home)
        reviewing.close_overdue(home)
        for due in publishing.due(home):
            assert due == str(W47)
            publishing.publish_due(home, W47)
        sending.send(home)
    assert story.now > opened
    assert sorted(row for row in office.recipients if row in READERS) == list(READERS)
    assert states(home) == {"sent": len(READERS)}


@contextmanager
def held(home: Home) -> Iterator[Home]:
    """The home while somebody else has its database, as a program sees it that waits a moment only."""
    with locked(home.database.path, fcntl.LOCK_EX, 5):
        yield Home(home.path, home.settings, Database(home.database.path, wait_s=0.05), home.clock)


def test_an_ingest_that_waits_in_vain_says_who_has_the_database_and_the_next_one_goes_on(
    fed: Home, tmp_path: Path, story: Story, warm: None
) -> None:
    twin = moved(fed, tmp_path / "twin", story)
    ingest.ingest_all(twin)
    with held(fed) as waiting, pytest.raises(DatabaseBusyError, match="in use by process") as told:
        ingest.ingest_all(waiting)
    assert "\n" not in str(told.value)
    ingest.ingest_all(fed)
    assert same(fed, twin)


def test_an_ingest_whose_database_is_taken_in_the_middle_is_made_up_for_by_the_next(
    fed: Home, tmp_path: Path, story: Story, warm: None, site: Site
) -> None:
    twin = moved(fed, tmp_path / "twin", story)
    ingest.ingest_all(twin)
    short = Home(fed.path, fed.settings, Database(fed.database.path, wait_s=0.3), fed.clock)
    lock = locked(fed.database.path, fcntl.LOCK_EX, 5)
    asked = site.replies["/2"]

    def taken(connection: object) -> None:
        lock.__enter__()
        connection.sendall(asked)

    site.replies["/2"] = taken
    with pytest.raises(DatabaseBusyError):
        ingest.ingest_all(short)
    lock.__exit__(None, None, None)
    site.replies["/2"] = asked
    story.later(days=1)
    ingest.ingest_all(fed)
    assert same(fed, twin)
