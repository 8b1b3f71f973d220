"""What lasts across weeks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curate.errors import NotFoundError, UsageError
from curate.statuses import Past, Standing
from curate.themes import Change, Known, Match
from curate.weeks import Week
from storage import articles, clusters, fetches, people, removals, rounds, runs, sources, themes
from storage.database import Session
from storage.fetches import Fetch
from storage.rounds import Round
from storage.runs import Run
from storage.themes import Proposed
from tests.storage.builders import ANNA, BLAD, KRANT, NOW, bring, clustering, group

W45, W46, W47 = "2026-W45", "2026-W46", "2026-W47"


def proposed(
    db: Session, week: str, *inside: tuple[str, str], run_id: str = "", minute: int = 0, **rest: object
) -> str:
    """Cluster a week: each (theme, article ids) becomes a cluster that goes on with the theme; return the run."""
    made = replace(
        clustering(*(group(*keys.split(), keywords=(f"{theme} {week}",)) for theme, keys in inside)),
        run_id=run_id or f"run of {week}",
        week=week,
        single=str(rest.get("single", "")).split(),
    )
    moment = NOW + timedelta(minutes=minute)
    runs.start(db, Run(made.run_id, "cluster", moment, "0.1.0", {"week": week}))
    clusters.add(db, made)
    matches = [
        Match(made.id_of(one), theme, one.label, "survive", 0.5)
        for (theme, _), one in zip(inside, made.groups, strict=True)
    ]
    themes.link(db, week, matches, rest.get("changes", ()), run_id=made.run_id)  # type: ignore[arg-type]
    if rest.get("finished", True):
        runs.finish(db, made.run_id, "done", moment)
    return made.run_id


def seen(db: Session) -> list[tuple[str, str, str, int, int]]:
    return [(one.id, one.first_week, one.last_week, one.weeks, one.articles) for one in themes.every(db)]


def test_a_theme_goes_on_with_the_label_of_its_latest_cluster(db: Session) -> None:
    proposed(db, W46, ("wonen", "a b"))
    proposed(db, W47, ("wonen", "c d"), ("zorg", "e f g"))
    wonen, zorg = sorted(themes.every(db), key=lambda one: one.id)
    assert (wonen.name, wonen.label, wonen.named) == ("wonen 2026-W47", "wonen 2026-W47", False)
    assert seen(db) == [("wonen", W46, W47, 2, 4), ("zorg", W47, W47, 1, 3)]
    assert zorg.standing is None


def test_an_earlier_week_done_again_does_not_move_a_theme_back(db: Session) -> None:
    proposed(db, W47, ("wonen", "c d"))
    proposed(db, W45, ("wonen", "a b"))
    (theme,) = themes.every(db)
    assert (theme.label, theme.first_week, theme.last_week) == ("wonen 2026-W47", W45, W47)
    assert db.execute("SELECT label, first_week, last_week FROM themes") == [("wonen 2026-W47", W45, W47)]


def test_linking_again_adds_nothing(db: Session) -> None:
    match, change = Match("cluster", "wonen", "huur", "new", 1.0), Change("split_from", "wonen", "stad", 0.3)
    for _ in range(2):
        themes.link(db, W47, [match], [change], run_id="run")
    themes.link(db, W47, [], run_id="run")
    assert db.execute("SELECT cluster_id, theme_id, kind, score FROM theme_links") == [("cluster", "wonen", "new", 1.0)]
    assert db.execute("SELECT theme_id, other_id, kind FROM theme_changes") == [("wonen", "stad", "split_from")]


def test_only_the_clustering_that_counts_makes_themes(db: Session) -> None:
    proposed(db, W47, ("old", "a b"), run_id="first")
    assert [one[0] for one in seen(db)] == ["old"]
    proposed(db, W47, ("new", "a b"), run_id="second")
    assert [one[0] for one in seen(db)] == ["new"]
    proposed(db, W47, ("killed", "a b"), run_id="third", minute=5, finished=False)
    assert [one[0] for one in seen(db)] == ["new"]
    rounds.open_with(db, Round(W47, "first", NOW, NOW, None, None), "run")
    assert [one[0] for one in seen(db)] == ["old"]
    assert clusters.current_run(db, W47) == "first"


def test_of_two_clusterings_at_the_same_moment_the_one_made_last_counts(db: Session) -> None:
    for number in range(3):
        proposed(db, W47, (f"t{number}", "a b"), run_id=f"run {9 - number}")
    assert [one[0] for one in seen(db)] == ["t2"]


# --- what matching needs ---------------------------------------------------------------------------------------------


def known(db: Session, week: str = W47, since: str = W45, lately: str = W46) -> tuple[Known, ...]:
    return themes.known(db, *(Week.parse(one) for one in (week, since, lately)))


def test_themes_are_known_from_the_weeks_before(db: Session) -> None:
    proposed(db, W45, ("zorg", "a b"))
    proposed(db, W46, ("wonen", "c d"))
    proposed(db, W47, ("later", "e f"))
    assert known(db) == (Known("wonen"), Known("zorg", seen_lately=False))
    assert known(db, since=W46) == (Known("wonen"),)
    assert known(db, week=W45) == ()


def test_a_theme_that_went_up_in_another_is_known_no_more_until_that_clustering_is_done_over(db: Session) -> None:
    proposed(db, W45, ("wonen", "a b"), ("huur", "c d"))
    proposed(db, W46, ("wonen", "e f"), changes=[Change("merged_into", "huur", "wonen", 0.3)])
    assert [one.id for one in known(db)] == ["wonen"]
    assert [one.id for one in known(db, week=W46)] == ["huur", "wonen"]
    assert {one.id: one.went_up_in for one in themes.every(db)} == {"wonen": None, "huur": "wonen"}
    assert themes.taken_in(db, f"run of {W46}") == {"huur"}
    proposed(db, W46, ("wonen", "e f"), run_id="again", minute=5)
    assert [one.id for one in known(db)] == ["huur", "wonen"]
    assert themes.taken_in(db, "again") == frozenset()
    assert themes.of_run(db, "again") == ("wonen",)


def test_the_latest_and_best_articles_stand_for_a_theme(db: Session) -> None:
    proposed(db, W45, ("wonen", "a b c"), ("zorg", "y z"))
    proposed(db, W46, ("wonen", "d e"))
    week, since = Week.parse(W47), Week.parse(W45)
    found = themes.exemplars(db, [Known("wonen"), Known("zorg")], week, since, 3)
    assert found == {"wonen": ["a", "d", "e"], "zorg": ["y", "z"]}
    assert themes.exemplars(db, [Known("zorg")], week, since, 1) == {"zorg": ["y"]}
    assert themes.exemplars(db, [Known("wonen")], Week.parse(W46), since, 2) == {"wonen": ["a", "b"]}


def test_what_a_week_began_is_remembered_for_when_it_is_done_again(db: Session) -> None:
    proposed(db, W46, ("wonen", "a b"))
    proposed(db, W47, ("wonen", "c d"), ("zorg", "e f"))
    assert themes.begun(db, Week.parse(W47)) == {"zorg": {"e", "f"}}
    proposed(db, W47, run_id="again", minute=5)
    assert themes.begun(db, Week.parse(W47)) == {}
    themes.name(db, "zorg", "Zorg", ANNA.id, NOW)
    assert themes.begun(db, Week.parse(W47)) == {"zorg": {"e", "f"}}


def test_an_article_that_came_after_its_week_was_clustered_is_late(db: Session) -> None:
    for key in ("seen", "alone", "late", "copy of late"):
        bring(db, key)
    bring(db, "of a week never clustered", published_at=NOW - timedelta(days=8))
    articles.fold(db, {"copy of late": "late"})
    proposed(db, W47, ("wonen", "seen"), single="alone")
    week = Week.parse(W47)
    assert themes.late(db, Week.parse(W45).starts_at, week.ends_at) == ("late",)
    assert themes.late(db, Week.parse(W45).starts_at, week.starts_at) == ()


# --- suggestions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def suggested(db: Session) -> Session:
    """An article that seems to belong to a theme."""
    people.add(db, ANNA, NOW)
    bring(db, "late")
    run_id = proposed(db, W47, ("wonen", "a b"))
    themes.suggest(db, W47, [Proposed("late", "wonen", 0.3)], run_id=run_id)
    return db


def test_a_suggestion_waits_with_what_a_person_needs_to_decide(suggested: Session) -> None:
    (one,) = themes.suggestions(suggested)
    assert (one.article_id, one.title, one.url) == ("late", "Titel van late", "https://krant.example/late")
    assert (one.theme_id, one.theme, one.week, one.score) == ("wonen", "wonen 2026-W47", W47, 0.3)
    assert (one.decided, one.decided_by, one.decided_at) == (None, None, None)


def test_what_was_decided_stays_when_it_is_suggested_again(suggested: Session) -> None:
    (one,) = themes.suggestions(suggested)
    themes.suggest(suggested, "2026-W48", [Proposed("late", "wonen", 0.4)], run_id=f"run of {W47}")
    assert [(each.week, each.score) for each in themes.suggestions(suggested)] == [("2026-W48", 0.4)]
    themes.decide(suggested, one.id, "refused", ANNA.id, NOW)
    themes.suggest(suggested, "2026-W49", [Proposed("late", "wonen", 0.5)], run_id=f"run of {W47}")
    (said,) = themes.suggestions(suggested)
    assert (said.decided, said.decided_by, said.decided_at, said.score) == ("refused", ANNA.name, NOW, 0.4)
    assert themes.decided(suggested) == {("late", "wonen"): "refused"}


def test_a_suggestion_waits_on_when_its_week_is_done_over_and_ends_with_its_theme(suggested: Session) -> None:
    proposed(suggested, W47, ("wonen", "a b"), run_id="again", minute=5)
    assert len(themes.suggestions(suggested)) == 1
    proposed(suggested, W47, ("other", "a b"), run_id="once more", minute=6)
    assert themes.suggestions(suggested) == ()


def test_a_suggestion_ends_when_a_cluster_takes_the_article_in(suggested: Session) -> None:
    proposed(suggested, W47, ("wonen", "a b"), ("zorg", "late c"), run_id="again", minute=5)
    assert themes.suggestions(suggested) == ()


def test_an_accepted_article_is_counted_among_those_of_the_theme(suggested: Session) -> None:
    (one,) = themes.suggestions(suggested)
    themes.decide(suggested, one.id, "accepted", ANNA.id, NOW)
    assert seen(suggested) == [("wonen", W47, W47, 1, 3)]
    (record,) = themes.export(suggested, None)
    assert (record["articles"], record["accepted"]) == (["a", "b", "late"], ["late"])
    week = Week.parse("2026-W48")
    assert "late" in themes.exemplars(suggested, [Known("wonen")], week, Week.parse(W45), 10)["wonen"]


def test_an_article_that_is_removed_leaves_no_suggestion(suggested: Session) -> None:
    removals.articles(suggested, ["late"])
    assert suggested.execute("SELECT * FROM theme_suggestions") == []


def test_pairs_that_people_parted_count_until_they_are_undone(db: Session) -> None:
    db.execute("INSERT INTO corrections VALUES ('1', 'x', 'apart', 'a', 'b', 'p', 'why', now()::TIMESTAMP, NULL, NULL)")
    db.execute(
        "INSERT INTO corrections VALUES ('2', 'x', 'together', 'c', 'd', 'p', 'y', now()::TIMESTAMP, NULL, NULL)"
    )
    assert themes.parted(db) == {frozenset("ab")}
    db.execute("UPDATE corrections SET undone_at = now()::TIMESTAMP")
    assert themes.parted(db) == frozenset()


# --- statuses --------------------------------------------------------------------------------------------------------


def test_what_is_measured_are_the_sources_behind_articles_and_their_copies(db: Session) -> None:
    bring(db, "a")
    bring(db, "b")
    bring(db, "copy of a", BLAD)
    articles.fold(db, {"copy of a": "a"})
    proposed(db, W46, ("wonen", "a"), single="b")
    run_id = proposed(db, W47, single="b")
    (first, second), count = themes.measured(db, Week.parse(W47), run_id, 8)
    assert count == 2
    assert (first.articles, first.sources, first.themes) == (2, {KRANT.id, BLAD.id}, {"wonen": {KRANT.id, BLAD.id}})
    assert (second.articles, second.sources, second.themes) == (1, {KRANT.id}, {})
    (only,), count = themes.measured(db, Week.parse(W47), run_id, 0)
    assert (only, count) == (second, 2)


def test_a_standing_is_kept_with_its_numbers_and_is_the_past_of_the_next_week(db: Session) -> None:
    run_id = proposed(db, W45, ("wonen", "a b"))
    how = Standing("growing", 5, 20, 2.1, 1.65)
    themes.stand(db, W45, {"wonen": how}, run_id=run_id)
    (theme,) = themes.every(db)
    assert (theme.standing, theme.measured_week) == (how, W45)
    assert themes.pasts(db, ["wonen", "new"], Week.parse(W46)) == {
        "wonen": Past("growing", 2),
        "new": Past(None, 1),
    }
    proposed(db, W46, ("wonen", "c d"))
    assert themes.pasts(db, ["wonen"], Week.parse(W47)) == {"wonen": Past(None, 3)}


def test_a_source_that_failed_all_week_could_not_be_heard(db: Session) -> None:
    week = Week.parse(W47)
    found = {
        name: replace(KRANT, id=name, url=f"https://{name}.example/") for name in ("well", "failing", "flaky", "off")
    }
    sources.add(db, list(found.values()), NOW)
    db.execute("UPDATE sources SET state = 'disabled' WHERE source_id = 'off'")
    db.execute(
        "INSERT INTO polls (source_id, polled_at, due_at, failures, error_kind, since) VALUES "
        "('failing', '2026-11-22', '2026-11-23', 9, 'timeout', '2026-11-14'), "
        "('well', '2026-11-22', '2026-11-23', 1, 'timeout', '2026-11-20')"
    )
    tries = [
        Fetch(f"{name} {day}", "run", name, "u", None, week.starts_at + timedelta(days=day), None, 0, "timeout")
        for name, days in (("well", 2), ("flaky", 3))
        for day in range(days)
    ]
    fetches.add(db, tries)
    assert themes.silent(db, week) == {"failing", "off", "flaky"}
    fetches.add(db, [Fetch("good", "run", "flaky", "u", None, week.starts_at, 200, 9)])
    assert themes.silent(db, week) == {"failing", "off"}


# --- names and ids ---------------------------------------------------------------------------------------------------


def test_a_name_that_a_person_gave_is_never_touched(db: Session) -> None:
    proposed(db, W46, ("wonen", "a b"))
    themes.name(db, "wonen", "Wonen", ANNA.id, NOW)
    proposed(db, W47, ("wonen", "c d"))
    (theme,) = themes.every(db)
    assert (theme.name, theme.label, theme.named) == ("Wonen", "wonen 2026-W47", True)
    assert db.execute("SELECT named_by, named_at FROM themes") == [(ANNA.id, NOW)]


def test_a_named_theme_is_shown_also_when_no_cluster_is_left_of_it(db: Session) -> None:
    proposed(db, W47, ("wonen", "a b"))
    themes.name(db, "wonen", "Wonen", ANNA.id, NOW)
    proposed(db, W47, run_id="again", minute=5)
    assert seen(db) == [("wonen", W47, W47, 0, 0)]
    assert themes.named(db, "won") == "wonen"


def test_a_theme_is_meant_by_the_beginning_of_its_id(db: Session) -> None:
    proposed(db, W47, ("aa1", "a b"), ("aa2", "c d"), ("b", "e f"))
    assert themes.named(db, " b ") == "b"
    with pytest.raises(UsageError, match="several"):
        themes.named(db, "aa")
    for nothing in ("c", "", "%"):
        with pytest.raises(NotFoundError, match="no theme"):
            themes.named(db, nothing)


def test_the_export_has_a_record_for_each_week_in_which_a_theme_was_seen_measured_or_changed(db: Session) -> None:
    run_id = proposed(db, W46, ("wonen", "a b"), ("huur", "c d"))
    themes.stand(db, W46, {"wonen": Standing("steady", 3, 9, 2.5, 0.3, "thin")}, run_id=run_id)
    proposed(db, W47, ("wonen", "e f"), changes=[Change("merged_into", "huur", "wonen", 0.3)])
    records = list(themes.export(db, None))
    assert [(one["week"], one["theme"]) for one in records] == [
        (W46, "huur"), (W46, "wonen"), (W47, "huur"), (W47, "wonen"),
    ]  # fmt: skip
    wonen, huur = records[1], records[2]
    assert (wonen["status"], wonen["sources"], wonen["of_sources"], wonen["expected"]) == ("steady", 3, 9, 2.5)
    assert (wonen["z"], wonen["frozen"], wonen["articles"]) == (0.3, "thin", ["a", "b"])
    assert [one["label"] for one in wonen["clusters"]] == ["wonen 2026-W46"]
    assert huur["changes"] == [{"kind": "merged_into", "theme": "wonen", "score": 0.3}]
    assert (huur["went_up_in"], huur["status"], huur["clusters"]) == ("wonen", None, [])
    assert records[3]["changes"] == [{"kind": "took_in", "theme": "huur", "score": 0.3}]
    assert [one["theme"] for one in themes.export(db, W46)] == ["huur", "wonen"]
    assert [one["week"] for one in themes.export(db, None, "huur")] == [W46, W47]
