"""Small builders: a good value of each kind, with only what a test is about said in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from curate.annotations import Annotation, Words
from curate.articles import Entry
from curate.cards import Card, CardArticle
from curate.clusters import Text
from curate.copies import Sketched, sketch
from curate.issues import Frame
from curate.pages import Page

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
"""The first working hour of 2026-W47."""
SO_WHAT = "Wie geen dossier heeft staat straks zonder verhaal, dus begin met schrijven."


def at(minutes: float) -> datetime:
    """Return the moment so many minutes after the first hour of the week."""
    return MONDAY + timedelta(minutes=minutes)


def text(id: str, title: str = "", body: str = "", source: str = "Courant", language: str = "nl") -> Text:
    """An article of De Courant as the clustering sees it."""
    return Text(id, title, body, source, language)


def words(**changes: Any) -> Words:
    """A working view that keeps the cluster, with a so-what and no title."""
    good: dict[str, Any] = {"verdict": "keep", "so_what": SO_WHAT, "title": "", "ripeness": "working_view"}
    return Words(**good | changes)


def voice(person: str, minute: float = 0, *, cluster: str = "c1", version: int = 1, **changes: Any) -> Annotation:
    """What one person said of a cluster; its id is ``person`` or, from the second version on, ``person.2``."""
    return Annotation(
        id=person if version == 1 else f"{person}.{version}",
        cluster_id=cluster,
        week="2026-W47",
        person_id=person,
        catalyst=person.capitalize(),
        version=version,
        words=words(**changes),
        language="nl",
        written_at=at(minute),
    )


def answer(person: str, minute: float, to: str, relation: str = "adds", **changes: Any) -> Annotation:
    """What one person said in answer to the annotation ``to``."""
    return voice(person, minute, relation=relation, relation_to=to, relation_why="omdat het anders ging", **changes)


def card(id: str = "c1", *, articles: int = 2, **changes: Any) -> Card:
    """A cluster of two Dutch articles from two sources."""
    good: dict[str, Any] = {
        "cluster_id": id,
        "theme_id": f"theme of {id}",
        "label": "huur, boete, gemeente",
        "keywords": ("huur", "boete", "gemeente"),
        "title": "Gemeenten mogen te hoge huur beboeten",
        "articles": tuple(card_article(f"{id}-{number}", source=f"Bron {number}") for number in range(articles)),
        "position": (0.5, 0.5),
    }
    return Card(**good | changes)


def card_article(id: str = "a1", **changes: Any) -> CardArticle:
    """A Dutch article without copies."""
    good: dict[str, Any] = {
        "article_id": id,
        "url": f"https://krant.example/{id}",
        "title": f"Over {id}",
        "source": "De Krant",
        "language": "nl",
        "copies": 0,
        "excerpt": "De wethouder wil het anders.",
        "published_at": MONDAY,
        "brought_by": ("De Krant",),
    }
    return CardArticle(**good | changes)


def frame(**changes: Any) -> Frame:
    """Issue 12, of 2026-W47."""
    good: dict[str, Any] = {
        "number": 12,
        "week": "2026-W47",
        "network": "Samen Leren",
        "frozen_at": at(6000),
        "run_id": "run",
    }
    return Frame(**good | changes)


def entry(id: str = "e1", **changes: Any) -> Entry:
    """A whole entry of a publisher's own feed."""
    good: dict[str, Any] = {
        "id": id,
        "source_id": "s1",
        "via": "feed",
        "guid": None,
        "url": "https://krant.example/huur",
        "canonical_url": "https://krant.example/huur",
        "published_at": MONDAY,
        "first_seen_at": at(30),
        "title": "Huur omlaag",
        "author": "Roos",
        "language": "nl",
        "text": "Een twee drie vier vijf zes zeven acht negen tien.",
        "truncated": False,
        "content_hash": "",
    }
    return Entry(**good | changes)


def page(**changes: Any) -> Page:
    """A page with a title, an author and ten words."""
    good: dict[str, Any] = {
        "title": "Huur omlaag | De Krant",
        "author": "Redactie",
        "published_at": None,
        "language": "nl",
        "text": "Tien negen acht zeven zes vijf vier drie twee een.",
        "site_name": "De Krant",
    }
    return Page(**good | changes)


def sketched(id: str, body: str, *, minute: float = 0, **changes: Any) -> Sketched:
    """An article of a site of its own as the search for copies sees it."""
    good: dict[str, Any] = {
        "site": f"{id}.example",
        "title": "Huur omlaag",
        "published_at": at(minute),
        "first_seen_at": at(60),
        "own": True,
        "teaser": False,
        "text_hash": "",
        "hashes": sketch(body),
    }
    return Sketched(id, **good | changes)
