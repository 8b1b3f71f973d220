"""What sources say, each version kept."""

from dataclasses import replace

from curate.articles import Via
from curate.entries import KnownEntry
from curate.sources import Kind, Source
from curate.weeks import Week
from storage import articles, entries, sources
from storage.database import Session
from storage.entries import Attachment
from tests.storage.builders import BLAD, KRANT, NOW, WEEK, bring, entry, kept, later


def _count(db: Session, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}")[0][0])


def test_adding_entries_twice_adds_nothing(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    for when in (NOW, NOW, later(days=1)):
        entries.add(db, [entry("a", first_seen_at=when), entry("b"), entry("b")], "run")
    entries.add(db, [], "run")
    assert (_count(db, "entries"), _count(db, "entry_texts")) == (2, 2)
    assert db.execute("SELECT first_seen_at FROM entries WHERE guid = 'a'") == [(NOW,)]


def test_an_entry_that_is_known_stays_as_it_is_beside_new_ones(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry("a")], "run")
    entries.add(db, [entry("a", title="Anders"), entry("b")], "run")
    assert {(one.guid, one.title) for one in entries.known(db, KRANT.id)} == {
        ("a", "Titel van a"),
        ("b", "Titel van b"),
    }
    assert entries.known_ids(db, [entry("a").id, entry("c").id]) == {entry("a").id}
    assert entries.known_ids(db, []) == frozenset()


def test_the_matcher_sees_the_entries_of_one_source_as_they_were_read(db: Session) -> None:
    sources.add(db, [KRANT, BLAD], NOW)
    repaired = entry("a", title="Café", raw_title="CafÃ©", repairs=(("CafÃ©", "Café"),))
    entries.add(db, [repaired, entry("a", BLAD)], "run")
    assert entries.known(db, KRANT.id) == (KnownEntry(repaired.id, "a", repaired.url, repaired.content_hash, "CafÃ©"),)
    assert db.execute("SELECT repairs FROM entry_texts WHERE repairs IS NOT NULL") == [('[["CafÃ©", "Café"]]',)]


def test_a_changed_entry_keeps_its_identity_and_earlier_words_and_waits_for_its_page_again(db: Session) -> None:
    bring(db, "a")
    assert entries.waiting(db, NOW, 10) == ()
    changed = replace(entry("a"), guid="new guid", title="Nieuwe titel", content_hash="new")
    entries.change(db, [changed], later(hours=1), "run 2")
    assert _count(db, "entries") == 1
    assert db.execute("SELECT title, run_id FROM entry_texts ORDER BY seen_at") == [
        ("Titel van a", "run"),
        ("Nieuwe titel", "run 2"),
    ]
    (known,) = entries.known(db, KRANT.id)
    assert (known.guid, known.title, known.content_hash) == ("new guid", "Nieuwe titel", "new")
    assert entries.waiting(db, later(hours=1), 10) == ("https://krant.example/a",)
    (about,) = entries.about(db, ["https://krant.example/a"])["https://krant.example/a"]
    assert (about.entry.title, about.article_id, about.waiting, about.tries) == ("Nieuwe titel", "a", True, 0)


def test_the_last_version_counts_also_when_the_clock_stands_still_or_goes_back(db: Session) -> None:
    """A replayed week has another clock than the one before it."""
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry("a")], "run")
    for number, when in enumerate((NOW, NOW, later(days=-9)), start=2):
        entries.change(db, [entry("a", title=f"Titel {number}")], when, "run")
        assert [one.title for one in entries.known(db, KRANT.id)] == [f"Titel {number}"]
        (about,) = entries.about(db, ["https://krant.example/a"])["https://krant.example/a"]
        assert about.entry.title == f"Titel {number}"
        assert [record["title"] for record in entries.export(db, None)] == [f"Titel {number}"]


def test_an_entry_without_an_address_waits_for_nothing(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry("a", url=None, canonical_url=None, published_at=None, guid=None)], "run")
    assert entries.waiting(db, later(days=9), 10) == ()
    entries.change(db, [entry("a", url=None, canonical_url=None)], NOW, "run")
    assert entries.count_waiting(db, later(days=9)) == 0
    entries.change(db, [entry("a")], NOW, "run")
    assert entries.count_waiting(db, NOW) == 1


