"""The plan of a soak."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.soak import kills
from tests.soak.kills import KINDS, LONGEST_S, PHASES


@given(st.integers(1, 60), st.integers(1, 3), st.integers(0, 10_000))
def test_a_plan_has_all_kills_in_the_order_of_the_weeks(count: int, weeks: int, seed: int) -> None:
    plan = kills.planned(count, weeks, seed)
    cells = [(one.nth, PHASES.index(one.phase)) for one in plan]
    assert len(plan) == count
    assert cells == sorted(cells)
    assert all(0 <= one.nth < weeks and 0 <= one.after_s <= LONGEST_S[one.phase] for one in plan)
    assert plan == kills.planned(count, weeks, seed)


@given(st.integers(0, 10_000))
def test_twenty_kills_meet_every_phase_twice_and_all_kinds_alike(seed: int) -> None:
    plan = kills.planned(20, 2, seed)
    assert Counter((one.nth, one.phase) for one in plan) == {(nth, phase): 2 for nth in (0, 1) for phase in PHASES}
    often = Counter(one.kind for one in plan)
    assert often.keys() == {*KINDS}
    assert max(often.values()) - min(often.values()) <= 1
