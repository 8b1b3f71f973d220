"""Sources and what polling them has taught us."""

from dataclasses import replace
from datetime import datetime

from curate import sources as curated
from curate.errors import FetchError, RetryLaterError
from curate.sources import Next, Poll, Source
from storage import sources
from storage.database import Session
from tests.storage.builders import ANNA, BLAD, KRANT, NOW, bring, later


def polled(db: Session, source: Source, outcome: Next, now: datetime) -> None:
    sources.polled(db, [(source, outcome)], now, "run")


def test_sources_are_kept_once_in_the_order_in_which_they_were_added(db: Session) -> None:
    assert sources.add(db, [KRANT], NOW) == 1
    assert sources.add(db, [BLAD, KRANT, BLAD], later(days=1)) == 1
    assert sources.add(db, [], NOW) == 0
    assert sources.every(db) == (KRANT, BLAD)
    assert sources.by_url(db, KRANT.url) == KRANT
    assert sources.by_url(db, "https://unknown.example/") is None


def test_a_source_added_again_keeps_its_history_state_and_name(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    polled(db, KRANT, Next(Poll(etag='"abc"'), later(hours=1)), NOW)
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
    polled(db, BLAD, Next(Poll(), later(hours=1)), NOW)
    polled(db, KRANT, Next(Poll(), later(hours=1)), later(minutes=5))
    assert [one.source for one in sources.due(db, later(minutes=45))] == [new]
    assert [one.source for one in sources.due(db, later(minutes=55))] == [new, BLAD, KRANT], (
        "what is nearly due is asked"
    )
    assert [one.source for one in sources.due(db, later(hours=1))] == [new, BLAD, KRANT]
    assert [one.source for one in sources.all_feeds(db, NOW)] == [new, BLAD, KRANT]
    assert sources.due(db, NOW)[0].poll == Poll()


def test_what_a_poll_taught_comes_back_word_for_word(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    poll = Poll(
        'W/"x"', "Mon, 16 Nov 2026 08:00:00 GMT", "hash", "https://moved.example/", 2, "timeout", "Slow.", NOW, 7200
    )
    for due_at in (later(hours=9), later(hours=1)):
        polled(db, KRANT, Next(poll, due_at), NOW)
    assert sources.due(db, later(hours=2)) == (sources.Due(KRANT, poll),)


def test_failures_add_up_and_a_success_ends_them(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    for hours in range(3):
        before = sources.all_feeds(db, NOW)[0].poll
        error = RetryLaterError("timeout", f"Slow for the {hours}. time.")
        polled(db, KRANT, curated.after_failure(before, error, later(hours=hours)), later(hours=hours))
    poll = sources.all_feeds(db, NOW)[0].poll
    assert (poll.failures, poll.since, poll.error) == (3, NOW, "Slow for the 2. time.")
    polled(db, KRANT, curated.after_success(poll, Poll(etag="e"), later(hours=4)), later(hours=4))
    assert sources.all_feeds(db, NOW)[0].poll == Poll(etag="e")


def test_a_feed_that_is_gone_is_not_asked_again(db: Session) -> None:
    sources.add(db, [KRANT, BLAD], NOW)
    polled(db, KRANT, curated.after_failure(Poll(), FetchError("gone", "It is gone."), NOW), NOW)
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
    polled(db, KRANT, slow, NOW)
    polled(db, gone, curated.after_failure(Poll(), FetchError("gone", "Gone."), NOW), NOW)
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


def test_a_failing_feed_is_asked_at_its_time_and_not_a_minute_before(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    polled(db, KRANT, curated.after_failure(Poll(), RetryLaterError("rate_limited", "Wait.", 7200), NOW), NOW)
    assert sources.due(db, later(minutes=119)) == ()
    assert [one.source for one in sources.due(db, later(minutes=120))] == [KRANT]


def test_a_feed_that_moved_keeps_all_that_hangs_on_it_and_both_its_addresses_are_known(db: Session) -> None:
    sources.add(db, [KRANT], NOW)
    bring(db, "a")
    moved = "https://nieuw.example/feed"
    polled(db, KRANT, Next(Poll(etag="e"), later(hours=1), move_to=moved), NOW)
    assert sources.every(db) == (replace(KRANT, url=moved),)
    assert [record["entries"] for record in sources.export(db)] == [1]
    assert db.execute("SELECT source_id, from_url, to_url, moved_at, run_id FROM moves") == [
        (KRANT.id, KRANT.url, moved, NOW, "run")
    ]
    assert sources.add(db, [KRANT, curated.feed(moved, tags=("Zorg",))], later(days=1)) == 0
    assert sources.every(db) == (replace(KRANT, url=moved, tags=("Zorg",)),)


def test_a_feed_that_moved_to_another_source_is_asked_no_more_and_says_why(db: Session) -> None:
    sources.add(db, [KRANT, BLAD], NOW)
    polled(db, KRANT, Next(Poll(), later(hours=1), move_to=BLAD.url), NOW)
    assert [one.source for one in sources.all_feeds(db, NOW)] == [BLAD]
    record = next(one for one in sources.export(db) if one["url"] == KRANT.url)
    assert (record["state"], record["error_kind"], record["since"]) == ("disabled", "gone", NOW)
    assert BLAD.url in record["error"]


def test_many_polls_are_kept_at_once(db: Session) -> None:
    many = [curated.feed(f"https://{number}.example/feed") for number in range(250)]
    sources.add(db, many, NOW)
    sources.polled(db, [(one, Next(Poll(etag=one.id), later(hours=2))) for one in many], NOW, "run")
    assert sources.due(db, later(hours=1)) == ()
    assert {(one.source.id, one.poll.etag) for one in sources.due(db, later(hours=2))} == {
        (one.id, one.id) for one in many
    }
