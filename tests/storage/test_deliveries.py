"""The outbox."""

from datetime import datetime
from typing import Any

import pytest

from curate import ids
from curate.readers import Wishes
from curate.returns import Fared
from curate.themes import Change
from storage import deliveries, issues, subscribers, suspensions, themes
from storage.database import Database, Session
from storage.deliveries import Addressee, Delivery, Outcome
from tests.storage import builders
from tests.storage.builders import NOW, WEEK, later, run

READERS = tuple(subscribers.subscriber(f"reader{number}@example.org", "nl") for number in range(5))
PUBLISH = run("publish")


def note(db: Session, one: Delivery, state: str, moment: datetime = NOW, **more: Any) -> None:
    """Note what became of one."""
    deliveries.note(db, [Outcome(one.id, state, one.attempts, moment, **more)])  # type: ignore[arg-type]  # one of the three


@pytest.fixture
def outbox(db: Session) -> Session:
    """Issue 1 on its way to five readers."""
    for one in READERS:
        subscribers.add(db, one, "form", NOW)
    deliveries.fill(db, 1, READERS, domain="post.example", run=PUBLISH)
    return db


def test_filling_twice_adds_nothing_and_changes_nothing(outbox: Session) -> None:
    (one, *_) = deliveries.claim(outbox, 1, 1, NOW)
    note(outbox, one, "sent")
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


def test_a_message_id_cannot_be_worked_out_without_the_key() -> None:
    reader = READERS[0].id
    known, secret = (deliveries.message_id(7, reader, "post.example", key) for key in (b"", b"secret"))
    assert known != secret
    mark = secret.strip("<>").partition(".")[0]
    assert ids.unmarked(b"secret", deliveries.MARK, mark) == ids.of("delivery", "7", reader)
    assert ids.unmarked(b"another", deliveries.MARK, mark) is None


def test_what_is_claimed_is_claimed_in_turn_and_bears_the_attempt_it_is_for(outbox: Session) -> None:
    first = deliveries.claim(outbox, 1, 2, NOW)
    assert [one.attempts for one in first] == [1, 1]
    assert {one.message_id for one in first} == {
        deliveries.message_id(1, one.subscriber_id, "post.example") for one in first
    }
    for one in first:
        note(outbox, one, "sent")
    second = deliveries.claim(outbox, 1, 10, NOW)
    assert len(second) == 3
    assert not {one.id for one in first} & {one.id for one in second}
    for one in second:
        note(outbox, one, "sent", later(minutes=1))
    assert deliveries.claim(outbox, 1, 10, NOW) == ()
    assert deliveries.waiting(outbox, None, NOW) == 0
    assert deliveries.counts(outbox) == deliveries.counts(outbox, 1) == {"sent": 5}


def test_what_a_sender_who_died_had_claimed_is_released_and_cost_no_attempt(outbox: Session) -> None:
    died = deliveries.claim(outbox, 1, 2, NOW)
    assert deliveries.waiting(outbox, 1, NOW) == 5
    assert len(deliveries.claim(outbox, 1, 9, NOW)) == 3
    deliveries.release(outbox)
    again = deliveries.claim(outbox, 1, 5, later(minutes=1))
    assert {one.id for one in died} < {one.id for one in again}
    assert {one.attempts for one in again} == {1}


def test_notes_that_come_again_change_nothing_and_undo_nothing(outbox: Session) -> None:
    sent, failed, put_off = deliveries.claim(outbox, 1, 3, NOW)
    notes = [
        Outcome(sent.id, "sent", 1, NOW),
        Outcome(failed.id, "failed", 1, NOW, "refused", "spam"),
        Outcome(put_off.id, "waiting", 1, later(hours=1), "soft", "later"),
    ]
    deliveries.note(outbox, notes)
    before = outbox.execute("SELECT * FROM deliveries ORDER BY ALL")
    deliveries.note(outbox, notes)
    assert outbox.execute("SELECT * FROM deliveries ORDER BY ALL") == before
    deliveries.returned(outbox, sent.id, "gone", "no such mailbox")
    deliveries.try_failed_again(outbox, 1, NOW)
    before = outbox.execute("SELECT * FROM deliveries ORDER BY ALL")
    deliveries.note(outbox, notes)
    assert outbox.execute("SELECT * FROM deliveries ORDER BY ALL") == before
    deliveries.note(outbox, [])


