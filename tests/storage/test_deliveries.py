"""The outbox."""

import pytest

from curate.readers import Wishes
from curate.themes import Change
from storage import deliveries, issues, subscribers, themes
from storage.database import Database, Session
from tests.storage import builders
from tests.storage.builders import NOW, WEEK, later, run

READERS = tuple(subscribers.subscriber(f"reader{number}@example.org", "nl") for number in range(5))
PUBLISH = run("publish")


@pytest.fixture
def outbox(db: Session) -> Session:
    """Issue 1 on its way to five readers."""
    for one in READERS:
        subscribers.add(db, one, "form", NOW)
    deliveries.fill(db, 1, READERS, domain="post.example", run=PUBLISH)
    return db


def test_filling_twice_adds_nothing_and_changes_nothing(outbox: Session) -> None:
    (one, *_) = deliveries.claim(outbox, 1, 1, NOW)
    deliveries.sent(outbox, one.id, NOW)
    before = outbox.execute("SELECT * FROM deliveries ORDER BY ALL")
    deliveries.fill(outbox, 1, READERS, domain="elsewhere.example", run=run("publish", later(days=1)))
    assert outbox.execute("SELECT * FROM deliveries ORDER BY ALL") == before
    deliveries.fill(outbox, 1, [], domain="post.example", run=PUBLISH)


def test_only_who_subscribes_gets_a_row(db: Session) -> None:
    left = subscribers.Subscriber("x", "left@example.org", "nl", "unsubscribed")
    deliveries.fill(db, 1, [left], domain="post.example", run=PUBLISH)
    assert deliveries.counts(db) == {}


def test_a_message_id_says_issue_and_reader_and_not_who_they_are() -> None:
    made = {deliveries.message_id(number, one.id, "post.example") for number in (1, 2) for one in READERS}
    assert len(made) == 10
    one = deliveries.message_id(7, READERS[0].id, "post.example")
    assert one == deliveries.message_id(7, READERS[0].id, "post.example")
    assert one.startswith("<")
    assert one.endswith(".7@post.example>")
    assert "reader" not in one


def test_what_is_claimed_counts_as_an_attempt_and_is_claimed_in_turn(outbox: Session) -> None:
    first = deliveries.claim(outbox, 1, 2, NOW)
    assert [one.attempts for one in first] == [1, 1]
    assert {one.message_id for one in first} == {
        deliveries.message_id(1, one.subscriber_id, "post.example") for one in first
    }
    for one in first:
        deliveries.sent(outbox, one.id, NOW)
    second = deliveries.claim(outbox, 1, 10, NOW)
    assert len(second) == 3
    assert not {one.id for one in first} & {one.id for one in second}
    for one in second:
        deliveries.sent(outbox, one.id, later(minutes=1))
    assert deliveries.claim(outbox, 1, 10, NOW) == ()
    assert deliveries.waiting(outbox, None, NOW) == 0
    assert deliveries.counts(outbox) == deliveries.counts(outbox, 1) == {"sent": 5}


def test_what_a_sender_who_died_had_claimed_is_taken_again_first(outbox: Session) -> None:
    died = deliveries.claim(outbox, 1, 2, NOW)
    assert deliveries.waiting(outbox, 1, NOW) == 5
    again = deliveries.claim(outbox, 1, 3, later(minutes=1))
    assert {one.id for one in again[:2]} == {one.id for one in died}
    assert [one.attempts for one in again] == [2, 2, 1]


def test_what_was_put_off_waits_for_its_moment(outbox: Session) -> None:
    for one in deliveries.claim(outbox, 1, 10, NOW):
        deliveries.put_off(outbox, one.id, later(hours=1), "greylisted")
    assert deliveries.waiting(outbox, 1, later(minutes=59)) == 0
    assert deliveries.claim(outbox, 1, 10, later(minutes=59)) == ()
    assert deliveries.waiting(outbox, 1, later(hours=1)) == 5
    again = deliveries.claim(outbox, 1, 10, later(hours=1))
    assert [one.attempts for one in again] == [2] * 5
    deliveries.sent(outbox, again[0].id, later(hours=1))
    assert outbox.execute("SELECT error FROM deliveries WHERE state = 'sent'") == [(None,)]


def test_what_failed_stays_until_somebody_says_again(outbox: Session) -> None:
    for one in deliveries.claim(outbox, 1, 10, NOW):
        deliveries.failed(outbox, one.id, "no such mailbox")
    assert deliveries.claim(outbox, None, 10, later(days=9)) == ()
    assert deliveries.counts(outbox) == {"failed": 5}
    deliveries.try_failed_again(outbox, 2, later(days=9))
    assert deliveries.counts(outbox) == {"failed": 5}
    deliveries.try_failed_again(outbox, None, later(days=9))
    assert len(deliveries.claim(outbox, None, 10, later(days=9))) == 5


