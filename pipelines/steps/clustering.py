"""the week's articles | encode those without a vector | group | lay on the map | match to lasting themes | keep"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from curate import clusters, layout, themes
from curate.clusters import Group, Method, Text
from curate.statuses import Rules
from curate.themes import Matching
from curate.weeks import Week
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.model import Encoder, encoder
from pipelines.steps import encoding, theming
from storage import articles, embeddings
from storage import clusters as stored_clusters
from storage import themes as stored_themes
from storage.clusters import Clustering
from storage.runs import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    themes: str
    """What became of the themes, in a sentence."""

    @property
    def sentence(self) -> str:
        """What came of it, for a person."""
        return (
            f"{self.articles} articles of {self.week}: {self.clusters} clusters, {self.single} articles on their own; "
            f"{self.encoded} texts encoded. {self.themes}"
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
    encoded = encoding.encode(home, texts, run, model, notify)
    with home.database.reading() as db:
        vectors = embeddings.matrix(db, [encoding.text_hash(text) for text in texts], model.name, model.revision)
    groups = clusters.groups(texts, vectors, method)
    centres = _centres(groups, texts, vectors)
    clustering = _clustering(run, span, texts, groups, centres)
    themed = theming.found(home, clustering, texts, run, model, notify)
    with home.database.writing() as db:
        stored_clusters.add(db, clustering)
        found = themed.matched
        stored_themes.link(db, clustering.week, found.matches, found.changes, run_id=run.id)
        stored_themes.suggest(db, clustering.week, themed.proposed, run_id=run.id)
    theming.judge(home, span.week, run)
    outcome = Clustered(
        run.id, str(span.week), len(texts), encoded, len(groups), len(clustering.single), themed.matched.sentence
    )
    finish_run(home, run, outcome.sentence)
    return outcome


def _start(home: Home, span: Span, method: Method, model: Encoder) -> Run:
    return start_run(
        home,
        "cluster",
        (model.name, model.revision),
        week=str(span.week),
        since=span.since,
        until=span.until,
        method=asdict(method),
        matching=asdict(Matching()),
        statuses=asdict(Rules()),
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

    places = layout.positions(np.asarray(centres, dtype=np.float32)) if groups else ()
    inside = {one.id for group in groups for one in group.members}
    return Clustering(
        run_id=run.id,
        week=str(span.week),
        groups=tuple(groups),
        positions=tuple((float(x), float(y)) for x, y in places),
        single=tuple(text.id for text in texts if text.id not in inside),
    )
