"""Asking for the digest, confirming, and coming back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curate.readers import CONSENT_VERSION, Wishes
from storage import deliveries, subscribers, subscriptions
from storage.database import Session
from storage.subscribers import Consent
from storage.subscriptions import Subscription
from tests.storage.builders import NOW, later, run

WISHES = Wishes("en", "month", ("a", "b"))
MIA = subscribers.wishing("mia@example.org", WISHES)


def asked(hashed: str = "token", **changes: object) -> Subscription:
    sample = Subscription(hashed, MIA.email, WISHES, CONSENT_VERSION, NOW, later(days=3))
    return replace(sample, **changes)  # type: ignore[arg-type]


def suppress(db: Session, why: str) -> None:
    db.rows("subscribers.suppress", email_hash=subscribers._hash(MIA.email), reason=why, now=NOW)


def test_who_confirms_is_on_the_list_with_what_they_chose_and_agreed_to(db: Session) -> None:
    subscriptions.ask(db, asked())
    assert subscriptions.find(db, "token", later(days=1)) == asked()
    done = subscriptions.confirm(db, "token", later(days=1))
    assert done
    assert done.is_in
    assert subscribers.by_email(db, MIA.email) == done.subscriber == MIA
    (record,) = subscribers.export(db)
    assert (record["consent"], record["consent_version"]) == ("own page", CONSENT_VERSION)
    assert record["consented_at"] == record["added_at"] == later(days=1)


def test_a_link_works_once_and_in_time(db: Session) -> None:
    subscriptions.ask(db, asked())
    subscriptions.ask(db, asked("second"))
    assert subscriptions.find(db, "token", later(days=3)) is None
    assert subscriptions.confirm(db, "token", later(days=3)) is None
    assert subscriptions.confirm(db, "unknown", NOW) is None
    assert subscribers.every(db) == ()
    assert subscriptions.confirm(db, "token", NOW)
    assert subscriptions.confirm(db, "token", NOW) is None
    assert subscriptions.confirm(db, "second", NOW) is None, "one address needs one link"
    assert db.execute("SELECT * FROM subscriptions") == []


def test_what_nobody_confirmed_is_not_kept(db: Session) -> None:
    subscriptions.ask(db, asked())
    subscriptions.ask(db, asked("later", email="b@example.org", created_at=later(days=3), expires_at=later(days=6)))
    assert db.execute("SELECT email FROM subscriptions") == [("b@example.org",)]


@pytest.mark.parametrize("why", ["forgotten", "unsubscribed"])
def test_who_was_forgotten_comes_back_by_their_own_act(db: Session, why: str) -> None:
    suppress(db, why)
    assert not subscribers.add(db, MIA, "import", NOW)
    subscriptions.ask(db, asked())
    done = subscriptions.confirm(db, "token", NOW)
    assert done
    assert done.is_in
    assert subscribers.every(db) == (MIA,)
    assert subscribers.suppressed(db, [MIA.email]) == {}


@pytest.mark.parametrize("state", ["unsubscribed", "suspended"])
def test_who_left_or_was_suspended_comes_back_by_their_own_act(db: Session, state: str) -> None:
    subscribers.add(db, subscribers.subscriber(MIA.email, "nl"), "import", NOW)
    db.execute("UPDATE subscribers SET state = $state, left_at = $now", {"state": state, "now": NOW})
    subscriptions.ask(db, asked())
    assert subscriptions.confirm(db, "token", later(days=1))
    assert subscribers.every(db) == (MIA,)
    (record,) = subscribers.export(db)
    assert (record["left_at"], record["added_at"], record["consented_at"]) == (None, NOW, later(days=1))


def test_a_complaint_stays_until_an_operator_lifts_it(db: Session) -> None:
    suppress(db, "complaint")
    subscriptions.ask(db, asked())
    done = subscriptions.confirm(db, "token", NOW)
    assert done
    assert not done.is_in
    assert subscribers.every(db) == ()
    subscribers.restore(db, MIA, Consent("wrote to me", NOW))
    assert subscribers.every(db) == (MIA,)


def test_who_reads_already_keeps_reading_with_the_new_choice(db: Session) -> None:
    subscribers.add(db, subscribers.subscriber(MIA.email, "nl"), "import", NOW)
    deliveries.fill(db, 1, subscribers.every(db), domain="post.example", run=run("publish"))
    subscriptions.ask(db, asked())
    assert subscriptions.confirm(db, "token", later(days=1))
    assert subscribers.every(db) == (MIA,)
    assert deliveries.counts(db) == {"waiting": 1}, "what was under way stays so"


def test_a_change_of_how_often_is_remembered_and_another_change_is_not_one(db: Session) -> None:
    subscribers.add(db, subscribers.subscriber(MIA.email, "nl"), "form", NOW)
    since = "SELECT every_since FROM subscribers"
    subscribers.change(db, MIA.id, Wishes("en", "issue", ("b", "a")), later(days=1))
    assert db.execute(since) == [(None,)]
    found = subscribers.by_id(db, MIA.id)
    assert found
    assert found.wishes == Wishes("en", "issue", ("a", "b"))
    for days in (2, 3):
        subscribers.change(db, MIA.id, Wishes("en", "month"), later(days=days))
    assert db.execute(since) == [(NOW + timedelta(days=2),)]
