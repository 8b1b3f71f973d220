"""Where the sentences of an issue come from: who wrote them when, about which cluster, made how, of which articles.

The chain is issue → annotation version → cluster → run → article → fetch. It holds no id of a person and no address;
who showed no name has none here either, and who took their name off since has none any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from curate.cards import Copy
from curate.issue_parts import LookedBack, SaidBefore
from curate.issues import Asked, Issue

Kind = Literal["voice", "question", "experiment", "said_before", "looked_back", "tried"]


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version of somebody's words; moments are aware UTC."""

    annotation_id: str
    cluster_id: str
    number: int
    versions: int
    """How many there are by now, this one and later ones counted."""
    language: str
    written_at: datetime
    is_named: bool
    """Whether its author shows a name today."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that people said, as it stands in the issue."""

    kind: Kind
    text: str
    language: str
    byline: str
    """As published; empty for who showed no name, and for who took it off since."""
    version: Version | None
    """None when it is not kept any more."""


@dataclass(frozen=True, slots=True)
class Made:
    """The run that made a cluster."""

    kind: str
    started_at: datetime
    code_version: str
    model: str
    revision: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Got:
    """One answer of a site: when it was asked, and what came."""

    asked_at: datetime
    status: int | None
    """The HTTP status; None when there was no answer."""
    error_kind: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a cluster, and how it came in."""

    article_id: str
    url: str
    title: str
    language: str
    published_at: datetime
    sources: tuple[str, ...]
    """Feeds and imports that brought it or a copy of it, the first one first."""
    brought_by: int
    """How many people brought it, whose names are for their colleagues."""
    text_from: str
    """``page``, ``feed`` or ``import``: where its words were read."""
    got: Got | None
    """The answer that its words were read from; None for what came otherwise."""
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the machine put together, and people may have changed."""

    cluster_id: str
    week: str
    label: str
    by_hand: bool
    made: Made | None
    articles: tuple[Article, ...]
    removed: int
    """Articles that stood in it and were taken back since."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One item of an issue; ``cluster`` is None when it is not kept any more."""

    title: str
    sentences: tuple[Sentence, ...]
    cluster: Cluster | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an issue comes from."""

    number: int
    week: str
    frozen_at: str
    """ISO moment, UTC."""
    content_hash: str
    """SHA-256 of its frozen bytes."""
    items: tuple[Traced, ...]
    earlier: tuple[Sentence, ...]
    """Words from before that the issue tells again."""


def annotation_ids(issue: Issue) -> tuple[str, ...]:
    """Return the annotations that an issue quotes, each once."""
    said = [voice.annotation_id for item in issue.items for voice in item.voices]
    said += [one.annotation_id for one in (issue.question, issue.experiment) if one]
    said += [each for one in _looks(issue) for each in (one.earlier_id, one.annotation_id)]
    said += [issue.said_before.annotation_id] if issue.said_before else []
    return tuple(dict.fromkeys(said))


def traced(
    issue: Issue, content_hash: str, versions: Mapping[str, Version], clusters: Mapping[str, Cluster]
) -> Provenance:
    """Return where an issue comes from, given what is kept of its annotations and clusters, both by id."""
    return Provenance(
        number=issue.number,
        week=issue.week,
        frozen_at=issue.frozen_at,
        content_hash=content_hash,
        items=tuple(
            Traced(item.title, _sentences(issue, item.cluster_id, versions), clusters.get(item.cluster_id))
            for item in issue.items
        ),
        earlier=_earlier(issue, versions),
    )


def _sentences(issue: Issue, cluster_id: str, versions: Mapping[str, Version]) -> tuple[Sentence, ...]:
    item = next(one for one in issue.items if one.cluster_id == cluster_id)
    voices = [
        _sentence("voice", (one.so_what, one.language, one.byline), one.annotation_id, versions) for one in item.voices
    ]
    asked: list[tuple[Kind, Asked | None]] = [("question", issue.question), ("experiment", issue.experiment)]
    put = [
        _sentence(kind, (one.text, one.language, one.byline), one.annotation_id, versions)
        for kind, one in asked
        if one and one.cluster_id == cluster_id
    ]
    return (*voices, *put)


def _earlier(issue: Issue, versions: Mapping[str, Version]) -> tuple[Sentence, ...]:
    told: list[Sentence] = []
    for one in _looks(issue):
        kind: Kind = "tried" if one is issue.tried else "looked_back"
        told.append(_sentence(kind, (one.then, one.language, one.byline), one.earlier_id, versions))
        told.append(_sentence(kind, (one.now or one.why, one.language, one.byline), one.annotation_id, versions))
    before: SaidBefore | None = issue.said_before
    if before:
        words = (before.so_what, before.language, before.byline)
        told.append(_sentence("said_before", words, before.annotation_id, versions))
    return tuple(told)


def _looks(issue: Issue) -> list[LookedBack]:
    tried = [issue.tried] if issue.tried else []
    return [*(one for item in issue.items for one in item.looked_back), *issue.looked_back, *tried]


def _sentence(kind: Kind, said: tuple[str, str, str], annotation_id: str, versions: Mapping[str, Version]) -> Sentence:
    text, language, name = said
    version = versions.get(annotation_id)
    return Sentence(kind, text, language, name if version is None or version.is_named else "", version)
