"""The sample as values: who publishes, what they wrote, and what three catalysts say about it.

Everything is read from the TOML and CSV files beside this module; a field that no value knows is an error.
"""

import io
import re
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, Literal

Language = Literal["nl", "en"]

EXPORTED_ON = (2026, 11, 14, 9, 0, 0)
"""When the sample LinkedIn export was made: after its last share, within the first week."""


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher. From ``breaks_at`` (aware UTC) its feed answers an HTML page; ``path`` starts with a slash."""

    slug: str
    name: str
    tagline: str
    language: Language
    folder: str
    feed: Literal["rss", "atom", "json"]
    carries: Literal["full", "teaser"]
    path: str
    nav: tuple[str, ...]
    encoding: str = "utf-8"
    breaks_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The same article at another publisher: a reprint under its own ``slug``, or without one a link back."""

    source: str
    published_at: datetime
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One text, published first by ``source`` at ``published_at`` (aware UTC); ``paragraphs`` are always sound."""

    slug: str
    source: str
    language: Language
    title: str
    author: str
    published_at: datetime
    paragraphs: tuple[str, ...]
    copies: tuple[Copy, ...] = ()
    damaged: bool = False
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Catalyst:
    """A person who gives meaning; ``roles`` are ``catalyst`` and, for one of them, ``editor``."""

    slug: str
    name: str
    email: str
    language: Language
    roles: tuple[str, ...]
    known_as: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person who reads the digest."""

    name: str
    email: str
    language: Language


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one catalyst says in ``week`` (ISO, ``2026-W46``) of the cluster that holds most of ``articles`` (slugs).

    ``relation_to`` is the slug of the catalyst whose annotation on the same cluster and week this one answers.
    """

    week: str
    catalyst: str
    articles: tuple[str, ...]
    verdict: Literal["keep", "not_now", "not_relevant", "wrong_cluster"]
    title: str
    ripeness: Literal["half_baked", "working_view", "well_tested"]
    so_what: str
    relation: Literal["adds", "questions", "contrasts", "reframes", "supports"] | None = None
    relation_to: str | None = None
    relation_why: str | None = None
    question: str | None = None
    experiment: str | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Voices:
    """The people of the sample and their annotations, in the order in which they were written."""

    catalysts: tuple[Catalyst, ...]
    subscribers: tuple[Subscriber, ...]
    annotations: tuple[Annotation, ...]


@cache
def sources() -> tuple[Source, ...]:
    """Return the nine publishers, the one that breaks last."""
    return tuple(Source(**record | {"nav": tuple(record["nav"])}) for record in _toml("sources.toml")["source"])


@cache
def articles() -> tuple[Article, ...]:
    """Return every distinct article, copies folded into the one they copy."""
    return tuple(_article(record) for record in _toml("articles.toml")["article"])


@cache
def voices() -> Voices:
    """Return catalysts, subscribers and annotations."""
    records = _toml("voices.toml")
    return Voices(
        catalysts=tuple(Catalyst(**one | {"roles": tuple(one["roles"])}) for one in records["catalyst"]),
        subscribers=tuple(Subscriber(**one) for one in records["subscriber"]),
        annotations=tuple(_annotation(one) for one in records["annotation"]),
    )


def linkedin_zip(addresses: Mapping[str, str]) -> bytes:
    """Return a LinkedIn export of the first catalyst; ``addresses`` gives the URL of each article by its slug.

    Connections and messages are in it only to show that they are never opened.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        for name in ("Shares.csv", "Connections.csv", "messages.csv"):
            text = re.sub(r"\{article:([a-z0-9-]+)\}", lambda slug: addresses[slug[1]], text_of(f"linkedin/{name}"))
            members.writestr(zipfile.ZipInfo(name, EXPORTED_ON), text, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def text_of(name: str) -> str:
    """Return a file of the sample as text; ``name`` is relative to this package."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _toml(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(text_of(name))


def _article(record: dict[str, Any]) -> Article:
    paragraphs = tuple(_joined(paragraph) for paragraph in record.pop("text").strip().split("\n\n"))
    copies = tuple(_copy(one) for one in record.pop("copies", ()))
    return Article(paragraphs=paragraphs, copies=copies, **record)


def _copy(record: dict[str, Any]) -> Copy:
    # The file says `link = "original"` aloud, so that a forgotten slug is an error and not a link.
    if record.pop("link", None) == ("original" if "slug" not in record else None):
        return Copy(**record)
    raise ValueError(f'A copy at {record["source"]} needs either a slug of its own or link = "original".')


def _annotation(record: dict[str, Any]) -> Annotation:
    prose = {name: _joined(record[name]) for name in ("so_what", "experiment") if name in record}
    return Annotation(**record | prose | {"articles": tuple(record["articles"])})


def _joined(wrapped: str) -> str:
    return " ".join(wrapped.split())
