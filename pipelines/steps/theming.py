"""earlier themes | their centres | match the week's clusters to them"""

from datetime import timedelta

from curate import themes
from curate.themes import Centre
from curate.weeks import Week
from pipelines.home import Home
from pipelines.model import Encoder
from pipelines.steps.encoding import text_hash
from storage import articles, embeddings
from storage import clusters as stored_clusters
from storage.database import Session

THEMES_FOR = timedelta(weeks=26)
"""A theme not seen for longer is not taken up again by the machine (docs/domain.md)."""


def members(db: Session, week: Week) -> dict[str, frozenset[str]]:
    since = Week.of(week.starts_at - THEMES_FOR)
    return stored_clusters.members_of_themes(db, str(since), str(week))


def centres(home: Home, model: Encoder, members: dict[str, frozenset[str]]) -> list[Centre]:
    """The centres of earlier themes, from vectors of this very model: others cannot be compared."""
    wanted = sorted({article_id for articles_ in members.values() for article_id in articles_})
    with home.database.reading() as db:
        hashes = {text.id: text_hash(text) for text in articles.by_ids(db, wanted)}
        known = embeddings.known(db, list(hashes.values()), model.name, model.revision)
        usable = {article_id: key for article_id, key in hashes.items() if key in known}
        vectors = embeddings.matrix(db, list(usable.values()), model.name, model.revision)
    row = {article_id: place for place, article_id in enumerate(usable)}
    return [
        Centre(theme_id, "", themes.centre(vectors[[row[one] for one in sorted(inside) if one in row]]))
        for theme_id, inside in sorted(members.items())
        if any(one in row for one in inside)
    ]
