"""A machine's proposals, and the cards that people see of them."""

import json
from dataclasses import replace

import pytest

from curate.errors import UsageError
from curate.reasons import Reasons, Shared, Weakest
from curate.sources import Source
from storage import articles, clusters, entries, people, removals, rounds, runs, sources
from storage.database import Session
from tests.storage import builders
from tests.storage.builders import ANNA, BLAD, KRANT, NOW, WEEK, asking, bring, clustering, entry, group, later, run

FIELDS = set(
    "week cluster theme label keywords article url title copy_of rank score id shared cohesion weakest".split()
)


def _rows(db: Session) -> list[tuple[int]]:
    return [db.execute(f"SELECT count(*) FROM {table}")[0] for table in ("clusters", "cluster_articles")]


def test_a_cluster_is_known_by_its_run_and_members_in_any_order() -> None:
    one, other = group("a", "b"), group("b", "a")
    assert clustering(one).id_of(one) == clustering(other).id_of(other)
    assert clustering(one).id_of(one) != clustering(group("a", "c")).id_of(group("a", "c"))
    assert clustering(one).id_of(one) != clustering(one, run_id="another").id_of(one)


def test_a_clustering_written_again_adds_nothing(db: Session) -> None:
    made = clustering(group("a", "b"), single=("c",))
    clusters.add(db, made)
    before = _rows(db)
    clusters.add(db, made)
    assert _rows(db) == before == [(1,), (3,)]
    clusters.add(db, clustering(group("a", "b"), run_id="another"))
    assert _rows(db) == [(2,), (5,)]


def test_a_week_in_which_nothing_goes_together_is_kept_too(db: Session) -> None:
    clusters.add(db, clustering(single=("a", "b")))
    assert _rows(db) == [(0,), (2,)]
    clusters.add(db, clustering(run_id="of an empty week"))


def test_cards_stand_in_the_order_of_the_round_with_representatives_first(db: Session) -> None:
    first, second = builders.week(db)
    cards = clusters.cards_of_round(db, WEEK)
    assert [card.cluster_id for card in cards] == [first, second] == list(clusters.of_run(db, asking().cluster_run_id))
    assert [[one.article_id for one in card.articles] for card in cards] == [["b", "a"], ["c", "d"]]
    assert [card.position for card in cards] == [(0.0, 0.5), (0.1, 0.5)]
    assert cards[0].keywords == ("huur", "boete")
    assert (cards[0].label, cards[0].title, cards[0].theme_id) == ("huur, boete", "Titel", f"theme of {first}")
    assert clusters.card(db, second) == cards[1]
    assert clusters.card(db, "unknown") is None
    assert clusters.cards_of_round(db, "2026-W46") == ()


def test_a_card_shows_how_often_an_article_was_copied_and_who_brought_it_or_a_copy(db: Session) -> None:
    first, _ = builders.week(db)
    card = clusters.card(db, first)
    assert card
    b, a = card.articles
    assert (a.copies, b.copies) == (1, 0)
    assert (a.source, a.brought_by) == (KRANT.title, (KRANT.title, BLAD.title))
    assert (b.source, b.brought_by) == (KRANT.title, (KRANT.title,))
    assert (a.title, a.url, a.language) == ("Titel van a", "https://krant.example/a", "nl")
    assert a.published_at == later(hours=-5)
    assert a.excerpt == builders.text("a")[:400]
    assert card.sources == (KRANT.title,)


def test_a_person_who_shared_an_article_brought_it_but_is_not_its_source(db: Session) -> None:
    first, _ = builders.week(db)
    shares = Source("shares", f"linkedin:{ANNA.id}", "linkedin", "Anna's LinkedIn", person_id=ANNA.id)
    sources.add(db, [shares], NOW)
    share = entry("a", shares, via="share", person_id=ANNA.id, published_at=later(days=-2))
    entries.add(db, [share], "run")
    articles.surface(db, [("a", share)], "run")
    card = clusters.card(db, first)
    assert card
    shared = card.articles[1]
    assert shared.brought_by == (ANNA.name, KRANT.title, BLAD.title)
    assert shared.source == KRANT.title


def test_a_card_shows_the_last_words_of_an_article(db: Session) -> None:
    first, _ = builders.week(db)
    articles.keep(db, [builders.kept("b", title="Nieuwe titel", text="Nieuwe tekst")], NOW, "run")
    card = clusters.card(db, first)
    assert card
    assert (card.articles[0].title, card.articles[0].excerpt) == ("Nieuwe titel", "Nieuwe tekst")


