"""What is known around the voices of a week, from the rows of the weeks before."""

from dataclasses import replace
from datetime import timedelta

from curate import issues as built
from curate.annotations import Annotation
from curate.issues import Frame, Issue
from curate.themes import Match
from curate.weeks import Week
from storage import annotations, askables, clusters, issue_notes, issues, people, plans, runs, surroundings, themes
from storage.clusters import Clustering
from storage.database import Session
from storage.runs import Run
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, NOW, WEEK, group, later, speak

NEXT = "2026-W48"
THEN = NOW + timedelta(days=7)


def frozen_week(db: Session, **said: object) -> tuple[str, Annotation]:
    """A week with an issue in which Anna speaks; returns its first cluster and her words."""
    first, _ = builders.week(db)
    spoken = speak(db, first, **said)
    issues.freeze(db, builders.issue(db), later(days=2))
    return first, spoken


def next_week(db: Session, of: str, *keys: str) -> str:
    """The theme of an old cluster in the week after, with other articles; returns its cluster."""
    for key in keys:
        builders.bring(db, key, published_at=THEN)
    made = Clustering("next", NEXT, (group(*keys),), ((0.5, 0.5),), ())
    runs.start(db, Run("next", "cluster", THEN, "0.1.0", {"week": NEXT}))
    clusters.add(db, made)
    (cluster_id,) = clusters.of_run(db, "next")
    themes.link(db, NEXT, [Match(cluster_id, f"theme of {of}", "huur", "survive", 0.9)], run_id="next")
    runs.finish(db, "next", "done", THEN)
    return cluster_id


def say(db: Session, cluster_id: str) -> None:
    """Let Ben say something in the week after."""
    db.execute(
        "INSERT INTO rounds (week, cluster_run_id, opened_at, closes_at, run_id) VALUES ($w, 'next', $n, $u, 'run')",
        {"w": NEXT, "n": THEN, "u": THEN + timedelta(days=4)},
    )
    annotations.save(db, builders.words(title=""), annotations.Author(cluster_id, NEXT, BEN.id, "nl"), THEN)


def draft(db: Session) -> Issue:
    return plans.draft(db, Frame(2, NEXT, "Netwerk", THEN, "run"))


def test_a_theme_has_its_numbers_of_this_week_and_the_one_before(db: Session) -> None:
    first, _ = frozen_week(db)
    cluster_id = next_week(db, first, "p", "q", "r")
    say(db, cluster_id)
    standing = draft(db).items[0].standing
    assert standing
    assert [(one.week, one.articles) for one in standing.weeks] == [(WEEK, 2), (NEXT, 3)]
    assert (standing.before, standing.status) == (2, "")


def test_before_is_unknown_when_the_week_before_was_not_clustered(db: Session) -> None:
    first, _ = builders.week(db)
    speak(db, first)
    standing = plans.draft(db, Frame(1, WEEK, "Netwerk", NOW, "run")).items[0].standing
    assert standing
    assert (standing.before, standing.articles) == (None, 2)


def test_the_status_of_the_week_stands_with_its_theme(db: Session) -> None:
    from curate.statuses import Standing

    first, _ = frozen_week(db)
    cluster_id = next_week(db, first, "p", "q")
    themes.stand(db, NEXT, {f"theme of {first}": Standing("growing", 4, 9, 1.2, 2.0)}, run_id="next")
    say(db, cluster_id)
    standing = draft(db).items[0].standing
    assert standing
    assert standing.status == "growing"


def test_people_who_brought_articles_are_counted_and_not_named(db: Session) -> None:
    first, second = builders.week(db)
    db.execute("UPDATE surfacings SET person_id = $p WHERE article_id IN ('a', 'copy of a')", {"p": ANNA.id})
    db.execute("UPDATE surfacings SET person_id = $p WHERE article_id = 'b'", {"p": BEN.id})
    around = surroundings.of_week(db, WEEK, [first, second])
    assert around.brought_by == {first: 2}


def test_an_older_voice_comes_back_with_the_name_it_has_now(db: Session) -> None:
    first, spoken = frozen_week(db)
    say(db, next_week(db, first, "p", "q"))
    before = draft(db).said_before
    assert before
    assert (before.so_what, before.byline, before.number) == (spoken.words.so_what, ANNA.name, 1)
    people.remove(db, ANNA.id, THEN)
    people.take_name_off(db, ANNA.id)
    before = draft(db).said_before
    assert before
    assert (before.byline, before.shown_as) == ("", "anonymous")
    assert ANNA.name not in built.to_json(draft(db))


def test_what_an_issue_brought_back_does_not_come_back_in_the_next(db: Session) -> None:
    first, _ = frozen_week(db)
    say(db, next_week(db, first, "p", "q"))
    made = draft(db)
    issues.freeze(db, made, THEN + timedelta(days=2))
    assert made.said_before
    after = str(Week.parse(NEXT).next)
    assert surroundings.of_week(db, after, []).brought_back == {made.said_before.annotation_id}


def test_who_looked_again_since_the_last_issue_is_told_and_who_did_so_before_is_not(db: Session) -> None:
    first, spoken = frozen_week(db)
    say(db, next_week(db, first, "p", "q"))
    words = replace(spoken.words, outcome="still_holds", outcome_why="elke dag")
    annotations.reconsider(db, spoken, words, "nl", later(days=1))
    assert draft(db).items[0].looked_back == (), "the issue was frozen after that"
    annotations.reconsider(db, spoken, words, "nl", later(days=3))
    (look,) = draft(db).items[0].looked_back
    assert (look.outcome, look.number, look.byline) == ("still_holds", 1, ANNA.name)


def test_what_became_of_an_experiment_is_told(db: Session) -> None:
    first, spoken = frozen_week(db, experiment="Bel een oud-deelnemer.")
    say(db, next_week(db, first, "p", "q"))
    words = replace(spoken.words, outcome="disproved", outcome_why="niemand nam op")
    annotations.reconsider(db, spoken, words, "nl", later(days=3))
    tried = draft(db).tried
    assert tried
    assert (tried.then, tried.outcome) == ("Bel een oud-deelnemer.", "disproved")


def test_corrections_since_the_last_issue_stand_in_the_next(db: Session) -> None:
    first, _ = frozen_week(db)
    say(db, next_week(db, first, "p", "q"))
    issue_notes.add(db, 1, "Dit stond er al bij.", "nl", by=BEN.id, now=later(days=1))
    issue_notes.add(db, 1, "Het was 2024.", "nl", by=BEN.id, now=later(days=3))
    (correction,) = draft(db).corrections
    assert (correction.text, correction.number, correction.week) == ("Het was 2024.", 1, WEEK)


def test_who_may_be_asked_is_known_by_an_id_that_is_nobodys(db: Session) -> None:
    first, _ = builders.week(db)
    askables.keep(db, ANNA.id, f"theme of {first}", "huurdossiers", NOW)
    speak(db, first, who=BEN.id)
    made = plans.draft(db, Frame(1, WEEK, "Netwerk", NOW, "run"))
    (one,) = made.items[0].ask
    assert (one.name, one.about, one.askable_id) == (ANNA.name, "huurdossiers", askables.every(db)[0].id)
    assert ANNA.id not in built.to_json(made)
    askables.withdraw(db, ANNA.id, f"theme of {first}")
    assert plans.draft(db, Frame(1, WEEK, "Netwerk", NOW, "run")).items[0].ask == ()
