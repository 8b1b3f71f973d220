"""Homes for tests: a real folder with a real database, a clock that a test turns, and sources on loopback."""

import hashlib
import html
import json
import os
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curate.people import Person, person
from pipelines import home as homes
from pipelines.home import Home
from pipelines.steps import exports
from storage import consents, people
from storage.database import Session
from tests.pipelines.faulty_sites import Reply, Site, answer

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""A Monday morning: the week that has just ended is 2026-W47."""
WEEK = "2026-W47"
PLANTED = "planted-and-not-to-be-read"
SECRETS = {
    "DUIDING_SECRET": f"{PLANTED}-by-which-links-are-signed",
    "DUIDING_SMTP__PASSWORD": f"{PLANTED}-for-mail",
    "DUIDING_BOUNCES__PASSWORD": f"{PLANTED}-for-the-mailbox",
    "DUIDING_PREFECT__AUTH": f"operator:{PLANTED}-for-prefect",
}
"""What operators set in their environment, and no command may tell."""


@dataclass
class Story:
    """A clock that a test turns."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


def home_at(path: Path, clock: Callable[[], datetime], toml: str = "") -> Home:
    """A home whose sources may lie on loopback and are asked without pause; ``toml`` adds settings."""
    homes.make(path, "Netwerk", "nl", clock)
    file = path / "duiding.toml"
    ours = 'fetch_allow = "127.0.1.0/24"\nfetch = {host_gap_s = 0, total_s = 5, workers = 1}\n'
    file.write_text(file.read_text(encoding="utf-8") + ours + toml, encoding="utf-8")
    return homes.opened(path, clock)


def moved(home: Home, path: Path, clock: Callable[[], datetime], toml: str = "") -> Home:
    """A copy of a home elsewhere."""
    shutil.copytree(home.path, path)
    with (path / "duiding.toml").open("a", encoding="utf-8") as file:
        file.write(toml)
    return homes.opened(path, clock)


def around(home: Home) -> dict[str, str]:
    """The environment of a program of its own in this home, at its moment."""
    return {"PATH": os.environ["PATH"], "DUIDING_HOME": str(home.path), "DUIDING_NOW": home.clock().isoformat()}


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """What the database holds."""
    with home.database.reading() as db:
        return db.execute(sql)


def one(home: Home, sql: str) -> Any:
    """The only value of the only row."""
    ((value,),) = rows(home, sql)
    return value


def write(home: Home, work: Callable[[Session], Any]) -> Any:
    with home.database.writing() as db:
        return work(db)


