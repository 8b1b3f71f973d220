"""What the harness calls lost and doubled: a comparison that cannot find a fault proves nothing."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soak import comparing
from tests.soak.comparing import Rows

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1, max_size=8)


@pytest.fixture
def undisturbed() -> dict[str, Rows]:
    return {"articles": Counter([("u1",), ("u2",)]), "issues": Counter([(1, "2026-W46")])}


def test_the_same_rows_in_any_order_are_no_difference(undisturbed: dict[str, Rows]) -> None:
    other = {"issues": Counter([(1, "2026-W46")]), "articles": Counter([("u2",), ("u1",)])}
    assert comparing.differences(undisturbed, other) == ()


def test_a_lost_row_is_found(undisturbed: dict[str, Rows]) -> None:
    (found,) = comparing.differences(undisturbed, undisturbed | {"articles": Counter([("u1",)])})
    assert (found.table, list(found.lost), list(found.surplus)) == ("articles", [("u2",)], [])
    assert found.sentence == "articles: 1 lost (as ('u2',))"


def test_a_doubled_row_is_found(undisturbed: dict[str, Rows]) -> None:
    twice = undisturbed["issues"] + undisturbed["issues"]
    (found,) = comparing.differences(undisturbed, undisturbed | {"issues": twice})
    assert (comparing.total_lost((found,)), comparing.total_surplus((found,))) == (0, 1)


def test_a_table_that_is_gone_is_lost_whole(undisturbed: dict[str, Rows]) -> None:
    found = comparing.differences(undisturbed, {"issues": undisturbed["issues"]})
    assert comparing.total_lost(found) == 2


@given(ROWS, st.data())
def test_whatever_row_goes_or_comes_twice_is_told(rows: list[tuple[str, int]], data: st.DataObject) -> None:
    whole = {"rows": Counter(rows)}
    gone = data.draw(st.sampled_from(rows))
    fewer, more = Counter(rows), Counter(rows)
    fewer.subtract([gone])
    more.update([gone])
    assert comparing.total_lost(comparing.differences(whole, {"rows": +fewer})) == 1
    assert comparing.total_surplus(comparing.differences(whole, {"rows": more})) == 1


def test_a_mail_that_came_twice_is_extra_and_one_that_never_came_is_missing() -> None:
    wanted = Counter({("a@x", "<1>"): 1, ("b@x", "<2>"): 1})
    assert comparing.unwanted(wanted, wanted + Counter({("a@x", "<1>"): 1})) == 1
    assert comparing.unsent(wanted, Counter({("a@x", "<1>"): 2})) == (("b@x", "<2>"),)
    assert comparing.unwanted(wanted, wanted) == 0
    assert comparing.unsent(wanted, wanted) == ()
