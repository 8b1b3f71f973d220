"""articles that a person names | pairs together or apart | keep as one act; the next clustering of their week obeys"""

from collections.abc import Sequence
from dataclasses import dataclass

from curate import corrections
from curate.corrections import Act, Kind, Pair
from curate.errors import NotFoundError, UsageError
from curate.weeks import Week
from pipelines.home import Home
from pipelines.steps import acting
from storage import articles, clusters, rounds
from storage import corrections as stored_corrections
from storage.articles import Named
from storage.corrections import Said
from storage.database import Session

SHOWN = 8
"""Characters of the id of an act that people see and give."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction came to."""

    act: Act
    articles: int
    weeks: tuple[str, ...]
    """The weeks of its articles, as 2026-W47."""
    kept_weeks: tuple[str, ...]
    """Those of them whose round was opened, and keeps its clusters."""

    @property
    def sentence(self) -> str:
        """What a person needs to know."""
        said = {"together": "belong together", "apart": "belong apart"}[self.act.kind]
        again = " and ".join(f"`duiding cluster --week {week}`" for week in self.weeks)
        round_ = " and ".join(self.kept_weeks)
        return f"Act {self.act.id[:SHOWN]}: {self.articles} articles {said}. The next clustering obeys it: {again}." + (
            f" The round of {round_} keeps the clusters it was opened with." if round_ else ""
        )


def join(home: Home, named: Sequence[str], email: str, why: str) -> Corrected:
    """Keep that these articles belong together; each is an id, a unique beginning of one, or an address.

    Raises UsageError for what says nothing, NotFoundError for an unknown article or person.
    """
    with home.database.writing() as db:
        found = [articles.named(db, one) for one in named]
        _check_different(found)
        return _keep(home, db, "together", corrections.together([one.id for one in found]), (email, why))


def part(home: Home, named: Sequence[str], others: Sequence[str], email: str, why: str) -> Corrected:
    """Keep that these articles do not belong with the others, or with each other when there are no others.

    Among the others may stand a cluster, for all its articles but those named. Raises as :func:`join` does.
    """
    with home.database.writing() as db:
        found = [articles.named(db, one) for one in named]
        own = {one.id for one in found}
        against = {one.id for other in others for one in _articles_of(db, other, own)}
        if others and not against:
            raise UsageError("The cluster holds no other articles: there is nothing to part these from.")
        _check_different([*found, *(articles.named(db, one) for one in sorted(against))])
        return _keep(home, db, "apart", corrections.apart(own, against), (email, why))


def undo(home: Home, act: str, email: str) -> Said:
    """Let an act hold no more, given its id or a unique beginning of it, and return it.

    Raises UsageError when several begin so or somebody undid it before, NotFoundError when there is none.
    """
    with home.database.writing() as db:
        found = [one for one in stored_corrections.every(db) if act and one.act.id.startswith(act)]
        if not found:
            raise NotFoundError(f"There is no act {act!r}. `duiding clusters corrections` lists them.")
        if len(found) > 1:
            raise UsageError(f"{act!r} is the beginning of several acts. Give more of it.")
        if found[0].undone_at:
            raise UsageError(f"Act {act} was undone before, by {found[0].undone_by}.")
        stored_corrections.undo(db, found[0].act.id, acting.person(db, email, "correct clusters").id, home.clock())
        return found[0]


def _keep(home: Home, db: Session, kind: Kind, pairs: frozenset[Pair], said: tuple[str, str]) -> Corrected:
    email, why = said
    person, reason, now = acting.person(db, email, "correct clusters"), corrections.reason(why), home.clock()
    act = corrections.act(kind, pairs, person.id, now)
    stored_corrections.add(db, act, person.id, reason, now)
    dates = [articles.named(db, one).published_at for one in act.articles]
    weeks = sorted({str(Week.of(moment)) for moment in dates})
    kept = [week for week in weeks if rounds.of_week(db, week)]
    return Corrected(act, len(act.articles), tuple(weeks), tuple(kept))


def _articles_of(db: Session, named: str, but: set[str]) -> list[Named]:
    """The article of this name, or those of the cluster of this name but some."""
    cluster_id = clusters.named(db, named)
    if cluster_id is None:
        return [articles.named(db, named)]
    card = clusters.card(db, cluster_id)
    found = [articles.named(db, one.article_id) for one in card.articles] if card else []
    return [one for one in found if one.id not in but]


def _check_different(found: Sequence[Named]) -> None:
    """Copies of one article are one: nothing can be said about them together or apart."""
    if len({one.id for one in found}) > 1 and len({one.copy_of or one.id for one in found}) == 1:
        raise UsageError("These are copies of one article, and are kept together already.")
