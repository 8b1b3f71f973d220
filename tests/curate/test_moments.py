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
        ("mar., 24 déc. 2026 08:00", datetime(2026, 12, 24, 8, tzinfo=UTC)),
        ("martes, 3 de marzo de 2026", datetime(2026, 3, 3, tzinfo=UTC)),
        ("mié, 23 dic 2026 08:00:00 +0100", datetime(2026, 12, 23, 7, tzinfo=UTC)),
        ("gio, 12 mag 2026 10:00", datetime(2026, 5, 12, 10, tzinfo=UTC)),
        ("segunda-feira, 2 de fevereiro de 2026", datetime(2026, 2, 2, tzinfo=UTC)),
        ("Di, 24 Dez 2026 08:00:00 +0100", datetime(2026, 12, 24, 7, tzinfo=UTC)),
        ("mån, 23 nov 2026 08:00", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("Пн, 23 ноября 2026 г. 08:00:00 +0300", datetime(2026, 11, 23, 5, tzinfo=UTC)),
        ("2026年11月3日", datetime(2026, 11, 3, tzinfo=UTC)),
        ("2026/11/3 08:00", datetime(2026, 11, 3, 8, tzinfo=UTC)),
        ("2026-11-23T08:00:00+0100", datetime(2026, 11, 23, 7, tzinfo=UTC)),
        ("2026-11-23 08:00:00 UTC", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("20261123T080000Z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23T24:00:00", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 24:00:00 GMT", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Thu, 31 Dec 2026 23:59:60 GMT", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Mon, 23 Nov 26 08:00 EST", datetime(2026, 11, 23, 13, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 08:00:00 AEST", datetime(2026, 11, 22, 22, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 08:00:00 +9999", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 08:00:00 Europe/Mars", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("Mon Nov 23 2026 08:00:00 GMT+0100 (CET)", datetime(2026, 11, 23, 7, tzinfo=UTC)),
    ],
)
def test_dates_as_people_write_them_are_read(written: str, meant: datetime) -> None:
    assert moments.moment_of(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "", "gisteren", "2 dagen geleden", "nov 2026", "23 november", "11/12/2026", "abc", "0", "0000-00-00",
        "1970-01-01T00:00:00Z", "1994-12-31", "2101-01-01", "31 feb 2026", "2026-06-31",
        "Tue, 31 Jun 2026 10:00:00 GMT", "9999-12-31T23:59:59Z", "Mon, 01 Jan 0001 00:00:00 GMT", "2026-11", "2026",
        "Mon, 23 Nov 2026 25:61:00 GMT", "1e9", "-1", "9" * 30, "2026-11-23" * 20,
    ],
)  # fmt: skip
def test_what_is_no_certain_or_possible_date_is_none(written: str) -> None:
    assert moments.moment_of(written) is None


MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "short nl": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "short fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
}


@pytest.mark.parametrize("names", MONTHS.values(), ids=MONTHS)
def test_the_months_of_seven_languages_are_known(names: str) -> None:
    for month, name in enumerate(names.split(), start=1):
        for written in (
            f"5 {name} 2026",
            f"ma, 05 {name} 2026 00:00:00 +0000",
            f"{name} 5, 2026",
            f"5. {name.upper()} 2026",
        ):
            assert moments.moment_of(written) == datetime(2026, month, 5, tzinfo=UTC), written


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="0123456789-/.: T+Znovmrt,", max_size=30))
def test_no_text_makes_reading_a_date_fail(written: str) -> None:
    moment = moments.moment_of(written)
    assert moment is None or (moment.tzinfo is UTC and 1995 <= moment.year <= 2100)
