"""Clusters: a machine's proposals for one week, kept per run and never changed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from curate import ids, urls
from curate.cards import Card, CardArticle
from curate.clusters import Group
from storage.database import Row, Session


@dataclass(frozen=True, slots=True)
class Clustering:
    """What one run proposes for a week: groups in order, their places on the map, and who is in none."""

    run_id: str
    week: str
    groups: tuple[Group, ...]
    positions: tuple[tuple[float, float], ...]
    single: tuple[str, ...]
    """Ids of articles in no group."""

    def id_of(self, group: Group) -> str:
        """Return the cluster id: the run and its members, so that a repeated run writes the same rows."""
        return ids.of("cluster", self.run_id, *sorted(member.id for member in group.members))


def add(db: Session, clustering: Clustering) -> None:
    """Keep a clustering whole."""
    rows = []
    members: list[tuple[str | None, str, int | None, float | None]] = []
    for place, (group, (x, y)) in enumerate(zip(clustering.groups, clustering.positions, strict=True), start=1):
        cluster_id = clustering.id_of(group)
        keywords = json.dumps(group.keywords, ensure_ascii=False)
        rows.append((cluster_id, clustering.run_id, clustering.week, place, group.label, keywords, group.title, x, y))
        members += [(cluster_id, one.id, one.rank, one.score) for one in group.members]
    members += [(None, article_id, None, None) for article_id in clustering.single]
    db.bulk("clusters.add", "cluster_id run_id week place label keywords title x y".split(), rows)
    db.bulk(
        "clusters.add_articles",
        "cluster_id run_id week article_id rank score".split(),
        [(cluster, clustering.run_id, clustering.week, *rest) for cluster, *rest in members],
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
    for week, cluster, theme, label, keywords, article, url, copy_of, rank, score, external_id in rows:
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


def _card_article(row: Sequence[Any]) -> CardArticle:
    article_id, url, title, source, language, copies, excerpt, published_at, brought_by = row
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
            title=title,
            articles=tuple(by_cluster.get(cluster_id, ())),
            position=(x, y),
        )
        for cluster_id, theme_id, label, keywords, title, x, y in rows
    )
