"""LinkedIn archives that were read."""

from dataclasses import replace

from storage import archives
from storage.archives import Archive
from storage.database import Session
from tests.storage.builders import ANNA, BEN, NOW, later, run

LARGE = Archive(ANNA.id, "sha", frozenset({"shares", "comments"}), {"shares": 3}, later(days=-1), complete=True)


def test_an_archive_is_known_per_person_file_and_permissions(db: Session) -> None:
    assert not archives.is_known(db, ANNA.id, "sha", {"shares"})
    archives.add(db, LARGE, run("linkedin"))
    assert archives.is_known(db, ANNA.id, "sha", ["comments", "shares"])
    assert not archives.is_known(db, ANNA.id, "sha", ["shares"])
    assert not archives.is_known(db, ANNA.id, "sha", ["shares", "comments", "articles"])
    assert not archives.is_known(db, ANNA.id, "other", ["shares", "comments"])
    assert not archives.is_known(db, BEN.id, "sha", ["shares", "comments"])


def test_an_archive_read_twice_has_one_row_with_what_was_counted_first(db: Session) -> None:
    archives.add(db, replace(LARGE, counts={"shares": 3, "articles": 1}), run("linkedin"))
    archives.add(db, replace(LARGE, counts={"shares": 0}), run("linkedin", later(days=1)))
    assert db.execute("SELECT counts FROM archives") == [('{"articles": 1, "shares": 3}',)]
    assert archives.count(db, ANNA.id) == 1


def test_the_newest_complete_archive_is_told_and_a_partial_one_does_not_count(db: Session) -> None:
    assert archives.newest_complete(db, ANNA.id) is None
    archives.add(db, replace(LARGE, complete=False, made_at=NOW), run("linkedin"))
    assert archives.newest_complete(db, ANNA.id) is None
    archives.add(db, replace(LARGE, sha256="2"), run("linkedin"))
    archives.add(db, replace(LARGE, sha256="3", made_at=later(days=-9)), run("linkedin"))
    archives.add(db, replace(LARGE, sha256="4", made_at=None), run("linkedin"))
    archives.add(db, replace(LARGE, person_id=BEN.id, made_at=NOW), run("linkedin"))
    assert archives.newest_complete(db, ANNA.id) == later(days=-1)


def test_archives_are_forgotten_per_person(db: Session) -> None:
    archives.add(db, LARGE, run("linkedin"))
    archives.add(db, replace(LARGE, person_id=BEN.id), run("linkedin"))
    archives.forget(db, ANNA.id)
    assert (archives.count(db, ANNA.id), archives.count(db, BEN.id)) == (0, 1)
