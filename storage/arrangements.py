"""Arrangements: what people did to the clusters of a week by hand; rows are only added, and undone."""

import json
from dataclasses import dataclass
from datetime import datetime

from curate import arrangements, corrections, ids
from curate.arrangements import Arrangement
from curate.cards import Card
from storage import corrections as stored_corrections
from storage.database import Session
from storage.values import Row


@dataclass(frozen=True, slots=True)
class Done:
    """An act on clusters as the log shows it; names are those of people."""

    id: str
    deed: str
    cluster_id: str
    other_id: str
    articles: tuple[str, ...]
    acts: tuple[str, ...]
    """Ids of the corrections that came with it."""
    why: str
    name: str
    made_at: datetime
    undone_at: datetime | None
    undone_by: str | None


def add(db: Session, done: Arrangement, card: Card, person_id: str, now: datetime) -> None:
    """Keep an act on the cluster of ``card``, and what it says about articles; the same one again adds nothing."""
    acts = [corrections.act(kind, pairs, person_id, now) for kind, pairs in done.ties]
    for act in acts:
        stored_corrections.add(db, act, person_id, done.why, now)
    week, run_id = db.rows("clusters.place_of", cluster_id=done.cluster_id)[0]
    db.rows(
        "arrangements.add",
        arrangement_id=done.id,
        week=week,
        run_id=run_id,
        kind=done.deed,
        cluster_id=done.cluster_id,
        other_id=done.other_id,
        articles=json.dumps(done.articles),
        acts=json.dumps([act.id for act in acts]),
        person_id=person_id,
        why=done.why,
        now=now,
    )
    if done.deed == "split":
        _split_off(db, done, next(one.title for one in card.articles if one.article_id == done.articles[0]))


def _split_off(db: Session, done: Arrangement, title: str) -> None:
    """What is split off is a cluster like any other, and begins a theme."""
    theme_id = ids.of("theme", done.other_id)
    db.rows("arrangements.add_cluster", cluster_id=done.cluster_id, other_id=done.other_id, title=title)
    db.rows("arrangements.add_theme", theme_id=theme_id, other_id=done.other_id)
    link_id = ids.of("theme_link", done.other_id)
    db.rows("arrangements.link_theme", link_id=link_id, theme_id=theme_id, other_id=done.other_id)


def undo(db: Session, done: Done, person_id: str, now: datetime) -> None:
    """Let an act hold no more, with what it said about articles; what was undone before keeps who undid it."""
    db.rows("arrangements.undo", arrangement_id=done.id, person_id=person_id, now=now)
    for act_id in done.acts:
        stored_corrections.undo(db, act_id, person_id, now)


def of_week(db: Session, week: str) -> tuple[Done, ...]:
    """Return everything that was done to a week's clusters, the latest first."""
    return tuple(_done(row) for row in db.rows("arrangements.of_week", week=week))


def follows(db: Session, week: str | None = None, cluster_id: str | None = None) -> dict[str, str]:
    """Return where the words about clusters of a week (or of the week of a cluster) stand, if elsewhere now."""
    rows = db.rows("arrangements.follows", week=week, cluster_id=cluster_id)
    return arrangements.follows([(one, into) for one, into, _ in rows])


def _done(row: Row) -> Done:
    arrangement_id, deed, cluster_id, other_id, articles, acts, *rest = row
    return Done(arrangement_id, deed, cluster_id, other_id, tuple(json.loads(articles)), tuple(json.loads(acts)), *rest)
