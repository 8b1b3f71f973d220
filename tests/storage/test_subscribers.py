"""Who gets the digest, and who never again."""

from dataclasses import replace

from curate.readers import Wishes
from curate.returns import Verdict
from storage import deliveries, returns, subscribers, suspensions
from storage.database import Session
from storage.deliveries import Outcome
from storage.returns import Returned
from storage.subscribers import Enrolled, Subscriber
from tests.storage.builders import NOW, later, run
from tests.storage.test_own_data import columns, insert, row

LEZER = subscribers.subscriber("lezer@example.org", "nl")
READER = subscribers.subscriber("reader@example.org", "en")


def _addresses_anywhere(db: Session, email: str) -> list[str]:
    """The tables in which an address stands in any column."""
    columns = db.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal"
    )
    return [
        f"{table}.{column}"
        for table, column in columns
        if db.execute(f'SELECT 1 FROM "{table}" WHERE contains("{column}", $email)', {"email": email})
    ]


def test_subscribers_are_kept_once_in_the_order_in_which_they_came(db: Session) -> None:
    assert subscribers.add(db, READER, "import of 2026", NOW)
    assert subscribers.add(db, LEZER, "form", later(days=1))
    assert not subscribers.add(db, subscribers.subscriber(READER.email, "nl"), "again", later(days=2))
    assert subscribers.every(db) == (READER, LEZER)
    assert subscribers.by_id(db, LEZER.id) == subscribers.by_email(db, LEZER.email) == LEZER
    assert subscribers.by_id(db, "unknown") is None
    assert subscribers.by_email(db, "unknown@example.org") is None


def test_the_export_has_the_consent_and_the_moments(db: Session) -> None:
    subscribers.add(db, READER, "import of 2026", NOW)
    subscribers.unsubscribe(db, READER.id, later(days=1))
    assert list(subscribers.export(db)) == [
        {
            "email": READER.email,
            "language": "en",
            "every": "issue",
            "themes": [],
            "state": "unsubscribed",
            "consent": "import of 2026",
            "consent_version": "",
            "consented_at": NOW,
            "added_at": NOW,
            "left_at": later(days=1),
        }
    ]


def test_leaving_withdraws_what_waits_and_leaving_twice_keeps_the_first_moment(db: Session) -> None:
    for one in (LEZER, READER):
        subscribers.add(db, one, "form", NOW)
    for number in (1, 2, 3):
        deliveries.fill(db, number, [LEZER, READER], domain="example.org", run=run("publish"))
    for on_its_way in deliveries.claim(db, 1, 10, NOW):
        deliveries.note(db, [Outcome(on_its_way.id, "sent", 1, NOW)])
    for on_its_way in deliveries.claim(db, 2, 10, NOW):
        deliveries.note(db, [Outcome(on_its_way.id, "failed", 1, NOW, "soft", "mailbox full")])
    subscribers.unsubscribe(db, LEZER.id, later(days=1))
    subscribers.unsubscribe(db, LEZER.id, later(days=2))
    assert subscribers.by_id(db, LEZER.id) == Subscriber(LEZER.id, LEZER.email, "nl", "unsubscribed")
    assert db.execute("SELECT left_at FROM subscribers WHERE state = 'unsubscribed'") == [(later(days=1),)]
    states = "SELECT number, state FROM deliveries WHERE subscriber_id = $id ORDER BY 1"
    assert db.execute(states, {"id": LEZER.id}) == [(1, "sent"), (2, "withdrawn"), (3, "withdrawn")]
    assert db.execute(states, {"id": READER.id}) == [(1, "sent"), (2, "failed"), (3, "waiting")]