def test_a_guid_made_anew_is_noted(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry("a"), entry("b")], "run")
    entries.rename(db, [(entry("a").id, "a again")])
    entries.rename(db, [])
    assert {one.guid for one in entries.known(db, KRANT.id)} == {"a again", "b"}


def test_addresses_wait_once_the_newest_first_and_at_most_as_many_as_asked(db: Session) -> None:
    sources.add(db, [KRANT, BLAD], NOW)
    entries.add(db, [entry("old"), entry("new", first_seen_at=later(hours=2))], "run")
    entries.add(db, [entry("old", BLAD, first_seen_at=later(hours=1))], "run")
    addresses = ("https://krant.example/new", "https://krant.example/old")
    assert entries.waiting(db, later(hours=3), 10) == addresses
    assert entries.waiting(db, later(hours=3), 1) == addresses[:1]
    assert entries.waiting(db, NOW, 10) == addresses[1:]
    assert entries.count_waiting(db, later(hours=3)) == 2


def test_all_that_is_said_about_an_address_comes_together(db: Session) -> None:
    sources.add(db, [KRANT, replace(BLAD, language="en")], NOW)
    planet = entry("a", BLAD, language=None, first_seen_at=later(hours=1))
    entries.add(db, [entry("a"), planet, entry("b")], "run")
    said = entries.about(db, ["https://krant.example/a", "https://krant.example/b", "https://unknown.example/"])
    assert set(said) == {"https://krant.example/a", "https://krant.example/b"}
    first, second = said["https://krant.example/a"]
    assert first.entry == entry("a")
    assert first.entry.own
    assert not second.entry.own, "another house's page"
    assert second.entry.language == "en", "its source's, since it gives none"
    assert (first.article_id, first.waiting, first.tries) == (None, True, 0)
    assert entries.about(db, []) == {}


def test_an_entry_is_attached_to_its_article_now_or_with_another_look_later(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    entries.add(db, [entry("a"), entry("b")], "run")
    entries.attach(db, [Attachment(entry("a").id, "a", 1), Attachment(entry("b").id, "b", 1, later(hours=1))])
    assert entries.waiting(db, later(minutes=59), 10) == ()
    assert entries.waiting(db, later(hours=1), 10) == ("https://krant.example/b",)
    (about,) = entries.about(db, ["https://krant.example/b"])["https://krant.example/b"]
    assert (about.article_id, about.waiting, about.tries) == ("b", True, 1)
    entries.attach(db, [Attachment(entry("b").id, "b", 2)])
    assert entries.count_waiting(db, later(days=9)) == 0


def test_a_share_a_link_and_an_import_are_told_apart(db: Session) -> None:
    kinds: dict[Kind, Via] = {"linkedin": "share", "link": "link", "import": "import"}
    for kind, via in kinds.items():
        source = Source(kind, f"{kind}:x", kind, kind, person_id="p")
        sources.add(db, [source], NOW)
        entries.add(db, [entry(kind, source, via=via, person_id="p")], "run")
        (about,) = entries.about(db, [f"https://krant.example/{kind}"])[f"https://krant.example/{kind}"]
        assert (about.entry.via, about.entry.person_id, about.entry.own) == (via, "p", kind == "import")


def test_the_export_has_the_fields_of_the_design_and_the_week_of_the_article(db: Session) -> None:
    bring(db, "a")
    entries.add(db, [entry("b", published_at=later(days=-9)), entry("c", published_at=None)], "run")
    articles.keep(db, [kept("b", published_at=later(days=-9))], NOW, "run")
    records = list(entries.export(db, Week.parse(WEEK)))
    assert [set(record) for record in records] == [
        set("source source_url guid title url article published_at first_seen_at activity withdrawn_at".split())
    ] * 2
    assert {record["guid"]: record["article"] for record in records} == {"a": "a", "c": None}
    assert len(list(entries.export(db, None))) == 3
    assert {record["guid"] for record in entries.export(db, Week.of(later(days=-9)))} == {"b"}
    a = next(record for record in records if record["guid"] == "a")
    assert (a["source"], a["source_url"], a["title"]) == (KRANT.title, KRANT.url, "Titel van a")
    assert (a["published_at"], a["first_seen_at"]) == (later(hours=-5), NOW)
