"""What catalysts said, in versions; rows are only ever added."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curate import ids
from curate.annotations import Annotation, Words
from curate.errors import ClosedError, NotFoundError
from storage import people
from storage.database import Row, Session

_FIELDS = (
    *"week cluster theme catalyst version verdict so_what title ripeness relation to language written_at".split(),
    *"id question experiment".split(),
)


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
    person = people.by_id(db, author.person_id)
    found = db.one("annotations.is_open", cluster_id=author.cluster_id, week=author.week)
    if person is None or found is None:
        raise NotFoundError("This cluster or person is not known here. Open the board of the week again.")
    if not found[0]:
        raise ClosedError(
            f"The round of {author.week} is closed; nothing was changed. Keep your words for the next one."
        )
    version = db.rows("annotations.next_version", cluster_id=author.cluster_id, person_id=author.person_id)[0][0]
    annotation_id = ids.of("annotation", author.cluster_id, author.person_id, str(version))
    db.rows(
        "annotations.add",
        annotation_id=annotation_id,
        cluster_id=author.cluster_id,
        week=author.week,
        person_id=author.person_id,
        version=version,
        language=author.language,
        now=now,
    )
    db.rows("annotations.add_words", annotation_id=annotation_id, **_columns(words))
    return Annotation(
        annotation_id,
        author.cluster_id,
        author.week,
        author.person_id,
        person.name,
        version,
        words,
        author.language,
        now,
    )


def of_cluster(db: Session, cluster_id: str) -> tuple[Annotation, ...]:
    """Return all versions of everybody's words about a cluster, oldest first."""
    return tuple(_annotation(row) for row in db.rows("annotations.of_cluster", cluster_id=cluster_id))


def of_week(db: Session, week: str) -> tuple[Annotation, ...]:
    """Return all versions of everybody's words in a week, oldest first."""
    return tuple(_annotation(row) for row in db.rows("annotations.of_week", week=week))


def export(db: Session, week: str | None) -> Iterator[dict[str, Any]]:
    """Yield the records of ``duiding export annotations``."""
    for row in db.rows("annotations.export", week=week):
        yield dict(zip(_FIELDS, row, strict=True))


def _columns(words: Words) -> dict[str, Any]:
    return {name: getattr(words, name) for name in Words.__slots__}


def _annotation(row: Row) -> Annotation:
    annotation_id, cluster_id, week, person_id, catalyst, version, language, written_at, *words = row
    return Annotation(
        annotation_id,
        cluster_id,
        week,
        person_id,
        catalyst,
        version,
        Words(
            verdict=words[0],
            so_what=words[1],
            title=words[2],
            ripeness=words[3],
            byline=words[4],
            relation=words[5],
            relation_to=words[6],
            relation_why=words[7],
            question=words[8],
            experiment=words[9],
        ),
        language,
        written_at,
    )
