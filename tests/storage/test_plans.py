"""What editors decided, in versions, and what earlier weeks leave to an issue."""

from dataclasses import replace

from curate import issues as built
from curate.issues import Frame
from curate.plans import Choice, Plan
from storage import annotations, clusters, issues, plans, rounds, runs
from storage.annotations import Author
from storage.clusters import Clustering
from storage.database import Session
from storage.plans import Version
from storage.runs import Run
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, NOW, WEEK, asking, group, later, speak, words

NEXT, AFTER = "2026-W48", "2026-W49"
FULL = Plan(("a",), ("b",), ("c",), (Choice("a", ("v",), ("v", "w"), (), "machine"),), "", "x")


def frame(week: str = WEEK, number: int = 1) -> Frame:
    return Frame(number, week, "Netwerk", NOW, "run")


def round_of(db: Session, week: str, *keys: str) -> list[str]:
    """Another week's round, on clusters of the same articles."""
    made = Clustering(f"run of {week}", week, tuple(group(key) for key in keys), ((0.5, 0.5),) * len(keys), ())
    runs.start(db, Run(made.run_id, "cluster", later(days=7), "0.1.0", {"week": week}))
    clusters.add(db, made)
    rounds.open_with(db, asking(made.run_id, week=week), "run")
    return [made.id_of(one) for one in made.groups]


def keep(db: Session, cluster_id: str, week: str) -> None:
    annotations.save(db, words(), Author(cluster_id, week, ANNA.id, "nl"), NOW)


def ids_of(db: Session, week: str) -> list[tuple[str, str]]:
    return [(one.cluster_id, one.week) for one in plans.draft(db, frame(week)).items]


def freeze(db: Session, week: str) -> None:
    issues.freeze(db, plans.draft(db, frame(week, issues.next_number(db))), NOW)


def test_without_a_plan_the_issue_is_what_it_always_was(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    assert (plans.versions(db, WEEK), plans.of_week(db, WEEK)) == ((), Plan())
    drafted = plans.draft(db, frame())
    bare = tuple(replace(one, standing=None) for one in drafted.items)
    assert built.to_json(replace(drafted, items=bare)) == built.to_json(builders.issue(db))


def test_every_version_is_kept_and_the_last_one_counts(db: Session) -> None:
    builders.week(db)
    assert plans.save(db, WEEK, FULL, BEN.id, NOW) == 1
    assert plans.save(db, WEEK, Plan(), ANNA.id, later(hours=1)) == 2
    assert plans.save(db, NEXT, FULL, "who is gone", NOW) == 1
    assert plans.versions(db, WEEK) == (
        Version(1, BEN.id, BEN.name, NOW, FULL),
        Version(2, ANNA.id, ANNA.name, later(hours=1), Plan()),
    )
    assert plans.of_week(db, WEEK) == Plan()
    assert plans.versions(db, NEXT)[0].name == ""


def test_the_draft_obeys_the_plan(db: Session) -> None:
    first, second = builders.week(db)
    speak(db, first)
    speak(db, second)
    plans.save(db, WEEK, Plan(order=(second,), left_out=(first,)), BEN.id, NOW)
    assert ids_of(db, WEEK) == [(second, "")]


def test_what_is_held_over_is_in_the_next_draft_with_its_week_and_voices(db: Session) -> None:
    first, second = builders.week(db)
    speak(db, first)
    speak(db, second)
    (new,) = round_of(db, NEXT, "d")
    keep(db, new, NEXT)
    plans.save(db, WEEK, Plan(held_over=(first,)), BEN.id, NOW)
    assert ids_of(db, WEEK) == [(second, "")]
    assert ids_of(db, NEXT) == [(new, ""), (first, WEEK)]
    assert plans.draft(db, frame(NEXT)).items[1].voices[0].byline == ANNA.name


def test_when_the_next_week_is_skipped_it_waits_on_and_it_is_never_published_twice(db: Session) -> None:
    first, second = builders.week(db)
    speak(db, first)
    speak(db, second)
    plans.save(db, WEEK, Plan(held_over=(first,)), BEN.id, NOW)
    freeze(db, WEEK)
    round_of(db, NEXT, "c")
    rounds.skip(db, NEXT, BEN.id, NOW, "vakantie")
    round_of(db, AFTER, "d")
    assert ids_of(db, AFTER) == [(first, WEEK)]
    freeze(db, AFTER)
    round_of(db, "2026-W50", "a")
    assert ids_of(db, "2026-W50") == []
    assert ids_of(db, AFTER) == [(first, WEEK)], "its own issue does not count as another"


def test_who_takes_back_the_holding_over_after_it_was_published_publishes_nothing_twice(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    plans.save(db, WEEK, Plan(held_over=(first,)), BEN.id, NOW)
    round_of(db, NEXT, "d")
    freeze(db, NEXT)
    plans.save(db, WEEK, Plan(), BEN.id, NOW)
    assert ids_of(db, WEEK) == []


def test_who_leaves_it_out_later_ends_its_waiting(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    plans.save(db, WEEK, Plan(held_over=(first, "gone")), BEN.id, NOW)
    plans.save(db, NEXT, Plan(left_out=(first,)), BEN.id, NOW)
    round_of(db, NEXT, "c")
    round_of(db, AFTER, "d")
    assert ids_of(db, NEXT) == ids_of(db, AFTER) == []


def test_what_the_plan_shows_is_what_the_frozen_issue_reads(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    plans.save(db, WEEK, Plan(choices=(Choice(first, links=()),)), BEN.id, NOW)
    short = plans.draft(db, replace(frame(), thin_below=2))
    issues.freeze(db, short, NOW)
    assert issues.by_number(db, 1) == short
    assert (short.thin, short.items[0].links) == (True, ())
