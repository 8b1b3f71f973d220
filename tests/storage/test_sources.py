"""Sources and what polling them has taught us."""

from dataclasses import replace

from curate import sources as curated
from curate.errors import FetchError, RetryLaterError
from curate.sources import Next, Poll
from storage import sources
from storage.database import Session
from tests.storage.builders import ANNA, BLAD, KRANT, NOW, bring, later


def test_sources_are_kept_once_in_the_order_in_which_they_were_added(db: Session) -> None:
    assert sources.add(db, [KRANT], NOW) == 1
    assert sources.add(db, [BLAD, KRANT, BLAD], later(days=1)) == 1
    assert sources.add(db, [], NOW) == 0
    assert sources.every(db) == (KRANT, BLAD)
    assert sources.by_url(db, KRANT.url) == KRANT
    assert sources.by_url(db, "https://unknown.example/") is None


def test_a_source_added_again_keeps_its_history_state_and_name(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    sources.polled(db, KRANT.id, Next(Poll(etag='"abc"'), later(hours=1)), NOW)
    sources.set_state(db, KRANT.id, "disabled")
    assert sources.add(db, [replace(KRANT, title="", tags=("Nieuws", "Ürban"))], later(days=1)) == 0
    assert sources.every(db) == (replace(KRANT, tags=("Nieuws", "Ürban"), state="disabled"),)
    assert sources.due(db, later(days=1)) == ()
    sources.set_state(db, KRANT.id, "active")
    assert [one.poll.etag for one in sources.due(db, later(days=1))] == ['"abc"']


def test_a_source_added_again_without_folders_keeps_those_it_has(db: Session) -> None:
    sources.add(db, [replace(KRANT, tags=("Nieuws",))], NOW)
    sources.add(db, [replace(KRANT, tags=())], later(days=1))
    assert [one.tags for one in sources.every(db)] == [("Nieuws",)]


def test_a_feed_never_asked_is_due_first_then_the_longest_unasked(db: Session) -> None:
    new = curated.feed("https://new.example/feed")
    sources.add(db, [KRANT, BLAD, new, curated.of_person("linkedin", ANNA.id, "Anna"), curated.imported("x")], NOW)
    sources.polled(db, BLAD.id, Next(Poll(), later(hours=1)), NOW)
    sources.polled(db, KRANT.id, Next(Poll(), later(hours=1)), later(minutes=5))
    assert [one.source for one in sources.due(db, later(minutes=59))] == [new]
    assert [one.source for one in sources.due(db, later(hours=1))] == [new, BLAD, KRANT]
    assert [one.source for one in sources.all_feeds(db, NOW)] == [new, BLAD, KRANT]
    assert sources.due(db, NOW)[0].poll == Poll()


def test_what_a_poll_taught_comes_back_word_for_word(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    poll = Poll('W/"x"', "Mon, 16 Nov 2026 08:00:00 GMT", "hash", "https://moved.example/", 2, "timeout", "Slow.", NOW)
    for due_at in (later(hours=9), later(hours=1)):
        sources.polled(db, KRANT.id, Next(poll, due_at), NOW)
    assert sources.due(db, later(hours=2)) == (sources.Due(KRANT, poll),)


def test_failures_add_up_and_a_success_ends_them(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    for hours in range(3):
        before = sources.all_feeds(db, NOW)[0].poll
        error = RetryLaterError("timeout", f"Slow for the {hours}. time.")
        sources.polled(db, KRANT.id, curated.after_failure(before, error, later(hours=hours)), later(hours=hours))
    poll = sources.all_feeds(db, NOW)[0].poll
    assert (poll.failures, poll.since, poll.error) == (3, NOW, "Slow for the 2. time.")
    sources.polled(db, KRANT.id, curated.after_success(Poll(etag="e"), later(hours=4)), later(hours=4))
    assert sources.all_feeds(db, NOW)[0].poll == Poll(etag="e")


def test_a_feed_that_is_gone_is_not_asked_again(db: Session) -> None:
    sources.add(db, [KRANT, BLAD], NOW)
    sources.polled(db, KRANT.id, curated.after_failure(Poll(), FetchError("gone", "It is gone."), NOW), NOW)
    assert [one.source for one in sources.all_feeds(db, later(days=99))] == [BLAD]


def test_a_feed_introduces_itself_where_no_person_named_it(db: Session) -> None:
    nameless, by_address = curated.feed("https://a.example/feed"), curated.feed("https://b.example/feed")
    sources.add(db, [KRANT, nameless, replace(by_address, title=by_address.url)], NOW)
    for one in (KRANT, nameless, by_address):
        sources.introduce(db, one.id, "Zo heet ik", "nl")
        sources.introduce(db, one.id, "Nu anders", None)
    assert [(one.title, one.language) for one in sources.every(db)] == [
        ("Zo heet ik", "nl"),
        ("Zo heet ik", "nl"),
        (KRANT.title, "nl"),
    ]


def test_the_export_has_the_fields_of_the_design_and_says_who_fails(db: Session) -> None:
    gone = curated.feed("https://gone.example/feed")
    sources.add(db, [gone], later(days=-1))
    for key in "ab":
        bring(db, key)
    bring(db, "b", BLAD)
    slow = curated.after_failure(Poll(), RetryLaterError("timeout", "Slow."), NOW)
    sources.polled(db, KRANT.id, slow, NOW)
    sources.polled(db, gone.id, curated.after_failure(Poll(), FetchError("gone", "Gone."), NOW), NOW)
    records = {record["url"]: record for record in sources.export(db)}
    fields = set("url kind title state error_kind error since polled_at entries articles".split())
    assert all(fields <= set(record) for record in records.values())
    assert [(one["state"], one["error_kind"]) for one in records.values()] == [
        ("disabled", "gone"),
        ("active", None),
        ("failing", "timeout"),
    ]
    krant = records[KRANT.url]
    assert (krant["entries"], krant["articles"], krant["since"], krant["error"]) == (2, 2, NOW, "Slow.")
    assert krant["tags"] == ["Wonen"]
    assert (records[BLAD.url]["entries"], records[BLAD.url]["articles"]) == (1, 1)
