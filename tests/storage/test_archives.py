"""LinkedIn archives that were read."""

from storage import archives
from storage.database import Session
from tests.storage.builders import ANNA, BEN, later, run


def test_an_archive_is_known_per_person_file_and_permissions(db: Session) -> None:
    assert not archives.is_known(db, ANNA.id, "sha", {"shares"})
    archives.add(db, ANNA.id, "sha", ["shares", "comments"], {"shares": 3}, run("linkedin"))
    assert archives.is_known(db, ANNA.id, "sha", ["comments", "shares"])
    assert not archives.is_known(db, ANNA.id, "sha", ["shares"])
    assert not archives.is_known(db, ANNA.id, "sha", ["shares", "comments", "articles"])
    assert not archives.is_known(db, ANNA.id, "other", ["shares", "comments"])
    assert not archives.is_known(db, BEN.id, "sha", ["shares", "comments"])


def test_an_archive_read_twice_has_one_row_with_what_was_counted_first(db: Session) -> None:
    archives.add(db, ANNA.id, "sha", ["shares"], {"shares": 3, "articles": 1}, run("linkedin"))
    archives.add(db, ANNA.id, "sha", ["shares"], {"shares": 0}, run("linkedin", later(days=1)))
    assert db.execute("SELECT counts FROM archives") == [('{"articles": 1, "shares": 3}',)]
