"""What catalysts said, in versions; rows are only ever added."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate import ids
from curate.annotations import Annotation, Words
from curate.errors import ClosedError, NotFoundError
from storage import arrangements
from storage.database import Session
from storage.values import Row

_FIELDS = (
    *"week cluster theme catalyst version verdict so_what title ripeness relation to language written_at".split(),
    *"id question experiment moves checked distance key_articles missing missing_url review_on".split(),
    *"links_to style outcome outcome_why byline".split(),
)
_SEVERAL = frozenset({"moves", "key_articles", "ask_who", "links_to"})
"""Kept as JSON lists."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes about what, in which language (``nl`` or ``en``)."""

    cluster_id: str
    week: str
    person_id: str
    language: str


def save(db: Session, words: Words, author: Author, now: datetime) -> Annotation:
    """Add the next version of a catalyst's words and return it.

    Raises ClosedError when the round is closed and NotFoundError when the cluster or person is unknown.
    """
    about = _about(db, author)
    if about.is_open is None:
        raise NotFoundError("This cluster is not known here. Open the board of the week again.")
    if not about.is_open:
        raise ClosedError(
            f"The round of {author.week} is closed; nothing was changed. Keep your words for the next one."
        )
    return _add(db, words, author, about, now)


def reconsider(db: Session, before: Annotation, words: Words, language: str, now: datetime) -> Annotation:
    """Add what an author says of earlier words of theirs, as the next version, and return it.

    Their round is long closed and its issue stays as it is. Raises NotFoundError when the person is unknown.
    """
    author = Author(before.written_on or before.cluster_id, before.week, before.person_id, language)
    return _add(db, words, author, _about(db, author), now)


@dataclass(frozen=True, slots=True)
class _About:
    """What must be known before words are added."""

    name: str
    version: int
    is_open: bool | None


def _about(db: Session, author: Author) -> _About:
    row = db.one("annotations.about", cluster_id=author.cluster_id, person_id=author.person_id, week=author.week)
    if row is None:
        raise NotFoundError("This person is not known here. Open the board of the week again.")
    return _About(*row)


def _add(db: Session, words: Words, author: Author, about: _About, now: datetime) -> Annotation:
    annotation_id = ids.of("annotation", author.cluster_id, author.person_id, str(about.version))
    db.rows(
        "annotations.add",
        annotation_id=annotation_id,
        cluster_id=author.cluster_id,
        week=author.week,
        person_id=author.person_id,
        version=about.version,
        language=author.language,
        now=now,
    )
    db.rows("annotations.add_words", annotation_id=annotation_id, **_columns(words))
    return Annotation(
        annotation_id,
        author.cluster_id,
        author.week,
        author.person_id,
        about.name,
        about.version,
        words,
        author.language,
        now,
    )


def of_cluster(db: Session, cluster_id: str) -> tuple[Annotation, ...]:
    """Return all versions of everybody's words about a cluster, and about those merged into it, oldest first."""
    follows = arrangements.follows(db, cluster_id=cluster_id)
    wanted = [cluster_id, *(one for one, into in follows.items() if into == cluster_id)]
    return tuple(_annotation(row, follows) for row in db.rows("annotations.of_cluster", cluster_ids=wanted))


def of_week(db: Session, week: str) -> tuple[Annotation, ...]:
    """Return all versions of everybody's words in a week, oldest first, each with the cluster where it stands now."""
    follows = arrangements.follows(db, week)
    return tuple(_annotation(row, follows) for row in db.rows("annotations.of_week", week=week))


def of_week_after(db: Session, week: str, last: int, follows: Mapping[str, str]) -> tuple[Annotation, ...]:
    """Return the words of a week that were added after a mark of :func:`storage.rounds.watched`, oldest first."""
    return tuple(_annotation(row, follows) for row in db.rows("annotations.of_week_after", week=week, last=last))


def before(db: Session, theme_ids: Sequence[str], week: str) -> dict[str, Annotation]:
    """Return what was said last about themes before a week, by theme id: one voice each, that has a sentence."""
    rows = db.rows("annotations.before", theme_ids=list(theme_ids), week=week)
    return {theme_id: _annotation(tuple(row), {}) for theme_id, *row in rows}


def of_person(db: Session, person_id: str) -> tuple[Annotation, ...]:
    """Return all that a person ever said, every version, oldest first."""
    return tuple(_annotation(row, {}) for row in db.rows("annotations.of_person", person_id=person_id))


def of_row(row: Row) -> Annotation:
    """Return the annotation in a row of the view ``spoken``, on the cluster it was written about."""
    return _annotation(row, {})


def export(db: Session, week: str | None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export annotations``."""
    for row in db.rows("annotations.export", week=week):
        record = dict(zip(_FIELDS, row, strict=True))
        yield record | {name: json.loads(record[name]) for name in _SEVERAL & record.keys()}


def _columns(words: Words) -> dict[str, Any]:
    """Return words as they are kept: lists as JSON."""
    values = {name: getattr(words, name) for name in Words.__slots__}
    return values | {name: json.dumps(values[name]) for name in _SEVERAL}


def _annotation(row: Row, follows: Mapping[str, str]) -> Annotation:
    annotation_id, cluster_id, week, person_id, catalyst, version, language, written_at, *words = row
    stands = follows.get(cluster_id, cluster_id)
    return Annotation(
        id=annotation_id,
        cluster_id=stands,
        week=week,
        person_id=person_id,
        catalyst=catalyst,
        version=version,
        words=_words(words),
        language=language,
        written_at=written_at,
        written_on="" if stands == cluster_id else cluster_id,
    )


def _words(columns: Sequence[Any]) -> Words:
    values = dict(zip(Words.__slots__, columns, strict=True))
    return Words(**values | {name: tuple(json.loads(values[name])) for name in _SEVERAL})
