"""Who gets no more mail because it does not arrive; what came back; and whether sending is paused."""

from curate.returns import Verdict
from storage import deliveries, returns, sending_pauses, subscribers, suspensions
from storage.database import Session
from storage.deliveries import Delivery, Outcome
from storage.returns import Returned
from storage.sending_pauses import Pause
from storage.subscribers import Consent
from tests.storage.builders import NOW, later, run

LEZER = subscribers.subscriber("lezer@example.org", "nl")
MIA = subscribers.subscriber("mia@example.org", "en")


def issue_to(db: Session, number: int, fault: str | None) -> str:
    """Let an issue go to the reader and fail like that; return the delivery."""
    deliveries.fill(db, number, [LEZER], domain="example.org", run=run("publish"))
    (one,) = claimed(db, number)
    state = "failed" if fault else "sent"
    deliveries.note(db, [Outcome(one.id, state, 1, NOW, fault, f"said {number}")])  # type: ignore[arg-type]  # one of its words
    return one.id


def claimed(db: Session, number: int) -> tuple[Delivery, ...]:
    return deliveries.claim(db, number, 10, NOW)


def state(db: Session) -> str:
    found = subscribers.by_id(db, LEZER.id)
    assert found
    return found.state


def test_three_soft_failures_in_a_row_suspend_and_two_do_not(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    for number, fault in enumerate(["soft", "soft", None, "soft", "soft"], 1):
        assert suspensions.judge(db, [issue_to(db, number, fault)], NOW) == 0
    assert state(db) == "active"
    assert suspensions.judge(db, [issue_to(db, 6, "soft")], NOW) == 1
    assert state(db) == "suspended"
    (one,) = suspensions.current(db)
    assert (one.email, one.kind, one.since) == (LEZER.email, "soft", NOW)
    assert "said 6" in one.why


def test_an_address_that_is_gone_suspends_at_once_and_takes_back_what_waits(db: Session) -> None:
    for one in (LEZER, MIA):
        subscribers.add(db, one, "form", NOW)
    first = issue_to(db, 1, "gone")
    deliveries.fill(db, 2, [LEZER, MIA], domain="example.org", run=run("publish"))
    assert suspensions.judge(db, [first], NOW) == 1
    assert deliveries.counts(db) == {"failed": 1, "waiting": 1, "withdrawn": 1}
    assert [one.email for one in claimed(db, 2)] == [MIA.email]
    deliveries.fill(db, 3, subscribers.every(db), domain="example.org", run=run("publish"))
    assert deliveries.counts(db, 3) == {"waiting": 1}


def test_who_comes_back_by_their_own_word_is_not_judged_by_what_failed_before(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    issue_to(db, 1, "soft")
    issue_to(db, 2, "soft")
    assert suspensions.judge(db, [issue_to(db, 3, "soft")], NOW) == 1
    subscribers.restore(db, LEZER, Consent("own page", NOW))
    assert (state(db), suspensions.current(db)) == ("active", ())
    assert suspensions.judge(db, [issue_to(db, 4, "soft")], NOW) == 0
    assert db.execute("SELECT count(*) FROM suspensions WHERE lifted_at IS NULL") == [(0,)]


def test_what_was_refused_or_is_not_sure_counts_for_nothing(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    for number, fault in enumerate(["refused", "unsure", "refused", "unsure"], 1):
        assert suspensions.judge(db, [issue_to(db, number, fault)], NOW) == 0
    assert suspensions.judge(db, [], NOW) == 0


def test_a_suspension_that_is_lifted_lets_no_earlier_failure_count(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    for number in (1, 2, 3):
        suspensions.judge(db, [issue_to(db, number, "soft")], NOW)
    suspensions.lift(db, LEZER.id, later(days=1))
    assert state(db) == "active"
    assert suspensions.current(db) == ()
    assert suspensions.judge(db, [issue_to(db, 4, "soft")], later(days=2)) == 0
    assert db.execute("SELECT lifted_at FROM suspensions") == [(later(days=1),)]


def test_who_left_is_not_suspended(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    subscribers.unsubscribe(db, LEZER.id, NOW)
    suspensions.suspend(db, LEZER.id, Verdict("gone", "no such user"), NOW)
    suspensions.lift(db, LEZER.id, NOW)
    assert state(db) == "unsubscribed"
    assert db.execute("SELECT * FROM suspensions") == []


def test_a_report_is_kept_once(db: Session) -> None:
    one = Returned(returns.id_of(b"a report"), "soft", "d", LEZER.id, "4.2.2", "mailbox full")
    assert returns.known(db, [one.id, "other"]) == frozenset()
    for moment in (NOW, later(days=1)):
        returns.add(db, one, moment)
    assert returns.known(db, [one.id, "other"]) == {one.id}
    assert returns.counts(db) == {"soft": 1}
    (shown,) = returns.newest(db, 9)
    assert (shown["taken_at"], shown["kind"], shown["said"]) == (NOW, "soft", "mailbox full")


def test_one_pause_holds_until_it_is_ended(db: Session) -> None:
    assert sending_pauses.current(db) is None
    sending_pauses.pause(db, "klacht", NOW)
    sending_pauses.pause(db, "nog een", later(hours=1))
    found = sending_pauses.current(db)
    assert found == Pause(NOW, "klacht")
    assert "klacht" in found.sentence
    assert "duiding send --resume" in found.sentence
    sending_pauses.resume(db, later(hours=2))
    assert sending_pauses.current(db) is None
    sending_pauses.pause(db, "", later(hours=3))
    assert sending_pauses.current(db) == Pause(later(hours=3), "")
