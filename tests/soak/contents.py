"""What a home holds, as counted rows without what differs between any two homes (ids of runs, moments of a kill)."""

from collections import Counter
from typing import Any

from pipelines.home import Home
from storage.database import Session
from tests.soak.comparing import Rows

_TABLES = {
    "sources": "SELECT url, sources.state, error_kind FROM sources LEFT JOIN polls USING (source_id)",
    "entries": """
        SELECT s.url, e.guid, e.url, a.url, e.page_state, t.title, md5(t.text)
        FROM entries e JOIN sources s USING (source_id) JOIN entry_texts t USING (entry_id)
        LEFT JOIN articles a USING (article_id)""",
    "articles": """
        SELECT a.url, a.language, a.text_from, o.url, t.title, md5(t.text)
        FROM articles a JOIN article_texts t USING (article_id) LEFT JOIN articles o ON o.article_id = a.copy_of""",
    "surfacings": """
        SELECT a.url, f.via, s.url, f.evidence
        FROM surfacings f JOIN articles a USING (article_id) JOIN sources s USING (source_id)""",
    "vectors": """
        SELECT e.text_hash, e.model, e.revision FROM embeddings e JOIN vectors v USING (embedding_id)""",
    "themes": "SELECT label, name, first_week, last_week FROM themes",
    "rounds": "SELECT week, closed_at IS NOT NULL, approved_at IS NOT NULL FROM rounds",
    "invitations": "SELECT week, email, invited_at IS NOT NULL FROM invitations JOIN people USING (person_id)",
    "issues": """
        SELECT i.number, i.week, count(*) FROM issues i JOIN issue_contents c USING (number) GROUP BY ALL""",
    "deliveries": """
        SELECT d.number, s.email, d.covers, d.state, d.message_id
        FROM deliveries d JOIN subscribers s USING (subscriber_id)""",
}
_CLUSTERED = """
    SELECT r.week, c.cluster_id, a.url
    FROM rounds r JOIN cluster_articles c ON c.run_id = r.cluster_run_id JOIN articles a USING (article_id)"""
_SPOKEN = """
    SELECT week, cluster_id, email, version, verdict, so_what
    FROM annotations JOIN annotation_words USING (annotation_id) JOIN people USING (person_id)"""


def tables(home: Home) -> dict[str, Rows]:
    """Return the rows of every table that must not depend on how often a program was killed."""
    with home.database.reading() as db:
        found = {name: Counter(db.execute(sql)) for name, sql in _TABLES.items()}
        members = _members(db)
        found["clusters"] = Counter(members.values())
        found["annotations"] = Counter(
            (week, members.get(cluster, cluster), *said) for week, cluster, *said in db.execute(_SPOKEN)
        )
    return found


def _members(db: Session) -> dict[str, tuple[Any, ...]]:
    """Return week and addresses of every round's clusters by id; of the articles in no cluster under the week's name.

    An article that stands in a cluster twice stands in it twice here.
    """
    by_cluster: dict[str, list[str]] = {}
    weeks: dict[str, str] = {}
    for week, cluster, url in db.execute(_CLUSTERED):
        key = cluster or f"none of {week}"
        weeks[key] = week
        by_cluster.setdefault(key, []).append(url)
    return {key: (weeks[key], *sorted(urls)) for key, urls in by_cluster.items()}
