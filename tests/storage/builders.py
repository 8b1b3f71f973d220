"""Small builders that hide what does not matter in a test of the room, and other processes that use the same file."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from curate import articles as curated
from curate import issues, sources
from curate.annotations import Annotation, Words
from curate.arrangements import Wish, checked
from curate.articles import Article, Entry
from curate.clusters import Group, Member
from curate.issues import Frame, Issue
from curate.people import person
from curate.sources import Source
from curate.themes import Match
from storage import annotations, arrangements, articles, clusters, entries, people, rounds, runs, themes
from storage import sources as stored_sources
from storage.annotations import Author
from storage.arrangements import Done
from storage.articles import Stored
from storage.clusters import Clustering
from storage.database import Session
from storage.entries import Attachment
from storage.rounds import Round
from storage.runs import Run
from storage.welcomes import Welcome

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
"""A Wednesday morning."""
WEEK = "2026-W47"
PATIENCE_S = 60.0
"""Seconds after which another process is taken to hang; far above what any step takes on a busy machine."""

ANNA = person("anna@example.org", "Anna de Vries", "catalyst", "nl")
BEN = person("ben@example.org", "Ben Okafor", "editor", "en")
MIA = person("mia@example.org", "Mia Jansen", "member", "nl")
KRANT = sources.feed("https://krant.example/feed", "De Krant", ("Wonen",))
BLAD = sources.feed("https://blad.example/rss", "Het Blad")

SO_WHAT = "Wie huurt moet straks zelf bewijzen dat de prijs te hoog is; daar moeten wij bij helpen."


def later(**by: float) -> datetime:
    """A moment after NOW."""
    return NOW + timedelta(**by)


def text(about: str) -> str:
    """A text of its own, long enough to be compared with others."""
    return " ".join(f"{about}{number} over" for number in range(40))


def entry(key: str = "a", source: Source = KRANT, **changes: Any) -> Entry:
    """What a newspaper says about article ``key``."""
    sample = Entry(
        id=curated.entry_id(source.id, key),
        source_id=source.id,
        via="feed",
        guid=key,
        url=f"https://krant.example/{key}?utm_source=rss",
        canonical_url=f"https://krant.example/{key}",
        published_at=NOW - timedelta(hours=5),
        first_seen_at=NOW,
        title=f"Titel van {key}",
        author="",
        language="nl",
        text=f"Zo begint {key}.",
        truncated=True,
        content_hash=f"hash of {key}",
    )
    return replace(sample, **changes)


def article(key: str = "a", **changes: Any) -> Article:
    """The article ``key``; its id is its key."""
    sample = Article(
        id=key,
        url=f"https://krant.example/{key}",
        published_at=NOW - timedelta(hours=5),
        first_seen_at=NOW,
        language="nl",
        text_from="page",
        title=f"Titel van {key}",
        author="Redactie",
        text=text(key),
    )
    return replace(sample, **changes)


def kept(key: str = "a", **changes: Any) -> Stored:
    """An article to keep, with its own address."""
    one = article(key, **changes)
    return Stored(one, (one.url,), f"fetch of {key}")


def words(**changes: Any) -> Words:
    """A form that is well filled in."""
    return replace(Words("keep", SO_WHAT, "Huren wordt bewijzen", "half_baked"), **changes)


def run(kind: str = "ingest", at: datetime = NOW, **changes: Any) -> Run:
    """A run; its id is its kind and moment."""
    return replace(Run(f"{kind} at {at:%d %H:%M}", kind, at, "0.1.0"), **changes)


def group(*keys: str, title: str = "Titel", keywords: tuple[str, ...] = ("huur", "boete")) -> Group:
    """A group of articles, the first one representing it best."""
    members = tuple(Member(key, rank, 0.9 - rank / 10) for rank, key in enumerate(keys))
    return Group(members, keywords, title)


def clustering(*groups: Group, run_id: str = "cluster at 18 09:30", single: tuple[str, ...] = ()) -> Clustering:
    """What a run proposes for the week."""
    positions = tuple((0.1 * place, 0.5) for place in range(len(groups)))
    return Clustering(run_id, WEEK, groups, positions, single)


def bring(db: Session, key: str, source: Source = KRANT, **changes: Any) -> None:
    """Keep an article and the entry that brought it."""
    _bring(db, {kept(key, **changes): entry(key, source)}, [source])


def _bring(db: Session, brought: dict[Stored, Entry], by: list[Source]) -> None:
    said = [(stored.article.id, one) for stored, one in brought.items()]
    stored_sources.add(db, by, NOW)
    entries.add(db, list(brought.values()), "run")
    articles.keep(db, list(brought), NOW, "run")
    articles.surface(db, said, "run")
    entries.attach(db, [Attachment(one.id, article_id) for article_id, one in said])


def propose(db: Session, made: Clustering) -> list[str]:
    """Keep a clustering with its run and themes; return the ids of its clusters."""
    started = NOW + timedelta(seconds=len(clusters.of_run(db, made.run_id)))
    runs.start(db, Run(made.run_id, "cluster", started, "0.1.0", {"week": WEEK}))
    clusters.add(db, made)
    found = [made.id_of(one) for one in made.groups]
    themes.link(db, WEEK, [Match(one, f"theme of {one}", "huur, boete", "new", 1.0) for one in found], run_id="run")
    runs.finish(db, made.run_id, "done", started)
    return found


def asking(run_id: str = "cluster at 18 09:30", **changes: Any) -> Round:
    """The week's round on a clustering."""
    return replace(Round(WEEK, run_id, NOW, later(days=4), None, None), **changes)


