"""Which earlier annotation comes back to its author, and when none does."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from curate.annotations import Annotation
from curate.echoes import Echo, echo
from tests.curate import builders as b

NOW = b.MONDAY


def said(key: str, days: int, **changes: Any) -> Annotation:
    """What Anna said so many days ago about the cluster ``key``: well tested unless told otherwise."""
    words = {"ripeness": "well_tested", **changes}
    return replace(b.voice("anna", cluster=key, **words), id=key, written_at=NOW - timedelta(days=days))


def test_nothing_comes_back_to_who_said_nothing_or_only_lately() -> None:
    assert echo([], NOW) is None
    assert echo([said("c", 27, ripeness="half_baked", question="Wie?")], NOW) is None


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (said("c", 30, experiment="Bel er drie", review_on=date(2026, 11, 16)), "experiment"),
        (said("c", 3, experiment="Bel er drie", review_on=date(2026, 11, 15)), "experiment"),
        (said("c", 28, ripeness="half_baked"), "half_baked"),
        (said("c", 40, question="Wie?"), "question"),
        (said("c", 12 * 7), "anniversary"),
        (said("c", 52 * 7 + 3), "anniversary"),
    ],
)
def test_it_comes_back_for_a_reason(one: Annotation, reason: str) -> None:
    assert echo([one], NOW) == Echo(one, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("one", [said("c", 60), said("c", 40, so_what="", verdict="not_now", ripeness="half_baked")])
def test_what_has_no_reason_or_no_words_stays_away(one: Annotation) -> None:
    assert echo([one], NOW) is None


def test_the_best_reason_comes_first_and_of_equals_the_oldest() -> None:
    experiment = said("x", 30, experiment="Bel er drie", review_on=date(2026, 11, 10))
    older, younger = said("o", 50, ripeness="half_baked"), said("y", 40, ripeness="half_baked")
    assert echo([younger, older, experiment], NOW) == Echo(experiment, "experiment")
    assert echo([younger, older], NOW) == Echo(older, "half_baked")


def test_one_a_week_who_looked_at_one_is_left_alone_until_monday() -> None:
    due = said("d", 50, ripeness="half_baked")
    looked = replace(said("c", 0, outcome="still_holds"), version=2)
    assert echo([due, looked], NOW) is None
    assert echo([due, looked], NOW + timedelta(days=7)) == Echo(due, "half_baked")


def test_only_the_last_version_comes_back() -> None:
    first = said("c", 60, ripeness="half_baked")
    second = replace(said("c", 50), id="c.2", version=2)
    assert echo([first, second], NOW) is None
