"""Where a frozen issue comes from, as far as the rows behind it are kept."""

import json
from collections import defaultdict

from curate import provenance
from curate.cards import Copy
from curate.issues import Issue
from curate.provenance import Article, Cluster, Got, Made, Provenance, Version
from storage import articles, issues
from storage.database import Session
from storage.values import Row


def of_issue(db: Session, number: int) -> Provenance | None:
    """Return where an issue comes from; None when there is no such issue."""
    issue = issues.by_number(db, number)
    row = db.one("provenance.content_hash", number=number)
    if issue is None or row is None:
        return None
    return provenance.traced(issue, row[0], _versions(db, issue), _clusters(db, issue))


def _versions(db: Session, issue: Issue) -> dict[str, Version]:
    wanted = list(provenance.annotation_ids(issue))
    return {row[0]: Version(*row) for row in db.rows("provenance.versions", annotation_ids=wanted)}


def _clusters(db: Session, issue: Issue) -> dict[str, Cluster]:
    wanted = [one.cluster_id for one in issue.items]
    rows = db.rows("provenance.articles", cluster_ids=wanted)
    copies = articles.copies_of(db, [row[1] for row in rows if row[2]])
    inside: dict[str, list[Article]] = defaultdict(list)
    removed: dict[str, int] = defaultdict(int)
    for cluster_id, *row in rows:
        if row[1] is None:
            removed[cluster_id] += 1
        else:
            inside[cluster_id].append(_article(tuple(row), copies.get(row[0], ())))
    return {
        cluster_id: Cluster(
            cluster_id, week, label, by_hand, _made(tuple(run)), tuple(inside[cluster_id]), removed[cluster_id]
        )
        for cluster_id, week, label, by_hand, *run in db.rows("provenance.clusters", cluster_ids=wanted)
    }


def _made(run: Row) -> Made | None:
    kind, started_at, code_version, model, revision, parameters = run
    return Made(kind, started_at, code_version, model, revision, json.loads(parameters)) if kind else None


def _article(row: Row, copies: tuple[Copy, ...]) -> Article:
    article_id, url, title, language, published_at, sources, people, text_from, asked_at, status, error_kind = row
    return Article(
        article_id=article_id,
        url=url,
        title=title,
        language=language,
        published_at=published_at,
        sources=tuple(dict.fromkeys(sources)),
        brought_by=people,
        text_from=text_from,
        got=Got(asked_at, status, error_kind) if asked_at else None,
        copies=copies,
    )
