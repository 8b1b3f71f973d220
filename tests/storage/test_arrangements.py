"""Curating by hand: what people did to the clusters of a week, and what it leaves behind."""

from dataclasses import replace

from storage import arrangements, clusters, corrections, themes
from storage.database import Session
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, NOW, WEEK, arrange, later, merge

ALL = ["a", "b", "c", "d"]


def places(db: Session) -> dict[str, list[str]]:
    """The articles of each cluster, in order."""
    return {card.cluster_id: [one.article_id for one in card.articles] for card in clusters.cards_of_round(db, WEEK)}


def test_an_article_that_is_moved_stands_last_where_it_was_put(db: Session) -> None:
    first, second = builders.week(db)
    arrange(db, "move", first, ["b"], second)
    assert places(db) == {first: ["a"], second: ["c", "d", "b"]}


def test_an_article_that_is_dropped_stands_in_no_cluster(db: Session) -> None:
    first, second = builders.week(db)
    arrange(db, "drop", first, ["b"])
    assert places(db) == {first: ["a"], second: ["c", "d"]}
    records = [one for one in clusters.export(db, WEEK) if one["article"] == "b"]
    assert [one["cluster"] for one in records] == [None]


def test_what_is_split_off_is_a_cluster_with_a_theme_of_its_own_after_what_it_came_from(db: Session) -> None:
    first, second = builders.week(db)
    done = arrange(db, "split", first, ["a"])
    assert list(places(db).items()) == [(first, ["b"]), (done.other_id, ["a"]), (second, ["c", "d"])]
    card = clusters.card(db, done.other_id)
    assert card
    assert (card.by_hand, card.title) == (True, card.articles[0].title)
    assert card.theme_id in {one.id for one in themes.every(db)}
    assert clusters.week_of(db, done.other_id) == WEEK


def test_a_merged_cluster_is_not_shown_and_all_its_articles_are_in_the_other(db: Session) -> None:
    first, second = builders.week(db)
    merge(db, first, second)
    assert places(db) == {second: ["c", "d", "b", "a"]}
    assert arrangements.follows(db, WEEK) == {first: second}
    assert arrangements.follows(db, cluster_id=second) == {first: second}


def test_undoing_puts_everything_back_and_says_who_did_it(db: Session) -> None:
    first, second = builders.week(db)
    before = clusters.cards_of_round(db, WEEK)
    for deed, chosen, other in (
        ("move", ["b"], second),
        ("drop", ["b"], ""),
        ("split", ["b"], ""),
        ("merge", [], second),
    ):
        done = arrange(db, deed, first, chosen, other)
        arrangements.undo(db, done, BEN.id, later(hours=1))
        assert clusters.cards_of_round(db, WEEK) == before, deed
        assert not corrections.in_force(db, ALL).together | corrections.in_force(db, ALL).apart
    log = arrangements.of_week(db, WEEK)
    assert [one.deed for one in log] == ["merge", "split", "drop", "move"]
    assert {(one.name, one.undone_by) for one in log} == {(ANNA.name, BEN.name)}


def test_an_earlier_act_is_undone_without_touching_a_later_one(db: Session) -> None:
    first, second = builders.week(db)
    moved = arrange(db, "move", first, ["b"], second)
    dropped = arrange(db, "drop", second, ["b"])
    arrangements.undo(db, moved, ANNA.id, NOW)
    assert places(db) == {first: ["a"], second: ["c", "d"]}
    arrangements.undo(db, dropped, ANNA.id, NOW)
    assert places(db) == {first: ["b", "a"], second: ["c", "d"]}


def test_what_is_undone_twice_keeps_who_undid_it_first(db: Session) -> None:
    first, _ = builders.week(db)
    done = arrange(db, "drop", first, ["b"])
    arrangements.undo(db, done, BEN.id, NOW)
    arrangements.undo(db, done, ANNA.id, later(days=1))
    (logged,) = arrangements.of_week(db, WEEK)
    assert (logged.undone_by, logged.undone_at) == (BEN.name, NOW)


def test_words_on_what_was_split_off_come_back_with_it_when_the_split_is_undone(db: Session) -> None:
    first, _ = builders.week(db)
    done = arrange(db, "split", first, ["a"])
    arrangements.undo(db, done, ANNA.id, NOW)
    assert arrangements.follows(db, WEEK) == {done.other_id: first}


def test_what_people_did_holds_for_every_later_clustering(db: Session) -> None:
    first, second = builders.week(db)
    arrange(db, "move", first, ["b"], second)
    ties = corrections.in_force(db, ALL)
    assert ("a", "b") in ties.apart
    assert {("b", "c"), ("b", "d")} <= ties.together


def test_what_the_machine_said_of_a_cluster_holds_no_more_once_people_changed_it(db: Session) -> None:
    first, second = builders.week(db)
    assert not any(card.by_hand for card in clusters.cards_of_round(db, WEEK))
    arrange(db, "move", first, ["b"], second)
    assert all(card.by_hand and card.reasons is None for card in clusters.cards_of_round(db, WEEK))


def test_the_same_act_written_again_adds_nothing(db: Session) -> None:
    first, second = builders.week(db)
    before = arrange(db, "move", first, ["b"], second)
    card = clusters.card(db, first)
    assert card
    from curate.arrangements import Arrangement

    same = Arrangement(before.id, "move", first, second, ("b",), before.why, ())
    arrangements.add(db, same, replace(card), ANNA.id, NOW)
    assert arrangements.of_week(db, WEEK) == (before,)