def test_an_import_does_not_bring_back_who_left(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    subscribers.unsubscribe(db, LEZER.id, later(days=1))
    assert not subscribers.add(db, LEZER, "import", later(days=2))
    found = subscribers.by_email(db, LEZER.email)
    assert found
    assert found.state == "unsubscribed"


def test_forgetting_leaves_only_a_hash_and_no_import_brings_them_back(db: Session) -> None:
    for one in (LEZER, READER):
        subscribers.add(db, one, "form", NOW)
    deliveries.fill(db, 1, [LEZER, READER], domain="post.example", run=run("publish"))
    (mail, *_) = (one for one in deliveries.claim(db, 1, 2, NOW) if one.email == LEZER.email)
    said = f"{LEZER.email}: no such user"
    deliveries.note(db, [Outcome(mail.id, "failed", 1, NOW, "gone", said)])
    returns.add(db, Returned("r", "gone", mail.id, LEZER.id, "5.1.1", said), NOW)
    suspensions.suspend(db, LEZER.id, Verdict("gone", said), NOW)
    deliveries.release(db)
    assert len(_addresses_anywhere(db, LEZER.email)) == 4
    assert subscribers.forget(db, LEZER.email, later(days=1))
    assert _addresses_anywhere(db, LEZER.email) == []
    assert _addresses_anywhere(db, READER.email) == ["subscribers.email"], "the search finds what is there"
    assert db.execute("SELECT reason, since FROM suppressions") == [("forgotten", later(days=1))]
    assert not subscribers.add(db, LEZER, "import", later(days=2))
    assert subscribers.every(db) == (READER,)
    assert deliveries.counts(db) == {"waiting": 1, "withdrawn": 1}
    assert [one.email for one in deliveries.claim(db, None, 10, later(days=2))] == [READER.email]


def test_who_was_never_here_can_be_kept_out_too(db: Session) -> None:
    assert not subscribers.forget(db, LEZER.email, NOW)
    assert not subscribers.forget(db, LEZER.email, later(days=1))
    assert not subscribers.add(db, LEZER, "import", NOW)
    assert subscribers.add(db, READER, "import", NOW)


def test_forgetting_leaves_nothing_of_a_reader_in_any_table(db: Session) -> None:
    for one in (LEZER, READER):
        subscribers.add(db, one, "form", NOW)
    deliveries.fill(db, 1, [LEZER, READER], domain="post.example", run=run("publish"))
    about = [
        (table, column)
        for table, named in columns(db).items()
        for column, _ in named
        if column in {"subscriber_id", "email"} and table not in {"subscribers", "people", "welcomes"}
    ]
    assert {("deliveries", "subscriber_id"), ("subscriptions", "email")} <= {*about}
    for table, column in about:
        named = columns(db)[table]
        for who in (LEZER, READER):
            value = who.id if column == "subscriber_id" else who.email
            text = {name: f"{table} {who.id} {name}" for name, kind in named if kind == "VARCHAR"}
            insert(db, table, row(named, **{**text, "state": "sent", "error": f"550 <{who.email}>", column: value}))
    subscribers.forget(db, LEZER.email, later(days=1))
    gone = {LEZER.id, LEZER.email}
    found = {
        (table, column): {value for (value,) in db.execute(f"SELECT {column} FROM {table}")} for table, column in about
    }
    assert {place: values & gone for place, values in found.items() if values & gone} == {}
    assert all(READER.id in values or READER.email in values for values in found.values())
    assert _addresses_anywhere(db, LEZER.email) == []
    assert deliveries.counts(db) == {"sent": 2, "waiting": 1, "withdrawn": 1}, "they go on counting"


def test_many_are_kept_at_once_and_who_is_known_stays(db: Session) -> None:
    subscribers.add(db, READER, "form", NOW)
    again = Enrolled(replace(READER, language="nl"), "list", "", None, later(days=1), None)
    new = Enrolled(
        subscribers.wishing("new@example.org", Wishes("nl", "month", ("b", "a"))), "list", "", None, NOW, None
    )
    subscribers.enrol(db, [again, new])
    subscribers.enrol(db, [])
    assert subscribers.by_id(db, READER.id) == READER
    found = subscribers.by_email(db, "new@example.org")
    assert found
    assert (found.every, found.follows) == ("month", ("a", "b"))


def test_it_is_known_of_many_addresses_how_they_stand(db: Session) -> None:
    subscribers.add(db, READER, "form", NOW)
    subscribers.add(db, LEZER, "form", NOW)
    subscribers.unsubscribe(db, LEZER.id, NOW)
    subscribers.forget(db, "gone@example.org", NOW)
    emails = [READER.email, LEZER.email, "gone@example.org", "new@example.org"]
    assert subscribers.states(db, emails) == {READER.email: "active", LEZER.email: "unsubscribed"}
    assert subscribers.suppressed(db, emails) == {"gone@example.org": "forgotten"}


def test_who_is_suspended_can_leave_too(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    db.execute("UPDATE subscribers SET state = 'suspended'")
    subscribers.unsubscribe(db, LEZER.id, later(days=1))
    assert db.execute("SELECT state, left_at FROM subscribers") == [("unsubscribed", later(days=1))]


def test_who_called_our_mail_spam_is_not_brought_back_by_an_import(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    subscribers.complain(db, LEZER, later(days=1))
    assert db.execute("SELECT state FROM subscribers") == [("unsubscribed",)]
    subscribers.forget(db, LEZER.email, later(days=2))
    assert not subscribers.add(db, LEZER, "import", later(days=3))
    assert db.execute("SELECT reason FROM suppressions") == [("complaint",)]


def test_who_is_suspended_can_still_leave(db: Session) -> None:
    subscribers.add(db, LEZER, "form", NOW)
    suspensions.suspend(db, LEZER.id, Verdict("soft", "full"), NOW)
    subscribers.unsubscribe(db, LEZER.id, later(days=1))
    assert db.execute("SELECT state FROM subscribers") == [("unsubscribed",)]
