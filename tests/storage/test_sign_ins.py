"""Links to sign in with, and sessions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage import people, sign_ins
from storage.database import Database, Session
from tests.storage.builders import ANNA, BEN, NOW, later


@pytest.fixture
def known(db: Session) -> Session:
    """A database that knows Anna, who was offered a link for an hour."""
    people.add(db, ANNA, NOW)
    sign_ins.offer(db, "link", ANNA.id, NOW, later(hours=1))
    return db


def test_looking_at_a_link_changes_nothing_and_using_it_works_once(known: Session) -> None:
    assert [sign_ins.find(known, "link", NOW) for _ in range(3)] == [ANNA] * 3
    assert sign_ins.use(known, "link", later(minutes=5)) == ANNA
    assert sign_ins.find(known, "link", later(minutes=6)) is None
    assert sign_ins.use(known, "link", later(minutes=6)) is None


def test_a_link_expires_at_its_moment(known: Session) -> None:
    assert sign_ins.use(known, "link", later(hours=1)) is None
    assert sign_ins.find(known, "link", later(minutes=59)) == ANNA


def test_a_link_that_was_used_is_not_made_new_by_offering_it_again(known: Session) -> None:
    sign_ins.use(known, "link", later(minutes=5))
    sign_ins.offer(known, "link", ANNA.id, later(minutes=6), later(days=9))
    assert sign_ins.find(known, "link", later(minutes=7)) is None


def test_links_nobody_offered_and_links_for_nobody_sign_nobody_in(known: Session) -> None:
    sign_ins.offer(known, "for nobody", "unknown", NOW, later(hours=1))
    assert sign_ins.use(known, "never offered", NOW) is None
    assert sign_ins.use(known, "for nobody", NOW) is None


def test_a_session_lasts_until_it_expires_or_is_ended(known: Session) -> None:
    sign_ins.start_session(known, "phone", ANNA.id, NOW, later(days=30))
    sign_ins.start_session(known, "laptop", ANNA.id, NOW, later(days=30))
    assert sign_ins.person_of_session(known, "phone", later(days=29)) == ANNA
    assert sign_ins.person_of_session(known, "phone", later(days=30)) is None
    sign_ins.end_session(known, "phone", later(days=1))
    sign_ins.end_session(known, "phone", later(days=2))
    assert sign_ins.person_of_session(known, "phone", later(days=3)) is None
    assert sign_ins.person_of_session(known, "laptop", later(days=3)) == ANNA
    assert known.execute("SELECT ended_at FROM sessions WHERE token_hash = 'phone'") == [(later(days=1),)]


def test_a_link_used_by_many_at_once_signs_in_one(store: Database) -> None:
    with store.writing() as db:
        people.add(db, ANNA, NOW)
        sign_ins.offer(db, "link", ANNA.id, NOW, later(hours=1))

    def press(_: int) -> object:
        with store.writing() as db:
            return sign_ins.use(db, "link", later(minutes=1))

    with ThreadPoolExecutor(6) as pool:
        signed_in = list(pool.map(press, range(6)))
    assert sorted(signed_in, key=str) == [*[None] * 5, ANNA]


def test_a_person_sees_where_they_are_signed_in_and_ends_it_there(db: Session) -> None:
    for one in (ANNA, BEN):
        people.add(db, one, NOW)
    for hashed, who in (("phone", ANNA), ("laptop", ANNA), ("old", ANNA), ("of Ben", BEN)):
        days = 1 if hashed == "old" else 30
        sign_ins.start_session(db, hashed, who.id, NOW, later(days=days))
    now = later(days=2)
    phone, laptop = sorted(sign_ins.sessions(db, ANNA.id, now), key=lambda one: one.token_hash, reverse=True)
    assert (phone.token_hash, phone.started_at, phone.until) == ("phone", NOW, later(days=30))
    (bens,) = sign_ins.sessions(db, BEN.id, now)
    sign_ins.end_session_of(db, ANNA.id, bens.id, now)
    assert sign_ins.person_of_session(db, "of Ben", now) == BEN
    sign_ins.end_session_of(db, ANNA.id, laptop.id, now)
    assert sign_ins.sessions(db, ANNA.id, now) == (phone,)
    assert sign_ins.person_of_session(db, "laptop", now) is None


def test_all_other_sessions_end_at_once_and_this_one_goes_on(db: Session) -> None:
    for one in (ANNA, BEN):
        people.add(db, one, NOW)
    for hashed, who in (("phone", ANNA), ("laptop", ANNA), ("here", ANNA), ("of Ben", BEN)):
        sign_ins.start_session(db, hashed, who.id, NOW, later(days=30))
    sign_ins.end_other_sessions(db, ANNA.id, "here", later(days=1))
    assert [one.token_hash for one in sign_ins.sessions(db, ANNA.id, later(days=1))] == ["here"]
    assert sign_ins.person_of_session(db, "of Ben", later(days=1)) == BEN
