"""What each item asks: something that fits, never the same twice in a row."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from curate import calls
from curate.calls import Fit

PLAIN = Fit(differ=False, is_tried=False, misses=False, is_open=False)
DIFFER = Fit(differ=True, is_tried=False, misses=False, is_open=False)
TRIED = Fit(differ=False, is_tried=True, misses=False, is_open=False)
MISSES = Fit(differ=False, is_tried=False, misses=True, is_open=False)
OPEN = Fit(differ=False, is_tried=False, misses=False, is_open=True)

fits = st.builds(Fit, st.booleans(), st.booleans(), st.booleans(), st.booleans())


def test_what_fits_best_is_asked() -> None:
    assert [calls.chosen([one])[0] for one in (PLAIN, DIFFER, TRIED, MISSES, OPEN)] == [
        "signal", "signal", "report", "source", "offer",
    ]  # fmt: skip


def test_where_the_best_was_just_asked_the_next_best_is() -> None:
    assert calls.chosen([DIFFER, DIFFER, DIFFER]) == ("signal", "source", "signal")
    assert calls.chosen([MISSES, MISSES]) == ("source", "signal")


@given(st.lists(fits, max_size=8))
def test_no_two_items_in_a_row_ask_the_same_and_offers_are_asked_for_once(items: list[Fit]) -> None:
    acts = calls.chosen(items)
    assert len(acts) == len(items)
    assert all(one != other for one, other in pairwise(acts))
    assert acts.count("offer") <= 1
    for fit, act in zip(items, acts, strict=True):
        assert fit.is_tried or act != "report"
        assert fit.is_open or act != "offer"
