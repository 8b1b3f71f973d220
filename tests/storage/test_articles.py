"""One canonical address, its text, once; and who brought it."""

from dataclasses import replace

import pytest

from curate import copies
from curate.clusters import Text
from curate.errors import NotFoundError, UsageError
from curate.weeks import Week
from storage import articles, entries, sources
from storage.articles import Stored
from storage.database import Session
from tests.storage.builders import BLAD, KRANT, NOW, WEEK, article, bring, entry, kept, later, text

WHOLE = (later(days=-30), later(days=30))


def _count(db: Session, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}")[0][0])


def _published(db: Session, key: str) -> object:
    return db.execute("SELECT published_at FROM articles WHERE article_id = $key", {"key": key})[0][0]


def test_keeping_the_same_article_twice_adds_nothing(db: Session) -> None:
    for when in (NOW, NOW, later(hours=1)):
        articles.keep(db, [kept("a"), kept("b"), kept("a")], when, "run")
    articles.keep(db, [], NOW, "run")
    counts = {table: _count(db, table) for table in ("articles", "article_urls", "article_texts", "sketches")}
    assert counts == {"articles": 2, "article_urls": 2, "article_texts": 2, "sketches": 2}


@pytest.mark.parametrize("changed", [{"title": "Anders"}, {"author": "Iemand"}, {"text": text("anders")}])
def test_changed_words_are_a_next_version_and_the_last_one_counts(db: Session, changed: dict[str, str]) -> None:
    articles.keep(db, [kept("a")], NOW, "run")
    articles.keep(db, [kept("a", **changed)], later(hours=1), "run")
    articles.keep(db, [kept("a", **changed)], later(hours=2), "run")
    assert _count(db, "article_texts") == 2
    now = article("a", **changed)
    assert articles.by_ids(db, ["a"]) == (Text("a", now.title, now.text, "", "nl"),)
    assert articles.titles(db, ["a"]) == {"a": now.title}
    (record,) = articles.export(db, None)
    assert (record["title"], record["author"], record["text"]) == (now.title, now.author, now.text)


def test_words_that_go_back_to_what_they_were_are_a_version_too(db: Session) -> None:
    for hours, title in enumerate(("Een", "Twee", "Een")):
        articles.keep(db, [kept("a", title=title)], later(hours=hours), "run")
    assert articles.titles(db, ["a"]) == {"a": "Een"}
    assert _count(db, "article_texts") == 3


def test_the_last_version_counts_also_when_the_clock_stands_still_or_goes_back(db: Session) -> None:
    """A replayed week has another clock than the one before it."""
    articles.keep(db, [kept("a")], NOW, "run")
    for number, when in enumerate((NOW, NOW, later(days=-9)), start=2):
        for _ in range(2):
            articles.keep(db, [kept("a", title=f"Titel {number}", text=text(str(number)))], when, "run")
        assert _count(db, "article_texts") == _count(db, "sketches") == number
        assert articles.titles(db, ["a"]) == {"a": f"Titel {number}"}
        assert [one.text for one in articles.by_ids(db, ["a"])] == [text(str(number))]
        assert [one.text for one in articles.of_time(db, *WHOLE)] == [text(str(number))]
        assert [one["text"] for one in articles.export(db, None)] == [text(str(number))]
        assert [one.hashes for one in articles.sketches(db, *WHOLE)] == [copies.sketch(text(str(number)))]


def test_the_earliest_date_wins_whoever_gives_it_and_whenever(db: Session) -> None:
    articles.keep(db, [kept("a", published_at=later(days=-2))], NOW, "run")
    articles.keep(db, [kept("a", published_at=later(days=-1))], NOW, "run")
    assert _published(db, "a") == later(days=-2)
    articles.keep(db, [kept("a", published_at=later(days=-3))], NOW, "run")
    assert _published(db, "a") == later(days=-3)
    articles.bring_forward(db, [("a", later(days=-5)), ("a", later(days=-9)), ("a", later(days=-7)), ("b", NOW)])
    assert _published(db, "a") == later(days=-9)
    articles.bring_forward(db, [("a", later(days=-1))])
    articles.bring_forward(db, [])
    assert _published(db, "a") == later(days=-9)


