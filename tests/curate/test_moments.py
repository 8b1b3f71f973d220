from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import moments


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ma, 23 nov 2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("maandag 23 november 2026 om 14:30", datetime(2026, 11, 23, 14, 30, tzinfo=UTC)),
        ("1 mrt 2026 09:05", datetime(2026, 3, 1, 9, 5, tzinfo=UTC)),
        ("do 26 nov 2026 16:00:00 +0100", datetime(2026, 11, 26, 15, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:00:00 CET", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("23-11-2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("23/11/2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("11/23/2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T10:00:00.123Z", datetime(2026, 11, 23, 10, 0, 0, 123000, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("1795428000", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("1795428000000", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("23. November 2026", datetime(2026, 11, 23, tzinfo=UTC)),
        ("lundi 23 novembre 2026", datetime(2026, 11, 23, tzinfo=UTC)),
    ],
)
def test_dates_as_people_write_them_are_read(written: str, meant: datetime) -> None:
    assert moments.moment_of(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "", "gisteren", "2 dagen geleden", "nov 2026", "23 november", "11/12/2026", "abc", "0", "0000-00-00",
        "1970-01-01T00:00:00Z", "1994-12-31", "2101-01-01", "31 feb 2026", "9" * 30, "2026-11-23" * 20,
    ],
)  # fmt: skip
def test_what_is_no_certain_or_possible_date_is_none(written: str) -> None:
    assert moments.moment_of(written) is None


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="0123456789-/.: T+Znovmrt,", max_size=30))
def test_no_text_makes_reading_a_date_fail(written: str) -> None:
    moment = moments.moment_of(written)
    assert moment is None or (moment.tzinfo is UTC and 1995 <= moment.year <= 2100)
