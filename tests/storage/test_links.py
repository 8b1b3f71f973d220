"""Links that people bring by hand: nothing is lost, nothing is doubled, and every version of their words is kept."""

from datetime import datetime

from curate.links import Link, entry
from curate.people import Person
from storage import articles, entries, fetches, links, people
from storage.database import Session
from storage.entries import Attachment
from storage.fetches import Fetch
from storage.links import Reason
from tests.storage.builders import ANNA, BEN, NOW, bring, later, run

URL = "https://krant.example/stuk"
WHY = "Dit raakt aan wat wij in Zwolle proberen."


def keep(db: Session, why: str = WHY, who: Person = ANNA, at: datetime = NOW, url: str = URL) -> str:
    people.add(db, who, NOW)
    return links.keep(db, who, Link(url, why), links.run_of(at, "0.1.0"))


def test_a_link_waits_for_its_page_as_an_entry_of_its_bringer(db: Session) -> None:
    assert keep(db) == "new"
    assert entries.waiting(db, NOW, 10) == (URL,)
    (about,) = entries.about(db, [URL])[URL]
    assert (about.entry.via, about.entry.person_id, about.entry.text, about.entry.own) == ("link", ANNA.id, WHY, False)


def test_every_link_has_a_run_that_ended(db: Session) -> None:
    keep(db)
    keep(db, "Andere woorden voor hetzelfde stuk.")
    keep(db, "Andere woorden voor hetzelfde stuk.")
    rows = db.execute("SELECT kind, finished_at, code_version, outcome FROM runs ORDER BY outcome")
    assert rows == [
        ("link", NOW, "0.1.0", "A link was brought by hand (changed)."),
        ("link", NOW, "0.1.0", "A link was brought by hand (new)."),
    ]


def test_the_same_link_again_changes_nothing_and_other_words_are_a_next_version(db: Session) -> None:
    assert [keep(db), keep(db), keep(db, url=f"{URL}/?utm_source=x")] == ["new", "known", "known"]
    assert keep(db, "Andere woorden voor hetzelfde stuk.", at=later(hours=1)) == "changed"
    assert db.execute("SELECT text FROM entry_texts ORDER BY rowid") == [
        (WHY,),
        ("Andere woorden voor hetzelfde stuk.",),
    ]
    assert db.execute("SELECT count(*) FROM entries") == [(1,)]
    assert keep(db, at=later(hours=2)) == "changed"


def test_two_people_bring_one_address_as_two_entries(db: Session) -> None:
    assert [keep(db), keep(db, who=BEN)] == ["new", "new"]
    assert len(entries.about(db, [URL])[URL]) == 2


def test_a_person_sees_what_they_brought_the_latest_first_and_what_became_of_it(db: Session) -> None:
    for key in "ab":
        bring(db, key)
        keep(db, f"Waarom dit over {key} gaat.", url=f"https://krant.example/{key}")
    keep(db, at=later(hours=1))
    keep(db, who=BEN)
    for key in "ab":
        said = entry(ANNA, Link(f"https://krant.example/{key}", WHY), NOW)
        entries.attach(db, [Attachment(said.id, key)])
    fetches.add(db, [Fetch("fetch of b", "run", None, URL, None, NOW, 404, 0, "http_404")])
    db.execute("UPDATE articles SET text_from = 'feed' WHERE article_id = 'b'")
    latest = links.latest(db, ANNA.id, 10)
    assert (latest[0].title, latest[0].state) == (URL, "waiting")
    assert {(one.title, one.state, one.why) for one in latest[1:]} == {
        ("Titel van a", "read", "Waarom dit over a gaat."),
        ("Titel van b", "unread", "Waarom dit over b gaat."),
    }
    assert len(links.latest(db, ANNA.id, 2)) == 2
    assert links.latest(db, "nobody", 10) == ()


def test_reasons_stand_with_the_article_also_when_a_copy_was_brought(db: Session) -> None:
    bring(db, "a")
    bring(db, "copy")
    articles.fold(db, {"copy": "a"})
    for who, key in ((ANNA, "a"), (BEN, "copy")):
        keep(db, f"Woorden van {who.name}.", who)
        articles.surface(db, [(key, entry(who, Link(URL, WHY), later(hours=key == "copy")))], "run")
    keep(db, "Later zei Anna iets anders.")
    assert links.reasons(db, ["a", "other"]) == {
        "a": (Reason("Anna de Vries", "Later zei Anna iets anders."), Reason("Ben Okafor", "Woorden van Ben Okafor."))
    }
    assert links.reasons(db, []) == {}


def test_a_run_of_its_own_is_told_apart_from_another(db: Session) -> None:
    assert links.run_of(NOW, "1").id != links.run_of(NOW, "1").id
    assert links.run_of(NOW, "1").kind == run("link").kind