def test_what_is_learned_later_is_taken_over_and_the_rest_stays(db: Session) -> None:
    articles.keep(db, [kept("a", external_id="given")], NOW, "run")
    later_on = replace(article("a"), language="en", text_from="feed", first_seen_at=later(days=1), text="Kort.")
    articles.keep(db, [Stored(later_on, (), None)], later(days=1), "run 2")
    row = db.execute(
        "SELECT language, text_from, first_seen_at, text_hash, external_id, fetch_id, run_id FROM articles"
    )
    assert row == [("en", "feed", NOW, later_on.text_hash, "given", "fetch of a", "run 2")]


def test_an_address_leads_to_the_article_that_had_it_first(db: Session) -> None:
    articles.keep(db, [Stored(article("a"), ("https://short.example/1", article("a").url), None)], NOW, "run")
    articles.keep(db, [Stored(article("b"), ("https://short.example/1", article("b").url), None)], NOW, "run")
    asked = ["https://short.example/1", article("a").url, article("b").url, "https://unknown.example/"]
    assert articles.by_addresses(db, asked) == {asked[0]: "a", asked[1]: "a", asked[2]: "b"}
    assert articles.by_addresses(db, []) == {}


def test_surfacings_are_many_per_article_and_never_doubled_or_overwritten(db: Session) -> None:
    sources.add(db, [KRANT, BLAD], NOW)
    said = [("a", entry("a")), ("a", entry("a", BLAD)), ("b", entry("b"))]
    articles.surface(db, said, "run")
    articles.surface(db, [*said, ("a", entry("a", published_at=later(days=-9), url="https://elsewhere.example/"))], "2")
    articles.surface(db, [], "run")
    rows = db.execute("SELECT article_id, source_id, surfaced_at, evidence, run_id FROM surfacings ORDER BY 1, 2")
    assert sorted(rows) == sorted(
        (key, one.source_id, one.published_at, f"https://krant.example/{key}?utm_source=rss", "run")
        for key, one in said
    )


def test_a_surfacing_without_date_or_address_has_what_we_know(db: Session) -> None:
    articles.surface(
        db, [("a", entry("a", published_at=None, url=None)), ("b", entry("b", url=None, guid=None))], "run"
    )
    rows = db.execute("SELECT article_id, surfaced_at, evidence FROM surfacings ORDER BY 1")
    assert rows == [("a", NOW, "a"), ("b", later(hours=-5), "")]


def test_a_week_holds_its_first_moment_and_not_the_first_of_the_next(db: Session) -> None:
    week = Week.parse(WEEK)
    just_before = replace(article("before"), published_at=week.starts_at - (later(seconds=1) - NOW))
    moments = {"first": week.starts_at, "last": week.ends_at - (later(seconds=1) - NOW), "after": week.ends_at}
    stored = [kept(key, published_at=moment) for key, moment in moments.items()]
    articles.keep(db, [*stored, Stored(just_before, (), None)], NOW, "run")
    assert {one.id for one in articles.of_time(db, week.starts_at, week.ends_at)} == {"first", "last"}
    assert {one.id for one in articles.sketches(db, week.starts_at, week.ends_at)} == {"first", "last"}
    assert articles.counted(db, WEEK) == 2
    assert {one["article"] for one in articles.export(db, week)} == {"first", "last"}


def test_copies_are_folded_out_of_the_week_and_unfolded_back(db: Session) -> None:
    for key in ("a", "b", "c"):
        bring(db, key)
    articles.fold(db, {"b": "a", "c": "a"})
    assert [one.id for one in articles.of_time(db, *WHOLE)] == ["a"]
    assert articles.counted(db, WEEK) == 1
    assert articles.totals(db) == (3, 2)
    assert {one.id: one.copy_of for one in articles.sketches(db, *WHOLE)} == {"a": None, "b": "a", "c": "a"}
    articles.fold(db, {"b": None})
    articles.fold(db, {})
    assert articles.totals(db) == (3, 1)
    assert [one.id for one in articles.of_time(db, *WHOLE)] == ["a", "b"]


def test_what_is_kept_again_stays_folded(db: Session) -> None:
    articles.keep(db, [kept("a"), kept("b")], NOW, "run")
    articles.fold(db, {"b": "a"})
    articles.keep(db, [kept("b", title="Anders")], later(hours=1), "run")
    assert articles.totals(db) == (2, 1)


