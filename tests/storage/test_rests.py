"""Hosts that asked to be left alone."""

from storage import rests
from storage.database import Session
from tests.storage.builders import NOW, later


def test_a_host_rests_until_its_moment_and_the_later_one_counts(db: Session) -> None:
    assert rests.every(db, NOW) == {}
    rests.note(db, {"a.example": later(hours=2), "b.example": later(minutes=5)}, NOW)
    rests.note(db, {"a.example": later(hours=1)}, NOW)
    rests.note(db, {}, NOW)
    assert rests.every(db, NOW) == {"a.example": later(hours=2), "b.example": later(minutes=5)}
    assert rests.every(db, later(hours=1)) == {"a.example": later(hours=2)}
    assert rests.every(db, later(hours=2)) == {}
