"""Themes: what lasts across weeks while clusters come and go.

Only the clustering that counts for a week (the views ``counting_runs`` and ``standing_clusters``) makes themes: what a
clustering that was done over had begun is neither shown nor matched.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from curate import ids
from curate.errors import NotFoundError, UsageError
from curate.statuses import Measured, Past, Standing
from curate.themes import Change, Known, Match
from curate.weeks import Week
from storage.database import Session
from storage.values import Row

SHOWN = 8
"""Characters of the id of a theme or suggestion that people see and give."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A lasting theme; ``name`` is the machine's ``label`` until a person names it."""

    id: str
    name: str
    label: str
    named: bool
    first_week: str
    last_week: str
    weeks: int
    articles: int
    went_up_in: str | None = None
    """The theme that took this one in."""
    standing: Standing | None = None
    """In ``measured_week``, the last that was measured with it."""
    measured_week: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What a board says of a theme in a week."""

    theme_id: str
    name: str
    """That people gave it; else empty."""
    status: str
    """As in curate/statuses.py; empty when it was not judged."""
    sources: int
    """Distinct sources that told of it, of ``of_sources`` in the week."""
    of_sources: int
    weeks: int
    """Weeks in which it was seen, this one counted."""
    first_week: str

    @property
    def is_judged(self) -> bool:
        """Whether there was enough to say how it stands."""
        return self.status not in ("", "too_early")


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme to choose; ``name`` is the machine's label when nobody named it."""

    theme_id: str
    name: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that seems to belong to a theme, and what a person decided; moments are aware UTC."""

    id: str
    article_id: str
    title: str
    url: str
    theme_id: str
    theme: str
    week: str
    score: float
    decided: Literal["accepted", "refused"] | None
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A suggestion as the machine makes it; ``score`` is the article's mean likeness to the theme's articles (0-1)."""

    article_id: str
    theme_id: str
    score: float


# ------------------------------------------------------------ what matching needs


def known(db: Session, week: Week, since: Week, lately: Week) -> tuple[Known, ...]:
    """Return the themes seen from ``since`` on and before ``week``; those seen from ``lately`` on are marked so."""
    rows = db.rows("themes.known", week=str(week), since=str(since))
    return tuple(Known(theme_id, named, last >= str(lately)) for theme_id, named, last in rows)


def exemplars(db: Session, themes: Sequence[Known], week: Week, since: Week, most: int) -> dict[str, list[str]]:
    """Return for each theme the articles that stand for it before ``week``: of its latest weeks, the best first."""
    found: dict[str, list[str]] = defaultdict(list)
    theme_ids = [one.id for one in themes]
    for theme_id, article_id in db.rows(
        "themes.exemplars", week=str(week), since=str(since), most=most, theme_ids=theme_ids
    ):
        found[theme_id].append(article_id)
    return dict(found)


def begun(db: Session, week: Week) -> dict[str, frozenset[str]]:
    """Return the themes that an earlier clustering of this very week began, with their articles."""
    found: dict[str, set[str]] = defaultdict(set)
    for theme_id, article_id in db.rows("themes.begun", week=str(week)):
        found[theme_id].add(article_id)
    return {theme_id: frozenset(articles) for theme_id, articles in found.items()}


def late(db: Session, since: datetime, until: datetime) -> tuple[str, ...]:
    """Return the articles published in a stretch of time that came after their week was clustered."""
    return tuple(row[0] for row in db.rows("themes.late", since=since, until=until))


def decided(db: Session) -> dict[tuple[str, str], str]:
    """Return what people decided, by (article id, theme id): accepted or refused."""
    return {(article_id, theme_id): said for article_id, theme_id, said in db.rows("themes.decided")}


def parted(db: Session) -> frozenset[frozenset[str]]:
    """Return the pairs of articles that people keep apart."""
    return frozenset(frozenset(row) for row in db.rows("themes.parted"))


# ------------------------------------------------------------ what matching found


def link(db: Session, week: str, matches: Sequence[Match], changes: Sequence[Change] = (), *, run_id: str) -> None:
    """Keep the themes of a week's clusters, how each was matched, and what happened between themes."""
    db.bulk(
        "themes.keep",
        ("theme_id", "label", "week", "run_id"),
        [(one.theme_id, one.label, week, run_id) for one in matches],
    )
    db.bulk(
        "themes.link",
        ("link_id", "cluster_id", "theme_id", "kind", "score", "run_id"),
        [
            (ids.of("theme_link", one.cluster_id), one.cluster_id, one.theme_id, one.kind, one.score, run_id)
            for one in matches
        ],
    )
    db.bulk(
        "themes.change",
        ("change_id", "week", "kind", "theme_id", "other_id", "score", "run_id"),
        [
            (
                ids.of("theme_change", run_id, one.kind, one.theme_id, one.other_id),
                week,
                one.kind,
                one.theme_id,
                one.other_id,
                one.score,
                run_id,
            )
            for one in changes
        ],
    )