def week(db: Session) -> list[str]:
    """People, four articles (one a copy), two clusters and an open round; return the ids of the clusters."""
    for one in (ANNA, BEN, MIA):
        people.add(db, one, NOW)
    brought = {kept(key): entry(key) for key in "abcd"}
    _bring(db, brought | {kept("copy of a"): entry("copy of a", BLAD)}, [KRANT, BLAD])
    articles.fold(db, {"copy of a": "a"})
    found = propose(db, clustering(group("b", "a"), group("c", "d")))
    rounds.open_with(db, asking(), "run")
    return found


def welcome(hashed: str = "token", **changes: Any) -> Welcome:
    """An invitation to join, by Ben."""
    sample = Welcome(hashed, "nina@example.org", "catalyst", "nl", BEN.id, BEN.name, NOW, later(days=14))
    return replace(sample, **changes)


def speak(db: Session, cluster_id: str, who: str = ANNA.id, at: datetime = NOW, **changes: Any) -> Annotation:
    """Let somebody say something about a cluster."""
    return annotations.save(db, words(**changes), Author(cluster_id, WEEK, who, "nl"), at)


def arrange(db: Session, deed: str, cluster_id: str, articles: Sequence[str] = (), other_id: str = "") -> Done:
    """Let Anna do something to a cluster, and return it as the log shows it."""
    cards = {card.cluster_id: card for card in clusters.cards_of_round(db, WEEK)}
    wish = Wish(deed, cluster_id, tuple(articles), other_id, "zo hoort het")
    now = later(minutes=len(arrangements.of_week(db, WEEK)))
    found = checked(wish, cards, ANNA.id, now)
    assert found.arrangement, found.problem
    arrangements.add(db, found.arrangement, cards[cluster_id], ANNA.id, now)
    return arrangements.of_week(db, WEEK)[0]


def merge(db: Session, cluster_id: str, into: str) -> Done:
    """Let Anna merge a cluster into another."""
    return arrange(db, "merge", cluster_id, other_id=into)


def issue(db: Session, number: int = 1, **changes: Any) -> Issue:
    """The issue of the week as it stands."""
    frame = Frame(number, WEEK, "Netwerk", NOW, "run")
    made = issues.build(frame, clusters.cards_of_round(db, WEEK), annotations.of_week(db, WEEK), 4)
    return replace(made, **changes)


class Other:
    """Another process at work on the same file; it tells what it does by lines (other_process.py has the roles)."""

    def __init__(self, role: str, *arguments: object) -> None:
        here = Path(__file__).parent
        self._started = subprocess.Popen(
            [sys.executable, str(here / "other_process.py"), role, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=here.parents[1],
        )
        self.pid = self._started.pid

    def line(self) -> str:
        """The next thing it says; empty when it has ended."""
        assert self._started.stdout
        return self._started.stdout.readline().strip()

    def tell(self, line: str = "go on") -> None:
        """Say something to it."""
        assert self._started.stdin
        self._started.stdin.write(f"{line}\n")
        self._started.stdin.flush()

    def kill(self) -> list[str]:
        """End it as an operator or a machine would in need, and return what it had said and was not read."""
        self._started.kill()
        return self.rest()

    def rest(self) -> list[str]:
        """Everything it says until it ends."""
        said, _ = self._started.communicate(timeout=PATIENCE_S)
        return said.splitlines()


@contextmanager
def other(role: str, *arguments: object) -> Iterator[Other]:
    """Another process, ready (it said so) and ended afterwards."""
    one = Other(role, *arguments)
    try:
        assert one.line() == "ready", one.rest()
        yield one
    finally:
        one.kill()
