"""earlier themes | the articles that stand for them | bonds with the week's clusters | match | suggest | how they stand

Themes are compared through ten articles each, read again as text: so a new model can be asked about them, and vectors
of two models never meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from curate import bonds, clusters, models, statuses, themes
from curate.bonds import Rows
from curate.clusters import Method, Text
from curate.clusters import Ties as TiesOfArticles
from curate.likeness import Features
from curate.statuses import Rules
from curate.themes import Fresh, Known, Matched, Matching, Ties
from curate.weeks import Week
from pipelines.home import Home, Notify
from pipelines.model import Encoder
from pipelines.steps import encoding
from storage import articles, corrections, embeddings
from storage import themes as stored_themes
from storage.clusters import Clustering
from storage.database import Session
from storage.runs import Run
from storage.themes import Proposed


@dataclass(frozen=True, slots=True)
class Themed:
    """What matching found in a week: the themes of its clusters, and articles that seem to belong to a theme."""

    matched: Matched
    proposed: tuple[Proposed, ...]


@dataclass(frozen=True, slots=True)
class _Before:
    """What is known from before a week."""

    known: tuple[Known, ...]
    exemplars: Mapping[str, Sequence[str]]
    begun: Mapping[str, frozenset[str]]
    late: tuple[str, ...]
    texts: tuple[Text, ...]
    """Of the exemplars and of the late articles."""
    decided: Mapping[tuple[str, str], str]
    parted: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class _Compared:
    """The articles of the week and of before, ready to be compared; ``row`` is an article's place in the features."""

    features: Features
    row: Mapping[str, int]

    def rows(self, groups: Mapping[str, Sequence[str]]) -> Rows:
        """Return the rows of each group; articles that are gone are passed over, and so is a group without any left."""
        found = {name: [self.row[one] for one in inside if one in self.row] for name, inside in groups.items()}
        return {name: rows for name, rows in found.items() if rows}


def found(
    home: Home, clustering: Clustering, texts: Sequence[Text], run: Run, model: Encoder, notify: Notify
) -> Themed:
    """Match a week's clusters to the themes of before, and look where late and single articles seem to belong."""
    how, week = Matching(), Week.parse(clustering.week)
    method = clusters.method_for(models.profile(model.name))
    with home.database.reading() as db:
        before = _before(db, week, how)
    compared = _compared(home, [*texts, *before.texts], method, run, model, notify)
    at = how.above_cut * method.cut
    ours = {clustering.id_of(one): [member.id for member in one.members] for one in clustering.groups}
    labels = {clustering.id_of(one): one.label for one in clustering.groups}
    fresh = [Fresh(one, labels[one], frozenset(inside)) for one, inside in ours.items()]
    theirs = compared.rows(before.exemplars)
    found_bonds = bonds.between(compared.features, compared.rows(ours), theirs, at, method.cut)
    ties = Ties(
        themes.corrected(found_bonds, ours, before.exemplars, _said(home, ours, before.exemplars)),
        bonds.alike(compared.features, theirs, method.cut / 2),
        method.cut,
    )
    matched = themes.matched(fresh, before.known, before.begun, ties, how)
    members = _members(before, matched, ours)
    loose = sorted({*clustering.single, *before.late})
    return Themed(matched, _proposed(compared, loose, members, before, at))


def judge(home: Home, week: Week, run: Run) -> None:
    """Keep how every theme stands in a week, those that were not seen in it as well."""
    rules, how = Rules(), Matching()
    since = Week.of(week.starts_at - timedelta(weeks=how.weeks_remembered))
    with home.database.reading() as db:
        weeks, count = stored_themes.measured(db, week, run.id, rules.baseline_weeks)
        known = {one.id for one in stored_themes.known(db, week, since, week)} - stored_themes.taken_in(db, run.id)
        pasts = stored_themes.pasts(db, sorted(known | set(stored_themes.of_run(db, run.id))), week)
        silent = stored_themes.silent(db, week)
    standings = statuses.of_week(weeks, silent, pasts, measured_weeks=count, rules=rules)
    with home.database.writing() as db:
        stored_themes.stand(db, str(week), standings, run_id=run.id)


def _said(home: Home, *groups: Mapping[str, Sequence[str]]) -> TiesOfArticles:
    """What people said of the articles of some clusters and themes: these belong together, those apart."""
    wanted = {article for group in groups for inside in group.values() for article in inside}
    with home.database.reading() as db:
        return corrections.in_force(db, sorted(wanted))


def _before(db: Session, week: Week, how: Matching) -> _Before:
    since = Week.of(week.starts_at - timedelta(weeks=how.weeks_remembered))
    window = Week.of(week.starts_at - timedelta(weeks=how.window_weeks))
    known = stored_themes.known(db, week, since, window)
    exemplars = stored_themes.exemplars(db, known, week, since, how.exemplars)
    late = stored_themes.late(db, window.starts_at, week.starts_at)
    wanted = {*late, *(one for inside in exemplars.values() for one in inside)}
    return _Before(
        known=known,
        exemplars=exemplars,
        begun=stored_themes.begun(db, week),
        late=late,
        texts=articles.by_ids(db, sorted(wanted)),
        decided=stored_themes.decided(db),
        parted=stored_themes.parted(db),
    )


def _compared(home: Home, texts: Sequence[Text], method: Method, run: Run, model: Encoder, notify: Notify) -> _Compared:
    """Encode what this model has not read yet and lay all side by side."""
    by_id = {text.id: text for text in texts}
    ordered = [by_id[one] for one in sorted(by_id)]
    encoding.encode(home, ordered, run, model, notify)
    with home.database.reading() as db:
        vectors = embeddings.matrix(db, [encoding.text_hash(text) for text in ordered], model.name, model.revision)
    return _Compared(clusters.features(ordered, vectors, method), {text.id: row for row, text in enumerate(ordered)})


def _members(before: _Before, found: Matched, ours: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return the articles of every theme that lives on or begins, those of this week counted in."""
    taken_in = {one.theme_id for one in found.changes if one.kind == "merged_into"}
    members = {theme: set(inside) for theme, inside in before.exemplars.items() if theme not in taken_in}
    for one in found.matches:
        members.setdefault(one.theme_id, set()).update(ours[one.cluster_id])
    return members


def _proposed(
    compared: _Compared, loose: Sequence[str], members: Mapping[str, set[str]], before: _Before, at: float
) -> tuple[Proposed, ...]:
    """Return for each loose article the theme that it is most alike; what people decided or parted is left alone."""
    settled = {article for (article, _), said in before.decided.items() if said == "accepted"}
    wanted = {compared.row[one]: one for one in loose if one in compared.row and one not in settled}
    best: dict[str, Proposed] = {}
    groups = compared.rows({theme: sorted(inside) for theme, inside in sorted(members.items())})
    for row, theme, score in bonds.near(compared.features, list(wanted), groups, at):
        article = wanted[row]
        is_free = (article, theme) not in before.decided and not _is_parted(article, members[theme], before.parted)
        if is_free and (article not in best or score > best[article].score):
            best[article] = Proposed(article, theme, score)
    return tuple(best[one] for one in sorted(best))


def _is_parted(article: str, inside: set[str], parted: frozenset[frozenset[str]]) -> bool:
    return bool(parted) and any(frozenset((article, other)) in parted for other in inside)