def test_the_search_for_copies_finds_what_was_stored(db: Session) -> None:
    reprint = kept("b", url="https://blad.example/b", text=text("a"), published_at=NOW)
    articles.keep(db, [kept("a"), reprint, kept("c"), kept("short", text="Te kort.")], NOW, "run")
    found = articles.sketches(db, *WHOLE)
    assert [len(one.hashes) for one in found] == [copies.SIZE, copies.SIZE, copies.SIZE, 0]
    assert copies.folded(found) == {"b": "a"}


def test_the_search_for_copies_knows_whose_site_brought_an_article_and_its_last_headline(db: Session) -> None:
    bring(db, "a")
    teaser = kept("b", url="https://blad.example/b", teaser=True)
    articles.keep(db, [kept("a", title="Nieuwe kop"), teaser], NOW, "run")
    articles.surface(db, [("b", entry("b"))], "run")
    found = articles.sketches(db, *WHOLE)
    assert [(one.id, one.site, one.title, one.own, one.teaser) for one in found] == [
        ("a", "krant.example", "Nieuwe kop", True, False),
        ("b", "blad.example", "Titel van b", False, True),
    ]


def test_who_bore_a_text_once_is_known_after_it_got_other_words(db: Session) -> None:
    wall = text("wall")
    articles.keep(db, [kept("a", text=wall), kept("b", text=wall), kept("c")], NOW, "run")
    articles.keep(db, [kept("a", title="Anders", text="Een teaser.")], NOW, "run")
    found = articles.bearing(db, [article("x", text=wall).text_hash, "another"])
    assert [(one.article_id, one.url, one.title, one.text, one.still) for one in found] == [
        ("a", "https://krant.example/a", "Anders", "Een teaser.", False),
        ("b", "https://krant.example/b", "Titel van b", wall, True),
    ]
    assert articles.bearing(db, ["another"]) == ()
    assert articles.bearing(db, []) == ()


def test_a_teaser_becomes_whole_and_its_addresses_lead_to_it(db: Session) -> None:
    assert articles.whole(db, ["a", "b"]) == frozenset()
    articles.keep(db, [kept("a", teaser=True, text_from="feed")], NOW, "run")
    assert articles.whole(db, ["a", "b"]) == frozenset()
    assert [record["teaser"] for record in articles.export(db, None)] == [True]
    articles.keep(db, [Stored(article("a"), ("https://short.example/1",), None)], NOW, "run")
    assert articles.whole(db, ["a", "b"]) == {"a"}
    assert [record["teaser"] for record in articles.export(db, None)] == [False]
    assert articles.addresses(db, "a") == ("https://krant.example/a", "https://short.example/1")


def test_texts_that_are_all_too_short_to_compare_are_kept(db: Session) -> None:
    articles.keep(db, [kept("a", text=""), kept("b", text="Kort.")], NOW, "run")
    assert [one.hashes for one in articles.sketches(db, *WHOLE)] == [(), ()]
    articles.keep(db, [kept("a", text="")], NOW, "run")
    assert _count(db, "sketches") == 2


def test_runs_know_the_span_of_what_they_wrote(db: Session) -> None:
    articles.keep(db, [kept("a", published_at=later(days=-3)), kept("b", published_at=later(days=-1))], NOW, "first")
    articles.keep(db, [kept("c", published_at=later(days=-2)), kept("d", published_at=NOW)], NOW, "second")
    assert articles.span_of_runs(db, ["first"]) == (later(days=-3), later(days=-1))
    assert articles.span_of_runs(db, ["second", "unknown", "first"]) == (later(days=-3), NOW)
    assert articles.span_of_runs(db, ["unknown"]) is None
    assert articles.span_of_runs(db, []) is None


def test_the_clustering_sees_the_source_that_brought_an_article_first(db: Session) -> None:
    bring(db, "a")
    articles.surface(db, [("a", entry("a", BLAD, published_at=later(days=-1)))], "run")
    assert [one.source for one in articles.of_time(db, *WHOLE)] == [KRANT.title], "a source we do not know counts not"
    sources.add(db, [BLAD], NOW)
    assert [one.source for one in articles.of_time(db, *WHOLE)] == [BLAD.title]
    articles.keep(db, [kept("brought by nobody")], NOW, "run")
    assert {one.id: one.source for one in articles.of_time(db, *WHOLE)}["brought by nobody"] == ""