def suggest(db: Session, week: str, proposed: Sequence[Proposed], *, run_id: str) -> None:
    """Keep suggestions; one that was decided stays as it is."""
    db.bulk(
        "themes.suggest",
        ("suggestion_id", "article_id", "theme_id", "week", "score", "run_id"),
        [
            (ids.of("suggestion", one.article_id, one.theme_id), one.article_id, one.theme_id, week, one.score, run_id)
            for one in proposed
        ],
    )


# ------------------------------------------------------------ statuses


def measured(db: Session, week: Week, run_id: str, baseline: int) -> tuple[list[Measured], int]:
    """Return what was measured in the last ``baseline`` weeks and, lastly, by this run; and how many there are."""
    before = [(row[1], row[2]) for row in db.rows("themes.measured", week=str(week))]
    runs = [*(run for run, _ in before[:baseline][::-1]), run_id]
    volumes = dict(before) | {run_id: db.rows("themes.volume", run_id=run_id)[0][0]}
    sources: dict[str, set[str]] = defaultdict(set)
    of_themes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for run, theme_id, source_id in db.rows("themes.spoken", run_ids=runs):
        sources[run].add(source_id)
        if theme_id:
            of_themes[run][theme_id].add(source_id)
    weeks = [
        Measured(volumes[run], frozenset(sources[run]), {one: frozenset(of) for one, of in of_themes[run].items()})
        for run in runs
    ]
    return weeks, len(before) + 1


def silent(db: Session, week: Week) -> frozenset[str]:
    """Return the sources that could not be heard in a week."""
    return frozenset(row[0] for row in db.rows("themes.silent", since=week.starts_at, until=week.ends_at))


def pasts(db: Session, theme_ids: Sequence[str], week: Week) -> dict[str, Past]:
    """Return what is known of some themes from before a week; one that it begins is one week old."""
    order = [row[0] for row in reversed(db.rows("themes.measured", week=str(week)))]
    first: dict[str, str] = dict(db.rows("themes.first_weeks", week=str(week)))
    before = {theme_id: (at, status) for theme_id, at, status in db.rows("themes.pasts", week=str(week))}
    last = order[-1] if order else ""
    return {
        one: Past(
            before=before[one][1] if one in before and before[one][0] == last else None,
            age_weeks=1 + (len(order) - order.index(first[one]) if one in first else 0),
        )
        for one in theme_ids
    }


def stand(db: Session, week: str, standings: Mapping[str, Standing], *, run_id: str) -> None:
    """Keep how themes stand in a week, with the numbers."""
    columns = "theme_week_id theme_id week status frozen sources of_sources expected z run_id".split()
    rows = [
        (
            ids.of("theme_week", run_id, theme_id),
            theme_id,
            week,
            one.status,
            one.frozen,
            one.sources,
            one.of_sources,
            one.expected,
            one.z,
            run_id,
        )
        for theme_id, one in standings.items()
    ]
    db.bulk("themes.stand", columns, rows)


def of_run(db: Session, run_id: str) -> tuple[str, ...]:
    """Return the themes of a clustering."""
    return tuple(row[0] for row in db.rows("themes.of_run", run_id=run_id))


def taken_in(db: Session, run_id: str) -> frozenset[str]:
    """Return the themes that went up in another by a clustering."""
    return frozenset(row[0] for row in db.rows("themes.taken_in", run_id=run_id))


# ------------------------------------------------------------ what people say


def name(db: Session, theme_id: str, words: str, person_id: str, now: datetime) -> None:
    """Give a theme its name; the last person wins, and the machine never changes it."""
    db.rows("themes.name", theme_id=theme_id, name=words, person_id=person_id, now=now)


def decide(
    db: Session, suggestion_id: str, said: Literal["accepted", "refused"], person_id: str, now: datetime
) -> None:
    """Note what a person decided about a suggestion."""
    db.rows("themes.decide", suggestion_id=suggestion_id, decided=said, person_id=person_id, now=now)


# ------------------------------------------------------------ for people


def every(db: Session) -> tuple[Theme, ...]:
    """Return all themes that count, the ones seen last first."""
    return tuple(_theme(row) for row in db.rows("themes.every"))


def histories(db: Session, week: str) -> dict[str, History]:
    """Return what a board says of the themes that were seen in a week, by theme id."""
    return {row[0]: History(*row) for row in db.rows("themes.histories", week=week)}