def fingerprint(home: Home) -> dict[str, list[str]]:
    """Everything that the database holds but runs, which only note that somebody looked."""
    with home.database.reading() as db:
        tables = [name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()") if name != "runs"]
        return {name: sorted(str(row) for row in db.execute(f"SELECT * FROM {name}")) for name in tables}


# --- what sources say ------------------------------------------------------------------------------------------------


@dataclass
class Post:
    """One entry of a feed, and the page it points at."""

    path: str
    title: str
    text: str = ""
    guid: str | None = None
    published: str = "Wed, 18 Nov 2026 09:00:00 +0000"


def rss(posts: Iterable[Post], base: str, title: str = "De Krant") -> bytes:
    """A feed of these posts; a path that is a whole address stays as it is."""
    items = "".join(_item(post, base) for post in posts)
    head = f"<title>{html.escape(title)}</title><link>{base}/</link><description>d</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _item(post: Post, base: str) -> str:
    address = post.path if post.path.startswith("http") or not post.path else base + post.path
    link = f"<link>{html.escape(address)}</link>" if address else ""
    guid = f'<guid isPermaLink="false">{html.escape(post.guid or address or post.title)}</guid>'
    said = f"<title>{html.escape(post.title)}</title><description>{html.escape(post.text)}</description>"
    return f"<item>{link}{guid}{said}<pubDate>{post.published}</pubDate></item>"


def page(title: str, text: str) -> bytes:
    """A page as trafilatura reads it."""
    body = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n"))
    head = f"<head><title>{html.escape(title)}</title></head>"
    document = f"<html>{head}<body><article><h1>{html.escape(title)}</h1>{body}</article></body></html>"
    return answer(document.encode(), Content_Type="text/html; charset=utf-8")


def serve_feed(site: Site, posts: Sequence[Post], path: str = "/feed", title: str = "De Krant") -> str:
    """Let a site serve a feed and return its address."""
    site.replies[path] = answer(rss(posts, site.url, title), Content_Type="application/rss+xml")
    return site.url + path


def conditional(site: Site, body: bytes, etag: str = '"v1"') -> Reply:
    """Answer 304 to whoever names this ETag, else the body with it."""

    def reply(connection: socket.socket) -> None:
        known = site.requests[-1].header("If-None-Match") == etag
        full = answer(body, Content_Type="application/rss+xml", ETag=etag)
        connection.sendall(answer(status="304 Not Modified", ETag=etag) if known else full)

    return reply


_WORDS = (
    "de gemeente onderzoekt plan bewoners straat jaar nieuwe kosten avond besluit wijk samen vraag antwoord groep "
    "ruimte school leraar boek tafel gesprek morgen water park winkel regel brief huis kamer tuin fiets trein markt "
    "stad dorp kerk toren brug haven schip wind zon regen sneeuw ijs vuur licht nacht dag uur maand"
).split()


def prose(seed: str, words: int = 60) -> str:
    """Text that is always the same for a seed and shares no run of words with that of another."""
    digest = hashlib.sha512(seed.encode()).digest() * (words // 32 + 1)
    return " ".join(_WORDS[digest[at] % len(_WORDS)] + ("." if at % 12 == 11 else "") for at in range(words))


# --- a week of articles, and an encoder ------------------------------------------------------------------------------

TOPICS = {
    "huur": "huurprijs verhuurder huurcommissie woningwet boete huurder puntenstelsel woonbond huurverhoging",
    "zorg": "zorgrobot verpleeghuis verpleegkundige patiënt ziekenhuis medicijn bewegingssensor alarmknop zorgplan",
    "leren": "docent leerlijn studieteam onderwijsinspectie lesrooster curriculum toetsing leerling schoolleider",
}


def week_of_articles() -> list[dict[str, Any]]:
    """Nine records for ``articles import``: three topics with three articles each, all of 2026-W47."""
    return [
        {
            "id": f"{topic}-{number}",
            "url": f"https://{topic}{number}.example/artikel-{number}",
            "title": f"{' '.join(words.split()[:3])} deel {number}",
            "text": f"{words} {prose(f'{topic}{number}', 20)} {' '.join(reversed(words.split()))}. {words}",
            "published_at": f"2026-11-1{7 + number % 3}T08:00:00Z",
            "language": "nl",
            "source": f"Krant {number}",
        }
        for topic, words in TOPICS.items()
        for number in (1, 2, 3)
    ]


def jsonl(path: Path, records: Iterable[dict[str, Any] | str]) -> Path:
    """Write records, or lines as they are."""
    lines = (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@dataclass
class HashEncoder:
    """An encoder with the interface of the real one: a vector says which words a text has."""

    name: str = "hashes"
    revision: str = "1"
    backend: str = "by hand"
    encoded: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> NDArray[np.float32]:
        self.encoded += texts
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % 64] += 1
        done(len(texts))
        vectors[:, 0] += ~vectors.any(axis=1)  # an empty text has a vector too
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


# --- LinkedIn exports and mails --------------------------------------------------------------------------------------


def linkedin_zip(path: Path, shares: Iterable[tuple[str, str]] = (), **files: str) -> Path:
    """An export with public shares: (words, address) each."""
    head = "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
    line = "2026-11-18 10:00:00,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A74566286180352{:05d},"
    lines = [line.format(number) + f'"{text}",{url},,PUBLIC\n' for number, (text, url) in enumerate(shares)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        # Members bear a fixed moment, not the clock's: the same export is the same archive, byte for byte.
        archive.writestr(zipfile.ZipInfo("Shares.csv"), head + "".join(lines))
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv"), content)
    return path


def consented(home: Home, email: str, *names: str) -> Person:
    """A member who agreed on their page that this of their export is kept; by default public shares and articles."""
    someone = person(email, email.split("@", maxsplit=1)[0].title(), "member", "nl")
    with home.database.writing() as db:
        people.add(db, someone, home.clock())
        for name in names or exports.BY_DEFAULT.names:
            consents.give(db, someone.id, f"{exports.CONSENT}{name}", exports.TICKED, home.clock())
    return someone


def outbox(home: Home) -> list[EmailMessage]:
    """The mails that lie in a home's outbox, by recipient."""
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in home.outbox.glob("*.eml")]
    return sorted(read, key=lambda mail: (str(mail["To"]), str(mail["Subject"])))
