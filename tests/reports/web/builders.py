"""A week in a real database, and browsers that ask for its pages."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from curate import ids, issues
from curate.annotations import Offered, checked
from curate.assignments import Assignment
from curate.issues import Frame
from curate.people import Person, person
from curate.reasons import Reasons, Shared, Weakest, to_json
from curate.themes import Match
from reports import tokens
from reports.web.app import create_app
from reports.web.config import WebConfig
from storage import annotations as stored_annotations
from storage import assignments, clusters, database, people, sign_ins, subscribers, themes
from storage import issues as stored_issues
from storage.annotations import Author
from storage.database import Database, Session
from storage.subscribers import Subscriber
from storage.subscriptions import Subscription
from storage.welcomes import Welcome

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = "2026-W47"
BOARD = f"/rounds/{WEEK}"
SECRET = b"a secret of thirty-two bytes or so"
HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)> \"'> {{ 7*7 }}"
SO_WHAT = "Wie huurt moet straks zelf bewijzen dat de prijs te hoog is; daar moeten wij bij helpen."

ANNA = person("anna@example.org", "Anna de Vries", "catalyst", "nl")
BEN = person("ben@example.org", "Ben Okafor", "catalyst", "en")
EVA = person("eva@example.org", "Eva Smit", "editor", "nl")
OLGA = person("olga@example.org", "Olga Peters", "operator", "nl")
MIA = person("mia@example.org", "Mia Jansen", "member", "nl")

TOPICS = (
    ("huurprijs, gemeenten, boete", "Gemeenten mogen te hoge huur beboeten", "nl"),
    ("open source, maintainers", "Maintainers are tired, and the updates show it", "en"),
    ("zorgrobot, verpleeghuis", "Zorgrobot Sjef krijgt een proeftijd van een half jaar", "nl"),
    ("library, learning", "Libraries become the classroom for adults who missed school", "en"),
    ("wijkteam, samenwerking", "Het wijkteam dat zichzelf ophief, en waarom dat werkte", "nl"),
    ("stemlokaal, wisselbeker", "Waterschappen testen een wisselbeker voor het stemlokaal", "nl"),
    ("town meeting, quiet", "A quieter way to run town meetings", "en"),
)
SOURCES = ("De Krant", "City Monitor", "Woonbond", "Stadsblog")


@dataclass
class Clock:
    """A clock that a test turns."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """The database of a week and everything the pages sent out."""

    db: Database
    config: WebConfig
    clock: Clock
    posted: list[tuple[Person, str]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    welcomed: list[tuple[Welcome, str]] = field(default_factory=list)
    asked: list[tuple[Subscription, str]] = field(default_factory=list)
    chosen: list[Subscriber] = field(default_factory=list)

    @contextmanager
    def visitor(self, **settings: Any) -> Iterator[TestClient]:
        """A browser without cookies that does not follow redirects."""
        app = create_app(replace(self.config, **settings))
        base = settings.get("public_url", self.config.public_url)
        with TestClient(app, base_url=base, follow_redirects=False, raise_server_exceptions=False) as client:
            client.headers["accept-language"] = "nl"
            yield client

    @contextmanager
    def signed_in(self, who: Person, **settings: Any) -> Iterator[TestClient]:
        """A browser in which somebody has signed in."""
        token = tokens.new()
        with self.db.writing() as db:
            sign_ins.start_session(db, tokens.hashed(token), who.id, self.clock(), self.clock() + timedelta(days=30))
        with self.visitor(**settings) as client:
            client.cookies.set("session", token, domain="duiding.test", path="/")
            yield client

    def link(self, who: Person, lasting: timedelta = timedelta(days=7)) -> str:
        """The path of a fresh link to sign in with."""
        token = tokens.new()
        with self.db.writing() as db:
            sign_ins.offer(db, tokens.hashed(token), who.id, self.clock(), self.clock() + lasting)
        return f"/sign-in/{token}"

    def clusters(self) -> list[str]:
        """The cluster ids in the order of the round."""
        with self.db.reading() as db:
            return [card.cluster_id for card in clusters.cards_of_round(db, WEEK)]

    def annotations(self, cluster_id: str) -> Any:
        """All versions of what was said about a cluster."""
        with self.db.reading() as db:
            return stored_annotations.of_cluster(db, cluster_id)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.db.reading() as db:
            tables = [name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()")]
            return {table: db.execute(f"SELECT count(*) FROM {table}")[0][0] for table in tables}

    def fingerprint(self) -> list[Any]:
        """Everything that a page could change."""
        names = "sign_ins sessions rounds annotations annotation_words subscribers deliveries issues people".split()
        names += "welcomes interests askables drafts assignments subscriptions suppressions".split()
        names += "welcomes interests askables drafts assignments".split()
        names += "answers answer_words answer_acts shown_answers reader_askables relays relay_words".split()
        with self.db.reading() as db:
            return [self.rows(), *(sorted(map(str, db.execute(f"SELECT * FROM {name}"))) for name in names)]

    def publish(self) -> int:
        """Freeze the issue of the week as the publish flow would, and return its number."""
        with self.db.writing() as db:
            number = stored_issues.next_number(db)
            frame = Frame(number, WEEK, self.config.network, self.clock(), "run")
            cards, said = clusters.cards_of_round(db, WEEK), stored_annotations.of_week(db, WEEK)
            stored_issues.freeze(db, issues.build(frame, cards, said, 28), self.clock())
        return number

    def subscriber(self, email: str = "lezer@example.org") -> str:
        """A reader of the digest; returns their id."""
        with self.db.writing() as db:
            one = subscribers.subscriber(email, "nl")
            subscribers.add(db, one, "sample", self.clock())
        return one.id


def world(folder: Path, topics: tuple[tuple[str, str, str], ...] = TOPICS) -> World:
    """A week with an open round, seven clusters of four articles, and five people."""
    db = database.create(folder / "duiding.duckdb", NOW)
    with db.writing() as session:
        for who in (ANNA, BEN, EVA, OLGA, MIA):
            people.add(session, who, NOW)
        _sources(session)
        for place, topic in enumerate(topics, start=1):
            _cluster(session, place, topic)
        session.execute(
            "INSERT INTO rounds (week, cluster_run_id, opened_at, closes_at, run_id)"
            " VALUES ($week, 'run', $now, $until, 'run')",
            {"week": WEEK, "now": NOW, "until": NOW + timedelta(days=4, hours=7)},
        )
    return around(db, Clock())


def around(db: Database, clock: Clock) -> World:
    """The pages around a database."""
    posted: list[tuple[Person, str]] = []
    closed: list[str] = []
    welcomed: list[tuple[Welcome, str]] = []
    asked: list[tuple[Subscription, str]] = []
    chosen: list[Subscriber] = []
    config = WebConfig(
        database=db,
        secret=SECRET,
        public_url="http://duiding.test",
        network="Netwerk Stad & Zorg",
        post_sign_in=lambda who, url: posted.append((who, url)),
        closed=closed.append,
        post_welcome=lambda welcome, url: welcomed.append((welcome, url)),
        post_subscription=lambda one, url: asked.append((one, url)),
        post_preferences=chosen.append,
        clock=clock,
    )
    return World(db, config, clock, posted, closed, welcomed, asked, chosen)


def explain(db: Session, cluster_id: str, **changes: Any) -> None:
    """Let a cluster have reasons: two names in all its articles, a word in some, and the last one least certain."""
    card = clusters.card(db, cluster_id)
    assert card
    shared = (Shared("Delft", card.size), Shared("Terp", card.size), Shared("huur", card.size - 1))
    weakest = Weakest(card.articles[-1].article_id, 0.2, 0.15)
    why = replace(Reasons(card.size, shared, 0.35, weakest, None, (), ()), **changes)
    db.execute("UPDATE clusters SET reasons = $why WHERE cluster_id = $id", {"why": to_json(why), "id": cluster_id})


def _sources(db: Session) -> None:
    for name in SOURCES:
        db.execute(
            "INSERT INTO sources VALUES ($id, $url, 'feed', $title, 'nl', '[]', NULL, 'active', $now)",
            {"id": name, "url": f"https://{ids.of(name)[:6]}.example/feed", "title": name, "now": NOW},
        )


def _cluster(db: Session, place: int, topic: tuple[str, str, str]) -> None:
    label, title, language = topic
    cluster_id = ids.of("cluster", str(place))
    db.execute(
        "INSERT INTO clusters (cluster_id, run_id, week, place, label, keywords, title, x, y)"
        " VALUES ($id, 'run', $week, $place, $label, '[\"a\"]', $title, $x, $y)",
        {"id": cluster_id, "week": WEEK, "place": place, "label": label, "title": title,
         "x": 0.1 + 0.12 * place, "y": 0.2 + 0.1 * (place * 3 % 7)},
    )  # fmt: skip
    for rank in range(4):
        words = (title, f"{title}: wat het betekent", f"{title} (2)", f"Brief over: {title}")[rank]
        _article(db, cluster_id, rank, (words, language, SOURCES[(place + rank) % (2 if rank > 2 else 4)]))
    _copy(db, cluster_id)


def _article(db: Session, cluster_id: str, rank: int, what: tuple[str, str, str]) -> None:
    title, language, source = what
    article_id = f"{cluster_id}-{rank}"
    _rows_of_article(db, article_id, f"https://krant.example/{article_id}", language, None)
    db.execute(
        "INSERT INTO article_texts VALUES ($id, $now, $title, '', $text, NULL, NULL, 'run')",
        {"id": article_id, "now": NOW, "title": title, "text": f"{title}. Zo begint het stuk, en zo gaat het verder."},
    )
    db.execute(
        "INSERT INTO cluster_articles (cluster_id, run_id, week, article_id, rank, score)"
        " VALUES ($c, 'run', $w, $a, $rank, $score)",
        {"c": cluster_id, "w": WEEK, "a": article_id, "rank": rank, "score": 0.9 - rank / 10},
    )
    _surfaced(db, article_id, source)


def _copy(db: Session, cluster_id: str) -> None:
    _rows_of_article(db, f"{cluster_id}-copy", f"https://copy.example/{cluster_id}", "nl", f"{cluster_id}-0")
    _surfaced(db, f"{cluster_id}-copy", "Stadsblog")


def _rows_of_article(db: Session, article_id: str, url: str, language: str, copy_of: str | None) -> None:
    db.execute(
        "INSERT INTO articles (article_id, url, published_at, first_seen_at, language, text_from, text_hash, copy_of,"
        " run_id) VALUES ($id, $url, $day, $day, $language, 'feed', $id, $copy, 'run')",
        {"id": article_id, "url": url, "day": NOW - timedelta(days=4), "language": language, "copy": copy_of},
    )


def _surfaced(db: Session, article_id: str, source: str) -> None:
    db.execute(
        "INSERT INTO surfacings VALUES ($id, $a, 'feed', $s, NULL, $id, $now, '', 'run')",
        {"id": f"s-{article_id}", "a": article_id, "s": source, "now": NOW},
    )


def enter(client: TestClient, link: str, then: str = "/") -> Any:
    """Open a link to sign in with and press its button."""
    return send(client, link, {"next": then})


def mark(page: str) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found, page
    return found[1]


def send(client: TestClient, path: str, form: dict[str, str], page: str | None = None) -> Any:
    """Open the page with the form, fill it in and send it."""
    return client.post(path, data={"csrf": mark(client.get(page or path).text), **form})


def words(**changes: str) -> dict[str, str]:
    """A form that is well filled in."""
    return {
        "verdict": "keep",
        "so_what": SO_WHAT,
        "title": "Huren wordt bewijzen",
        "ripeness": "half_baked",
        "language": "nl",
        "byline": "name",
        "seen_version": "0",
        **changes,
    }


def speak(world: World, who: Person, cluster_id: str, **changes: str) -> None:
    """Let somebody have said something about a cluster."""
    form = words(**changes)
    others = Offered(frozenset(one.id for one in world.annotations(cluster_id)))
    said = checked(form, others).words
    assert said, form
    with world.db.writing() as db:
        author = Author(cluster_id, WEEK, who.id, form["language"])
        stored_annotations.save(db, said, author, world.clock())
    world.clock.later(seconds=1)


def page_of(cluster_id: str) -> str:
    return f"/clusters/{cluster_id}"


def read(text: str) -> str:
    """The page as a person reads it: without tags, one space between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def ask(world: World, who: Any, *asked: tuple[str, str]) -> None:
    with world.db.writing() as db:
        rows = [Assignment(who.id, one, at, reason) for at, (one, reason) in enumerate(asked, 1)]  # type: ignore[arg-type]
        assignments.add(db, WEEK, rows, NOW)


def themed(world: World, cluster_id: str, name: str = "", week: str = WEEK) -> str:
    theme = f"theme-of-{cluster_id}"
    with world.db.writing() as db:
        themes.link(db, week, [Match(cluster_id, theme, "huur, boete", "new", 1.0)], run_id="run")
        if name:
            themes.name(db, theme, name, ANNA.id, NOW)
    return theme