def test_who_left_is_not_among_what_is_still_claimed(outbox: Session) -> None:
    claimed = deliveries.claim(outbox, 1, 3, NOW)
    every = {one.id for one in claimed}
    assert deliveries.still_claimed(outbox, sorted(every)) == every
    subscribers.unsubscribe(outbox, claimed[0].subscriber_id, NOW)
    assert deliveries.still_claimed(outbox, sorted(every)) == every - {claimed[0].id}


def test_only_what_was_sent_can_come_back(outbox: Session) -> None:
    first, second = deliveries.claim(outbox, 1, 2, NOW)
    note(outbox, first, "sent")
    for one in (first, second):
        deliveries.returned(outbox, one.id, "soft", "mailbox full")
    assert deliveries.counts(outbox) == {"returned": 1, "sending": 1, "waiting": 3}
    found = deliveries.addressee(outbox, first.id)
    assert found == Addressee(first.id, first.subscriber_id, first.email, "returned")
    assert deliveries.addressee(outbox, "nothing") is None


def test_how_readers_fared_is_told_newest_first(outbox: Session) -> None:
    for number in (1, 2, 3, 4):
        if number > 1:
            deliveries.fill(outbox, number, READERS, domain="post.example", run=PUBLISH)
        for one in deliveries.claim(outbox, number, 10, NOW):
            note(outbox, one, "failed", fault="soft", error=f"full {number}") if number != 2 else note(
                outbox, one, "sent"
            )
    (first, *_) = (row[0] for row in outbox.execute("SELECT delivery_id FROM deliveries WHERE number = 1 ORDER BY 1"))
    ((reader, fared),) = deliveries.fared(outbox, [first]).items()
    assert fared == (Fared("soft", "full 4"), Fared("soft", "full 3"), Fared(None))
    deliveries.forgive(outbox, reader)
    assert [one.fault for one in deliveries.fared(outbox, [first])[reader]] == [None] * 3


def test_what_was_put_off_waits_for_its_moment(outbox: Session) -> None:
    for one in deliveries.claim(outbox, 1, 10, NOW):
        note(outbox, one, "waiting", later(hours=1), fault="soft", error="greylisted")
    assert deliveries.waiting(outbox, 1, later(minutes=59)) == 0
    assert deliveries.claim(outbox, 1, 10, later(minutes=59)) == ()
    assert deliveries.waiting(outbox, 1, later(hours=1)) == 5
    again = deliveries.claim(outbox, 1, 10, later(hours=1))
    assert [(one.attempts, one.fault) for one in again] == [(2, "soft")] * 5
    note(outbox, again[0], "sent", later(hours=1))
    assert outbox.execute("SELECT error FROM deliveries WHERE state = 'sent'") == [(None,)]


def test_what_failed_stays_until_somebody_says_again(outbox: Session) -> None:
    for one in deliveries.claim(outbox, 1, 10, NOW):
        note(outbox, one, "failed", fault="refused", error="spam")
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
    put_off, failed, sent = claimed = deliveries.claim(outbox, 1, 3, NOW)
    for one in claimed:
        subscribers.unsubscribe(outbox, one.subscriber_id, NOW)
    note(outbox, put_off, "waiting", fault="soft", error="greylisted")
    note(outbox, failed, "failed", fault="refused", error="spam")
    note(outbox, sent, "sent")
    assert deliveries.counts(outbox) == {"sent": 1, "waiting": 2, "withdrawn": 2}
    deliveries.try_failed_again(outbox, None, NOW)
    assert len(deliveries.claim(outbox, None, 10, later(days=1))) == 2


def test_what_failed_is_not_tried_again_for_who_is_suspended(outbox: Session) -> None:
    for one in deliveries.claim(outbox, 1, 2, NOW):
        note(outbox, one, "failed", fault="gone", error="no such mailbox")
    assert suspensions.judge(outbox, [one.id], NOW) == 1
    deliveries.try_failed_again(outbox, None, NOW)
    assert deliveries.counts(outbox) == {"failed": 1, "waiting": 4}


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
    note(outbox, one, "sent")
    subscribers.forget(outbox, next(r.email for r in READERS if r.id != one.subscriber_id), NOW)
    records = list(deliveries.export(outbox, WEEK))
    assert records == list(deliveries.export(outbox, None))
    assert list(deliveries.export(outbox, "2026-W46")) == []
    assert all(
        set(record) == set("issue week subscriber state attempts message_id sent_at error fault".split())
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
        "fault": None,
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
