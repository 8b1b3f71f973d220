"""Gauges and overviews count what is there, and say nothing about one person."""

import json
from datetime import timedelta

from curate.errors import RetryLaterError
from curate.sources import Poll, after_failure
from storage import deliveries, gauges, issues, overviews, people, rounds, runs, sending_pauses, sources, subscribers
from storage.database import Session
from storage.deliveries import Outcome
from tests.storage import builders
from tests.storage.builders import ANNA, BEN, BLAD, KRANT, MIA, NOW, WEEK, later

READERS = tuple(subscribers.subscriber(f"reader{number}@example.org", "nl") for number in range(3))


def sent_in_part(db: Session) -> None:
    """A week with an open round, one source that fails, and an issue of which one of three mails went."""
    first, _ = builders.week(db)
    for person in (ANNA, BEN):
        rounds.invite(db, WEEK, person.id, "run")
        rounds.mark_invited(db, WEEK, person.id, NOW)
    builders.speak(db, first)
    builders.speak(db, first, so_what="Wie huurt moet straks zelf bewijzen dat de prijs te hoog is, en dat is veel.")
    sources.polled(db, [(BLAD, after_failure(Poll(), RetryLaterError("timeout", "Too slow."), NOW))], NOW, "run")
    issues.freeze(db, builders.issue(db), NOW)
    for reader in READERS:
        subscribers.add(db, reader, "form", NOW)
    filled = builders.run("publish", NOW - timedelta(hours=2))
    runs.start(db, filled)
    runs.finish(db, filled.id, "done", NOW)
    deliveries.fill(db, 1, READERS, domain="post.example", run=filled)
    (one,) = deliveries.claim(db, 1, 1, NOW)
    deliveries.note(db, [Outcome(one.id, "sent", 1, NOW)])


def test_a_new_database_has_gauges_too(db: Session) -> None:
    found = gauges.every(db, NOW)
    assert found["schema"][""] == gauges.schema(db) > 0
    assert found["oldest_unsent"][""] == found["suspended"][""] == found["paused"][""] == 0


def test_gauges_count(db: Session) -> None:
    sent_in_part(db)
    sending_pauses.pause(db, "a wrong title", NOW)
    found = gauges.every(db, later(minutes=30))
    assert found["feeds"] == {"active": 1, "failing": 1}
    assert found["articles"] == {"original": 4, "copy": 1}
    assert found["asked"] == {WEEK: 2}
    assert found["spoken"] == {WEEK: 1}
    assert found["deliveries"] == {"sent": 1, "waiting": 2}
    assert found["oldest_unsent"][""] == 2.5 * 3600
    assert found["paused"][""] == 1
    assert found["completed"]["publish"] == NOW.timestamp()


def test_nothing_that_waits_for_a_reader_who_left_counts_as_unsent(db: Session) -> None:
    sent_in_part(db)
    for reader in READERS:
        subscribers.unsubscribe(db, reader.id, NOW)
    assert gauges.every(db, NOW)["oldest_unsent"][""] == 0


def test_an_overview_counts_a_week(db: Session) -> None:
    sent_in_part(db)
    rounds.mark_reminded(db, WEEK, BEN.id, NOW)
    found = overviews.of_week(db, WEEK)
    assert (found.clusters, found.articles, found.languages) == (2, {"clustered": 4}, {"nl": 4})
    assert (found.asked, found.spoken, found.waiting, found.reminded, found.voices) == (2, 1, 1, 1, 1)
    assert (found.issue, found.deliveries) == (1, {"waiting": 2, "sent": 1})


def test_who_pauses_or_left_is_not_waited_for(db: Session) -> None:
    sent_in_part(db)
    people.pause(db, BEN.id, WEEK)
    assert overviews.of_week(db, WEEK).waiting == 0


def test_a_week_without_a_round_is_all_zero(db: Session) -> None:
    found = overviews.of_week(db, "2020-W01")
    assert (found.clusters, found.asked, found.voices, found.issue, found.deliveries) == (0, 0, 0, None, {})


def test_neither_names_anybody(db: Session) -> None:
    sent_in_part(db)
    said = json.dumps(gauges.every(db, NOW)) + repr(overviews.of_week(db, WEEK))
    for word in (*(f"{one.email} {one.name} {one.id}" for one in (ANNA, BEN, MIA)), KRANT.url, READERS[0].email):
        assert not any(part in said for part in word.split() if len(part) > 3)
