"""Letters about a month: who gets one, and that they are written once."""

from dataclasses import replace

import pytest

from curate.months import Month
from curate.readers import Wishes
from storage import deliveries, issues, months, subscribers
from storage.database import Session
from storage.subscribers import Subscriber
from tests.storage import builders
from tests.storage.builders import later, run

NOVEMBER = Month(2026, 11)
PUBLISH, MONTH = run("publish"), run("month", later(days=20))


def reader(db: Session, name: str, every: str = "issue", days: float = -60) -> Subscriber:
    one = subscribers.wishing(f"{name}@example.org", Wishes("nl", every))  # type: ignore[arg-type]
    subscribers.add(db, one, "form", later(days=days))
    return one


def switch(db: Session, one: Subscriber, every: str, days: float) -> None:
    subscribers.change(db, one.id, Wishes("nl", every), later(days=days))  # type: ignore[arg-type]


def freeze(db: Session, number: int, week: int, days: float) -> None:
    """Freeze an issue and fill its outbox for who gets every issue then."""
    sample = replace(builders.issue(db), number=number, week=f"2026-W{week}")
    issues.freeze(db, sample, later(days=days))
    deliveries.fill(db, number, subscribers.every(db), domain="post.example", run=PUBLISH)


def told(db: Session) -> set[str]:
    return {one.email.partition("@")[0] for one in months.to_tell(db, NOVEMBER)}


@pytest.fixture
def month(db: Session) -> Session:
    """Two issues of November and one of December, with a weekly and a monthly reader."""
    builders.week(db)
    reader(db, "weekly")
    reader(db, "monthly", "month")
    freeze(db, 1, 47, 0)
    freeze(db, 2, 48, 7)
    freeze(db, 3, 49, 14)
    return db


def test_who_reads_by_the_month_gets_no_issue_and_one_letter(month: Session) -> None:
    assert deliveries.counts(month, 1) == {"waiting": 1}
    assert months.fill(month, NOVEMBER, domain="post.example", run=MONTH) == 1
    sent = month.execute("SELECT number, covers, s.email FROM deliveries JOIN subscribers s USING (subscriber_id)")
    assert [row for row in sent if row[1] == "month"] == [(2, "month", "monthly@example.org")]
    assert months.numbers(month, NOVEMBER) == (1, 2)
    assert [one.number for one in months.issues_of(month, NOVEMBER)] == [1, 2]


def test_a_month_is_told_once_whatever_comes_after(month: Session) -> None:
    months.fill(month, NOVEMBER, domain="post.example", run=MONTH)
    before = month.execute("SELECT * FROM deliveries ORDER BY ALL"), month.execute("SELECT * FROM months")
    reader(month, "late", "month", days=21)
    assert months.fill(month, NOVEMBER, domain="elsewhere.example", run=run("month", later(days=22))) == 0
    assert (month.execute("SELECT * FROM deliveries ORDER BY ALL"), month.execute("SELECT * FROM months")) == before
    assert months.filled(month) == {"2026-11"}


def test_who_changes_to_monthly_in_the_middle_gets_the_letter_for_what_was_not_sent(db: Session) -> None:
    builders.week(db)
    early, late = reader(db, "early"), reader(db, "late")
    freeze(db, 1, 47, 0)
    switch(db, early, "month", 3)
    freeze(db, 2, 48, 7)
    switch(db, late, "month", 8)
    assert told(db) == {"early"}, "late had every issue of the month"
    month = db.execute("SELECT number FROM deliveries WHERE subscriber_id = $id", {"id": early.id})
    assert month == [(1,)]


def test_who_changes_to_every_issue_gets_the_letter_for_what_came_before(db: Session) -> None:
    builders.week(db)
    one, new = reader(db, "one", "month"), reader(db, "new", "month", days=5)
    freeze(db, 1, 47, 0)
    switch(db, one, "issue", 3)
    switch(db, new, "issue", 6)
    freeze(db, 2, 48, 7)
    assert told(db) == {"one"}, "new came after the first issue, and gets the second"


@pytest.mark.parametrize(("state", "misses"), [("sent", False), ("sending", False), ("failed", True)])
def test_an_issue_that_failed_was_not_sent(db: Session, state: str, misses: bool) -> None:
    builders.week(db)
    one = reader(db, "one")
    freeze(db, 1, 47, 0)
    db.execute("UPDATE deliveries SET state = $state", {"state": state})
    switch(db, one, "month", 3)
    assert told(db) == ({"one"} if misses else set())


def test_who_reads_each_issue_gets_no_letter_in_place_of_one_that_failed(db: Session) -> None:
    builders.week(db)
    reader(db, "never-changed")
    switch(db, reader(db, "changed", "month"), "issue", -3)
    freeze(db, 1, 47, 0)
    db.execute("UPDATE deliveries SET state = 'failed'")
    assert told(db) == set()


def test_who_left_gets_no_letter(month: Session) -> None:
    found = subscribers.by_email(month, "monthly@example.org")
    assert found
    subscribers.unsubscribe(month, found.id, later(days=1))
    assert told(month) == set()


def test_a_letter_about_a_month_is_apart_from_its_last_issue(month: Session) -> None:
    weekly = subscribers.by_email(month, "weekly@example.org")
    assert weekly
    month.execute("UPDATE deliveries SET state = 'failed' WHERE number = 1")
    switch(month, weekly, "month", 15)
    months.fill(month, NOVEMBER, domain="post.example", run=MONTH)
    names = month.execute("SELECT delivery_id, message_id FROM deliveries WHERE number = 2 AND subscriber_id = $id",
                          {"id": weekly.id})  # fmt: skip
    assert len({one for one, _ in names}) == len({name for _, name in names}) == 2
    assert deliveries.unsent(month, 2) == 1, "the issue's own"
    assert {(one.covers, one.number) for one in deliveries.claim(month, 2, 10, later(days=21))} == {
        ("issue", 2),
        ("month", 2),
    }
