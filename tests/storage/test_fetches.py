"""Every answer we got."""

from storage import fetches
from storage.database import Session
from storage.fetches import Fetch
from tests.storage.builders import NOW


def test_fetches_are_kept_as_they_came_with_and_without_an_answer(db: Session) -> None:
    answered = Fetch("f1", "run", "source", "https://a.example/", "https://b.example/", NOW, 200, 1234)
    refused = Fetch("f2", "run", None, "https://c.example/", None, NOW, None, 0, "blocked")
    fetches.add(db, [answered, refused])
    fetches.add(db, [])
    rows = db.execute("SELECT * FROM fetches ORDER BY fetch_id")
    assert [Fetch(*row) for row in rows] == [answered, refused]


def test_fetches_that_all_failed_are_kept_too(db: Session) -> None:
    refused = Fetch("f2", "run", None, "https://c.example/", None, NOW, None, 0, None)
    fetches.add(db, [refused])
    assert [Fetch(*row) for row in db.execute("SELECT * FROM fetches")] == [refused]
