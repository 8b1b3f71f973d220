"""What is known about all sources together: how they fare, and what they brought lately."""

import json
from collections import defaultdict
from datetime import datetime, timedelta

from curate import coverage
from curate.coverage import Brought, Coverage, FedTheme
from curate.health import Heard
from storage.database import Session
from storage.values import Row

LOOKED_BACK = timedelta(days=28)
_FIELDS = (
    "id url kind title language tags state added_at polled_at due_at error_kind error since entries articles newest_at "
    "news_on"
).split()


def heard(db: Session, now: datetime) -> tuple[Heard, ...]:
    """Return all sources with what asking them has taught us, in the order in which they were added."""
    return tuple(_heard(row) for row in db.rows("coverage.heard", now=now))


def brought(db: Session, since: datetime, until: datetime) -> Brought:
    """Return which articles published in a stretch of time each source brought, copies under what they copy."""
    found: dict[str, set[str]] = defaultdict(set)
    for source_id, article_id in db.rows("coverage.brought", since=since, until=until):
        found[source_id].add(article_id)
    return {source_id: frozenset(articles) for source_id, articles in found.items()}


def themes(db: Session, since: datetime) -> tuple[FedTheme, ...]:
    """Return the themes of the rounds opened since then, the largest first, with what fed them."""
    found: dict[str, FedTheme] = {}
    for theme_id, name, is_named, articles, by_people, source, n in db.rows("coverage.themes", since=since):
        before = found.get(theme_id)
        sources = (*(before.sources if before else ()), *([(source, n)] if source else []))
        found[theme_id] = FedTheme(name, is_named, articles, sources, by_people)
    return tuple(found.values())


def picture(db: Session, now: datetime) -> Coverage:
    """Return what feeds the network, by the articles and rounds of the last four weeks."""
    since = now - LOOKED_BACK
    return coverage.of(heard(db, now), brought(db, since, now), themes(db, since), now)


def _heard(row: Row) -> Heard:
    record = dict(zip(_FIELDS, row, strict=True))
    tags, state, news_on = record["tags"], record.pop("state"), record["news_on"]
    read = {"tags": tuple(json.loads(tags)), "is_disabled": state == "disabled", "news_on": tuple(news_on or ())}
    return Heard(**(record | read))
