"""Plans: what editors decided about an issue, in versions; and all that an issue is built from."""

from dataclasses import dataclass, field
from datetime import datetime

from curate import answered, calls, candidates, ids, issues, plans, surroundings
from curate.annotations import Annotation
from curate.candidates import Earlier, Held, Sorted
from curate.cards import Card
from curate.issues import Frame, Issue
from curate.plans import Plan
from curate.surroundings import Around
from storage import annotations, answers, articles, askables, clusters
from storage import surroundings as stored_surroundings
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a plan; never changed afterwards."""

    number: int
    """1, 2, …, counted per week."""
    person_id: str
    name: str
    """Of the editor who made it."""
    made_at: datetime
    plan: Plan


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the issue of a week is built from, apart from a plan."""

    cards: tuple[Card, ...]
    """The clusters of the round, in its order."""
    annotations: tuple[Annotation, ...]
    """All versions of everybody's words about these and about what was held over."""
    articles: int
    earlier: Earlier
    around: Around = field(default_factory=Around)

    def issue(self, frame: Frame, plan: Plan) -> Issue:
        """Return the issue as this plan has it."""
        built = issues.build(frame, self.cards, self.annotations, self.articles, plan, self.earlier)
        return surroundings.added(built, self.annotations, self.around)

    def sorted(self, plan: Plan) -> Sorted:
        """Return what was kept, each where this plan has it."""
        return candidates.sort(self.cards, self.annotations, plan, self.earlier)


def save(db: Session, week: str, plan: Plan, person_id: str, now: datetime) -> int:
    """Add the next version of a week's plan and return its number. What was there before stays."""
    version = int(db.rows("plans.next_version", week=week)[0][0])
    plan_id = ids.of("plan", week, str(version))
    db.rows("plans.add", plan_id=plan_id, week=week, version=version, person_id=person_id, now=now)
    db.rows("plans.add_content", plan_id=plan_id, content=plans.to_json(plan))
    return version


def versions(db: Session, week: str) -> tuple[Version, ...]:
    """Return all versions of a week's plan, oldest first."""
    return tuple(
        Version(number, person_id, name, made_at, plans.from_json(content))
        for number, person_id, name, made_at, content in db.rows("plans.versions", week=week)
    )


def of_week(db: Session, week: str) -> Plan:
    """Return the last version of a week's plan; one without decisions when there is none."""
    made = versions(db, week)
    return made[-1].plan if made else Plan()


def material(db: Session, week: str) -> Material:
    """Return what the issue of a week is built from."""
    earlier = _earlier(db, week)
    said = annotations.of_week(db, week)
    said_before = tuple(
        each for one in earlier.held if one.week != week for each in annotations.of_cluster(db, one.card.cluster_id)
    )
    cards = clusters.cards_of_round(db, week)
    may_stand = [one.cluster_id for one in (*cards, *(held.card for held in earlier.held))]
    around = stored_surroundings.of_week(db, week, may_stand)
    return Material(cards, (*said, *said_before), articles.counted(db, week), earlier, around)


def draft(db: Session, frame: Frame) -> Issue:
    """Return the issue of a week as its plan has it now."""
    return material(db, frame.week).issue(frame, of_week(db, frame.week))


def _earlier(db: Session, week: str) -> Earlier:
    decided = [plans.from_json(content) for (content,) in db.rows("plans.last_before", week=week)]
    published = frozenset(one for (one,) in db.rows("plans.published_elsewhere", week=week))
    found = ((clusters.week_of(db, one), clusters.card(db, one)) for one in plans.waiting(decided, published))
    held = tuple(Held(of, card) for of, card in found if of and card)
    told = answered.told(answers.ready(db))
    return Earlier(held, published, told.answers, askables.well_asked(db, calls.ENOUGH_ASKABLES))
