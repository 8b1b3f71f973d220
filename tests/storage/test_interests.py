"""The themes that people follow, and what they may be asked about."""

from storage import askables, interests, people
from storage.askables import Askable
from storage.database import Session
from tests.storage.builders import ANNA, BEN, NOW, later


def test_a_person_follows_what_they_said_last_and_old_themes_keep_since_when(db: Session) -> None:
    people.add(db, ANNA, NOW)
    interests.keep(db, ANNA.id, ["a", "b", "b"], NOW)
    interests.keep(db, ANNA.id, ["b", "c"], later(days=1))
    assert interests.of(db, ANNA.id) == {"b", "c"}
    assert db.execute("SELECT since FROM interests WHERE theme_id = 'b'") == [(NOW,)]
    interests.keep(db, ANNA.id, [], later(days=2))
    assert interests.of(db, ANNA.id) == frozenset()


def test_people_follow_apart_and_who_left_follows_nothing(db: Session) -> None:
    for one in (ANNA, BEN):
        people.add(db, one, NOW)
    interests.keep(db, ANNA.id, ["a", "b"], NOW)
    interests.keep(db, BEN.id, ["b"], NOW)
    interests.keep(db, ANNA.id, ["a"], NOW)
    assert interests.of_everyone(db) == {ANNA.id: {"a"}, BEN.id: {"b"}}
    people.remove(db, BEN.id, NOW)
    assert interests.of_everyone(db) == {ANNA.id: {"a"}}


def test_who_may_be_asked_is_told_by_name_in_their_own_last_words(db: Session) -> None:
    for one in (BEN, ANNA):
        people.add(db, one, NOW)
    askables.keep(db, BEN.id, "", "tools", NOW)
    askables.keep(db, ANNA.id, "t", "huren", NOW)
    askables.keep(db, ANNA.id, "t", "huren in Delft", later(days=1))
    annas = Askable(ANNA.id, ANNA.name, "t", "huren in Delft", NOW)
    assert askables.every(db) == (annas, Askable(BEN.id, BEN.name, "", "tools", NOW))
    assert askables.of(db, ANNA.id) == (annas,)
    askables.withdraw(db, ANNA.id, "t")
    askables.withdraw(db, ANNA.id, "t")
    assert askables.of(db, ANNA.id) == ()
    people.remove(db, BEN.id, NOW)
    assert askables.every(db) == ()
