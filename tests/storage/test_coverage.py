"""What is known about all sources together."""

from dataclasses import replace
from datetime import timedelta

from curate import sources as curated
from curate.errors import RetryLaterError
from curate.sources import Poll
from storage import articles, coverage, entries, rounds, sources
from storage.database import Session
from tests.storage.builders import (
    ANNA,
    BLAD,
    KRANT,
    NOW,
    asking,
    bring,
    clustering,
    entry,
    group,
    kept,
    later,
    propose,
    week,
)


def test_a_source_is_told_with_its_last_poll_and_the_days_on_which_it_had_news(db: Session) -> None:
    sources.add(db, [BLAD, KRANT], later(days=-40))
    days = [later(days=-n) for n in (1, 1, 3, 9)]
    entries.add(db, [entry(str(n), published_at=day) for n, day in enumerate(days)], "run")
    slow = curated.after_failure(Poll(), RetryLaterError("timeout", "Slow."), NOW)
    sources.polled(db, [(KRANT, slow)], NOW, "run")
    blad, krant = coverage.heard(db, NOW)
    assert (krant.title, krant.tags, krant.error_kind, krant.error, krant.since) == (
        "De Krant", ("Wonen",), "timeout", "Slow.", NOW,
    )  # fmt: skip
    assert (krant.entries, krant.articles, krant.newest_at, krant.due_at) == (4, 0, later(days=-1), slow.due_at)
    assert krant.news_on == tuple(later(days=-n).date() for n in (1, 3, 9))
    assert (blad.polled_at, blad.newest_at, blad.news_on, blad.entries) == (None, None, (), 0)


def test_a_date_that_lies_ahead_is_no_news(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry("a", published_at=later(days=900), first_seen_at=later(days=-50))], "run")
    assert coverage.heard(db, NOW)[0].newest_at == later(days=-50)


def test_at_most_three_weeks_of_days_are_told(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry(str(n), published_at=later(days=-n)) for n in range(60)], "run")
    assert coverage.heard(db, NOW)[0].news_on == tuple(later(days=-n).date() for n in range(21))


def test_a_copy_counts_as_the_article_it_copies_and_only_recent_ones_count(db: Session) -> None:
    bring(db, "a")
    bring(db, "copy", BLAD)
    bring(db, "b", BLAD)
    bring(db, "old", BLAD, published_at=later(days=-29))
    articles.fold(db, {"copy": "a"})
    found = coverage.brought(db, later(days=-28), NOW)
    assert found == {KRANT.id: frozenset("a"), BLAD.id: frozenset("ab")}


def test_a_theme_is_told_with_the_sources_that_fed_it_and_people_as_a_sum(db: Session) -> None:
    week(db)
    anna = curated.of_person("link", ANNA.id, ANNA.name)
    sources.add(db, [anna], NOW)
    brought = entry("b by Anna", anna, via="link", person_id=ANNA.id)
    entries.add(db, [brought], "run")
    articles.surface(db, [("b", brought)], "run")
    first, second = coverage.themes(db, later(days=-7))
    assert {(one.articles, one.sources, one.by_people) for one in (first, second)} == {
        (2, (("De Krant", 2), ("Het Blad", 1)), 1),
        (2, (("De Krant", 2),), 0),
    }
    assert not first.is_named
    assert coverage.themes(db, later(seconds=1)) == ()


def test_only_the_clustering_of_the_round_feeds_themes(db: Session) -> None:
    bring(db, "a")
    bring(db, "b")
    propose(db, clustering(group("a"), run_id="first"))
    propose(db, clustering(group("a", "b"), run_id="second"))
    rounds.open_with(db, asking("first"), "run")
    assert [one.articles for one in coverage.themes(db, later(days=-1))] == [1]


def test_the_picture_puts_it_all_together(db: Session) -> None:
    week(db)
    found = coverage.picture(db, NOW)
    assert found.articles == 4
    assert {line.heard.title: line.articles for line in found.lines} == {"De Krant": 4, "Het Blad": 1}
    assert [one.name for one in found.by_folder] == ["Wonen", ""]
    assert len(found.themes) == 2
    assert coverage.picture(db, NOW + timedelta(days=60)).articles == 0


def test_a_feed_is_kept_apart_from_another_of_the_same_name(db: Session) -> None:
    twin = replace(curated.feed("https://twin.example/feed"), title="De Krant")
    bring(db, "a")
    bring(db, "b", twin)
    assert kept("a").article.id != kept("b").article.id
    propose(db, clustering(group("a", "b"), run_id="cluster at 18 09:30"))
    rounds.open_with(db, asking(), "run")
    assert coverage.themes(db, later(days=-1))[0].sources == (("De Krant", 1), ("De Krant", 1))
