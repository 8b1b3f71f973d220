"""Links by which somebody joins."""

from storage import people, welcomes
from storage.database import Session
from tests.storage.builders import BEN, NOW, later, welcome


def test_a_link_is_found_until_it_is_used_once(db: Session) -> None:
    people.add(db, BEN, NOW)
    welcomes.offer(db, welcome())
    assert welcomes.find(db, "token", later(days=13)) == welcome()
    assert welcomes.unused(db, NOW) == (welcome(),)
    assert welcomes.use(db, "token", later(days=13)) == welcome()
    assert welcomes.use(db, "token", later(days=13)) is None
    assert welcomes.unused(db, NOW) == ()


def test_a_link_expires(db: Session) -> None:
    welcomes.offer(db, welcome())
    assert welcomes.find(db, "token", later(days=14)) is None
    assert welcomes.use(db, "token", later(days=14)) is None
    assert welcomes.unused(db, later(days=14)) == ()


def test_a_new_link_to_the_same_address_is_the_only_one_that_works(db: Session) -> None:
    welcomes.offer(db, welcome("first"))
    welcomes.offer(db, welcome("of another", email="other@example.org"))
    welcomes.offer(db, welcome("second", role="editor", created_at=later(days=1)))
    assert welcomes.find(db, "first", later(days=1)) is None
    assert [one.token_hash for one in welcomes.unused(db, later(days=1))] == ["of another", "second"]


def test_a_link_is_withdrawn_by_a_name_that_does_not_open_it(db: Session) -> None:
    welcomes.offer(db, welcome())
    assert "token" not in welcome().id
    welcomes.withdraw(db, "token", NOW)
    assert welcomes.find(db, "token", NOW)
    welcomes.withdraw(db, welcome().id, NOW)
    assert welcomes.find(db, "token", NOW) is None


def test_who_gets_another_role_lets_nobody_in_by_the_links_they_sent(db: Session) -> None:
    people.add(db, BEN, NOW)
    welcomes.offer(db, welcome())
    people.set_role(db, BEN.id, "catalyst", NOW)
    assert welcomes.find(db, "token", NOW) is None
