"""What the tests of this room share: servers, homes, and the command line."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pipelines import archives, cli
from pipelines.home import Home
from pipelines.steps import checking, discovering, imports, ingest
from pipelines.workers import Workers
from tests.kept_open import kept_open
from tests.pipelines import office as offices
from tests.pipelines.answering import READER
from tests.pipelines.at_home import NOW, PLANTED, SECRETS, Story, home_at, jsonl, moved, week_of_articles
from tests.pipelines.faulty_sites import RSS, TLS, Site, answer, emptied
from tests.pipelines.office import Office
from tests.pipelines.outgoing import publish


@pytest.fixture(autouse=True)
def open_(request: pytest.FixtureRequest) -> Iterator[None]:
    """Open each database once a test, unless its file is put in another's place or opened by other programs too."""
    with nullcontext() if request.node.get_closest_marker("real_files") else kept_open():
        yield


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Site, Site]]:
    with Site("127.0.1.1") as first, Site("127.0.0.1") as second:
        yield first, second


@pytest.fixture
def site(servers: tuple[Site, Site]) -> Site:
    return emptied(servers[0], {"/feed": answer(RSS, Content_Type="application/rss+xml")})


@pytest.fixture
def canary(servers: tuple[Site, Site]) -> Site:
    """A server that nothing is allowed to reach."""
    return emptied(servers[1], {"/": answer(b"secret"), "/robots.txt": answer(b"")})


@pytest.fixture
def story() -> Story:
    """The clock of the test's home."""
    return Story()


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which nothing happened yet; made once, for copying."""
    return home_at(tmp_path_factory.mktemp("bare") / "home", Story())


@pytest.fixture
def home(bare: Home, tmp_path: Path, story: Story) -> Home:
    """A fresh home whose sources may lie on loopback."""
    return moved(bare, tmp_path / "home", story)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with nine articles of 2026-W47; made once, for copying."""
    folder = tmp_path_factory.mktemp("filled")
    made = home_at(folder / "home", Story())
    imports.import_articles(made, jsonl(folder / "week.jsonl", week_of_articles()))
    return made


@pytest.fixture
def week(filled: Home, tmp_path: Path, story: Story) -> Home:
    """A fresh copy of the home with nine articles."""
    return moved(filled, tmp_path / "home", story)


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


Duiding = Callable[..., Said]


@pytest.fixture
def duiding(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Duiding:
    """Run a command in this process, in the home of the test; none tells a secret of the environment."""
    for name in [name for name in os.environ if name.startswith("DUIDING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DUIDING_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DUIDING_NOW", NOW.isoformat())
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = cli.run([str(one) for one in arguments])
        said = Said(code, *capsys.readouterr())
        assert PLANTED not in said.out + said.err
        return said

    return run


@pytest.fixture(scope="module")
def out_once(filled: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of which the issue is out to one reader; made once, for copying."""
    return publish(moved(filled, tmp_path_factory.mktemp("out") / "home", Story()), [READER.email])


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server."""
    with offices.opened() as started:
        yield started


@pytest.fixture(scope="session")
def readers() -> Iterator[Workers]:
    """Real processes that read feeds and pages, started once."""
    with Workers(1) as workers:
        yield workers


@pytest.fixture
def warm(readers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every ingest use the same processes and certificates, whose starting takes longer than most tests."""
    monkeypatch.setattr(ingest, "Workers", lambda _count: nullcontext(readers))
    monkeypatch.setattr(checking, "Workers", lambda _count: nullcontext(readers))
    monkeypatch.setattr(discovering, "Workers", lambda _count: nullcontext(readers))
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda **_: TLS)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read archives here: starting a process for each would take most of the time of a test."""
    monkeypatch.setattr(archives, "read", archives.export_of)


def refused(said: Said, code: int = 2) -> str:
    """The one line on stderr of a command that failed with this exit code."""
    assert said.code == code, said
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("duiding: ")
    return line.removeprefix("duiding: ")