def lately(db: Session, since: str, most: int) -> tuple[Choice, ...]:
    """Return at most so many themes seen from a week on, those that people named first and then the latest."""
    return tuple(Choice(*row) for row in db.rows("themes.lately", since=since, most=most))


def chosen(db: Session, theme_ids: Sequence[str]) -> tuple[Choice, ...]:
    """Return these themes as choices, in the order of their names; those that are not known are left out."""
    return tuple(Choice(*row) for row in db.rows("themes.chosen", theme_ids=list(theme_ids)))


def spelled(db: Session) -> dict[str, str]:
    """Return the ids of themes by what people may call them in a list: the id, and the name in small letters."""
    rows = db.rows("themes.spelled")
    by_name: dict[str, set[str]] = defaultdict(set)
    for theme_id, known_as in rows:
        by_name[known_as.casefold().strip()].add(theme_id)
    alone = {known_as: min(found) for known_as, found in by_name.items() if len(found) == 1}
    return alone | {theme_id: theme_id for theme_id, _ in rows}


def heirs(db: Session) -> dict[str, str]:
    """Return for each theme that went up in another the one that took it in."""
    return dict(db.rows("themes.heirs"))


def with_heirs(theme_ids: Sequence[str], heirs: Mapping[str, str]) -> tuple[str, ...]:
    """Return these themes and those they went up in, sorted: who follows a theme follows on."""
    found, next_ = set(theme_ids), set(theme_ids)
    while next_ := {heirs[one] for one in next_ if one in heirs} - found:
        found |= next_
    return tuple(sorted(found))


def named(db: Session, reference: str) -> str:
    """Return the id of the theme that a person means by it or by its beginning.

    Raises NotFoundError when there is none and UsageError when several begin so.
    """
    said = reference.strip()
    found = [row[0] for row in db.rows("themes.named", beginning=said)] if said else []
    if not found:
        raise NotFoundError(f"There is no theme {reference!r}. `duiding themes list --all` shows them.")
    if len(found) > 1:
        raise UsageError(f"{reference!r} is the beginning of several theme ids. Give more of it.")
    return str(found[0])


def suggestions(db: Session) -> tuple[Suggestion, ...]:
    """Return all suggestions that count, those that wait first, the surest first."""
    return tuple(Suggestion(*row) for row in db.rows("themes.suggestions"))


def export(db: Session, week: str | None, theme_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield one record per (theme, week) of ``duiding export themes``: weeks in which it was seen or measured."""
    scope = {"week": week, "theme_id": theme_id}
    themes = {one.id: one for one in every(db)}
    standings = {(theme, at): _standing(numbers) for theme, at, *numbers in db.rows("themes.standings", **scope)}
    clusters: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    articles: dict[tuple[str, str], list[str]] = defaultdict(list)
    accepted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for theme, at, cluster_id, label, kind, score, _, article_id, _ in db.rows("themes.articles", **scope):
        if cluster_id:
            clusters[theme, at][cluster_id] = {"cluster": cluster_id, "label": label, "kind": kind, "score": score}
        else:
            accepted[theme, at].append(article_id)
        if article_id:
            articles[theme, at].append(article_id)
    changes: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for theme, other, at, kind, score in db.rows("themes.changes", **scope):
        changes[theme, at].append({"kind": kind, "theme": other, "score": score})
        changes[other, at].append({"kind": _SEEN_FROM_THERE[kind], "theme": theme, "score": score})
    for theme, at in sorted({*standings, *clusters, *articles, *changes}, key=lambda pair: (pair[1], pair[0])):
        if theme not in themes or theme_id not in (None, theme):
            continue
        one, standing = themes[theme], standings.get((theme, at))
        yield {
            "theme": theme,
            "name": one.name,
            "label": one.label,
            "named": one.named,
            "week": at,
            **(asdict(standing) if standing else dict.fromkeys(_NUMBERS)),
            "articles": list(dict.fromkeys(articles[theme, at])),
            "accepted": accepted[theme, at],
            "clusters": list(clusters[theme, at].values()),
            "changes": changes[theme, at],
            "went_up_in": one.went_up_in,
        }


_NUMBERS = "status sources of_sources expected z frozen".split()
_SEEN_FROM_THERE = {"split_from": "split_off", "merged_into": "took_in"}


def _theme(row: Row) -> Theme:
    theme_id, name_, label, named_, first, last, weeks, articles, went_up_in, measured_week, *numbers = row
    standing = _standing(numbers) if measured_week else None
    return Theme(theme_id, name_, label, named_, first, last, weeks, articles, went_up_in, standing, measured_week)


def _standing(numbers: Sequence[Any]) -> Standing:
    return Standing(*numbers)
