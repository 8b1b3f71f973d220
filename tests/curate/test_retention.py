"""How long what is kept, and which copies of the database stay."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from curate import retention
from curate.retention import Periods

NIGHT = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
NIGHTLY = [NIGHT - timedelta(days=days) for days in range(60)]

moments = st.lists(
    st.integers(0, 24 * 700).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)), max_size=40
)


def test_seven_nights_and_four_weeks_of_copies_stay() -> None:
    kept = retention.kept_copies(NIGHTLY, nights=7, weeks=4)
    # The 26th is a Thursday: the last copies of the four weeks are today's and those of three Sundays, one of them
    # among the seven nights.
    assert kept == {*NIGHTLY[:7], NIGHTLY[11], NIGHTLY[18]}


def test_after_a_month_off_the_copies_from_before_it_stay() -> None:
    before = NIGHTLY[31:38]
    assert retention.kept_copies([*before, NIGHT], nights=7, weeks=4) >= {NIGHT, *before[:6]}


def test_of_several_copies_in_a_night_the_last_one_stays() -> None:
    again = NIGHT + timedelta(hours=5)
    assert retention.kept_copies([NIGHT, again], nights=7, weeks=4) == {again}


@given(moments, st.integers(0, 10), st.integers(0, 10))
def test_the_newest_always_stays_and_never_more_than_asked(taken: list[datetime], nights: int, weeks: int) -> None:
    kept = retention.kept_copies(taken, nights, weeks)
    assert kept <= set(taken)
    assert len(kept) <= max(1, nights + weeks)
    assert not taken or max(taken) in kept
    assert retention.kept_copies(kept, nights, weeks) == kept, "doing it again throws nothing more away"


def test_words_go_before_the_rows_that_they_belong_to() -> None:
    names = [rule.name for rule in retention.rules(Periods())]
    assert names.index("export_words") < names.index("export_rows") < names.index("brought_rows")
    assert names.index("surfacings") < names.index("brought_rows")
    assert len(set(names)) == len(names)


def test_an_operator_may_change_what_is_told_about_people() -> None:
    days = {rule.name: rule.days for rule in retention.rules(Periods(30, 60, 90))}
    assert (days["export_words"], days["export_rows"], days["surfacings"], days["fetches"]) == (30, 30, 60, 90)
    assert days["unconfirmed"] == 0
