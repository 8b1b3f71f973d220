"""the week's articles | encode those without a vector | group | lay on the map | match to lasting themes | keep"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from curate import clusters, ids, themes, vocabulary
from curate.clusters import Group, Method, Text
from curate.themes import Centre
from curate.weeks import Week
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.model import Encoder, encoder
from storage import articles, embeddings
from storage import clusters as stored_clusters
from storage import themes as stored_themes
from storage.clusters import Clustering
from storage.database import Session
from storage.runs import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THEMES_FOR = timedelta(weeks=26)
"""A theme not seen for longer is not taken up again by the machine (docs/domain.md)."""
_PIECE = 256
"""Texts encoded between two commits: a killed run loses at most this many."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """What a clustering proposes, in counts."""

    run_id: str
    week: str
    articles: int
    encoded: int
    """Texts that had no vector yet."""
    clusters: int
    single: int

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        return (
            f"{self.articles} articles of {self.week}: {self.clusters} clusters, {self.single} articles on their own; "
            f"{self.encoded} texts encoded."
        )


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of time whose articles are clustered, under the name of a week."""

    week: Week
    since: datetime
    until: datetime


def span_of(week: Week) -> Span:
    """Return the stretch of one ISO week."""
    return Span(week, week.starts_at, week.ends_at)


def cluster(home: Home, span: Span, notify: Notify = silent, model: Encoder | None = None) -> Clustered:
    """Propose clusters for these articles and keep them; texts are encoded once, by the model of the settings."""
    model = model or encoder(home.settings.model)
    with home.database.reading() as db:
        texts = articles.of_time(db, span.since, span.until)
    method = Method()
    run = _start(home, span, method, model)
    encoded = encode(home, texts, run, model, notify)
    with home.database.reading() as db:
        vectors = embeddings.matrix(db, [text_hash(text) for text in texts], model.name, model.revision)
        earlier = _theme_members(db, span)
    groups = clusters.groups(texts, vectors, method)
    centres = _centres(groups, texts, vectors)
    clustering = _clustering(run, span, texts, groups, centres)
    ours = [Centre(clustering.id_of(group), group.label, centre) for group, centre in zip(groups, centres, strict=True)]
    matches = themes.matched(ours, _theme_centres(home, model, earlier))
    with home.database.writing() as db:
        stored_clusters.add(db, clustering)
        stored_themes.link(db, str(span.week), matches, run_id=run.id)
    outcome = Clustered(run.id, str(span.week), len(texts), encoded, len(groups), len(clustering.single))
    finish_run(home, run, outcome.sentence)
    return outcome


def encode(home: Home, texts: Sequence[Text], run: Run, model: Encoder, notify: Notify = silent) -> int:
    """Give every text its vector and return how many had none; the longest first, kept piece by piece."""
    wanted = {text_hash(text): _read(text) for text in texts}
    with home.database.reading() as db:
        known = embeddings.known(db, list(wanted), model.name, model.revision)
    missing = sorted(((key, text) for key, text in wanted.items() if key not in known), key=lambda one: -len(one[1]))
    for start in range(0, len(missing), _PIECE):
        piece = missing[start : start + _PIECE]
        vectors = model.encode([text for _, text in piece], _counting(notify, start, len(missing)))
        made = {key: vector for (key, _), vector in zip(piece, vectors, strict=True)}
        with home.database.writing() as db:
            embeddings.add(db, made, model=model.name, revision=model.revision, run_id=run.id)
    return len(missing)


def text_hash(text: Text) -> str:
    """Return the identity of what is encoded of a text: its title and beginning."""
    return ids.of("text", _read(text))


def _read(text: Text) -> str:
    return vocabulary.beginning(text.title, text.text, Method().first_words)


def _counting(notify: Notify, start: int, total: int) -> Callable[[int], None]:
    return lambda done: notify("texts encoded", start + done, total)


def _start(home: Home, span: Span, method: Method, model: Encoder) -> Run:
    return start_run(
        home,
        "cluster",
        (model.name, model.revision),
        week=str(span.week),
        since=span.since,
        until=span.until,
        method=asdict(method),
    )


def _centres(
    groups: Sequence[Group], texts: Sequence[Text], vectors: "NDArray[np.float32]"
) -> "list[NDArray[np.float32]]":
    row = {text.id: place for place, text in enumerate(texts)}
    return [themes.centre(vectors[[row[one.id] for one in group.members]]) for group in groups]


def _clustering(
    run: Run, span: Span, texts: Sequence[Text], groups: Sequence[Group], centres: "Sequence[NDArray[np.float32]]"
) -> Clustering:
    import numpy as np

    places = clusters.positions(np.asarray(centres, dtype=np.float32)) if groups else ()
    inside = {one.id for group in groups for one in group.members}
    return Clustering(
        run_id=run.id,
        week=str(span.week),
        groups=tuple(groups),
        positions=tuple((float(x), float(y)) for x, y in places),
        single=tuple(text.id for text in texts if text.id not in inside),
    )


def _theme_members(db: Session, span: Span) -> dict[str, frozenset[str]]:
    since = Week.of(span.week.starts_at - THEMES_FOR)
    return stored_clusters.members_of_themes(db, str(since), str(span.week))


def _theme_centres(home: Home, model: Encoder, members: dict[str, frozenset[str]]) -> list[Centre]:
    """The centres of earlier themes, from vectors of this very model: others cannot be compared."""
    wanted = sorted({article_id for articles_ in members.values() for article_id in articles_})
    with home.database.reading() as db:
        hashes = {text.id: text_hash(text) for text in articles.by_ids(db, wanted)}
        known = embeddings.known(db, list(hashes.values()), model.name, model.revision)
        usable = {article_id: key for article_id, key in hashes.items() if key in known}
        vectors = embeddings.matrix(db, list(usable.values()), model.name, model.revision)
    row = {article_id: place for place, article_id in enumerate(usable)}
    return [
        Centre(theme_id, "", themes.centre(vectors[[row[one] for one in sorted(inside) if one in row]]))
        for theme_id, inside in sorted(members.items())
        if any(one in row for one in inside)
    ]
