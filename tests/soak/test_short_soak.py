"""A short soak: a whole week of the sample through the real ``duiding up``, with programs killed on the way."""

from pathlib import Path

import pytest

from tests.soak import worlds
from tests.soak.kills import Kill
from tests.soak.soaking import soaked

PLAN = (Kill(0, "ingest", "worker and flow", 4.0), Kill(0, "send", "all", 3.0))

pytestmark = [pytest.mark.prefect, pytest.mark.timeout(600)]


def test_a_week_with_programs_killed_in_ingest_and_in_sending_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    with worlds.sample() as world:
        report = soaked(tmp_path, world, (world.weeks[:1], PLAN), 8.0, print)
    assert report.faults == []
    assert len(report.struck) == len(PLAN)
    assert (report.lost, report.doubled) == (0, 0)
    assert report.extra <= len(PLAN)