def test_articles_by_id_come_in_the_order_of_their_ids_and_unknown_ones_are_left_out(db: Session) -> None:
    articles.keep(db, [kept("b"), kept("a"), kept("c")], NOW, "run")
    assert [one.id for one in articles.by_ids(db, ["c", "a", "unknown"])] == ["a", "c"]
    assert articles.by_ids(db, []) == ()
    assert articles.titles(db, []) == {}


def test_the_export_has_the_fields_of_the_design_and_leaves_copies_out_unless_asked(db: Session) -> None:
    bring(db, "a", external_id="my id")
    bring(db, "b", published_at=later(hours=-4))
    articles.surface(db, [("a", entry("a", BLAD))], "run")
    sources.add(db, [BLAD], NOW)
    articles.fold(db, {"b": "a"})
    (record,) = articles.export(db, Week.parse(WEEK))
    assert record == {
        "id": "my id",
        "article": "a",
        "url": "https://krant.example/a",
        "title": "Titel van a",
        "author": "Redactie",
        "language": "nl",
        "published_at": later(hours=-5),
        "week": WEEK,
        "sources": sorted([KRANT.url, BLAD.url]),
        "text": text("a"),
        "text_from": "page",
        "teaser": False,
        "copy_of": None,
    }
    both = list(articles.export_with_copies(db, None))
    assert [(one["id"], one["copy_of"]) for one in both] == [("my id", None), ("b", "a")]
    assert list(articles.export_with_copies(db, Week.parse("2026-W40"))) == []


def test_repairs_are_kept_with_the_words_before_them(db: Session) -> None:
    repaired = kept("a", text=text("café"), raw_text=text("cafÃ©"), repairs=(("cafÃ©", "café"),))
    articles.keep(db, [repaired], NOW, "run")
    assert db.execute("SELECT raw_text, repairs FROM article_texts") == [(text("cafÃ©"), '[["cafÃ©", "café"]]')]


def test_an_article_leads_back_to_its_entry_and_fetch(db: Session) -> None:
    bring(db, "a")
    found = db.execute(
        "SELECT e.guid, s.title, a.fetch_id FROM articles a JOIN surfacings f USING (article_id)"
        " JOIN entries e USING (entry_id) JOIN sources s ON s.source_id = e.source_id"
    )
    assert found == [("a", KRANT.title, "fetch of a")]
    assert entries.known_ids(db, [entry("a").id])


def test_an_article_is_named_by_its_id_the_beginning_of_it_or_any_address_that_leads_to_it(db: Session) -> None:
    short, long_ = replace(kept("abc"), canonical_urls=("https://krant.example/oud",)), kept("abcd")
    articles.keep(db, [short, long_, kept("copy")], NOW, "run")
    articles.fold(db, {"copy": "abc"})
    for reference in ("abc", " abc ", "https://krant.example/oud", "https://krant.example/oud/?utm_source=x"):
        assert articles.named(db, reference).id == "abc", reference
    assert articles.named(db, "abcd").id == "abcd"
    assert (articles.named(db, "co").copy_of, articles.named(db, "co").published_at) == ("abc", later(hours=-5))


def test_what_names_no_article_or_several_is_refused(db: Session) -> None:
    articles.keep(db, [kept("abc"), kept("abd")], NOW, "run")
    with pytest.raises(UsageError, match="beginning of several"):
        articles.named(db, "ab")
    for reference in ("x", "", " ", "https://krant.example/nergens"):
        with pytest.raises(NotFoundError, match="There is no article"):
            articles.named(db, reference)


def test_the_time_and_the_languages_of_what_is_kept_are_told_without_copies(db: Session) -> None:
    assert articles.published_between(db) is None
    dutch = [kept("a"), kept("b", published_at=later(days=-9)), kept("c", published_at=later(days=-20))]
    articles.keep(db, [*dutch, kept("d", language="en"), kept("e", language="und")], NOW, "run")
    articles.fold(db, {"c": "b"})
    first, last = articles.published_between(db) or (NOW, NOW)
    assert first == later(days=-9)
    assert last == article("a").published_at
    assert articles.languages(db, *WHOLE) == {"nl": 2, "en": 1, "und": 1}
    assert articles.languages(db, later(days=-1), later(days=1))["nl"] == 1
