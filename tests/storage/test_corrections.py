"""What people said against the machine is kept with who, when and why, and stands for articles as they are now."""

from datetime import datetime

import pytest

from curate import corrections as curated
from curate.clusters import Ties
from curate.corrections import Act
from storage import articles, corrections, people, removals
from storage.database import Session
from tests.storage.builders import ANNA, BEN, NOW, kept, later


@pytest.fixture
def four(db: Session) -> Session:
    """Two people and four articles."""
    for person in (ANNA, BEN):
        people.add(db, person, NOW)
    articles.keep(db, [kept(key) for key in "abcd"], NOW, "run")
    return db


def join(db: Session, names: str, at: datetime = NOW, why: str = "Zelfde zaak.") -> Act:
    act = curated.act("together", curated.together(names), ANNA.id, at)
    corrections.add(db, act, ANNA.id, why, at)
    return act


def part(db: Session, names: str, others: str, at: datetime = NOW) -> Act:
    act = curated.act("apart", curated.apart(names, others), BEN.id, at)
    corrections.add(db, act, BEN.id, "Andere zaak.", at)
    return act


def test_what_was_said_holds_for_the_articles_in_hand(four: Session) -> None:
    join(four, "abx")
    part(four, "c", "ad")
    ties = corrections.in_force(four, ["a", "b", "c"])
    assert ties == Ties(frozenset({("a", "b")}), frozenset({("a", "c")}))
    assert corrections.in_force(four, []) == corrections.in_force(four, ["unknown"]) == Ties()


def test_what_was_said_later_wins(four: Session) -> None:
    part(four, "a", "b", later(hours=1))
    join(four, "ab", later(hours=2))
    join(four, "cd", later(hours=1))
    part(four, "c", "d", later(hours=2))
    assert corrections.in_force(four, [*"abcd"]) == Ties(frozenset({("a", "b")}), frozenset({("c", "d")}))


def test_a_copy_stands_for_what_it_copies(four: Session) -> None:
    join(four, "bc")
    part(four, "b", "a")
    articles.fold(four, {"b": "d"})
    assert corrections.in_force(four, ["a", "c", "d"]) == Ties(frozenset({("c", "d")}), frozenset({("a", "d")}))
    articles.fold(four, {"b": "a"})
    assert corrections.in_force(four, ["a", "c", "d"]) == Ties(frozenset({("a", "c")}))


def test_what_is_undone_holds_no_more_and_is_still_told(four: Session) -> None:
    act = join(four, "ab")
    corrections.undo(four, act.id, BEN.id, later(hours=1))
    corrections.undo(four, act.id, ANNA.id, later(hours=2))
    assert corrections.in_force(four, ["a", "b"]) == Ties()
    (said,) = corrections.every(four)
    assert (said.undone_at, said.undone_by) == (later(hours=1), BEN.name)


def test_acts_are_told_whole_with_who_and_why_the_latest_first(four: Session) -> None:
    first, second = join(four, "abc", NOW, "Eén besluit."), part(four, "a", "d", later(hours=1))
    people.remove(four, ANNA.id, later(hours=2))
    told = corrections.every(four)
    assert [one.act for one in told] == [second, first]
    assert (told[1].name, told[1].why, told[1].made_at, told[1].undone_by) == (ANNA.name, "Eén besluit.", NOW, None)


def test_an_act_written_again_adds_nothing(four: Session) -> None:
    assert join(four, "abc") == join(four, "abc")
    assert four.execute("SELECT count(*) FROM corrections") == [(3,)]


def test_an_article_that_goes_takes_what_was_said_of_it_along(four: Session) -> None:
    join(four, "abc")
    removals.articles(four, ["a"])
    (said,) = corrections.every(four)
    assert said.act.pairs == {("b", "c")}


def test_what_was_said_of_an_article_that_goes_holds_for_the_copy_that_takes_its_place(four: Session) -> None:
    join(four, "ac")
    part(four, "d", "c")
    articles.fold(four, {"b": "c"})
    removals.articles(four, ["c"])
    assert corrections.in_force(four, [*"abd"]) == Ties(frozenset({("a", "b")}), frozenset({("b", "d")}))
