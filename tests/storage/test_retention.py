"""Letting go of what was kept long enough, and of nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from curate import retention
from curate.articles import Entry
from curate.retention import Periods
from curate.sources import of_person
from storage import activities, articles, entries, queries, sources
from storage import retention as stored
from storage.database import Session
from storage.entries import Attachment
from tests.storage.builders import ANNA, NOW, entry, kept

RULES = {rule.name: rule for rule in retention.rules(Periods())}
MINE = of_person("linkedin", ANNA.id, ANNA.name)
LATER = NOW + timedelta(days=500)
"""When all is old that is old now."""


def swept(db: Session, name: str, now: Any = LATER, most: int = 100) -> int:
    rule = RULES[name]
    return stored.apply(db, rule, now - timedelta(days=rule.days), most)


def column(db: Session, sql: str) -> list[Any]:
    return [value for (value,) in db.execute(sql)]


# --- what came from exports ------------------------------------------------------------------------------------------


def given(db: Session, key: str, activity: str = "share", **changes: Any) -> str:
    """A row of Anna's export, which she gave just now; returns its id."""
    sources.add(db, [MINE], NOW)
    said = entry(key, MINE, via="share", **changes)
    entries.add(db, [said], "run")
    activities.note(db, {said.id: activity})
    return said.id


def brought(db: Session, key: str, title: str = "") -> str:
    """The same, and it brought an article, whose page was read."""
    given(db, key)
    return _page(db, entry(key, MINE, via="share", person_id=ANNA.id), title or f"De pagina van {key}")


def _page(db: Session, said: Entry, title: str) -> str:
    stored = kept(str(said.guid), title=title)
    articles.keep(db, [stored], NOW, "run")
    articles.surface(db, [(stored.article.id, said)], "run")
    entries.attach(db, [Attachment(said.id, stored.article.id)])
    return stored.article.id


def test_words_of_a_row_go_after_their_days_and_not_before(db: Session) -> None:
    brought(db, "a")
    assert swept(db, "export_words", NOW + timedelta(days=89)) == 0
    assert swept(db, "export_words", NOW + timedelta(days=91)) == 1
    assert column(db, "SELECT count(*) FROM entry_texts") == [0]
    assert column(db, "SELECT count(*) FROM entries") == [1]


def test_words_of_a_feed_stay_however_old(db: Session) -> None:
    entries.add(db, [entry("feed")], "run")
    assert swept(db, "export_words") == 0
    assert swept(db, "export_rows") == 0
    assert swept(db, "brought_rows") == 0


def test_words_that_an_article_rests_on_stay_so_that_they_can_be_withdrawn(db: Session) -> None:
    brought(db, "a", title="Titel van a")
    assert swept(db, "export_words") == 0


def test_what_somebody_liked_goes_whole(db: Session) -> None:
    given(db, "liked", "reaction", canonical_url=None)
    assert swept(db, "export_rows") == 0, "not while its words are there"
    assert (swept(db, "export_words"), swept(db, "export_rows")) == (1, 1)
    assert column(db, "SELECT count(*) FROM entries") == [0]


def test_a_row_whose_page_still_waits_is_left_alone(db: Session) -> None:
    given(db, "waits")
    assert (swept(db, "export_words"), swept(db, "export_rows"), swept(db, "brought_rows")) == (0, 0, 0)


def test_who_brought_an_article_is_told_for_thirteen_months(db: Session) -> None:
    brought(db, "a")
    swept(db, "export_words")
    assert swept(db, "surfacings", NOW + timedelta(days=395)) == 0
    assert swept(db, "brought_rows") == 0, "not while it is told"
    assert swept(db, "surfacings", NOW + timedelta(days=397)) == 1
    assert swept(db, "brought_rows") == 1
    assert column(db, "SELECT count(*) FROM articles") == [1]


def test_under_what_is_published_it_stays(db: Session) -> None:
    ids = [brought(db, "in"), brought(db, "out")]
    db.execute("INSERT INTO issues VALUES (1, '2026-W47', $now, 'h', 'run')", {"now": NOW})
    for week, cluster, article_id in (("2026-W47", "c", ids[0]), ("2026-W48", "d", ids[1]), ("2026-W47", None, ids[1])):
        db.execute(
            "INSERT INTO cluster_articles (cluster_id, run_id, week, article_id) VALUES ($c, 'run', $w, $a)",
            {"c": cluster, "w": week, "a": article_id},
        )
    assert swept(db, "surfacings") == 1
    assert column(db, "SELECT article_id FROM surfacings") == [ids[0]]


def test_links_that_people_brought_by_hand_stay(db: Session) -> None:
    sources.add(db, [MINE], NOW)
    said = entry("hand", MINE, via="link", person_id=ANNA.id)
    entries.add(db, [said], "run")
    _page(db, said, "De pagina")
    assert [swept(db, name) for name in ("export_words", "surfacings", "brought_rows")] == [0, 0, 0]


# --- what is over ----------------------------------------------------------------------------------------------------

DAY = timedelta(days=1)
Insert = Callable[[Session, str, Any], None]


