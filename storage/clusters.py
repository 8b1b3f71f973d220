"""Clusters: a machine's proposals for one week, kept per run and never changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curate import ids, reasons, urls
from curate.cards import Card, CardArticle
from curate.clusters import Group
from curate.errors import UsageError
from curate.reasons import Reasons
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Clustering:
    """What one run proposes for a week: groups in order, their places on the map, and who is in none."""

    run_id: str
    week: str
    groups: tuple[Group, ...]
    positions: tuple[tuple[float, float], ...]
    single: tuple[str, ...]
    """Ids of articles in no group."""
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Where articles lie on the map, by id, both between 0 and 1."""
    reasons: tuple[Reasons, ...] = ()
    """Of each group, in their order; or none at all."""

    def id_of(self, group: Group) -> str:
        """Return the cluster id: the run and its members, so that a repeated run writes the same rows."""
        return ids.of("cluster", self.run_id, *sorted(member.id for member in group.members))


_NOWHERE = (None, None)


def add(db: Session, clustering: Clustering) -> None:
    """Keep a clustering whole."""
    rows = []
    members: list[tuple[str | None, str, int | None, float | None]] = []
    said: list[str | None] = [reasons.to_json(one) for one in clustering.reasons]
    said = said or [None] * len(clustering.groups)
    together = zip(clustering.groups, clustering.positions, said, strict=True)
    for place, (group, (x, y), why) in enumerate(together, start=1):
        cluster_id = clustering.id_of(group)
        keywords = json.dumps(group.keywords, ensure_ascii=False)
        named = (cluster_id, clustering.run_id, clustering.week, place, group.label, keywords, group.title)
        rows.append((*named, x, y, why))
        members += [(cluster_id, one.id, one.rank, one.score) for one in group.members]
    members += [(None, article_id, None, None) for article_id in clustering.single]
    db.bulk("clusters.add", "cluster_id run_id week place label keywords title x y reasons".split(), rows)
    db.bulk(
        "clusters.add_articles",
        "cluster_id run_id week article_id rank score x y".split(),
        [
            (
                cluster,
                clustering.run_id,
                clustering.week,
                article_id,
                *rest,
                *clustering.places.get(article_id, _NOWHERE),
            )
            for cluster, article_id, *rest in members
        ],
    )


def current_run(db: Session, week: str) -> str | None:
    """Return the run whose clusters count for a week: that of its round, else the latest."""
    row = db.one("clusters.current_run", week=week)
    return row[0] if row else None


def of_run(db: Session, run_id: str) -> tuple[str, ...]:
    """Return the ids of a run's clusters, in order."""
    return tuple(row[0] for row in db.rows("clusters.of_run", run_id=run_id))


def cards_of_round(db: Session, week: str) -> tuple[Card, ...]:
    """Return the week's clusters as cards, in the order of the round."""
    run_id = current_run(db, week)
    return _cards(db, db.rows("clusters.of_run", run_id=run_id)) if run_id else ()


def card(db: Session, cluster_id: str) -> Card | None:
    """Return one cluster as a card."""
    found = _cards(db, db.rows("clusters.by_id", cluster_id=cluster_id))
    return found[0] if found else None


def week_of(db: Session, cluster_id: str) -> str | None:
    """Return the week that a cluster belongs to."""
    row = db.one("clusters.week_of", cluster_id=cluster_id)
    return row[0] if row else None


def named(db: Session, reference: str) -> str | None:
    """Return the cluster that a person means by its id or the beginning of its id, or None.

    Raises UsageError when several begin so.
    """
    said = reference.strip()
    found = [row[0] for row in db.rows("clusters.named", beginning=said)] if said else []
    if len(found) > 1 and found[0] != said:
        raise UsageError(f"{reference!r} is the beginning of several cluster ids. Give more of it.")
    return found[0] if found else None


def export(db: Session, week: str | None) -> Iterator[dict[str, Any]]:
    """Yield one record per (cluster, article) of ``duiding export clusters``; copies follow what they copy."""
    weeks = [week] if week else [name for (name,) in db.rows("clusters.clustered_weeks")]
    for one in weeks:
        if run_id := current_run(db, one):
            yield from _export_run(db, run_id)


def _export_run(db: Session, run_id: str) -> Iterator[dict[str, Any]]:
    from storage import articles

    copies: dict[str, list[Row]] = {}
    for original, *copy in db.rows("clusters.export_copies", run_id=run_id):
        copies.setdefault(original, []).append(tuple(copy))
    rows = db.rows("clusters.export", run_id=run_id)
    wanted = [row[5] for row in rows] + [copy[0] for group in copies.values() for copy in group]
    titles = articles.titles(db, wanted)
    for week, cluster, theme, label, keywords, article, url, copy_of, rank, score, external_id, why in rows:
        record = {
            "week": week,
            "cluster": cluster,
            "theme": theme,
            "label": label,
            "keywords": json.loads(keywords) if keywords else [],
            "article": article,
            "url": url,
            "title": titles.get(article, ""),
            "copy_of": copy_of,
            "rank": rank,
            "score": score,
            "id": external_id,
            **_reasons_of(why),
        }
        yield record
        for copy_id, copy_url, copy_external in copies.get(article, ()):
            title = titles.get(copy_id, "")
            yield record | {
                "article": copy_id,
                "url": copy_url,
                "title": title,
                "copy_of": article,
                "id": copy_external,
            }


def _reasons_of(text: str | None) -> dict[str, Any]:
    why = reasons.from_json(text) if text else None
    return {
        "shared": {one.word: one.articles for one in why.shared} if why else {},
        "cohesion": why.cohesion if why else None,
        "weakest": why.weakest.article if why and why.weakest else None,
    }


def _card_article(row: Sequence[Any]) -> CardArticle:
    article_id, url, title, source, language, copies, excerpt, published_at, brought_by, x, y = row
    return CardArticle(
        article_id=article_id,
        url=url,
        title=title,
        source=source or urls.host_of(url),
        language=language,
        copies=copies,
        excerpt=excerpt,
        published_at=published_at,
        brought_by=tuple(brought_by),
        position=None if x is None else (x, y),
    )


def _cards(db: Session, rows: Sequence[Row]) -> tuple[Card, ...]:
    by_cluster: dict[str, list[CardArticle]] = {}
    for cluster_id, *article in db.rows("clusters.articles_of", cluster_ids=[row[0] for row in rows]):
        by_cluster.setdefault(cluster_id, []).append(_card_article(article))
    return tuple(
        Card(
            cluster_id=cluster_id,
            theme_id=theme_id,
            label=label,
            keywords=tuple(json.loads(keywords)),
            title=_title(title, by_cluster.get(cluster_id, ()), by_hand=by_hand),
            articles=tuple(by_cluster.get(cluster_id, ())),
            position=(x, y),
            reasons=reasons.from_json(why) if why and not by_hand else None,
            by_hand=by_hand,
        )
        for cluster_id, theme_id, label, keywords, title, x, y, why, by_hand in rows
    )


def _title(title: str, articles: Sequence[CardArticle], *, by_hand: bool) -> str:
    """A cluster is called after its most central article; after its first one, when people moved that one away."""
    is_inside = not by_hand or any(one.title == title for one in articles)
    return title if is_inside or not articles else articles[0].title
