"""the week's articles | encode | group, as people corrected | say why | lay on the map | match to themes | keep"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from curate import clusters, layout, models, reasons, themes, vocabulary
from curate.clusters import Group, Method, Text, Ties
from curate.reasons import Reasons
from curate.statuses import Rules
from curate.themes import Matching
from curate.weeks import Week
from pipelines.home import Home, Notify, finish_run, silent, start_run
from pipelines.model import Encoder, encoder
from pipelines.steps import encoding, theming
from storage import articles, corrections, embeddings
from storage import clusters as stored_clusters
from storage import themes as stored_themes
from storage.clusters import Clustering
from storage.runs import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_Place = tuple[float, float]


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
    method = clusters.method_for(models.profile(model.name))
    run = _start(home, span, method, model)
    encoded = encoding.encode(home, texts, run, model, notify)
    with home.database.reading() as db:
        vectors = embeddings.matrix(db, [encoding.text_hash(text) for text in texts], model.name, model.revision)
        ties = corrections.in_force(db, [text.id for text in texts])
    groups = clusters.groups(texts, vectors, method, ties)
    centres = _centres(groups, texts, vectors)
    positions, places = _places(groups, texts, vectors, centres)
    clustering = Clustering(
        run_id=run.id,
        week=str(span.week),
        groups=groups,
        positions=positions,
        single=_single(groups, texts),
        places=places,
        reasons=_reasons(groups, texts, method, ties),
    )
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


def _single(groups: Sequence[Group], texts: Sequence[Text]) -> tuple[str, ...]:
    inside = {one.id for group in groups for one in group.members}
    return tuple(text.id for text in texts if text.id not in inside)


def _reasons(groups: Sequence[Group], texts: Sequence[Text], method: Method, ties: Ties) -> tuple[Reasons, ...]:
    by_id = {text.id: text for text in texts}
    read = [[_read(by_id[one.id], method) for one in group.members] for group in groups]
    return tuple(reasons.of(group, inside, ties) for group, inside in zip(groups, read, strict=True))


def _read(text: Text, method: Method) -> str:
    return vocabulary.beginning(text.title, text.text, method.first_words)


def _places(
    groups: Sequence[Group],
    texts: Sequence[Text],
    vectors: "NDArray[np.float32]",
    centres: "Sequence[NDArray[np.float32]]",
) -> tuple[tuple[_Place, ...], dict[str, _Place]]:
    """Return where clusters lie, in their order, and where articles lie, by id."""
    import numpy as np

    home = {one.id: place for place, group in enumerate(groups) for one in group.members}
    middles = np.asarray(centres, dtype=np.float32).reshape(len(groups), -1 if len(groups) else vectors.shape[1])
    laid, spots = layout.of(middles, vectors, [home.get(text.id, -1) for text in texts])
    of_articles = {text.id: (x, y) for text, (x, y) in zip(texts, spots.tolist(), strict=True)}
    return tuple((x, y) for x, y in laid.tolist()), of_articles