def test_a_copy_found_later_is_unfolded_again_when_it_is_none(db: Session) -> None:
    first, _ = builders.week(db)
    articles.fold(db, {"copy of a": None})
    card = clusters.card(db, first)
    assert card
    assert [one.copies for one in card.articles] == [0, 0]
    assert card.articles[1].brought_by == (KRANT.title,)


def test_the_clustering_of_the_round_counts_else_the_latest_that_was_finished(db: Session) -> None:
    assert clusters.current_run(db, WEEK) is None
    for number, run_id in enumerate(("first", "second", "killed", "of another week")):
        week = "2026-W46" if run_id == "of another week" else WEEK
        runs.start(db, run("cluster", later(hours=number), id=run_id, parameters={"week": week}))
        if run_id != "killed":
            runs.finish(db, run_id, "done", later(hours=number))
    assert clusters.current_run(db, WEEK) == "second"
    rounds.open_with(db, asking("first"), "run")
    assert clusters.current_run(db, WEEK) == "first"


def test_a_cluster_knows_its_week(db: Session) -> None:
    first, _ = builders.week(db)
    assert clusters.week_of(db, first) == WEEK
    assert clusters.week_of(db, "unknown") is None


@pytest.mark.parametrize("week", [WEEK, None])
def test_the_export_has_a_record_per_cluster_and_article_with_copies_under_what_they_copy(
    db: Session, week: str | None
) -> None:
    people.add(db, ANNA, NOW)
    for key in "abc":
        bring(db, key, external_id=f"id of {key}")
    bring(db, "copy of a", BLAD)
    articles.fold(db, {"copy of a": "a"})
    (cluster,) = builders.propose(db, clustering(group("a", "b", keywords=("größe",)), single=("c",)))
    records = list(clusters.export(db, week))
    assert all(set(record) == FIELDS for record in records)
    assert [(one["article"], one["cluster"], one["copy_of"], one["rank"]) for one in records] == [
        ("a", cluster, None, 0),
        ("copy of a", cluster, "a", 0),
        ("b", cluster, None, 1),
        ("c", None, None, None),
    ]
    assert [one["title"] for one in records] == ["Titel van a", "Titel van copy of a", "Titel van b", "Titel van c"]
    assert [one["id"] for one in records] == ["id of a", None, "id of b", "id of c"]
    assert records[0]["keywords"] == ["größe"]
    assert (records[0]["theme"], records[0]["label"]) == (f"theme of {cluster}", "größe")
    assert (records[3]["theme"], records[3]["label"], records[3]["keywords"]) == (None, None, [])
    assert {one["week"] for one in records} == {WEEK}
    json.dumps(records)


def test_a_week_without_clustering_exports_nothing(db: Session) -> None:
    entries.add(db, [entry()], "run")
    assert list(clusters.export(db, WEEK)) == []
    assert list(clusters.export(db, None)) == []


WHY = Reasons(2, (Shared("Delft", 2),), 0.4, Weakest("b", 0.3, 0.1), None, ("a",), ())


def _explained(db: Session) -> str:
    for key in "ab":
        bring(db, key)
    made = replace(clustering(group("a", "b")), reasons=(WHY,), places={"a": (0.25, 0.75)})
    (cluster,) = builders.propose(db, made)
    return cluster


def test_reasons_and_places_are_kept_with_the_clustering(db: Session) -> None:
    card = clusters.card(db, _explained(db))
    assert card
    assert card.reasons == WHY
    assert [one.position for one in card.articles] == [(0.25, 0.75), None]


def test_the_export_says_why(db: Session) -> None:
    _explained(db)
    for record in clusters.export(db, WEEK):
        assert (record["shared"], record["cohesion"], record["weakest"]) == ({"Delft": 2}, 0.4, "b")


def test_reasons_go_with_an_article_of_which_they_tell(db: Session) -> None:
    cluster = _explained(db)
    removals.articles(db, ["b"])
    card = clusters.card(db, cluster)
    assert card
    assert card.reasons is None


def test_a_cluster_is_named_by_its_id_or_the_beginning_of_it(db: Session) -> None:
    first, second = builders.week(db)
    assert clusters.named(db, first) == clusters.named(db, f" {first[:10]} ") == first
    assert clusters.named(db, second[:10]) == second
    assert clusters.named(db, "zzz") is clusters.named(db, "") is None
    db.execute(
        "INSERT INTO clusters (cluster_id, run_id, week, place, label, keywords, title, x, y)"
        " SELECT $id, run_id, week, place, label, keywords, title, x, y FROM clusters LIMIT 1",
        {"id": f"{first}0"},
    )
    assert clusters.named(db, first) == first
    with pytest.raises(UsageError, match="beginning of several"):
        clusters.named(db, first[:10])