def test_issues_are_sent_apart_or_together(outbox: Session) -> None:
    deliveries.fill(outbox, 2, READERS[:2], domain="post.example", run=run("publish", later(days=7)))
    assert deliveries.waiting(outbox, None, later(days=6)) == 5, "nothing is sent before its time"
    assert [deliveries.waiting(outbox, number, later(days=7)) for number in (None, 1, 2, 3)] == [7, 5, 2, 0]
    assert {one.number for one in deliveries.claim(outbox, 2, 10, later(days=7))} == {2}
    assert deliveries.counts(outbox, 2) == {"sending": 2}
    assert deliveries.counts(outbox) == {"sending": 2, "waiting": 5}


def test_who_left_gets_nothing_also_when_their_copy_was_on_its_way(outbox: Session) -> None:
    claimed = {one.subscriber_id: one.id for one in deliveries.claim(outbox, 1, 3, NOW)}
    put_off, failed, sent = claimed
    for reader in claimed:
        subscribers.unsubscribe(outbox, reader, NOW)
    deliveries.put_off(outbox, claimed[put_off], NOW, "greylisted")
    deliveries.failed(outbox, claimed[failed], "no such mailbox")
    deliveries.sent(outbox, claimed[sent], NOW)
    assert deliveries.counts(outbox) == {"sent": 1, "waiting": 2, "withdrawn": 2}
    deliveries.try_failed_again(outbox, None, NOW)
    assert len(deliveries.claim(outbox, None, 10, later(days=1))) == 2


def test_a_claim_that_is_not_committed_is_no_claim(store: Database) -> None:
    with store.writing() as db:
        subscribers.add(db, READERS[0], "form", NOW)
        deliveries.fill(db, 1, READERS[:1], domain="post.example", run=PUBLISH)
    with pytest.raises(KeyboardInterrupt), store.writing() as db:
        deliveries.claim(db, 1, 10, NOW)
        raise KeyboardInterrupt
    with store.writing() as db:
        assert [one.attempts for one in deliveries.claim(db, 1, 10, NOW)] == [1]


def test_the_export_has_the_fields_of_the_design_also_of_who_was_forgotten(outbox: Session) -> None:
    builders.week(outbox)
    issues.freeze(outbox, builders.issue(outbox), NOW)
    (one,) = deliveries.claim(outbox, 1, 1, NOW)
    deliveries.sent(outbox, one.id, NOW)
    subscribers.forget(outbox, next(r.email for r in READERS if r.id != one.subscriber_id), NOW)
    records = list(deliveries.export(outbox, WEEK))
    assert records == list(deliveries.export(outbox, None))
    assert list(deliveries.export(outbox, "2026-W46")) == []
    assert all(
        set(record) == set("issue week subscriber state attempts message_id sent_at error".split())
        for record in records
    )
    assert next(record for record in records if record["state"] == "sent") == {
        "issue": 1,
        "week": WEEK,
        "subscriber": one.email,
        "state": "sent",
        "attempts": 1,
        "message_id": one.message_id,
        "sent_at": NOW,
        "error": None,
    }
    assert [record["state"] for record in records if record["subscriber"] is None] == ["withdrawn"]


def test_a_delivery_says_what_its_reader_follows_also_when_a_theme_went_up_in_another(db: Session) -> None:
    first, second = builders.week(db)
    change = Change("merged_into", f"theme of {first}", f"theme of {second}", 0.9)
    themes.link(db, WEEK, [], [change], run_id="cluster at 18 09:30")
    follows = (f"theme of {first}", "another")
    for one in (subscribers.wishing("a@example.org", Wishes("nl", "issue", follows)), READERS[0]):
        subscribers.add(db, one, "form", NOW)
    deliveries.fill(db, 1, subscribers.every(db), domain="post.example", run=PUBLISH)
    claimed = {one.email: one for one in deliveries.claim(db, 1, 10, NOW)}
    assert claimed["a@example.org"].follows == tuple(sorted((*follows, f"theme of {second}")))
    assert claimed[READERS[0].email].follows == ()
    assert {one.covers for one in claimed.values()} == {"issue"}


def test_an_issue_goes_to_who_gets_every_issue(db: Session) -> None:
    monthly = subscribers.wishing("a@example.org", Wishes("nl", "month"))
    deliveries.fill(db, 1, [monthly, READERS[0]], domain="post.example", run=PUBLISH)
    assert db.execute("SELECT subscriber_id FROM deliveries") == [(READERS[0].id,)]