def _insert(sql: str) -> Insert:
    def insert(db: Session, key: str, moment: Any) -> None:
        db.execute(sql, {"key": key, "moment": moment})

    return insert


OLD_ROWS: dict[str, tuple[Insert, str]] = {
    "unconfirmed": (
        _insert("INSERT INTO subscriptions VALUES ($key, $key, 'nl', 'issue', '[]', '', $moment, $moment)"),
        "SELECT token_hash FROM subscriptions",
    ),
    "sign_ins": (
        _insert("INSERT INTO sign_ins VALUES ($key, 'p', $moment, $moment, NULL)"),
        "SELECT token_hash FROM sign_ins",
    ),
    "sessions": (
        _insert("INSERT INTO sessions VALUES ($key, 'p', $moment, TIMESTAMP '2040-01-01', $moment)"),
        "SELECT token_hash FROM sessions",
    ),
    "welcomes": (
        _insert("INSERT INTO welcomes VALUES ($key, $key, 'member', 'nl', 'p', $moment, $moment, NULL, NULL)"),
        "SELECT token_hash FROM welcomes",
    ),
    "drafts": (_insert("INSERT INTO drafts VALUES ($key, 'p', '{}', $moment)"), "SELECT cluster_id FROM drafts"),
    "returns": (
        _insert("INSERT INTO returns VALUES ($key, 'gone', 'd', 's', '5.1.1', 'no such user', $moment)"),
        "SELECT return_id FROM returns WHERE said <> ''",
    ),
    "suspensions": (
        _insert("INSERT INTO suspensions VALUES ($key, 's', 'gone', 'why', $moment, $moment)"),
        "SELECT suspension_id FROM suspensions",
    ),
    "delivery_errors": (
        _insert(
            "INSERT INTO deliveries VALUES ($key, 1, 's', 'sent', 1, 'm', $moment, NULL, NULL, 'no', 'r', 'issue', '')"
        ),
        "SELECT delivery_id FROM deliveries WHERE error IS NOT NULL",
    ),
    "fetches": (
        _insert("INSERT INTO fetches VALUES ($key, 'run', NULL, 'u', NULL, $moment, 200, 1, NULL)"),
        "SELECT fetch_id FROM fetches",
    ),
}


@pytest.mark.parametrize("name", OLD_ROWS)
def test_what_is_over_goes_and_what_is_not_stays(db: Session, name: str) -> None:
    insert, left = OLD_ROWS[name]
    insert(db, "old", NOW - (RULES[name].days + 1) * DAY)
    insert(db, "young", NOW - (RULES[name].days - 1) * DAY)
    assert swept(db, name, NOW) == 1
    assert column(db, left) == ["young"]
    assert swept(db, name, NOW) == 0, "doing it again finds nothing"


@pytest.mark.parametrize("name", OLD_ROWS)
def test_a_statement_never_takes_more_rows_than_it_may(db: Session, name: str) -> None:
    insert, left = OLD_ROWS[name]
    for number in range(5):
        insert(db, str(number), NOW - timedelta(days=1000))
    assert [swept(db, name, NOW, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert column(db, left) == []


def test_a_draft_that_is_saved_again_is_young(db: Session) -> None:
    db.execute("INSERT INTO drafts VALUES ('c', 'p', '{}', $now)", {"now": NOW - timedelta(days=1)})
    assert swept(db, "drafts", NOW) == 0


def test_what_waits_keeps_the_words_of_the_server(db: Session) -> None:
    insert, left = OLD_ROWS["delivery_errors"]
    insert(db, "waits", NOW - timedelta(days=1000))
    db.execute("UPDATE deliveries SET state = 'waiting'")
    assert swept(db, "delivery_errors", NOW) == 0
    assert column(db, left) == ["waits"]


def test_a_suspension_that_holds_stays(db: Session) -> None:
    db.execute("INSERT INTO suspensions VALUES ('x', 's', 'gone', 'why', TIMESTAMP '2020-01-01', NULL)")
    assert swept(db, "suspensions", NOW) == 0


def test_a_report_that_was_read_stays_known_without_whose_it_was(db: Session) -> None:
    OLD_ROWS["returns"][0](db, "old", NOW - timedelta(days=1000))
    swept(db, "returns", NOW)
    assert db.execute("SELECT return_id, kind, said, subscriber_id, delivery_id FROM returns") == [
        ("old", "gone", "", None, None)
    ]


def test_what_an_article_was_read_from_stays(db: Session) -> None:
    insert, left = OLD_ROWS["fetches"]
    for key in ("of an article", "of none"):
        insert(db, key, NOW - timedelta(days=1000))
    articles.keep(db, [replace(kept("a"), fetch_id="of an article")], NOW, "run")
    assert swept(db, "fetches", NOW) == 1
    assert column(db, left) == ["of an article"]


def test_every_rule_has_its_statement_and_every_statement_its_rule() -> None:
    assert set(RULES) == set(queries.of("retention"))
    assert all("LIMIT $most" in sql for sql in queries.of("retention").values())
